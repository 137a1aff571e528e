"""The dates of letters, visits and calls: kept beside what they hang on, and held against it."""

from datetime import date

import pytest
from sqlalchemy import text

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.contact import Contact
from tracker.models.duty import OpenDuty
from tracker.services.contact import contact, deadline, registration
from tracker.services.contact.contact import ContactData
from tracker.services.operations import inspection


@pytest.fixture
def words(actor, clock):
    return {"actor": actor(Role.HEAD), "today": clock.today, "now": clock()}


@pytest.fixture
def petition(app, words) -> Contact:
    """A petition that came on Monday, 2 March."""
    data = ContactData(form="letter", arrived_on=date(2026, 3, 2), summary="违建")
    return registration.register(data, triage="petition", **words)


def test_the_next_date_and_every_open_one_are_kept_with_the_contact(petition):
    """信访工作条例第23、34条: 15 and 60 natural days."""
    kept = [(duty.name, duty.due_on.isoformat()) for duty in db.session.query(OpenDuty)]

    assert (petition.next_action, petition.next_action_on) == ("petition_notice", date(2026, 3, 17))
    assert kept == [("petition_notice", "2026-03-17"), ("petition", "2026-05-01")]


def test_what_is_done_takes_its_date_away(petition, words):
    contact.tell(petition.id, "书面告知已受理", **words)
    assert petition.next_action == "petition"

    contact.close(petition.id, "已拆除", on=date(2026, 3, 16), **words)

    assert petition.next_action_on is None
    assert db.session.query(OpenDuty).count() == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE contacts SET next_action_on = '2027-01-01'", "DELETE FROM duties"]
)
def test_a_date_that_left_its_facts_is_found_and_counted_anew(petition, clock, statement):
    assert list(inspection.inspect(today=clock.today)) == []
    db.session.execute(text(statement))
    db.session.commit()

    assert "下一期限" in "".join(found.message for found in inspection.inspect(today=clock.today))
    assert list(deadline.misstated()) == [petition.number]
    with transaction():
        deadline.restate_open()

    assert list(deadline.misstated()) == []


def test_a_contact_whose_channel_is_unknown_has_no_dates_and_stops_no_other(app, petition, words):
    who = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name="张三")
    arrival = Arrival(channel=Channel.EMAIL, arrived_on=date(2026, 3, 2))
    data = ContactData(form="online", arrived_on=date(2026, 3, 2), summary="申请")
    request = RequestData(applicant=who, arrival=arrival, subject="规划图")
    waiting = registration.register(data, triage="request", request=request, **words)
    for statement in ("UPDATE pending_requests SET channel = 'pigeon'", "DELETE FROM duties"):
        db.session.execute(text(statement))
    db.session.commit()

    damaged = db.session.get_one(Contact, waiting.id, populate_existing=True)
    assert deadline.shown(damaged) == []
    with transaction():
        deadline.restate_open()

    assert {duty.subject_id for duty in db.session.query(OpenDuty)} == {petition.id}
