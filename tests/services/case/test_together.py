"""Several clerks at the same moment: no number twice, no entry lost, one chain."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tests import registering
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.case.evidence import Fact
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import DomainError
from tracker.domain.permission import Role
from tracker.models.agency import Counter
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.services.case import numbering, step
from tracker.services.contact import contact, registration
from tracker.services.operations import inspection

pytestmark = pytest.mark.both  # locks and numbers of those who write at once

CLERKS, EACH = 16, 2


def test_clerks_who_register_at_the_same_moment_get_numbers_of_their_own(app, actor, clock):
    registrar, today, moment = actor(Role.REGISTRAR), clock.today, clock()
    db.session.remove()

    def register(clerk: int) -> list[str]:
        numbers = []
        with app.app_context():
            for place in range(EACH):
                applicant = ApplicantData(kind=ApplicantKind.OTHER, name=f"申请人{clerk}")
                arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 2))
                request = RequestData(applicant=applicant, arrival=arrival, subject=f"事项{clerk}-{place}")
                case = registering.register(request, actor=registrar, today=today, now=moment)
                numbers.append(case.number)
        return numbers

    with ThreadPoolExecutor(CLERKS) as clerks:
        given = [number for numbers in clerks.map(register, range(CLERKS)) for number in numbers]

    assert sorted(given) == [f"YSQ-2026-{n:04d}" for n in range(1, CLERKS * EACH + 1)]
    assert sorted(db.session.scalars(select(Case.number))) == sorted(given)
    assert list(inspection.inspect(today=clock.today)) == []


def test_a_registration_that_is_refused_takes_no_number(app, actor, clock):
    """The numbers of a year have no gap (条例第45条: 登记): a refusal comes after they were counted, too."""
    registrar = actor(Role.REGISTRAR)
    first = a_request(registrar, clock)
    late = Fact(kind="signed", on=clock.today + timedelta(days=1), person="收发室")
    arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 2))
    who = ApplicantData(kind=ApplicantKind.OTHER, name="申请人")
    refused = RequestData(applicant=who, arrival=arrival, subject="事项", evidence=(late,))

    with pytest.raises(DomainError):
        registering.register(refused, actor=registrar, today=clock.today, now=clock())

    assert (first.number, a_request(registrar, clock).number) == ("YSQ-2026-0001", "YSQ-2026-0002")
    assert sorted(db.session.scalars(select(Contact.number))) == ["LXF-2026-0001", "LXF-2026-0002"]
    assert list(inspection.inspect(today=clock.today)) == []


# -- the same case, the same page, the same moment ----------------------------------------------------


def a_request(registrar, clock, name="申请人"):
    applicant = ApplicantData(kind=ApplicantKind.OTHER, name=name)
    arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 2))
    request = RequestData(applicant=applicant, arrival=arrival, subject="事项")
    return registering.register(request, actor=registrar, today=clock.today, now=clock())


def at_once(app, act, times: int) -> list[str]:
    """Do the same in as many threads at the same moment; return how each ended."""
    db.session.remove()
    start = Barrier(times)

    def run(_: int) -> str:
        with app.app_context():
            start.wait()
            try:
                return act() or "done"
            except StaleDataError:
                return "stale"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as people:
        return sorted(people.map(run, range(times)))


def test_of_people_who_act_on_one_page_at_once_one_is_taken_and_the_others_are_told(app, actor, clock):
    head = actor(Role.HEAD)
    case = a_request(head, clock)
    seen, words = case.version, {"actor": head, "today": clock.today, "now": clock()}

    def act():
        step.take(case_id, Entry("assign", clock.today, {"handler": "周明"}), version=seen, **words)

    case_id = case.id
    assert at_once(app, act, 5) == ["done", *["stale"] * 4]
    assert [e.step for e in db.session.get(Case, case_id).entries] == ["receive", "assign"]
    assert list(inspection.inspect(today=clock.today)) == []


def test_people_who_saw_no_version_are_taken_one_after_the_other_or_told(app, actor, clock):
    head = actor(Role.HEAD)
    case_id = a_request(head, clock).id
    words = {"actor": head, "today": clock.today, "now": clock()}

    ends = at_once(app, lambda: step.take(case_id, Entry("assign", clock.today, {}), **words) and None, 5)

    assert set(ends) <= {"done", "stale"}
    assert len(db.session.get(Case, case_id).events) == 1 + ends.count("done")
    assert list(inspection.inspect(today=clock.today)) == []


def test_a_page_sent_twice_at_the_same_moment_logs_one_contact(app, actor, clock):
    registrar = actor(Role.REGISTRAR)
    data = contact.ContactData(form="letter", arrived_on=clock.today, person="甲", summary="事项")

    def act() -> str:
        return registration.register(
            data, actor=registrar, today=clock.today, now=clock(), token="page-1"
        ).number

    assert set(at_once(app, act, 4)) == {"LXF-2026-0001"}


def test_two_writers_who_wait_for_each_other_on_postgresql_are_told_and_never_a_fault(on_postgres, clock):
    with transaction():
        db.session.add_all([Counter(agency_id=1, register=name, year=2026, last=0) for name in "AB"])
    db.session.remove()
    both = Barrier(2)

    def raise_in_order(names: str) -> str:
        with on_postgres.app_context():
            try:
                with transaction():
                    numbering.raise_to(1, names[0], 2026, 1)
                    db.session.flush()
                    both.wait()
                    numbering.raise_to(1, names[1], 2026, 1)
                return "done"
            except StaleDataError:
                return "stale"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as writers:
        assert sorted(writers.map(raise_in_order, ("AB", "BA"))) == ["done", "stale"]


def test_a_check_beside_clerks_who_register_finds_nothing(app, actor, clock):
    registrar, stop, written = actor(Role.REGISTRAR), Event(), []
    a_request(registrar, clock)
    db.session.remove()

    def keep_registering(clerk: int) -> None:
        with app.app_context():
            while not stop.is_set():
                a_request(registrar, clock, f"申请人{clerk}")
                written.append(clerk)
            db.session.remove()

    found, checks = [], 0
    with ThreadPoolExecutor(2) as clerks:
        working = [clerks.submit(keep_registering, clerk) for clerk in range(2)]
        try:
            while (checks < 6 or len(written) < 12) and not any(clerk.done() for clerk in working):
                found += inspection.inspect(today=clock.today)
                checks += 1
        finally:
            stop.set()

    assert [clerk.exception() for clerk in working] == [None, None]
    assert found == []
