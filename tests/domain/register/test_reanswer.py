"""Answers ordered anew: their term, and that the same result is not given again (复议法第64条, 行诉法第71条)."""

from datetime import date

import pytest

from tests.independent_clock import nth_worked
from tracker.domain.calendar.calendar import shipped
from tracker.domain.register.consistency import problems
from tracker.domain.register.reanswer import due, same_again

BLANK = {
    "received_on": date(2026, 3, 2), "until_on": None, "outcome": "", "reason": "", "why_same": "", "decided_on": None,
    "method": "", "served_on": None, "reviewer": "", "reviewed_on": None, "review": "",
}  # fmt: skip


@pytest.mark.parametrize("received_on", [date(2026, 2, 10), date(2026, 9, 18), date(2025, 12, 30)])
def test_without_a_term_of_its_own_it_is_due_twenty_working_days_after_the_decision(received_on):
    """条例第33条第2款, as practice."""
    assert due(received_on, None, 20, shipped()).on == nth_worked(received_on, 20)


def test_the_day_that_the_decision_sets_goes_before():
    last = due(date(2026, 3, 2), date(2026, 3, 20), 20, shipped())

    assert (last.on, last.provisional) == (date(2026, 3, 20), False)


GIVEN = {
    "served_on": date(2026, 3, 9),
    "decided_on": date(2026, 3, 9),
    "outcome": "disclosed",
    "method": "post",
}
REFUSED = {**BLANK, "outcome": "refused_process_information"}


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"outcome": "disclosed"}, []),
        ({}, ["why_same"]),
        ({"why_same": "changed"}, ["reason"]),
        ({"why_same": "changed", "reason": "属于 过程性信息。"}, ["reason"]),
        ({"why_same": "changed", "reason": "档案已移交，另有新的会议记录"}, []),
        ({"why_same": "procedure"}, []),  # 行诉解释第90条第2款
    ],
)
def test_the_result_that_was_annulled_is_not_given_again_for_the_same_reason(typed, where):
    assert list(same_again({**REFUSED, **typed}, "refused_process_information", "属于过程性信息。")) == where


def test_of_a_request_that_is_not_ours_no_result_is_the_same():
    assert same_again(REFUSED, "", "") == {}


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"until_on": date(2026, 3, 1)}, ["until_on"]),
        ({"decided_on": date(2026, 3, 1)}, ["decided_on"]),
        ({"served_on": date(2026, 3, 9)}, ["outcome", "decided_on", "method"]),
        (
            {
                "served_on": date(2026, 3, 9),
                "decided_on": date(2026, 3, 10),
                "outcome": "refused_process_information",
                "method": "post",
            },
            ["served_on"],
        ),
        (GIVEN, ["reviewer", "reviewed_on", "review"]),
        (
            {**GIVEN, "reviewer": "何法", "reviewed_on": date(2026, 3, 10), "review": "可以公开"},
            ["reviewed_on"],
        ),
        ({**GIVEN, "reviewer": "何法", "reviewed_on": date(2026, 3, 9), "review": "可以公开"}, []),
    ],
)
def test_days_run_forward_and_what_was_served_says_what_and_how(typed, where):
    row = {**BLANK, **typed}
    assert list(problems("reanswers", row, today=date(2026, 3, 16))) == where
