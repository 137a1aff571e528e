"""Single conditions of the clock, each of which a slip of one sign would turn round."""

from datetime import date

import pytest

from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import online
from tracker.domain.case.check import irregularities
from tracker.domain.case.duty import duties, exchanged, unknown_receipts
from tracker.domain.case.event import Entry
from tracker.domain.case.history import fold
from tracker.domain.case.rules import defaults
from tracker.domain.errors import InvalidDetailError
from tracker.domain.law import forum, party

FIRM = {"party": "third_party", "name": "甲公司"}
RECEIVED = ("receive", "2026-05-20")  # due on 17 June
LATE_NOTICE = ("ask_supplement", "2026-06-29", {"deadline_on": "2026-07-20", "received_on": "2026-06-30"})


def day(text):
    return date.fromisoformat(text)


def case(*rows, rules=defaults):
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
    rules = always(year_of_result="decided")
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


def test_an_opinion_ends_no_consultation_that_was_sent_after_it():
    """第33条第3款: typed out of order, the opinion of 25 May is that of the letter of 21 May."""
    standing = case(
        RECEIVED,
        ("accept", "2026-05-21"),
        ("consult", "2026-06-01", FIRM),
        ("consult", "2026-05-21", FIRM),
        ("end_consultation", "2026-05-25", {**FIRM, "opinion": "objects"}),
    )

    assert [(str(c.sent_on), c.opinion) for c in sorted(standing.consultations, key=lambda c: c.sent_on)] == [
        ("2026-05-21", "objects"),
        ("2026-06-01", None),
    ]


def test_the_old_law_asks_for_no_receipt_of_a_supplement_notice():
    asked = ("ask_supplement", "2018-03-05", {"deadline_on": "2018-03-20"})

    assert unknown_receipts(case(("receive", "2018-03-01"), asked)) == []
    assert [
        one.step
        for one in unknown_receipts(case(RECEIVED, (*LATE_NOTICE[:2], {"deadline_on": "2026-07-20"})))
    ] == ["ask_supplement"]


def test_the_stand_in_of_an_opinion_is_open_on_its_last_day_and_over_after_it():
    standing = case(("receive", "2026-03-02"), ("consult", "2026-03-09", FIRM))  # to 30 March

    assert exchanged(standing, day("2026-03-30")).name == "third_party_opinion"
    assert exchanged(standing, day("2026-03-31")).name == "reply"


def test_reasons_are_no_duty_while_the_applicant_must_supplement():
    reasons = ("ask_reasons", "2026-05-25", {"deadline_on": "2026-06-30"})
    asked = ("ask_supplement", "2026-05-26", {"deadline_on": "2026-06-16"})

    assert "reasons" in [one.name for one in duties(case(RECEIVED, reasons), day("2026-05-27"))]
    assert "reasons" not in [one.name for one in duties(case(RECEIVED, reasons, asked), day("2026-05-27"))]


@pytest.mark.parametrize(
    ("organ", "court", "named"), [("县政府", "", False), ("", "县法院", False), ("县政府", "县法院", True)]
)
def test_a_forum_is_named_where_both_its_organ_and_its_court_are(organ, court, named):
    assert forum.of("department", organ, court).named is named


@pytest.mark.parametrize(
    ("word", "apart", "kept"),
    [("agency", True, "other_agency"), ("agency", False, "agency"), ("co_maker", True, "co_maker")],
)
def test_an_old_files_organ_keeps_the_meaning_that_it_had(word, apart, kept):
    assert party.kept(word, told_apart=apart) == kept
    assert party.same("agency") == "co_maker"
    assert party.written("other_agency", told_apart=False) == "other_agency"
    assert (
        party.written("agency", told_apart=False) == party.written("co_maker", told_apart=False) == "agency"
    )
