"""Duties: each with its own day and article, and 暂定 where the day leans on an unpublished year."""

from datetime import date

import pytest

from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import duty
from tracker.domain.case.duty import duties
from tracker.domain.case.event import Entry
from tracker.domain.case.history import fold

CONSULTED = {"party": "third_party", "name": "甲公司", "received_on": "2026-12-16"}


def standing(received: str, *rows):
    entries = [Entry("receive", date.fromisoformat(received), {}, 1)]
    entries += [Entry(s, date.fromisoformat(on), dict(*d), n) for n, (s, on, *d) in enumerate(rows, 2)]
    return fold(entries, shipped())


@pytest.mark.parametrize(
    ("law", "received", "rows", "name", "on", "provisional"),
    [
        ("第30条", "2026-12-08", [], "supplement_notice", "2026-12-17", False),
        ("第30条", "2026-12-25", [], "supplement_notice", "2027-01-06", True),
        ("第33条", "2026-12-03", [], "reply", "2026-12-31", False),
        ("第33条", "2026-12-15", [], "reply", "2027-01-13", True),
        ("第33条第2款", "2026-12-15", [], "extension", "2027-01-13", True),
        (
            "第32条",
            "2026-12-15",
            [("consult", "2026-12-16", CONSULTED)],
            "third_party_opinion",
            "2027-01-07",
            True,
        ),
        (
            "109号",
            "2026-12-10",
            [("charge", "2026-12-14", {"received_on": "2026-12-14"})],
            "payment",
            "2027-01-12",
            True,
        ),
        (
            "第30条",
            "2026-12-10",
            [("ask_supplement", "2026-12-14", {"deadline_on": "2027-01-12"})],
            "supplement",
            "2027-01-12",
            False,
        ),
    ],
)
def test_a_duty_has_its_day_and_says_whether_it_is_provisional(law, received, rows, name, on, provisional):
    found = {each.name: each for each in duties(standing(received, *rows), date(2026, 12, 16))}

    assert (found[name].on, found[name].provisional) == (date.fromisoformat(on), provisional), law


def test_a_delayed_term_rests_on_article_35_and_is_never_provisional():
    case = standing("2026-12-15", ("delay", "2026-12-16", {"until_on": "2027-03-01"}))

    (reply,) = duties(case, date(2026, 12, 16))

    assert (reply.on, reply.provisional, "35" in reply.law) == (date(2027, 3, 1), False, True)
    assert "33" in duties(standing("2026-03-02"), date(2026, 3, 16))[0].law


@pytest.mark.parametrize(
    ("made", "on", "provisional"), [("2026-09-28", "2026-10-30", False), ("2026-12-15", "2027-01-13", True)]
)
def test_information_is_published_within_twenty_working_days(made, on, provisional):
    """第26条."""
    found = duty.publication(date.fromisoformat(made), shipped())

    assert (found.name, found.on, found.provisional) == ("publication", date.fromisoformat(on), provisional)
