"""An office of an older version is brought up: people keep their accounts, the log loses what was typed,
the practice that a file said becomes rows and no date of a case moves."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from tests.conftest import settings_of
from tests.jobs.test_jobs import load
from tests.postgres import make_empty
from tests.services.calendar.test_practice import consulted, due
from tests.services.office.test_tampering import write
from tracker.app import create_app
from tracker.models import engine as engines
from tracker.models import migrate
from tracker.models.base import ZONE, db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import CaseEvent
from tracker.models.user import User
from tracker.now import wall_clock
from tracker.services.calendar.practice import CARRIED
from tracker.services.office import office
from tracker.services.operations import inspection, setup

BEFORE = "0013"
ROW = """INSERT INTO practices (id, key, value, valid_from, set_by, set_at, why) VALUES
    (1, 'union_of_consultations', 'false', '0001-01-01', 'X', '2026-01-05 01:00:00', 'X')"""
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


def make_without_practice() -> None:
    """Make the office one of the version before: its cases were counted by what its file said."""
    with transaction():
        db.session.delete(db.session.get_one(OfficeFact, CARRIED))
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE practices")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0020'")
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP FUNCTION practices_refuse()")


def test_what_a_file_said_becomes_rows_and_no_date_of_a_case_moves(app, clock):
    write(ROW)
    load(consulted("2026-03", "A-1"), today="2026-04-13")
    clock.set("2026-04-13")
    before, entries = due(), db.session.query(CaseEvent).count()
    make_without_practice()
    folder = office.settings().instance
    (folder / "config.toml").write_text("union_of_consultations = false\n", encoding="utf-8")
    url = office.settings().database_url
    newer = create_app(settings_of(folder, url), now=clock)

    with newer.app_context():
        setup.initialise(None, fallback="本机关", now=clock())

        assert [(row.key, row.value, row.valid_from) for row in office.practice_rows()] == [
            ("union_of_consultations", "false", date.min)
        ]
        assert (due(), db.session.query(CaseEvent).count()) == (before, entries)
        assert list(inspection.inspect(today=clock.today)) == []
        db.session.remove()
        db.engine.dispose()
