"""The calendar against two packages that transcribe the same notices, and its own arithmetic."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from tracker.domain.calendar.calendar import (
    Notice,
    WorkCalendar,
    shipped,
    shipped_notices,
    shipped_statutory_days,
)
from tracker.domain.errors import UnknownYearError

PUBLISHED = range(2008, 2027)
PROVISIONAL = range(2027, 2035)
SPRING_2026 = "国务院办公厅关于2026年部分节假日安排的通知"


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def year_of(year: int) -> list[date]:
    return days(date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_published_day_is_that_of_chinesecalendar(year):
    assert [day for day in year_of(year) if shipped().is_working_day(day)] == [
        day for day in year_of(year) if chinese_calendar.is_workday(day)
    ]


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_published_day_is_that_of_holidays(year):
    china = holidays.country_holidays("CN", years=range(year - 1, year + 2))

    assert [day for day in year_of(year) if shipped().is_working_day(day)] == [
        day for day in year_of(year) if china.is_working_day(day)
    ]


@pytest.mark.parametrize("year", PROVISIONAL)
def test_the_statutory_days_are_those_of_holidays_with_nothing_compensated(year):
    china = holidays.country_holidays("CN", years=year, observed=False)

    assert shipped().off_days(year) == tuple(sorted(china))
    assert shipped().work_days(year) == ()
    assert shipped().status(year) == "provisional"


@pytest.mark.parametrize(("year", "count"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year, count):
    assert shipped().count(date(year - 1, 12, 31), date(year, 12, 31)) == count


@pytest.mark.parametrize(
    ("why", "day", "n", "expected", "provisional"),
    [
        ("a plain month", date(2026, 3, 2), 20, date(2026, 3, 30), False),
        ("春节, 28 February made up", date(2026, 2, 10), 20, date(2026, 3, 16), False),
        ("the last day is a made-up Sunday", date(2025, 12, 4), 20, date(2026, 1, 4), False),
        ("from a made-up Saturday", date(2026, 2, 14), 20, date(2026, 3, 20), False),
        ("the year still published", date(2026, 12, 3), 20, date(2026, 12, 31), False),
        ("over a New Year not arranged yet", date(2026, 12, 4), 20, date(2027, 1, 4), True),
        ("further into it", date(2026, 12, 15), 20, date(2027, 1, 13), True),
        ("first day after a holiday", date(2026, 10, 1), 1, date(2026, 10, 8), False),
    ],
)
def test_add(why, day, n, expected, provisional):
    assert shipped().add(day, n) == expected, why
    assert shipped().is_provisional(expected) is provisional


@pytest.mark.parametrize("day", days(date(2025, 12, 20), date(2026, 3, 10)))
@pytest.mark.parametrize("n", [1, 2, 7, 15, 20, 40])
def test_add_agrees_with_count_and_with_the_days_themselves(day, n):
    calendar = shipped()
    last = calendar.add(day, n)

    assert calendar.is_working_day(last)
    assert calendar.count(day, last) == n
    assert calendar.count(last, day) == -n
    assert sum(map(calendar.is_working_day, days(day, last)[1:])) == n


def test_no_working_day_is_the_noughth():
    with pytest.raises(ValueError, match="0"):
        shipped().add(date(2026, 3, 2), 0)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 16), f"春节（{SPRING_2026}）"),
        (date(2026, 2, 15), f"春节（{SPRING_2026}）"),
        (date(2026, 2, 28), f"调休上班（{SPRING_2026}）"),
        (date(2026, 3, 7), "周六"),
        (date(2026, 3, 8), "周日"),
        (date(2026, 3, 9), None),
        (date(2020, 1, 31), "春节（国务院办公厅关于延长2020年春节假期的通知）"),
        (date(2027, 1, 1), "元旦（全国年节及纪念日放假办法（2024年修订）第二条）"),
        (date(2031, 10, 1), "中秋节、国庆节（全国年节及纪念日放假办法（2024年修订）第二条）"),
    ],
)
def test_why_names_the_holiday_and_the_text_that_made_it(day, expected):
    reason = shipped().why(day)

    assert (None if reason is None else str(reason)) == expected


def test_the_days_of_2026_as_the_notice_lists_them():
    off = [
        *days(date(2026, 1, 1), date(2026, 1, 3)),
        *days(date(2026, 2, 15), date(2026, 2, 23)),
        *days(date(2026, 4, 4), date(2026, 4, 6)),
        *days(date(2026, 5, 1), date(2026, 5, 5)),
        *days(date(2026, 6, 19), date(2026, 6, 21)),
        *days(date(2026, 9, 25), date(2026, 9, 27)),
        *days(date(2026, 10, 1), date(2026, 10, 7)),
    ]
    work = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]

    assert shipped().off_days(2026) == tuple(off)
    assert shipped().work_days(2026) == tuple(date(2026, month, day) for month, day in work)
    assert shipped().sources(2026) == (f"{SPRING_2026}（国办发明电〔2025〕7号）",)
    assert shipped().status(2026) == "published"


def test_days_of_a_neighbouring_year_belong_to_the_notice_that_names_them():
    title = "国务院办公厅关于2019年部分节假日安排的通知"

    assert str(shipped().why(date(2018, 12, 29))) == f"调休上班（{title}）"
    assert str(shipped().why(date(2018, 12, 31))) == f"元旦（{title}）"
    assert any(title in source for source in shipped().sources(2018))


@pytest.mark.parametrize("year", [2007, 2035])
def test_a_year_without_a_calendar_is_refused(year):
    calendar, day = shipped(), date(year, 6, 1)
    near = date(2008, 1, 2) if year == 2007 else date(2034, 12, 28)

    for ask in (calendar.is_working_day, calendar.is_provisional, calendar.why):
        with pytest.raises(UnknownYearError, match=str(year)):
            ask(day)
    for of_year in (calendar.status, calendar.off_days, calendar.work_days, calendar.sources):
        with pytest.raises(UnknownYearError, match=str(year)):
            of_year(year)
    with pytest.raises(UnknownYearError, match=str(year)):
        calendar.count(day, near)
    with pytest.raises(UnknownYearError, match=str(year)):
        calendar.add(min(day, near), 20)


def test_a_count_does_not_leap_over_an_unknown_year():
    notice = Notice("两年后的通知", 2036, {date(2036, 1, 1): "元旦"}, frozenset())
    calendar = WorkCalendar.from_notices([*shipped_notices(), notice], shipped_statutory_days())

    with pytest.raises(UnknownYearError, match="2035"):
        calendar.add(date(2034, 12, 20), 20)


NOTICE_2027 = Notice(
    title="国务院办公厅关于2027年部分节假日安排的通知",
    year=2027,
    off={date(2027, 1, 1): "元旦", date(2027, 2, 10): "春节"},
    work=frozenset({date(2027, 2, 20), date(2026, 12, 27)}),
    published_on=date(2026, 11, 4),
)
LATER = Notice(
    title="国务院办公厅关于延长2027年春节假期的通知",
    year=2027,
    off=dict.fromkeys(days(date(2027, 2, 10), date(2027, 2, 20)), "春节"),
    work=frozenset(),
    published_on=date(2027, 2, 9),
    annual=False,
)


def test_a_notice_takes_the_place_of_the_statutory_days():
    calendar = WorkCalendar.from_notices([NOTICE_2027, *shipped_notices()], shipped_statutory_days())

    assert calendar.status(2027) == "published"
    assert calendar.is_working_day(date(2027, 2, 8))  # statutory, but not named by this notice
    assert calendar.is_working_day(date(2026, 12, 27))  # a Sunday of the year before
    assert NOTICE_2027.citation in calendar.sources(2026)


@pytest.mark.parametrize("notices", [(NOTICE_2027, LATER), (LATER, NOTICE_2027)])
def test_the_later_notice_wins_in_whatever_order_they_are_given(notices):
    calendar = WorkCalendar.from_notices(notices, {})

    assert not calendar.is_working_day(date(2027, 2, 20))
    assert calendar.why(date(2027, 2, 20)).source == LATER.title


def test_a_notice_that_does_not_arrange_the_year_leaves_it_provisional():
    calendar = WorkCalendar.from_notices([LATER], shipped_statutory_days())

    assert calendar.status(2027) == "provisional"
    assert not calendar.is_working_day(date(2027, 2, 19))
    assert not calendar.is_working_day(date(2027, 1, 1))


def test_a_notice_without_a_date_comes_after_the_one_of_the_whole_year():
    undated = Notice("补充通知", 2027, {date(2027, 2, 20): "春节"}, frozenset(), annual=False)
    calendar = WorkCalendar.from_notices([undated, NOTICE_2027], {})

    assert not calendar.is_working_day(date(2027, 2, 20))
