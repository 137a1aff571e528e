"""Who reads waits for nobody; who writes waits for another writer a moment, and is told where it takes longer."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from tests import registering
from tests.jobs.test_jobs import load, received
from tests.services.register.test_importing import HEADERS
from tests.workbooks import file_of
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models import fault
from tracker.models.agency import Agency
from tracker.models.base import BUSY_SECONDS, WRITERS, db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.publication import Publication
from tracker.services.calendar import calendar
from tracker.services.case import numbering, step, worklist
from tracker.services.case.chain import Chain
from tracker.services.office import agency
from tracker.services.operations import inspection
from tracker.services.register import importing
from tracker.services.register import register as registers

pytestmark = pytest.mark.both


@contextmanager
def somebody_writes() -> Iterator[None]:
    """Hold what a writing transaction of another process holds."""
    if db.engine.dialect.name == "sqlite":
        held = sqlite3.connect(db.engine.url.database, isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
    else:
        held = psycopg.connect(db.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""))
        held.execute(f"SELECT pg_advisory_xact_lock({WRITERS})")
    yield
    held.rollback()
    held.close()


def register(actor, clock) -> Case:
    applicant = ApplicantData(kind=ApplicantKind.OTHER, name="申请人")
    arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 2))
    request = RequestData(applicant=applicant, arrival=arrival, subject="事项")
    return registering.register(request, actor=actor(Role.REGISTRAR), today=clock.today, now=clock())


@pytest.fixture
def asked(app):
    """A case whose duty of these days goes by with its day (第30条: 补正 within seven working days)."""
    load(received("2026-03-12", "A-1"))
    return db.session.scalar(select(Case))


def test_the_worklist_of_a_new_day_waits_for_no_writer(asked, agency_id, clock):
    later = date(2026, 3, 27)
    before = asked.next_action_on
    assert before < later
    db.session.rollback()

    with somebody_writes():
        begun = time.monotonic()
        worklist.refresh_for_reader(agency_id, today=later)
        waited = time.monotonic() - begun
        assert db.session.scalar(select(Case.next_action_on)) == before
    worklist.refresh_for_reader(agency_id, today=later)

    assert waited < BUSY_SECONDS / 2
    assert db.session.scalar(select(Case.next_action_on)) != before


def test_a_writer_that_waits_too_long_is_told_that_the_office_is_busy(app):
    with somebody_writes(), pytest.raises(OperationalError) as told, transaction(patience=0.1):
        pass

    assert fault.kind(told.value) is fault.Kind.BUSY


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_clerk_registers_while_another_writes_the_books(app, agency_id, actor, clock):
    def meanwhile() -> str:
        with app.app_context():
            return register(actor, clock).number

    with transaction(), ThreadPoolExecutor(1) as other:
        agency.lock(agency_id)

        assert other.submit(meanwhile).result(60)  # or it was told that the office is busy


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_an_agency_registers_while_another_holds_its_numbers_and_the_end_of_its_chain(
    app, agency_id, actor, clock
):
    with transaction() as session:
        session.add(Agency(code="second", name="乙局"))
    other_id = db.session.scalars(select(Agency.id).where(Agency.code == "second")).one()
    register(actor, clock)

    def elsewhere() -> str:
        with app.app_context():
            theirs = replace(actor(Role.REGISTRAR), agency_id=other_id)
            return register(lambda _role: theirs, clock).number

    with transaction(), ThreadPoolExecutor(1) as second:
        numbering.next_numbers(agency_id, (numbering.CONTACTS, 2026), (numbering.REQUESTS, 2026))
        Chain(agency_id)

        assert second.submit(elsewhere).result(60) == "YSQ-2026-0001"

    assert register(actor, clock).number == "YSQ-2026-0003"


def test_a_look_at_a_large_book_keeps_no_writer_waiting(app, agency_id, actor, clock):
    rows = [["驻马店网", "信息", "2026-03-10", "林静", "何法", "2026-03-09", "同意公开", "不涉密"]]
    by = registers.By(actor=actor(Role.HEAD), today=clock.today, now=clock())
    content = file_of(("表", [HEADERS, *rows]))
    db.session.rollback()

    with somebody_writes():
        looked = importing.preview(BY_NAME["publications"], content, by=by)

    assert (len(looked.rows), looked.media, looked.problems) == (1, ["驻马店网"], [])
    assert db.session.scalar(select(func.count()).select_from(Publication)) == 0
    assert len(importing.keep(BY_NAME["publications"], content, by=by).rows) == 1


# -- what counts on a snapshot and is written later ------------------------------------------------------


@contextmanager
def meanwhile(app, act) -> Iterator[None]:
    """Let somebody else act after the first look has ended and before anything is written."""
    session, seen = db.session(), []

    def elsewhere() -> None:
        with app.app_context():
            act()

    def begun(*_what) -> None:
        seen.append("begun")

    def ended(_session) -> None:
        if seen == ["begun"]:
            seen.append("ended")
            with ThreadPoolExecutor(1) as other:
                other.submit(elsewhere).result(60)

    event.listen(session, "after_begin", begun)
    event.listen(session, "after_rollback", ended)
    yield
    event.remove(session, "after_begin", begun)
    event.remove(session, "after_rollback", ended)
    assert "ended" in seen


def test_a_case_that_is_extended_while_a_holiday_is_counted_moves_from_its_new_day(app, actor, clock):
    load(received("2026-03-12", "A-1"), received("2026-03-12", "A-2"))
    case_id = db.session.scalar(select(Case.id).where(Case.number == "A-1"))
    db.session.rollback()
    head = actor(Role.HEAD, Role.ADMINISTRATOR)
    by = {"actor": head, "today": clock.today, "now": clock()}

    def extend() -> None:
        step.take(case_id, Entry("extend", clock.today, {"days": 20, "reason": "需要检索"}), **by)

    found = calendar.local_day([date(2026, 4, 1)], "州庆", "某条例", works=False, today=clock.today)
    with meanwhile(app, extend):
        calendar.keep_local(found, "某条例", **by)

    assert list(inspection.inspect(today=clock.today)) == []
    moved = {
        number: (details["due_from"], details["due_to"])
        for number, details in db.session.execute(
            select(Case.number, CaseEvent.details).join(CaseEvent).where(CaseEvent.step == "recompute")
        )
        if details["duty"] == "reply"
    }
    assert moved == {"A-1": ("2026-05-12", "2026-05-13"), "A-2": ("2026-04-10", "2026-04-13")}
