"""The dates of letters, visits and calls: which hangs on what, and what nobody may count by."""

from datetime import date

import pytest

from tracker.domain import misfit
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case.channel import Channel
from tracker.domain.contact.contact import ContactFacts, duties
from tracker.domain.misfit import DamagedError

day = date.fromisoformat


def dates(**facts):
    words = {"form": "letter", "triage": "request", "arrived_on": day("2026-03-02"), **facts}
    return [(duty.name, str(duty.on)) for duty in duties(ContactFacts(**words), shipped(), 1)]


@pytest.mark.parametrize(
    ("law", "facts", "expected"),
    [
        ("第31条第（二）项", {"channel": "ordinary_mail"}, [("confirmation", "2026-03-02")]),
        (
            "第31条第（三）项, 指导案例26号",
            {"channel": "online"},
            [("confirmation", "2026-03-03"), ("reply_at_risk", "2026-03-30")],
        ),
        (
            "207号: the day it reached the disclosure unit",
            {"channel": "ordinary_mail", "forwarded_on": day("2026-03-05")},
            [("confirmation", "2026-03-05")],
        ),
        ("第45条: sorted, not yet registered", {}, [("registration", "2026-03-02")]),
        ("第29条: a call alone is no request", {"form": "call"}, []),
        (
            "信访工作条例第23、34条, natural days",
            {"triage": "petition"},
            [("petition_notice", "2026-03-17"), ("petition", "2026-05-01")],
        ),
        ("told in writing", {"triage": "petition", "told": True}, [("petition", "2026-05-01")]),
        ("closed", {"triage": "petition", "closed": True}, []),
        ("not sorted", {"triage": None}, []),
        ("no date in law", {"triage": "consultation"}, []),
    ],
)
def test_a_contact_has_the_dates_of_what_it_is(law, facts, expected):
    """A petition's day may be a holiday (1 May): no text rolls it, so the earlier day is shown."""
    assert dates(**facts) == expected, law


@pytest.mark.parametrize(
    "facts",
    [
        {"arrived_on": misfit.DAY},
        {"channel": "ordinary_mail", "forwarded_on": misfit.DAY},
        {"channel": "pigeon"},
    ],
)
def test_dates_are_not_counted_from_what_cannot_be_read(facts):
    with pytest.raises(DamagedError):
        dates(**facts)


def test_what_is_closed_has_no_date_whatever_else_cannot_be_read():
    assert dates(arrived_on=misfit.DAY, closed=True) == []


def test_a_confirmation_in_a_year_without_a_notice_is_provisional():
    """放假办法 alone: the State Council's notice of the year has not come."""
    facts = ContactFacts(
        form="online", triage="request", arrived_on=day("2028-03-02"), channel=Channel.ONLINE
    )

    assert {duty.provisional for duty in duties(facts, shipped(), 1)} == {True}
