"""The registers that the law knows: what a row must state once its end is stated (条例第18、41、44、47、51条)."""

import re
from datetime import date

import pytest

from tracker.domain.register import order
from tracker.domain.register.consistency import problems
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.register import Field, read

TODAY = date(2026, 3, 16)


def values(register, **typed):
    of = BY_NAME[register]
    blank = {
        one.name: read(Field(one.name, one.label, one.kind, default=one.default), "") for one in of.fields
    }
    return {**blank, of.day: date(2026, 3, 2), **typed}


@pytest.mark.parametrize(
    ("register", "typed", "where"),
    [
        ("corrections", {}, []),
        ("corrections", {"told_on": date(2026, 3, 9)}, ["result"]),
        ("corrections", {"told_on": date(2026, 3, 1), "result": "told"}, ["told_on"]),
        ("corrections", {"received_on": date(2026, 3, 17)}, ["received_on"]),
        ("conversions", {"assessed_on": date(2026, 3, 9)}, ["conclusion"]),
        ("conversions", {"published_on": date(2026, 3, 9), "conclusion": "kept"}, ["conclusion"]),
        ("conversions", {"published_on": date(2026, 3, 9), "conclusion": "publish"}, []),
        ("refusal-reviews", {}, ["next_on"]),  # 第18条: 定期
        ("refusal-reviews", {"conclusion": "publish"}, []),
        ("refusal-reviews", {"next_on": date(2026, 3, 1)}, ["next_on"]),
        ("refusal-reviews", {"next_on": date(2027, 3, 2)}, []),
        (
            "refusal-reviews",
            {"next_on": date(2027, 3, 2), "published_on": date(2026, 3, 9)},
            ["conclusion"],
        ),
        (
            "conversions",
            {"conclusion": "publish", "assessed_on": date(2026, 3, 9), "published_on": date(2026, 3, 5)},
            ["published_on"],
        ),
        ("reanswers", {"reviewed_on": date(2026, 3, 1)}, ["reviewed_on"]),
        ("reanswers", {"until_on": date(2026, 3, 1)}, ["until_on"]),
        ("complaints", {"answered_on": date(2026, 3, 9)}, ["result"]),
        ("complaints", {"until_on": date(2026, 3, 1)}, ["until_on"]),
        ("guides", {"updated_on": date(2026, 3, 1)}, ["updated_on"]),
        ("guides", {"updated_on": date(2026, 3, 9)}, []),
    ],
)
def test_a_row_says_what_its_end_needs_and_its_days_run_forward(register, typed, where):
    assert list(problems(register, values(register, **typed), today=TODAY)) == where


@pytest.mark.parametrize("register", order.ORDER)
def test_days_that_run_backwards_are_named_both(register):
    for later, earlier in order.ORDER[register]:
        row = {name: None for pair in order.ORDER[register] for name in pair}
        row |= {later: date(2026, 3, 1), earlier: date(2026, 3, 2)}
        (told,) = order.problems(register, row).values()
        assert {"2026-03-01", "2026-03-02"} <= set(re.findall(r"[-0-9]{10}", told))


@pytest.mark.parametrize(
    ("register", "day", "states", "where"),
    [
        ("complaints", date(2026, 3, 1), [], "received_on"),
        ("complaints", date(2026, 3, 2), [], ""),
        ("remedies", date(2026, 3, 1), [], "filed_on"),
        ("personal-requests", date(2026, 3, 1), [], "received_on"),
        ("corrections", date(2026, 3, 1), [], ""),  # what is wrong may have been told before
        ("refusal-reviews", date(2026, 3, 1), ["refused_state_secret"], "reviewed_on"),
        ("refusal-reviews", date(2026, 3, 8), ["refused_state_secret"], "reviewed_on"),
        ("refusal-reviews", date(2026, 3, 9), ["refused_state_secret"], ""),
        ("refusal-reviews", date(2026, 3, 9), ["processing"], "case_number"),
        ("refusal-reviews", date(2026, 3, 9), ["disclosed"], "case_number"),
        ("refusal-reviews", date(2026, 3, 9), ["disclosed", "refused_internal_affairs"], ""),  # anew
    ],
)
def test_what_follows_from_a_request_comes_after_it(register, day, states, where):
    row = {BY_NAME[register].day: day}
    received, ended = date(2026, 3, 2), date(2026, 3, 9)
    told = order.of_case(register, row, received_on=received, ended_on=ended, states=states)

    assert list(told) == [where] if where else told == {}
