"""Bring the database to the newest revision, and say whether it is there."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from tracker.models.base import db

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def config(engine: Engine | None = None, schema: str | None = None) -> Config:
    """Return Alembic's configuration; there is no ini file.

    engine: the office's own where None.
    schema: where the tables are to be made, first in the engine's search path (PostgreSQL).
    """
    found = Config()
    found.set_main_option("script_location", FOLDER.as_posix())
    found.attributes.update(engine=engine, schema=schema)
    return found


def upgrade(engine: Engine | None = None, schema: str | None = None) -> None:
    """Run every migration that the database lacks."""
    command.upgrade(config(engine, schema), "head")


@cache
def newest() -> str:
    """Return the newest revision of this program; its scripts are read once a process."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


@cache
def known() -> set[str]:
    """Return every revision that this program can bring to its newest."""
    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def is_current() -> bool:
    """Return whether the database is at the newest revision; false where it is empty."""
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    return here == newest()
