"""Single conditions of the clock, each of which a slip of one sign would turn round."""

from datetime import date

import pytest

from tracker.domain import online
from tracker.domain.calendar import shipped
from tracker.domain.check import irregularities
from tracker.domain.clock import Rules
from tracker.domain.errors import InvalidDetailError
from tracker.domain.event import Entry
from tracker.domain.history import fold

FIRM = {"party": "third_party", "name": "甲公司"}
RECEIVED = ("receive", "2026-05-20")  # due on 17 June
LATE_NOTICE = ("ask_supplement", "2026-06-29", {"deadline_on": "2026-07-20", "received_on": "2026-06-30"})


def day(text):
    return date.fromisoformat(text)


def case(*rows, rules=None):
    entries = [Entry(step, day(on), dict(*more), seq) for seq, (step, on, *more) in enumerate(rows, 1)]
    return fold(entries, shipped(), rules)


def codes(standing, on):
    return [found.code for found in irregularities(standing, day(on))]


def test_under_the_old_law_a_consultation_sent_on_the_last_day_holds_what_follows():
    """原条例第24条: nobody can say when it will be over, so no step after it is late."""
    standing = case(
        ("receive", "2018-03-01"),
        ("consult", "2018-03-22", FIRM),
        ("extend", "2018-04-02", {"days": 5}),
    )

    assert standing.late_steps == []
    assert standing.waiting is None


def test_an_extension_of_the_time_a_late_request_waits_is_counted_from_its_own_restart():
    standing = case(
        RECEIVED,
        ("extend", "2026-06-01", {"days": 15}),  # due on 9 July
        ("ask_supplement", "2026-07-13", {"deadline_on": "2026-08-03"}),
        ("receive_supplement", "2026-07-20"),
        ("extend", "2026-08-03", {"days": 20}),
    )

    assert str(standing.due().on) == "2026-07-09"
    assert str(standing.waits_until().on) == "2026-09-14"


def test_more_than_twenty_days_in_the_time_a_late_request_waits_are_refused():
    rows = (
        RECEIVED,
        LATE_NOTICE,
        ("receive_supplement", "2026-07-03"),
        ("extend", "2026-07-10", {"days": 12}),
    )

    with pytest.raises(InvalidDetailError, match="已延长12个，又延长9个"):
        case(*rows, ("extend", "2026-07-13", {"days": 9}))


def test_a_chain_of_late_steps_moves_one_and_the_same_later_day():
    """L1: the supplement of 3 July would be answered by 31 July, five days longer by 7 August."""
    standing = case(
        RECEIVED, LATE_NOTICE, ("receive_supplement", "2026-07-03"), ("extend", "2026-07-10", {"days": 5})
    )

    assert str(standing.due().on) == "2026-06-17"
    assert str(standing.waits_until().on) == "2026-08-07"


def test_reasons_that_were_asked_for_again_are_not_those_that_came_before():
    standing = case(
        RECEIVED,
        ("ask_reasons", "2026-05-25", {"deadline_on": "2026-05-29"}),
        ("give_reasons", "2026-05-28"),
        ("ask_reasons", "2026-06-01", {"deadline_on": "2026-06-08"}),
        ("delay", "2026-06-09", {"until_on": "2026-07-20"}),
    )

    assert "unfounded_delay" in codes(standing, "2026-06-09")


def test_a_decision_dated_before_the_receipt_gives_the_result_the_year_of_the_receipt():
    rules = Rules(year_of_result="decided")
    ended = ("disclosed", "2026-01-12", {"decided_on": "2025-12-31"})

    assert case(("receive", "2026-01-05"), ended, rules=rules).closed_on == day("2026-01-05")


def test_a_consultation_after_the_term_is_late_and_not_begun_on_the_last_day():
    standing = case(RECEIVED, ("consult", "2026-06-18", FIRM))

    assert "after_the_term" in codes(standing, "2026-06-18")
    assert "last_day_consultation" not in codes(standing, "2026-06-18")


def test_the_earlier_reading_of_a_request_is_counted_by_the_law_of_its_submission():
    """Submitted on the last day of Decree 492 and confirmed on the first of 711: 15 days from 14 May 2019."""
    days = {"channel": "online", "arrived_on": "2019-05-14", "confirmed_on": "2019-05-15"}
    standing = case(("receive", "2019-05-15", days))

    assert str(standing.due().on) == "2019-06-13"
    assert str(online.earlier_reading(standing).due.on) == "2019-06-04"
