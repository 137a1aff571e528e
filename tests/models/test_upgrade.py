"""An office of an older version is brought up: people keep their accounts, the log loses what was typed,
the practice that a file said becomes rows and no date of a case moves."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, delete, select, text

from tests.conftest import settings_of
from tests.jobs.test_jobs import load, received
from tests.postgres import make_empty
from tests.services.calendar.test_practice import consulted, due
from tests.services.office.test_tampering import write
from tests.whole_office import FEE
from tracker.app import create_app
from tracker.models import engine as engines
from tracker.models import migrate, witness
from tracker.models.base import ZONE, db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import CaseEvent
from tracker.models.payment import Payment
from tracker.models.user import User
from tracker.now import wall_clock
from tracker.services.calendar.practice import CARRIED
from tracker.services.calendar.recount import DAYS_KEPT
from tracker.services.case.worklist import DUTIES_KEPT, PAYMENTS_KEPT
from tracker.services.office import office
from tracker.services.operations import backup, inspection, setup

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


def make_older(engine: Engine, revision: str = BEFORE) -> None:
    """Run the migrations of the older version, and nothing that today's program does after them."""
    script = ScriptDirectory.from_config(migrate.config(engine))
    with engine.connect() as connection, connection.begin():
        steps = {"fn": lambda begin, _context: script._upgrade_revs(revision, begin)}
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
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP FUNCTION practices_refuse()")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0020'")
    make_older(db.engine, "0021")  # the table is made anew; what later versions made is there
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrate.newest()}'")
        witness.install(connection)


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


@pytest.mark.parametrize("said", ["union_of_consultations = false\n", ""])
def test_an_older_copy_brings_the_practice_that_its_own_file_said(app, clock, tmp_path, said):
    write(ROW)
    load(consulted("2026-03", "A-1"), today="2026-04-13")
    clock.set("2026-04-13")
    before, entries = due(), db.session.query(CaseEvent).count()
    make_without_practice()
    file = office.settings().instance / "config.toml"
    file.write_text("union_of_consultations = false\n", encoding="utf-8")
    backup.make(tmp_path / "copy.zip", now=clock())
    file.write_text(said, encoding="utf-8")  # taken out there, as each start advised

    done = app.test_cli_runner().invoke(args=["tracker", "restore", str(tmp_path / "copy.zip"), "--replace"])

    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    setup.recount(now=clock())
    assert [(row.key, row.value, row.why) for row in office.practice_rows()] == [
        ("union_of_consultations", "false", "自备份中的 config.toml移入")
    ]
    assert (due(), db.session.query(CaseEvent).count()) == (before, entries)
    assert list(inspection.inspect(today=clock.today)) == []


def test_an_older_copy_whose_file_cannot_be_read_comes_back_and_is_told(app, clock, tmp_path):
    make_without_practice()
    (office.settings().instance / "config.toml").write_text("union = = 1\n", encoding="utf-8")
    backup.make(tmp_path / "copy.zip", now=clock())

    done = app.test_cli_runner().invoke(args=["tracker", "restore", str(tmp_path / "copy.zip"), "--replace"])

    assert (done.exit_code, "其中的做法没有移入数据库" in done.stderr) == (0, True), done.stderr
    assert db.session.get(OfficeFact, CARRIED) is None


def test_an_older_copy_has_its_duties_payments_and_days_once_it_is_restored(app, clock, tmp_path):
    answered = {"step": "answer", "outcome": "disclosed", "on": "2025-12-16"}
    load(received("2025-12-10", "A-1", *FEE, answered), received("2026-03-02", "A-2"))
    with transaction():
        kept = (OfficeFact.name.in_((DUTIES_KEPT, PAYMENTS_KEPT, DAYS_KEPT)),)
        assert db.session.execute(delete(OfficeFact).where(*kept)).rowcount == 3
        for statement in ("DELETE FROM duties", "DELETE FROM payments", "UPDATE cases SET days_taken = NULL"):
            db.session.execute(text(statement))
    backup.make(tmp_path / "copy.zip", now=clock())
    db.session.remove()

    done = app.test_cli_runner().invoke(args=["tracker", "restore", str(tmp_path / "copy.zip"), "--replace"])

    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    assert list(inspection.inspect(today=clock.today)) == []
    assert db.session.scalar(select(Payment.fen)) == 15050
