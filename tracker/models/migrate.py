"""Bring the database to the newest revision, and say whether it is there.

Alembic is loaded where tables are made or changed; every start asks for the revision alone.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from tracker.models.base import db

if TYPE_CHECKING:
    from alembic.config import Config

FOLLOWS = re.compile(r'^down_revision = "(\w+)"', re.MULTILINE)
FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def config(engine: Engine | None = None, schema: str | None = None) -> "Config":
    """Return Alembic's configuration; there is no ini file.

    engine: the office's own where None.
    schema: where the tables are to be made, first in the engine's search path (PostgreSQL).
    """
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", FOLDER.as_posix())
    configuration.attributes.update(engine=engine, schema=schema)
    return configuration


def upgrade(engine: Engine | None = None, schema: str | None = None) -> None:
    """Run every migration that the database lacks."""
    from alembic import command

    command.upgrade(config(engine, schema), "head")


@cache
def newest() -> str:
    """Return the newest revision of this program: the one that no other follows."""
    scripts = (FOLDER / "versions").glob("[0-9]*.py")
    followed = {match[1] for script in scripts for match in FOLLOWS.finditer(script.read_text("utf-8"))}
    (last,) = known() - followed
    return last


@cache
def known() -> frozenset[str]:
    """Return every revision that this program can bring to its newest: the numbers of its scripts."""
    return frozenset(script.name.partition("_")[0] for script in (FOLDER / "versions").glob("[0-9]*.py"))


def is_current() -> bool:
    """Return whether the database is at the newest revision; false where it is empty."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        here = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    return here == [newest()]
