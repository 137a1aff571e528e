"""What is compiled once a run and not once an office: pages, addresses and statements took most of the tests' time.

Nothing here changes what is compiled: each is kept under everything that it is made from.
"""

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Connection, Engine, event
from werkzeug.routing import Rule


class Compiled(BytecodeCache):
    """Templates."""

    kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


BUILDERS: dict[tuple, object] = {}
ENGINES: dict[tuple[str, str], Engine] = {}


def keep_addresses() -> None:
    """Keep the function that makes the address of a rule, which takes the rule itself as an argument."""
    make = Rule._compile_builder

    def kept(rule: Rule, append_unknown: bool = True) -> object:
        key = (*rule._trace, repr(rule.defaults), append_unknown)
        if key not in BUILDERS:
            BUILDERS[key] = make(rule, append_unknown)
        return BUILDERS[key]

    Rule._compile_builder = kept


def keep_statements() -> None:
    """Compile for the first engine of a kind: statements are kept for a dialect, and each engine makes its own."""

    @event.listens_for(Engine, "engine_connect")
    def _share(connection: Connection) -> None:
        engine = connection.engine
        if type(engine) is not Engine:
            return
        first = ENGINES.setdefault((engine.dialect.name, engine.dialect.driver), engine)
        engine.dialect = connection.dialect = first.dialect
        engine._compiled_cache = first._compiled_cache


def keep_pages(app: Flask) -> None:
    """Read the templates of an application as they were compiled."""
    app.jinja_env.bytecode_cache = Compiled()
