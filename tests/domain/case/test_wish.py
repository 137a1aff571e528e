"""What an application asks for: known words, days that can be, what an oral request lacks."""

from datetime import date

import pytest

from tracker.domain.case.wish import Wishes, unproved
from tracker.domain.errors import InvalidDetailError

ARRIVED, TODAY = date(2026, 3, 2), date(2026, 3, 6)


@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(form="stone"),
        Wishes(way="pigeon"),
        Wishes(read_back_on=date(2026, 3, 1)),
        Wishes(read_back_on=date(2026, 3, 7)),
    ],
)
def test_an_unknown_word_and_an_impossible_day_are_refused(wishes):
    with pytest.raises(InvalidDetailError):
        wishes.check(arrived_on=ARRIVED, today=TODAY)


def test_nothing_is_required_and_no_purpose_ever():
    Wishes().check(arrived_on=ARRIVED, today=TODAY)
    Wishes(form="paper", way="post", read_back_on=ARRIVED).check(arrived_on=ARRIVED, today=TODAY)


def test_an_oral_request_lacks_who_filled_it_in_and_the_reading():
    assert list(unproved("oral", "", None)) == ["代为填写的人", "读给申请人确认的日期"]
    assert list(unproved("oral", "林静", ARRIVED)) == []
    assert list(unproved("in_person", "", None)) == []
