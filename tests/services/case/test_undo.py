"""One's own entry of a moment ago is taken back by a correction, until somebody relies upon it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.letters import worked
from tests.practice import set_practice
from tracker.domain.case.event import Entry
from tracker.domain.errors import StepNotAllowedError
from tracker.domain.letter import index
from tracker.domain.permission import PEOPLE, Role
from tracker.mail import compose
from tracker.models.base import db, transaction
from tracker.models.outbox import PLAIN, SENT, SERVICE, WAITING, Message
from tracker.models.user import UserRole
from tracker.services.case import follow, step, undo
from tracker.services.letter import letter as letters
from tracker.services.letter.letter import Typed
from tracker.services.mail import outbox
from tracker.services.mail.recipient import Recipient
from tracker.services.office import user
from tracker.services.office.actor import Actor


@pytest.fixture
def moment(clock):
    return {"today": clock.today, "now": clock()}


@pytest.fixture
def clerk(app, agency_id):
    return Actor("周明", frozenset(PEOPLE), agency_id)


@pytest.fixture
def case(clerk, moment):
    return worked(index.BY_KEY["disclosed.given"], by=clerk, **moment)


def accept(case, clerk, moment):
    return step.take(case.id, Entry("accept", date(2026, 3, 3), {}), actor=clerk, **moment)


def test_it_is_undone_within_the_minute_and_both_entries_stay(case, clerk, moment):
    before, count = case.state, len(case.events)
    seq = accept(case, clerk, moment).events[-1].seq

    assert undo.take_back(case.id, seq, actor=clerk, **moment) == "accept"

    assert (case.state, len(case.events)) == (before, count + 2)
    assert case.events[-1].details["replaces"] == seq
    with pytest.raises(StepNotAllowedError):
        undo.take_back(case.id, seq, actor=clerk, **moment)


def test_nobody_elses_none_of_before_and_no_registration_is_undone(case, clerk, moment, agency_id):
    assert undo.last_own(case, clerk, moment["now"]) is None
    accept(case, clerk, moment)
    at = moment["now"]

    assert undo.last_own(case, clerk, at + timedelta(seconds=60)) is not None
    assert undo.last_own(case, clerk, at + timedelta(seconds=61)) is None
    assert undo.last_own(case, Actor("别人", frozenset(PEOPLE), agency_id), at) is None
    assert undo.last_own(case, Actor("周明", frozenset(PEOPLE), agency_id, user_id=2), at) is None
    assert undo.last_own(case, Actor("周明", frozenset({Role.AUDITOR}), agency_id), at) is None


def test_what_a_letter_stands_on_is_not_undone(case, clerk, moment):
    set_practice(document_code="测", letter_contact="测试路1号")
    accept(case, clerk, moment)
    typed = Typed(kind="receipt", on=moment["today"], facts={"materials": "1份"})
    letters.make(case.id, typed, actor=clerk, **moment)

    assert undo.last_own(case, clerk, moment["now"]) is None


def test_followers_are_told_after_the_minute_and_not_of_what_was_undone(case, clerk, moment, agency_id):
    words = {"login": "chen", "name": "陈立", "roles": [Role.HEAD], "email": "c@example.org"}
    row, _once = user.create_by_command(agency_id=agency_id, **words, now=moment["now"])
    head = Actor("陈立", frozenset({Role.HEAD}), agency_id, row.id)
    for _click in range(2):
        follow.change(case, on=True, actor=head, now=moment["now"])
    accept(case, clerk, moment)
    mail = db.session.scalar(select(Message).where(Message.key.startswith("followed|")))
    assert "受理" in mail.title
    assert mail.next_at == moment["now"] + timedelta(minutes=1)

    undo.take_back(case.id, case.events[-1].seq, actor=clerk, **moment)
    mails = (
        select(Message.title, Message.status).where(Message.key.startswith("followed|")).order_by(Message.id)
    )
    told = db.session.execute(mails).tuples().all()
    assert [(status, "更正" in title) for title, status in told] == [("cancelled", False), ("waiting", True)]

    follow.change(case, on=False, actor=head, now=moment["now"])
    accept(case, clerk, moment)
    assert len(db.session.execute(mails).all()) == 2


def test_who_follows_and_may_read_no_case_any_more_is_told_of_none(case, clerk, moment, agency_id):
    words = {"login": "chen", "name": "陈立", "roles": [Role.HEAD], "email": "c@example.org"}
    row, _once = user.create_by_command(agency_id=agency_id, **words, now=moment["now"])
    head = Actor("陈立", frozenset({Role.HEAD}), agency_id, row.id)
    follow.change(case, on=True, actor=head, now=moment["now"])
    with transaction():
        row.roles, row.unit_id = [UserRole(role=Role.ADMINISTRATOR.value)], case.unit_id

    accept(case, clerk, moment)

    assert db.session.scalar(select(Message).where(Message.key.startswith("followed|"))) is None


def test_the_mail_of_a_letter_and_what_others_wrote_since_leave(case, clerk, moment):
    """A letter whose number in the tables is that of the case; a reminder by somebody else."""
    accept(case, clerk, moment)
    now, later = moment["now"], moment["now"] + timedelta(seconds=10)
    to = Recipient("user:9", "陈立", "c@example.org")
    written = compose.plain("zh", "标题", ["正文"], "")
    told = {"agency_id": case.agency_id, "to": to, "written": written, "on": moment["today"]}
    with transaction():
        outbox.keep([outbox.row(key="a", kind=SERVICE, subject_id=case.id, now=now, **told)])
        outbox.keep([outbox.row(key="b", kind=PLAIN, subject_id=case.id, now=later, **told)])

    undo.take_back(case.id, case.events[-1].seq, actor=clerk, today=moment["today"], now=later)

    assert (
        db.session.scalars(select(Message.status).where(Message.key.in_(["a", "b"]))).all() == [WAITING] * 2
    )


def test_what_a_mail_told_is_not_undone(case, clerk, moment, agency_id):
    words = {"login": "chen", "name": "陈立", "roles": [Role.HEAD], "email": "c@example.org"}
    row, _once = user.create_by_command(agency_id=agency_id, **words, now=moment["now"])
    follow.change(
        case, on=True, actor=Actor("陈立", frozenset({Role.HEAD}), agency_id, row.id), now=moment["now"]
    )
    accept(case, clerk, moment)
    with transaction():
        db.session.scalar(select(Message).where(Message.key.startswith("followed|"))).status = SENT

    assert undo.last_own(case, clerk, moment["now"]) is None
