"""The statements of a page: how many there are, how the database would go about them, how much work they are."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

GROWING = ("cases", "case_events", "contacts", "applicants", "publications", "audit_entries")
EVERY = 100  # instructions of SQLite's machine that are counted together


@dataclass
class Statements:
    """What was asked while somebody listened: each statement with its values, and SQLite's instructions."""

    asked: list[tuple[str, Any]] = field(default_factory=list)
    steps: int = 0

    def step(self) -> int:
        self.steps += EVERY
        return 0

    @property
    def selects(self) -> list[tuple[str, Any]]:
        """Those that read, each once."""
        found = {text: values for text, values in self.asked if re.match(r"\s*(SELECT|WITH)\b", text)}
        return list(found.items())


@contextmanager
def listened(engine: Engine) -> Iterator[Statements]:
    """Listen to the statements that the engine is asked."""
    found = Statements()

    def note(_c: Any, cursor: Any, text: str, values: Any, *_: Any) -> None:
        if engine.dialect.name == "sqlite":
            cursor.connection.set_progress_handler(found.step, EVERY)
        if not text.startswith(("EXPLAIN", "PRAGMA")):
            found.asked.append((text, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(connection: Connection, text: str, values: Any) -> list[str]:
    """Return how the database would go about a statement, a line each."""
    if connection.dialect.name == "sqlite":
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)]
    return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}", values)]
