"""The tallies of a year's pages: nobody waits for them, nothing is lost, and a changed one is named."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text

from tests.histories import answered, line
from tests.histories import text as lines_of
from tests.models.test_upgrade import make_older
from tracker.models import migrate, witness
from tracker.models.base import db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.reads.table3 import table3_counts
from tracker.models.reads.tally import compact, differences
from tracker.models.tally import Tally
from tracker.services.calendar.recount import DAYS_KEPT
from tracker.services.exchange import importing
from tracker.services.job import job
from tracker.services.operations import inspection, setup

ANSWERED = answered("disclosed", date(2025, 11, 3))
MADE = ("cases_tally_in", "cases_tally_out", "cases_tally_new")


@pytest.fixture
def answers(app, clock):
    """An office in January with four requests of the year before, all answered."""
    clock.set("2026-01-12")
    lines = [line("natural_person", f"A-{number}", ANSWERED) for number in range(1, 5)]
    importing.import_histories(lines_of(lines).splitlines(), today=clock.today, now=clock())
    return app


def found(clock) -> list[str]:
    return [f"{one.where}：{one.message}" for one in inspection.inspect(today=clock.today)]


def tamper(statement: str) -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_changed_tally_is_named_by_the_check_and_made_anew_by_init(answers, agency_id, clock):
    assert found(clock) == []

    tamper("UPDATE tallies SET number = number * 2 WHERE figure = 'result'")
    tamper("DELETE FROM tallies WHERE figure = 'days'")

    messages = found(clock)
    assert (
        "2025年统计数 result、natural_person、disclosed：记为8，逐件数得4；运行 tracker init 即予重做。"
        in messages
    )
    assert "2025年统计数 days、9：记为0，逐件数得4；运行 tracker init 即予重做。" in messages
    setup.initialise(None, fallback="本机关", now=clock())
    assert found(clock) == []
    assert table3_counts(agency_id, 2025)["3.1", "natural_person"] == 4


def test_a_trigger_that_is_gone_is_named(answers, clock):
    on_postgresql = db.engine.dialect.name == "postgresql"
    tamper("DROP TRIGGER cases_tally_new" + (" ON cases" if on_postgresql else ""))

    assert any("cases_tally_new" in message for message in found(clock))


def test_a_case_that_is_changed_past_the_program_is_counted_as_it_is(answers, agency_id):
    tamper("UPDATE cases SET state = 'partially_disclosed' WHERE number = 'A-1'")
    tamper("UPDATE cases SET received_on = NULL WHERE number = 'A-2'")

    counts = table3_counts(agency_id, 2025)
    assert (counts["1", "natural_person"], counts["3.1", "natural_person"]) == (3, 2)
    assert counts["3.2", "natural_person"] == 1
    assert list(differences()) == []


def test_what_is_rolled_back_counts_nowhere(answers):
    with db.engine.connect() as connection:
        connection.execute(text("UPDATE cases SET applicant_kind = 'business'"))
        connection.rollback()

    assert list(differences()) == []


def test_no_writer_waits_for_the_tally_of_another_and_adding_up_loses_nothing(on_postgres, clock):
    clock.set("2026-01-12")
    lines = [line("natural_person", f"A-{number}", ANSWERED) for number in range(1, 5)]
    importing.import_histories(lines_of(lines).splitlines(), today=clock.today, now=clock())
    db.session.remove()
    with db.engine.connect() as first, db.engine.connect() as second:
        for connection, number in ((first, "A-1"), (second, "A-2")):  # of the same figures, both at once
            connection.execute(text("SET lock_timeout = '500ms'"))
            changed = text("UPDATE cases SET state = 'partially_disclosed' WHERE number = :number")
            connection.execute(changed, {"number": number})
        with transaction():
            compact(db.session.connection())
        second.commit()
        with transaction():
            compact(db.session.connection())
        first.commit()

    assert list(differences()) == []
    rows = db.session.query(Tally).count()
    with ThreadPoolExecutor(2) as both:  # two nights at once
        for _ in both.map(lambda _: added_up(on_postgres), range(2)):
            pass
    db.session.rollback()
    assert list(differences()) == []
    assert db.session.query(Tally).count() < rows


def added_up(app) -> None:
    with app.app_context(), transaction():
        compact(db.session.connection())


def test_the_nightly_job_adds_up_what_the_day_brought(on_postgres, agency_id, clock):
    clock.set("2026-01-12")
    for number in range(3):
        lines = [line("natural_person", f"A-{number}", ANSWERED)]
        importing.import_histories(lines_of(lines).splitlines(), today=clock.today, now=clock())
    before = table3_counts(agency_id, 2025)

    job.tidy(on=clock.today, now=clock())

    sums = db.session.query(Tally.figure, Tally.year, Tally.unit_id, Tally.kind, Tally.key)
    assert sums.count() == sums.distinct().count()
    assert table3_counts(agency_id, 2025) == before


def test_an_office_of_before_is_counted_by_the_upgrade_and_its_days_by_the_start(answers, agency_id, clock):
    before = table3_counts(agency_id, 2025)
    days = db.session.execute(text("SELECT number, days_taken FROM cases ORDER BY id")).all()
    with transaction():
        db.session.delete(db.session.get_one(OfficeFact, DAYS_KEPT))
    db.session.remove()
    on_postgresql = db.engine.dialect.name == "postgresql"
    with db.engine.begin() as connection:
        for table in ("cases", "contacts"):
            for act in ("in", "out", "new"):
                on = f" ON {table}" if on_postgresql else ""
                connection.execute(text(f"DROP TRIGGER {table}_tally_{act}{on}"))
                if on_postgresql:
                    connection.execute(text(f"DROP FUNCTION tracker_{table}_tally_{act}()"))
        connection.execute(text("DROP TABLE tallies"))
        connection.execute(text("ALTER TABLE cases DROP COLUMN days_taken"))
        if on_postgresql:
            connection.execute(text("DROP SEQUENCE tallies_part"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0025'"))

    make_older(db.engine, "0026")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0050'"))
    make_older(db.engine, "0056")  # kinds and handlers are counted since
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{migrate.newest()}'"))
        witness.install(connection)

    assert table3_counts(agency_id, 2025) == before
    setup.recount(now=clock())
    assert db.session.execute(text("SELECT number, days_taken FROM cases ORDER BY id")).all() == days
    assert found(clock) == []
