"""The ledger: only added to, chained, corrected without erasing; what is restated follows from it."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tests import registering
from tests.histories import stated
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.basis import ENDS
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import (
    GuardError,
    NotFoundError,
    NotPermittedError,
    StepNotAllowedError,
    UnlawfulDayError,
)
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.services.case import step
from tracker.services.operations import inspection

pytestmark = pytest.mark.both  # triggers and the order of the chain

APPLICANT = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name="王一", id_number="11010519491231002X")


@pytest.fixture
def register(actor, clock):
    """Register a request handed in on a day."""

    def make(on: str = "2026-03-02", subject: str = "规划图", **more) -> Case:
        arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date.fromisoformat(on))
        words = {"applicant": APPLICANT, "arrival": arrival, "subject": subject, "unit": None, **more}
        request = RequestData(**words)
        return registering.register(request, actor=actor(Role.REGISTRAR), today=clock.today, now=clock())

    return make


@pytest.fixture
def take(actor, clock):
    """Take a step as the head, who may take every one."""

    def act(case: Case, name: str, on: str, *, by: Role = Role.HEAD, version=None, override="", **details):
        basis = {"basis": stated(name), "method": "post"} if name in ENDS else {}
        entry = Entry(name, date.fromisoformat(on), {**basis, **details})
        words = {"actor": actor(by), "today": clock.today, "now": clock()}
        return step.take(case.id, entry, version=version, override=override, **words)

    return act


def findings(clock) -> list[str]:
    return [f"{found.where} {found.message}" for found in inspection.inspect(today=clock.today)]


def steps(case: Case) -> list[str]:
    return [event.step for event in case.events]


# -- nothing is erased ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_events SET actor = 'somebody'",
        "UPDATE case_events SET effective_on = '2026-01-05'",
        "DELETE FROM case_events",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_an_entry(register, statement):
    register()

    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalar(select(CaseEvent.step)) == "receive"


def test_postgresql_refuses_to_empty_the_ledger(on_postgres):
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("TRUNCATE case_events"))
    db.session.rollback()


def lift_the_triggers() -> None:
    """Do what only somebody with the owner's rights on the database can do."""
    names = ("no_UPDATE", "no_DELETE") if db.engine.dialect.name == "sqlite" else ("append_only",)
    for name in names:
        on = "" if db.engine.dialect.name == "sqlite" else " ON case_events"
        db.session.execute(text(f"DROP TRIGGER case_events_{name}{on}"))


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE case_events SET effective_on = '2026-03-03' WHERE seq = 1"], "散列不符"),
        (["UPDATE case_events SET actor = '他人' WHERE seq = 1"], "散列不符"),
        (["UPDATE case_events SET details = '{}' WHERE seq = 1"], "散列不符"),
        (["DELETE FROM case_events WHERE chain_no = 1"], "链条中断"),
        (
            ["DELETE FROM case_events WHERE chain_no = (SELECT max(chain_no) FROM case_events)"],
            "台账末尾不符",
        ),
        (
            [
                "UPDATE contacts SET case_id = NULL",
                "DELETE FROM case_events WHERE case_id = 1",
                "DELETE FROM cases WHERE id = 1",
            ],
            "链条中断",
        ),
    ],
)
def test_check_finds_what_somebody_changed_behind_the_triggers(register, take, clock, statements, said):
    case = register()
    take(case, "accept", "2026-03-03")
    register(subject="另一件")
    assert findings(clock) == []

    lift_the_triggers()
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()

    assert any(said in words for words in findings(clock))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "'disclosed'"),
        ("due_on", "'2026-03-31'"),
        ("received_on", "'2025-12-31'"),
        ("applicant_kind", "'business'"),
        ("closed_on", "'2026-03-10'"),
        ("unit_id", "NULL"),
    ],
)
def test_check_finds_a_restated_column_that_left_its_ledger(register, clock, planning, column, value):
    register(unit=planning.name)

    db.session.execute(text(f"UPDATE cases SET {column} = {value}"))
    db.session.commit()

    assert any(column in words for words in findings(clock))


def test_check_finds_nothing_in_a_sound_office(register, take, clock):
    case = register()
    take(case, "ask_supplement", "2026-03-04", items="文件名称", deadline_on="2026-03-25")
    take(case, "receive_supplement", "2026-03-09")
    take(case, "disclosed", "2026-03-16")
    register(on="2026-03-13")

    assert findings(clock) == []


# -- a case moves in one place ------------------------------------------------------------------------


def test_a_registered_request_has_its_receipt_as_first_entry_and_its_due_day(register, clock):
    clock.set("2026-03-03")
    case = register(on="2026-03-02")

    assert (case.number, case.state, steps(case)) == ("YSQ-2026-0001", "received", ["receive"])
    assert case.due_on == date(2026, 3, 30)  # 第33条第2款
    assert (case.next_action, case.next_action_on) == ("supplement_notice", date(2026, 3, 11))  # 第30条


def test_the_first_step_that_needs_processing_accepts_on_the_same_day(register, take):
    case = take(
        register(),
        "extend",
        "2026-03-10",
        days=10,
        reason="涉及多个单位（批准日：2026-03-09）",
        approved_by="陈立",
    )

    assert steps(case) == ["receive", "accept", "extend"]
    assert case.events[1].details == {"implied": True}
    assert case.events[1].effective_on == case.events[2].effective_on
    assert case.due_on == date(2026, 4, 14)


def test_an_impossible_step_leaves_nothing_behind(register, take):
    case = register()

    with pytest.raises(StepNotAllowedError, match="收到缴费"):
        take(case, "pay", "2026-03-03")

    assert steps(db.session.get(Case, case.id)) == ["receive"]
    assert db.session.get(Case, case.id).state == "received"


@pytest.mark.parametrize(
    ("on", "why"),
    [("2026-03-17", "晚于今天"), ("2026-03-01", "早于收到申请之日"), ("2026-03-04", "早于前一次状态变更")],
)
def test_a_legal_day_is_neither_in_the_future_nor_before_what_came_before(register, take, on, why):
    case = register()
    take(case, "accept", "2026-03-05")

    with pytest.raises(UnlawfulDayError, match=why):
        take(case, "disclosed", on)


def test_a_stale_version_is_refused(register, take):
    case = register()
    seen = case.version
    take(case, "accept", "2026-03-03", version=seen)

    with pytest.raises(StaleDataError):
        take(case, "disclosed", "2026-03-04", version=seen)


@pytest.mark.parametrize(
    ("name", "details"),
    [("assign", {}), ("ask_reasons", {"reason": "频次"}), ("give_reasons", {"reason": "有理由"})],
)
def test_every_entry_raises_the_version_also_one_that_restates_nothing(register, take, name, details):
    case = register()
    take(case, "accept", "2026-03-03")
    if name == "give_reasons":
        take(case, "ask_reasons", "2026-03-03", reason="频次")
    seen = case.version

    take(case, name, "2026-03-04", **details)

    assert db.session.get(Case, case.id).version == seen + 1
    with pytest.raises(StaleDataError):
        take(case, "disclosed", "2026-03-04", version=seen)


def test_what_the_facts_speak_against_needs_a_reason_that_is_kept(register, take):
    case = register()
    take(case, "ask_supplement", "2026-03-04", items="x", deadline_on="2026-03-10")

    with pytest.raises(GuardError, match="第30条"):
        take(case, "receive_supplement", "2026-03-12")
    take(case, "receive_supplement", "2026-03-12", override="申请人住院，有正当理由")

    assert "申请人住院" in case.events[-1].details["reason"]


def test_the_year_that_a_result_counts_in_is_that_of_its_service(register, take, clock):
    clock.set("2026-01-12")
    case = register(on="2025-12-10")

    take(case, "disclosed", "2026-01-06", decided_on="2025-12-31", method="post")

    assert (case.decided_on, case.served_on, case.closed_on) == (
        date(2025, 12, 31),
        date(2026, 1, 6),
        date(2026, 1, 6),
    )


# -- corrections ---------------------------------------------------------------------------------------


def correct(take, case: Case, replaces: int, put: dict | None, **more):
    return take(
        case, "correct", "2026-03-16", **{"replaces": replaces, "with": put, "reason": "录入有误", **more}
    )


def test_a_correction_takes_the_place_of_an_entry_and_erases_nothing(register, take):
    case = register()

    correct(take, case, 1, {"step": "receive", "on": "2026-03-03"})

    assert steps(case) == ["receive", "correct"]
    assert (case.received_on, case.due_on) == (date(2026, 3, 3), date(2026, 3, 31))
    assert case.events[0].effective_on == date(2026, 3, 2)


def test_a_correction_that_makes_a_later_entry_unlawful_is_refused_naming_it(register, take):
    case = register()
    take(case, "accept", "2026-03-03")

    with pytest.raises(UnlawfulDayError, match=r"第2条记录（受理，2026-03-03）"):
        correct(take, case, 1, {"step": "receive", "on": "2026-03-05"})
    assert steps(case) == ["receive", "accept"]


def test_an_answer_entered_by_mistake_is_taken_back_and_the_case_goes_on(register, take):
    case = register()
    take(case, "disclosed", "2026-03-10")

    correct(take, case, 2, None)

    assert (case.state, case.closed_on, case.due_on) == ("received", None, date(2026, 3, 30))


def test_a_voided_case_is_counted_nowhere_and_its_number_is_not_given_again(register, take, clock):
    case = register()

    correct(take, case, 1, None)
    other = register(subject="另一件")

    assert (case.state, case.received_on, case.due_on) == ("void", None, None)
    assert other.number == "YSQ-2026-0002"
    assert findings(clock) == []


def test_only_the_head_corrects(register, take):
    case = register()

    for role in (Role.REGISTRAR, Role.HANDLER, Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR):
        with pytest.raises(NotPermittedError):
            take(case, "correct", "2026-03-16", by=role, **{"replaces": 1, "with": None, "reason": "x"})


# -- who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "name", "allowed"),
    [
        (Role.REGISTRAR, "assign", True),
        (Role.REGISTRAR, "accept", False),
        (Role.REGISTRAR, "disclosed", False),
        (Role.HANDLER, "accept", True),
        (Role.HANDLER, "extend", False),  # 第33条第2款: the head of the disclosure unit agrees
        (Role.HEAD, "extend", True),
        (Role.REVIEWER, "disclosed", False),
        (Role.AUDITOR, "accept", False),
        (Role.ADMINISTRATOR, "accept", False),
    ],
)
def test_the_ledger_itself_asks_who_may_take_a_step(register, take, planning, role, name, allowed):
    case = register()
    details = {"assign": {"unit": planning.name}, "extend": {"days": 5, "reason": "x"}}.get(name, {})

    if allowed:
        take(case, name, "2026-03-03", by=role, **details)
        assert name in steps(case)
    else:
        with pytest.raises(NotPermittedError):
            take(case, name, "2026-03-03", by=role, **details)
        assert steps(case) == ["receive"]


def test_a_handler_reaches_the_cases_of_the_own_unit_alone(register, actor, planning):
    case = register(unit=planning.name)

    assert step.find(case.id, actor(Role.HANDLER, unit_id=planning.id)).id == case.id
    with pytest.raises(NotPermittedError):
        step.find(case.id, actor(Role.HANDLER, unit_id=planning.id + 1))


def test_another_agency_s_case_is_not_there(register, actor, agency_id):
    case = register()
    stranger = actor(Role.HEAD)
    other = type(stranger)(stranger.name, stranger.roles, agency_id + 1)

    with pytest.raises(NotFoundError):
        step.find(case.id, other)


# -- personal data ------------------------------------------------------------------------------------


def test_personal_data_is_unreadable_in_the_database_and_absent_from_the_ledger(register):
    case = register()

    kept = db.session.execute(text("SELECT id_number FROM applicants")).scalar()
    details = db.session.execute(text("SELECT details FROM case_events")).scalar()

    assert b"11010519491231002X" not in bytes(kept)
    assert "11010519491231002X" not in str(details)
    assert "王一" not in str(details)
    assert case.applicant.id_number == "11010519491231002X"


def test_looking_at_personal_data_is_written_down(register, actor, clock):
    case = register()

    step.reveal(case.id, actor=actor(Role.HANDLER), now=clock())

    found = db.session.execute(
        text("SELECT act, target, actor FROM audit_entries WHERE act = 'revealed'")
    ).one()
    assert tuple(found) == ("revealed", case.number, "周明")


def test_numbers_go_on_without_gaps_by_the_year_of_receipt(register):
    numbers = [register(on=on).number for on in ("2026-03-02", "2025-12-30", "2026-03-03")]

    assert numbers == ["YSQ-2026-0001", "YSQ-2025-0001", "YSQ-2026-0002"]
