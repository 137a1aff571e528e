"""An office of an older version is brought up: people keep their accounts, the log loses what was typed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from tests.postgres import make_empty
from tracker.models import engine as engines
from tracker.models import migrate
from tracker.models.base import ZONE
from tracker.models.user import User
from tracker.now import wall_clock

BEFORE = "0013"
USER = """INSERT INTO users (id, agency_id, login, name, email, language, digest, password_hash, active,
    must_change_password, session_token, failed_tries, created_at) VALUES
    (:id, 1, :login, 'X', '', 'zh', false, 'hash', true, :must, 'token', 3, '2026-01-05 01:00:00')"""
ENTRY = """INSERT INTO audit_entries (agency_id, at, actor, act, target, succeeded, address, details) VALUES
    (:agency, '2026-01-05 01:00:00', :actor, 'sign_in_failed', '', false, '', '{}')"""


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request, tmp_path, on_sqlite) -> Iterator[Engine]:
    """A database of the version before sessions."""
    url = f"sqlite:///{tmp_path / 'older.sqlite3'}"
    if request.param == "postgresql":
        url = make_empty("upgrade_of_an_office").replace("postgresql://", "postgresql+psycopg://", 1)
    made = create_engine(url, **engines.options(url))
    engines.prepare(made)
    make_older(made)
    yield made
    made.dispose()


def make_older(engine: Engine) -> None:
    """Run the migrations of the older version, and nothing that today's program does after them."""
    script = ScriptDirectory.from_config(migrate.config(engine))
    with engine.connect() as connection, connection.begin():
        steps = {"fn": lambda revision, _context: script._upgrade_revs(BEFORE, revision)}
        context = MigrationContext.configure(connection, opts=steps)
        with Operations.context(context):
            context.run_migrations()


def test_people_keep_their_accounts_and_an_unknown_login_leaves_the_log(older):
    with older.begin() as connection:
        connection.execute(text("INSERT INTO agencies (id, code, name) VALUES (1, 'default', 'X')"))
        connection.execute(text(USER), {"id": 1, "login": "lin", "must": False})
        connection.execute(text(USER), {"id": 2, "login": "new", "must": True})
        connection.execute(text(ENTRY), {"agency": None, "actor": "My-Secret-Pass-1"})
        connection.execute(text(ENTRY), {"agency": 1, "actor": "lin"})

    migrate.upgrade(older)

    with older.connect() as connection:
        actors = connection.scalars(text("SELECT actor FROM audit_entries ORDER BY id")).all()
        until = dict(
            connection.execute(
                User.__table__.select().with_only_columns(User.login, User.one_time_until)
            ).all()
        )
    assert actors == ["（未知用户名）", "lin"]
    assert until["lin"] is None
    left = until["new"] - wall_clock().astimezone(ZONE)
    assert timedelta(hours=23) < left < timedelta(hours=25)
