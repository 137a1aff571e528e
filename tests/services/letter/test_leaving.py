"""What was signed is what leaves: a letter of before, of an approval taken back, or corrected since."""

from datetime import date

import pytest

from tests.letters import stated, typed
from tests.services.letter.test_service import posted
from tests.services.letter.test_sign_off import (
    REFUSED,
    case_of,
    office,
    person,
    say,
    submitted,
)
from tracker.domain.errors import GuardError
from tracker.domain.letter import index
from tracker.services.letter import letter as letters
from tracker.services.letter import service, sign_off
from tracker.services.letter.service import ServiceExtras, Serving

__all__ = ["office", "person"]
SUPPLEMENT = index.BY_KEY["supplement"]
DATED, LATER, LAST = "2026-03-16", "2026-03-17", "2026-03-18"
DEADLINE = {**stated(SUPPLEMENT), "deadline_on": "2026-04-10"}


@pytest.fixture
def at(office, clock):
    """Let the office's day and moment be another."""

    def act(day: str) -> None:
        clock.set(day)
        office["moment"] = {"today": clock.today, "now": clock()}

    return act


def made(office, case, kind=REFUSED, **more):
    return letters.make(case.id, typed(kind, **more), actor=office["handler"], **office["moment"])


def signed(office, case, kind=REFUSED, **more):
    row = submitted(office, case, kind, **more)
    for station in row.stations.split():
        say(office, row, station, "head" if station == "head" else "reviewer")
    return row


def serve(office, letter, on, why="照此登记"):
    by = Serving(actor=office["handler"], **office["moment"])
    given = ServiceExtras(override=why)
    return service.record(letter.id, posted(date.fromisoformat(on)), given, case_id=letter.case_id, by=by)


def test_a_letter_that_was_made_before_another_text_was_signed_does_not_leave(office, at):  # 第17条; practice
    case = case_of(office, REFUSED)
    before = made(office, case, merged="2026-0099")
    at(LATER)
    row = signed(office, case)
    with pytest.raises(GuardError, match="制作在签批以前"):
        serve(office, before, LATER)

    serve(
        office, sign_off.make(row.id, date(2026, 3, 17), actor=office["handler"], **office["moment"]), LATER
    )
    assert case.state == "refused_internal_affairs"


def test_a_notice_that_was_returned_does_not_leave_as_it_was_made_before(office, at):
    case = case_of(office, SUPPLEMENT)
    before = made(office, case, SUPPLEMENT, facts=DEADLINE)
    at(LATER)
    row = submitted(office, case, SUPPLEMENT, facts=DEADLINE)
    with pytest.raises(GuardError, match="正在审批"):
        serve(office, before, LATER)
    say(office, row, row.stations.split()[0], "head", verdict="returned", words="期限太短")
    with pytest.raises(GuardError, match="已退回"):
        serve(office, before, LATER)

    assert case.state == "received"


def test_a_letter_whose_approval_was_taken_back_does_not_leave(office, at):
    case = case_of(office, REFUSED)
    row = signed(office, case)
    letter = sign_off.make(row.id, date(2026, 3, 16), actor=office["handler"], **office["moment"])
    at(LATER)
    sign_off.withdraw(row.id, "引用有误", actor=office["handler"], **office["moment"])
    with pytest.raises(GuardError, match="已撤回"):
        serve(office, letter, LATER)

    assert case.served_on is None


def test_a_letter_that_left_is_served_again_while_its_correction_is_being_signed(office, at):
    case = case_of(office, REFUSED)
    letter = made(office, case)
    serve(office, letter, DATED)
    at(LATER)
    submitted(office, case, REFUSED, corrects=letter.id, why="姓名有误", on=LATER)
    serve(office, letter, LATER)

    assert case.served_on == date(2026, 3, 16)


def test_that_a_letter_was_corrected_is_said_before_it_leaves(office, at):
    case = case_of(office, REFUSED)
    letter = made(office, case)
    at(LATER)
    made(office, case, corrects=letter.id, why="姓名有误", on=LATER)
    with pytest.raises(GuardError, match="请送达更正后的文书"):
        serve(office, letter, LATER, why="")
    serve(office, letter, DATED, why="")

    assert case.served_on == date(2026, 3, 16)
