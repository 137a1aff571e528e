"""The organ's days as respondent and defendant, kept as duties: they follow the steps, are told and checked."""

import pytest
from sqlalchemy import text

from tests.jobs.test_jobs import load, received
from tests.services.calendar.test_calendar import OF_2027
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db
from tracker.models.duty import OpenDuty
from tracker.models.outbox import Message
from tracker.models.reads.register import acts_on
from tracker.models.remedy import RemedyCase, RemedyStep
from tracker.services.calendar import calendar
from tracker.services.job import reminder
from tracker.services.office import user
from tracker.services.operations import inspection
from tracker.services.register import register as registers

REMEDIES, STEPS = BY_NAME["remedies"], BY_NAME["remedy-steps"]
NUMBER = "（2026）测01行初8号"


@pytest.fixture
def by(app, actor, clock):
    return lambda *roles: registers.By(actor=actor(*(roles or (Role.HEAD,))), today=clock.today, now=clock())


def suit(by, **more):
    raw = {
        "kind": "direct_litigation",
        "number": NUMBER,
        "organ": "测区法院",
        "filed_on": "2026-03-02",
        **more,
    }
    return registers.keep(REMEDIES, raw, by=by())


def step(by, name, on, **more):
    raw = {"remedy_number": NUMBER, "step": name, "happened_on": on, **more}
    return registers.keep(STEPS, raw, by=by())


def duties():
    query = db.session.query(OpenDuty).filter(OpenDuty.kind == "remedy").order_by(OpenDuty.due_on)
    return [(duty.name, duty.due_on.isoformat(), duty.provisional) for duty in query]


def findings(clock):
    return [found.message for found in inspection.inspect(today=clock.today) if "期限" in found.message]


def test_a_copy_that_is_received_sets_a_duty_that_the_reply_ends(by, clock):
    suit(by)
    step(by, "copy_received", "2026-03-03")
    before = duties()
    step(by, "replied", "2026-03-12")

    assert (before, duties()) == ([("remedy_reply", "2026-03-18", False)], [])
    assert findings(clock) == []


def test_a_step_that_is_changed_withdrawn_or_restored_moves_its_day(by, clock):
    suit(by)
    row = step(by, "copy_received", "2026-03-03")
    registers.keep(STEPS, {"happened_on": "2026-03-04"}, by=by(), row_id=row.id, version=row.version)
    moved = duties()
    registers.withdraw(STEPS, row.id, "登记有误", by=by())
    gone = duties()
    registers.restore(STEPS, row.id, "没有误", by=by())

    assert (moved, gone, duties()) == ([("remedy_reply", "2026-03-19", False)], [], moved)
    assert findings(clock) == []


def test_a_case_that_ends_or_is_withdrawn_asks_for_no_reply(by, clock):
    row = suit(by)
    step(by, "copy_received", "2026-03-03")
    registers.withdraw(REMEDIES, row.id, "重复登记", by=by())
    withdrawn = duties()
    row = registers.restore(REMEDIES, row.id, "不重复", by=by())
    ended = {"result": "withdrawn", "closed_on": "2026-03-10"}
    registers.keep(REMEDIES, ended, by=by(), row_id=row.id, version=row.version)

    assert (withdrawn, duties()) == ([], [])
    assert findings(clock) == []


def test_a_step_belongs_to_the_one_case_of_its_number(by):
    with pytest.raises(registers.RowInvalidError) as none:
        step(by, "copy_received", "2026-03-03")
    suit(by)
    suit(by, organ="测市法院")
    with pytest.raises(registers.RowInvalidError) as two:
        step(by, "copy_received", "2026-03-03")

    assert ["没有" in none.value.fields["remedy_number"], "有2件" in two.value.fields["remedy_number"]] == [
        True
    ] * 2


def test_what_does_not_fit_the_kind_of_case_is_refused_by_its_field(by):
    suit(by)

    with pytest.raises(registers.RowInvalidError) as refused:
        step(by, "decision_received", "2026-03-03")

    assert list(refused.value.fields) == ["paper"]


def test_the_steps_follow_a_number_that_is_changed(by):
    row = suit(by)
    taken = step(by, "copy_received", "2026-03-03")
    registers.keep(REMEDIES, {"number": "新1号"}, by=by(), row_id=row.id, version=row.version)

    db.session.expire_all()
    assert db.session.get(RemedyStep, taken.id).remedy_number == "新1号"
    assert [act.act for act in acts_on("remedy-steps", taken.id)] == ["added", "changed"]


def test_a_step_that_moves_to_another_case_takes_its_duty_along(by, clock):
    suit(by)
    registers.keep(
        REMEDIES,
        {"kind": "direct_litigation", "number": "另1号", "organ": "测市法院", "filed_on": "2026-03-02"},
        by=by(),
    )
    row = step(by, "copy_received", "2026-03-03")
    registers.keep(STEPS, {"remedy_number": "另1号"}, by=by(), row_id=row.id, version=row.version)

    kept = {duty.subject_id for duty in db.session.query(OpenDuty).filter(OpenDuty.kind == "remedy")}
    assert kept == {db.session.query(RemedyCase.id).filter(RemedyCase.number == "另1号").scalar()}
    assert findings(clock) == []


def test_the_check_names_a_day_that_is_not_the_register_s(by, clock):
    suit(by)
    step(by, "copy_received", "2026-03-03")
    db.session.execute(text("UPDATE duties SET due_on = '2026-06-01' WHERE kind = 'remedy'"))
    db.session.commit()

    assert findings(clock) == ["由其算出的期限与登记内容不符。"]


def test_the_handler_of_the_request_is_reminded_and_the_head_told_once_it_is_late(
    by, app, planning, agency_id, clock
):
    handled = (
        {"step": "accept", "on": "2026-01-06"},
        {"step": "assign", "on": "2026-01-06", "unit": "规划股", "handler": "周明"},
        {"step": "answer", "on": "2026-01-20", "outcome": "disclosed"},
    )
    load(received("2026-01-05", "A-1", *handled))
    people = {}
    for role, name in ((Role.HANDLER, "周明"), (Role.HEAD, "陈立")):
        person, _once = user.create_by_command(
            agency_id=agency_id, login=role.value, name=name, roles=[role], now=clock(),
            email=f"{role.value}@example.org", unit_id=planning.id if role is Role.HANDLER else None,
        )  # fmt: skip
        people[role] = f"user:{person.id}"
    suit(by, case_number="A-1")
    step(by, "copy_received", "2026-03-03")  # due on Wednesday 18 March
    clock.set("2026-03-16")
    reminder.remind(on=clock.today, now=clock())
    clock.set("2026-03-19")
    reminder.escalate(on=clock.today, now=clock())

    told = [(m.recipient, m.number, m.duty, m.stage) for m in db.session.query(Message).order_by(Message.id)]
    assert (people[Role.HANDLER], NUMBER, "remedy_reply", "-3") in told
    assert (people[Role.HEAD], NUMBER, "remedy_reply", "+1") in told


def test_a_provisional_day_is_counted_anew_when_the_notice_comes(by, clock):
    clock.set("2027-01-22")
    suit(by)
    step(by, "copy_received", "2027-01-21")  # 5 February is New Year's Eve
    before = duties()
    calendar.keep(OF_2027, actor=by().actor, today=clock.today, now=clock())

    assert (before, duties()) == (
        [("remedy_reply", "2027-02-09", True)],
        [("remedy_reply", "2027-02-12", False)],
    )
    assert findings(clock) == []
