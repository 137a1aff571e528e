"""The twenty-five edge cases that offices have lost days, counts and suits on, each by its name."""

from datetime import date

import pytest

from tests.histories import stated
from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import fee, mixed
from tracker.domain.case.channel import Channel, receipt
from tracker.domain.case.check import irregularities, objections
from tracker.domain.case.duty import duties, payment_due
from tracker.domain.case.event import Entry
from tracker.domain.case.history import final_state, fold
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.rules import Rules, defaults
from tracker.domain.case.silence import ripe
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError
from tracker.domain.register.remedy import Stage, cell_of, skips_reconsideration
from tracker.domain.report.table3 import cells, identities, row_of_years

THIRD_PARTY = {"party": "third_party", "name": "甲公司"}
SECOND_PARTY = {"party": "third_party", "name": "乙公司"}
CO_MAKER = {"party": "co_maker", "name": "规划局"}


def day(text):
    return date.fromisoformat(text)


def case(*rows, rules=defaults):
    entries = ledger(*rows)
    return fold(entries, shipped(), rules)


def ledger(*rows):
    return [Entry(step, day(on), dict(*more), seq) for seq, (step, on, *more) in enumerate(rows, 1)]


def due(*rows):
    return str(case(*rows).due().on)


def years(*rows, rules=defaults):
    """Return the rows of table 3 that a case is counted in: (year, row)."""
    entries, seen = ledger(*rows), range(2024, 2029)
    finals = [(year, final_state(entries, year, shipped(), rules)) for year in seen]
    found = row_of_years(entries[0].on, [(year, state) for year, state in finals if state])
    return {(year, row) for year, row in found if year < 2028}


def codes(standing, on="2027-12-31"):
    found = [irregularity.code for irregularity in irregularities(standing, day(on))]
    # What the notice says and how it was served is not at stake.
    return [code for code in found if code not in ("incomplete_answer", "no_service")]


def test_case_1_a_supplement_over_new_year_restarts_the_term_and_not_the_year_of_receipt():
    rows = [
        ("receive", "2025-12-30"),
        ("ask_supplement", "2026-01-06", {"deadline_on": "2026-01-27"}),
        ("receive_supplement", "2026-01-08"),
    ]
    ended = [*rows, ("disclosed", "2026-02-05")]

    assert due(*rows) == "2026-02-05"
    assert codes(case(*ended)) == []  # the notice was in time: its limit is 9 January
    assert years(*ended) == {(2025, "1"), (2025, "4"), (2026, "2"), (2026, "3.1")}


def test_case_2_one_refused_and_one_not_held_is_one_count_under_the_refusal():
    parts = ["refused_process_information", "unable_not_held"]

    assert BY_CODE[mixed.main_outcome(parts)].row == "3.3.6"
    items = [{"content": "甲", "outcome": code, "reason": "写明理由"} for code in parts]
    assert mixed.remedies("refused_process_information", {"parts": items}) == ["P", "G"]


def test_case_3_names_blacked_out_is_partly_disclosed_alone():
    assert mixed.main_outcome(["disclosed", "refused_third_party_rights"]) == "partially_disclosed"
    assert BY_CODE["partially_disclosed"].row == "3.2"


@pytest.mark.parametrize(
    ("on", "expected", "irregular"),
    [("2026-06-08", "2026-07-07", []), ("2026-06-09", "2026-06-08", ["late_answer", "late_extension"])],
)
def test_case_4_an_extension_on_the_twentieth_day_counts_and_a_day_later_does_not(on, expected, irregular):
    rows = [("receive", "2026-05-11"), ("extend", on, {"days": 20})]

    assert due(*rows) == expected
    assert codes(case(*rows), on) == irregular


@pytest.mark.parametrize(
    ("number", "party", "meaning"),
    [(5, THIRD_PARTY, "不视为同意，也不视为不同意"), (6, CO_MAKER, "视为同意公开")],
    ids=["case 5: a third party", "case 6: a co-making organ"],
)
def test_cases_5_and_6_silence_is_no_answer_of_a_third_party_and_consent_of_a_co_maker(
    number, party, meaning
):
    sent = ("consult", "2026-03-09", {**party, "received_on": "2026-03-11"})
    silent = case(("receive", "2026-03-02"), sent)

    assert ripe(silent, day("2026-04-01")) == []
    (proposal,) = ripe(silent, day("2026-04-02"))
    assert meaning in proposal.message
    assert str(silent.due().on) == "2026-04-23"


def test_case_7_a_third_party_that_objects_without_grounds_does_not_forbid_disclosure():
    rows = [
        ("receive", "2026-03-02"),
        ("consult", "2026-03-09", THIRD_PARTY),
        ("end_consultation", "2026-03-18", {**THIRD_PARTY, "opinion": "objects"}),
    ]
    standing = case(*rows)

    found = objections(standing, Entry("disclosed", day("2026-04-09"), {"basis": stated("disclosed")}))
    assert not any(objection.final for objection in found)
    assert any("第三方" in objection.message or "意见" in objection.message for objection in found)
    assert case(*rows, ("disclosed", "2026-04-09")).state == "disclosed"


def test_case_8_two_overlapping_consultations_leave_nine_days_out():
    rows = [
        ("receive", "2026-03-02"),
        ("consult", "2026-03-09", THIRD_PARTY),
        ("consult", "2026-03-12", SECOND_PARTY),
        ("end_consultation", "2026-03-18", THIRD_PARTY),
        ("end_consultation", "2026-03-20", SECOND_PARTY),
    ]

    assert shipped().count(day("2026-03-30"), case(*rows).due().on) == 9
    counted_twice = case(*rows, rules=always(union_of_consultations=False)).due().on
    assert shipped().count(day("2026-03-30"), counted_twice) == 7 + 6


def test_case_9_a_fee_paid_on_the_twenty_first_day_has_lapsed():
    standing = case(("receive", "2026-06-01"), ("charge", "2026-06-09", {"received_on": "2026-06-10"}))

    assert str(payment_due(standing)) == "2026-07-09"
    (objection,) = objections(standing, Entry("pay", day("2026-07-10"), {}))
    assert objection.final
    assert objections(standing, Entry("pay", day("2026-07-09"), {})) == []
    assert [p.step for p in ripe(standing, day("2026-07-10"))] == ["closed_fee_lapsed"]
    assert BY_CODE["closed_fee_lapsed"].row == "3.6.2"


def test_case_10_a_decision_posted_on_the_last_day_of_the_year_is_answered_in_it():
    rows = [
        ("receive", "2026-12-03"),
        ("disclosed", "2026-12-31", {"decided_on": "2026-12-31", "method": "post"}),
    ]

    assert codes(case(*rows)) == []
    assert years(*rows) == {(2026, "1"), (2026, "3.1")}


def test_case_11_a_decision_of_december_posted_in_january_is_late_and_counts_in_january():
    rows = [
        ("receive", "2026-12-03"),
        ("disclosed", "2027-01-04", {"decided_on": "2026-12-31", "method": "post"}),
    ]

    assert {"late_answer", "two_years"} <= set(codes(case(*rows)))
    assert years(*rows) == {(2026, "1"), (2026, "4"), (2027, "2"), (2027, "3.1")}
    assert years(*rows, rules=always(year_of_result="decided")) == {(2026, "1"), (2026, "3.1")}


def test_case_12_an_annulled_refusal_keeps_its_row_and_shows_in_table_4_twice():
    stages = [Stage(day("2025-12-01"), day("2026-01-20"), "annulled")]

    assert cell_of(stages, 2025, Rules()) == "pending"
    assert cell_of(stages, 2026, Rules()) == "corrected"
    refused = [("receive", "2025-09-22"), ("refused_process_information", "2025-10-20", {"reason": "过程稿"})]
    assert years(*refused) == {(2025, "1"), (2025, "3.3.6")}


def test_case_13_a_direct_suit_against_a_refusal_passes_by_the_reconsideration_it_needs():
    for code in ("refused_internal_affairs", "refused_process_information", "refused_enforcement_file"):
        assert skips_reconsideration("direct_litigation", code, day("2026-03-30"))
    assert not skips_reconsideration("direct_litigation", "unable_not_held", day("2026-03-30"))


@pytest.mark.parametrize(
    ("confirmed", "received", "expected"),
    [("2026-03-02", "2026-03-02", "2026-03-30"), ("2026-03-01", "2026-03-01", "2026-03-27")],
    ids=["confirmed on Monday", "confirmed by itself on Sunday"],
)
def test_case_14_an_online_form_of_sunday_counts_from_its_confirmation(confirmed, received, expected):
    found = receipt(Channel.ONLINE, arrived_on=day("2026-03-01"), confirmed_on=day(confirmed))

    assert (str(found.on), due(("receive", str(found.on)))) == (received, expected)


def test_case_15_an_ordinary_letter_that_nobody_confirms_has_no_day_of_receipt_yet():
    with pytest.raises(InvalidDetailError, match="确认日期"):
        receipt(Channel.ORDINARY_MAIL, arrived_on=day("2026-03-02"))
    later = receipt(Channel.ORDINARY_MAIL, arrived_on=day("2026-03-02"), confirmed_on=day("2026-03-20"))
    assert str(later.on) == "2026-03-20"


def test_case_16_a_letter_to_the_director_counts_from_the_mailroom_s_signature():
    found = receipt(Channel.REGISTERED_MAIL, arrived_on=day("2026-04-17"), signed_on=day("2026-04-13"))

    assert str(found.on) == "2026-04-13"


def test_case_17_a_made_up_saturday_counts_fully():
    assert shipped().is_working_day(day("2026-02-14"))
    assert due(("receive", "2026-02-14")) == "2026-03-20"


def test_case_18_a_term_into_a_year_without_its_notice_is_provisional():
    answer = case(("receive", "2026-12-15")).due()

    assert (str(answer.on), answer.provisional) == ("2027-01-13", True)
    assert not shipped().is_working_day(day("2027-01-01"))


@pytest.mark.parametrize(("piece", "yuan"), [(10, 0), (11, 100), (31, 200), (41, 300), (1, 0)])
def test_case_19_the_eleventh_thirty_first_and_forty_first_request_of_a_month(piece, yuan):
    assert fee.by_piece(piece - 1, 1).amount == yuan


def test_case_20_a_form_of_twelve_questions_is_one_request_and_may_be_twelve_pieces():
    assert years(("receive", "2026-03-02"), ("disclosed", "2026-03-30")) == {(2026, "1"), (2026, "3.1")}
    assert fee.by_piece(0, 12).amount == 2 * 100


def test_case_21_five_neighbours_are_five_requests_and_five_answers():
    rows = [row for _n in range(5) for row in years(("receive", "2026-03-02"), ("disclosed", "2026-03-30"))]
    table = cells({(row, "natural_person"): rows.count((2026, row)) for row in ("1", "3.1")})

    assert (table["1"]["total"], table["3.1"]["total"]) == (5, 5)
    assert identities(table, cells({})) == []


def test_case_22_a_withdrawal_closes_before_the_answer_and_has_no_effect_after_it():
    withdrawn = [("receive", "2026-03-02"), ("withdraw", "2026-03-18")]
    assert years(*withdrawn) == {(2026, "1"), (2026, "3.6.3")}

    with pytest.raises(StepNotAllowedError):
        case(("receive", "2026-03-02"), ("disclosed", "2026-03-16"), ("withdraw", "2026-03-18"))


def test_case_23_a_complaint_in_the_form_of_a_request_is_told_so_within_the_twenty_days():
    standing = case(("receive", "2026-03-02"))

    reply = next(duty for duty in duties(standing, day("2026-03-02")) if duty.name == "reply")
    assert str(reply.on) == "2026-03-30"
    assert BY_CODE["not_processed_petition"].row == "3.5.1"


def test_case_24_a_supplement_still_vague_is_no_lapse_and_none_at_all_is_one():
    asked = [("receive", "2026-03-02"), ("ask_supplement", "2026-03-09", {"deadline_on": "2026-03-31"})]
    vague = case(*asked, ("receive_supplement", "2026-03-25"))

    assert BY_CODE["unable_still_unclear"].row == "3.4.3"
    assert not any(
        o.final
        for o in objections(vague, Entry("ask_supplement", day("2026-03-26"), {"deadline_on": "2026-04-09"}))
    )
    assert objections(vague, Entry("ask_supplement", day("2026-03-26"), {"deadline_on": "2026-04-09"})) != []
    with pytest.raises(StepNotAllowedError):
        case(*asked, ("receive_supplement", "2026-03-25"), ("closed_supplement_lapsed", "2026-04-01"))
    assert case(*asked, ("closed_supplement_lapsed", "2026-04-01")).state == "closed_supplement_lapsed"


def test_case_25_the_thirty_first_of_january_is_no_working_day_and_a_broken_carry_is_found():
    assert not shipped().is_working_day(day("2027-01-31"))
    assert shipped().is_working_day(day("2027-01-29"))
    this = cells({("2", "business"): 1, ("3.1", "business"): 1})
    last = cells({("1", "business"): 2, ("4", "business"): 2})
    assert identities(this, last) != []
