"""The registers that the law knows: what a row must state once its end is stated (条例第18、41、44、47、51条)."""

from datetime import date

import pytest

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
        ("complaints", {"answered_on": date(2026, 3, 9)}, ["result"]),
        ("complaints", {"until_on": date(2026, 3, 1)}, ["until_on"]),
        ("guides", {"updated_on": date(2026, 3, 1)}, ["updated_on"]),
        ("guides", {"updated_on": date(2026, 3, 9)}, []),
    ],
)
def test_a_row_says_what_its_end_needs_and_its_days_run_forward(register, typed, where):
    assert list(problems(register, values(register, **typed), today=TODAY)) == where
