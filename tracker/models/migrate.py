"""Bring the database to the newest revision, and say whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tracker.models.base import db

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def config() -> Config:
    """Return Alembic's configuration; there is no ini file."""
    found = Config()
    found.set_main_option("script_location", FOLDER.as_posix())
    return found


def upgrade() -> None:
    """Run every migration that the database lacks."""
    command.upgrade(config(), "head")


def is_current() -> bool:
    """Return whether the database is at the newest revision; false where it is empty."""
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    return here == ScriptDirectory.from_config(config()).get_current_head()
