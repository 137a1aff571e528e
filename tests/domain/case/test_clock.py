"""The clock against the official calendars of 2025 and 2026, and its own arithmetic."""

from datetime import date, timedelta

import pytest

from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import clock
from tracker.domain.case.channel import Channel, receipt
from tracker.domain.case.clock import Due, Pause
from tracker.domain.case.duty import duties
from tracker.domain.case.event import Entry
from tracker.domain.case.history import fold
from tracker.domain.errors import UnknownYearError
from tracker.domain.law import term
from tracker.domain.law.law import DECREE_711


def standing(*rows):
    """Return the standing after rows of (step, day, details)."""
    return fold(
        [
            Entry(step, date.fromisoformat(on), dict(*details), seq)
            for seq, (step, on, *details) in enumerate(rows, 1)
        ],
        shipped(),
    )


def said(day):
    return f"{day} provisional" if shipped().is_provisional(day) else str(day)


def duty(name, *rows):
    last = date.fromisoformat(rows[-1][1])
    return said(next(found.on for found in duties(standing(*rows), last) if found.name == name))


def reply(*rows):
    answer = standing(*rows).due()
    assert answer.provisional is shipped().is_provisional(answer.on)
    return said(answer.on)


def supplement_notice(*rows):
    return duty("supplement_notice", *rows)


def third_party_opinion(*rows):
    return duty("third_party_opinion", *rows)


def agency_opinion(*rows):
    return duty("agency_opinion", *rows)


def payment(*rows):
    return duty("payment", *rows)


def reply_to_form(submitted, confirmed):
    day = receipt(
        Channel.ONLINE,
        arrived_on=date.fromisoformat(submitted),
        confirmed_on=date.fromisoformat(confirmed),
    )
    return reply(("receive", str(day.on)))


def publication(created):
    return said(shipped().add(date.fromisoformat(created), term.PUBLICATION.days))


def working_days(year):
    return shipped().count(date(year - 1, 12, 31), date(year, 12, 31))


SUPPLEMENTED = (
    ("receive", "2025-12-30"),
    ("ask_supplement", "2026-01-06", {"deadline_on": "2026-01-27"}),
    ("receive_supplement", "2026-01-08"),
)
THIRD_PARTY = {"party": "third_party", "name": "甲公司"}
CONSULTED = (
    ("receive", "2026-03-02"),
    ("consult", "2026-03-09", {**THIRD_PARTY, "received_on": "2026-03-11"}),
)
CO_MAKER = (
    ("receive", "2026-04-20"),
    ("consult", "2026-04-27", {"party": "agency", "name": "规划局", "received_on": "2026-04-28"}),
)
CHARGED = (
    ("receive", "2026-06-01"),
    ("charge", "2026-06-09", {"received_on": "2026-06-10"}),
)
FULL = {"days": 20}


@pytest.mark.parametrize(
    ("law", "ask", "facts", "expected"),
    [
        ("第30条: 7 days", supplement_notice, [("receive", "2025-12-30")], "2026-01-09"),
        ("第33条: 20 days", reply, [("receive", "2025-12-30")], "2026-01-28"),
        ("第30条: from the supplement", reply, SUPPLEMENTED, "2026-02-05"),
        ("第33条第2款: 20 more", reply, [*SUPPLEMENTED, ("extend", "2026-01-26", FULL)], "2026-03-11"),
        ("第33条", reply, [("receive", "2025-12-03")], "2025-12-31"),
        ("a made-up Sunday is the last day", reply, [("receive", "2025-12-04")], "2026-01-04"),
        ("第33条", reply, [("receive", "2025-12-31")], "2026-01-29"),
        ("春节 off, 14 and 28 February made up", reply, [("receive", "2026-02-10")], "2026-03-16"),
        ("第30条 over 春节", supplement_notice, [("receive", "2026-02-11")], "2026-02-27"),
        ("received on a made-up Saturday", reply, [("receive", "2026-02-14")], "2026-03-20"),
        ("第31条第3项: confirmed on Monday", reply_to_form, ["2026-03-01", "2026-03-02"], "2026-03-30"),
        ("confirmed by itself on Sunday", reply_to_form, ["2026-03-01", "2026-03-01"], "2026-03-27"),
        ("第32条: 15 days from its receipt", third_party_opinion, CONSULTED, "2026-04-01"),
        ("第33条第3款: silent to the end", reply, CONSULTED, "2026-04-23"),
        (
            "第33条第3款: opinion on 18 March",
            reply,
            [*CONSULTED, ("end_consultation", "2026-03-18", THIRD_PARTY)],
            "2026-04-09",
        ),
        ("第33条", reply, [("receive", "2026-05-06")], "2026-06-02"),
        ("第33条", reply, [("receive", "2026-05-11")], "2026-06-08"),
        (
            "第33条第2款: told on the last day",
            reply,
            [("receive", "2026-05-11"), ("extend", "2026-06-08", FULL)],
            "2026-07-07",
        ),
        ("第34条: 15 days, then deemed consent", agency_opinion, CO_MAKER, "2026-05-21"),
        ("109号: 20 days from the notice", payment, CHARGED, "2026-07-09"),
        ("109号: anew from payment", reply, [*CHARGED, ("pay", "2026-06-30")], "2026-07-28"),
        ("a Sunday made up, 中秋 and 国庆 off", reply, [("receive", "2026-09-18")], "2026-10-22"),
        ("第26条: 20 days from creation", publication, ["2026-09-28"], "2026-10-30"),
        ("the last day of a published year", reply, [("receive", "2026-12-03")], "2026-12-31"),
        ("放假办法第2条 alone", reply, [("receive", "2026-12-04")], "2027-01-04 provisional"),
        ("放假办法第2条 alone", reply, [("receive", "2026-12-15")], "2027-01-13 provisional"),
        ("the notice of 2023", working_days, [2023], 249),
        ("the notice of 2024", working_days, [2024], 251),
        ("the notice of 2025", working_days, [2025], 248),
        ("the notice of 2026", working_days, [2026], 248),
    ],
)
def test_the_days_are_those_of_the_official_calendars(law, ask, facts, expected):
    assert ask(*facts) == expected, law


# -- the count itself -----------------------------------------------------------------------------

MARCH = date(2026, 3, 2)


def pause(first, last, why=""):
    return Pause(date(2026, 3, first), date(2026, 3, last), why)


@pytest.mark.parametrize(
    ("why", "pauses", "expected"),
    [
        ("no pause", [], "2026-03-30"),
        ("the day the letter goes out counts, the day of its answer does not", [(9, 10)], "2026-03-31"),
        ("answered on the day it went out", [(9, 9)], "2026-03-30"),
        ("over a weekend: two working days", [(6, 10)], "2026-04-01"),
        ("on the weekend alone", [(6, 8)], "2026-03-30"),
        ("two in a row", [(9, 10), (17, 18)], "2026-04-01"),
        ("overlapping: a day is left out once", [(9, 18), (12, 20)], "2026-04-13"),
        ("one inside the other", [(9, 18), (11, 12)], "2026-04-09"),
        ("given in any order", [(12, 20), (9, 18)], "2026-04-13"),
        ("before the start", [(1, 2)], "2026-03-30"),
        ("running at the start", [(1, 3)], "2026-03-31"),
        ("sent on the last day", [(30, 31)], "2026-03-30"),
        ("sent on the day before the last", [(27, 31)], "2026-04-01"),
        ("sent when only an earlier pause keeps the term alive", [(9, 10), (30, 31)], "2026-04-01"),
    ],
)
def test_a_pause_leaves_out_the_days_after_sending_up_to_the_answer(why, pauses, expected):  # 第33条第3款
    found = clock.due(MARCH, 20, shipped(), [pause(*span) for span in pauses])

    assert found == Due(date.fromisoformat(expected), provisional=False), why


def test_an_office_may_count_overlapping_pauses_one_by_one():
    found = clock.due(MARCH, 20, shipped(), [pause(9, 18), pause(12, 20)], union=False)

    assert found.on == date(2026, 4, 17)  # 7 and 6 days, not 9


def test_pauses_are_merged_where_they_touch_and_kept_apart_where_not():
    spans = clock.merged([pause(20, 24, "c"), pause(9, 12, "a"), pause(12, 16, "b"), pause(10, 11)])

    assert spans == [pause(9, 16, "a"), pause(20, 24, "c")]


@pytest.mark.parametrize(("day", "inside"), [(9, False), (10, True), (18, True), (19, False)])
def test_a_pause_begins_after_the_letter_and_ends_with_its_answer(day, inside):
    assert (date(2026, 3, day) in pause(9, 18)) is inside


def test_a_count_into_a_year_that_nobody_knows_is_refused():
    with pytest.raises(UnknownYearError, match="2035"):
        clock.due(date(2034, 12, 20), 20, shipped())


def test_every_day_is_numbered_or_says_why_it_is_not():
    found = {
        day.on: day for day in clock.days(MARCH, date(2026, 4, 9), shipped(), [pause(9, 18, "征求甲意见")])
    }

    assert list(found) == [MARCH + timedelta(n) for n in range(1, 39)]
    assert [day.number for day in found.values() if day.number] == list(range(1, 21))
    assert (found[date(2026, 3, 3)].number, found[date(2026, 4, 9)].number) == (1, 20)
    assert found[date(2026, 3, 7)].why == "周六"
    assert found[date(2026, 3, 18)].why == "征求甲意见"
    assert found[date(2026, 4, 6)].why == "清明节（国务院办公厅关于2026年部分节假日安排的通知）"


def test_a_made_up_day_is_numbered_and_says_so():
    sunday = list(clock.days(date(2025, 12, 31), date(2026, 1, 4), shipped()))[-1]

    assert (sunday.on, sunday.number) == (date(2026, 1, 4), 1)
    assert sunday.why == "调休上班（国务院办公厅关于2026年部分节假日安排的通知）"


@pytest.mark.parametrize(
    ("found", "days", "law", "unit"),
    [
        (DECREE_711.reply, 20, "第33条", "working"),
        (DECREE_711.extension, 20, "第33条第2款", "working"),
        (DECREE_711.supplement_notice, 7, "第30条", "working"),
        (term.SUPPLEMENT, 15, "第30条", "working"),
        (DECREE_711.opinions["third_party"], 15, "第32条", "working"),
        (DECREE_711.opinions["co_maker"], 15, "第34条", "working"),
        (DECREE_711.opinions["other_agency"], 15, "第33条第3款", "working"),
        (term.PAYMENT, 20, "109号", "working"),
        (term.PUBLICATION, 20, "第26条", "working"),
        (term.PETITION_NOTICE, 15, "信访工作条例第23条", "natural"),
        (term.PETITION, 60, "信访工作条例第34条", "natural"),
    ],
)
def test_every_limit_stands_in_one_place_with_its_article(found, days, law, unit):
    assert found in (*DECREE_711.terms, *term.TERMS)
    assert (found.days, found.unit) == (days, unit)
    assert law in found.law
    assert found.practice is (found in (term.SUPPLEMENT, DECREE_711.opinions["other_agency"]))
