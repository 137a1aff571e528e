"""Silences and what they mean, and the duties that the office alone sees."""

import json
from datetime import date

import pytest

from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import silence
from tracker.domain.case.check import objections
from tracker.domain.case.duty import DUTY_LABELS, EXCHANGED, PASSING, duties, publication
from tracker.domain.case.event import Entry
from tracker.domain.case.history import fold
from tracker.domain.case.workflow import BY_NAME
from tracker.services.exchange import exchange

RECEIVED = ("receive", "2026-03-02")
THIRD_PARTY = {"party": "third_party", "name": "甲公司"}
AGENCY = {"party": "agency", "name": "规划局"}
ASKED = ("ask_supplement", "2026-03-09", {"deadline_on": "2026-03-31", "received_on": "2026-03-11"})
CONSULTED = ("consult", "2026-03-09", {**THIRD_PARTY, "received_on": "2026-03-11"})  # to 1 April
CO_MAKER = ("consult", "2026-04-27", {**AGENCY, "received_on": "2026-04-28"})  # to 21 May
CHARGED = ("charge", "2026-06-09", {"received_on": "2026-06-10"})  # to 9 July
REASONS = ("ask_reasons", "2026-03-05", {"deadline_on": "2026-03-16"})


def day(text):
    return date.fromisoformat(text)


def standing(*rows):
    entries = [
        Entry(step, day(on), dict(*details), seq)
        for seq, (step, on, *details) in enumerate((RECEIVED, *rows), 1)
    ]
    return fold(entries, shipped())


@pytest.mark.parametrize(
    ("law", "rows", "step", "from_on", "words"),
    [
        ("第30条", [ASKED], "closed_supplement_lapsed", "2026-04-01", "视为放弃申请"),
        ("109号", [CHARGED], "closed_fee_lapsed", "2026-07-10", "视为放弃申请"),
        ("第32条", [CONSULTED], "end_consultation", "2026-04-02", "由本机关依照条例决定"),
        ("第34条", [CO_MAKER], "end_consultation", "2026-05-22", "视为同意公开"),
        ("第35条", [REASONS], "not_processed_excessive", "2026-03-17", "条例没有规定逾期不说明的后果"),
    ],
)
def test_a_silence_proposes_its_step_from_the_day_after_its_term(law, rows, step, from_on, words):
    (found,) = silence.proposals(standing(*rows))

    assert (found.step, str(found.from_on)) == (step, from_on)
    assert words in found.message
    assert law in found.law
    assert found.label
    assert found.step in BY_NAME
    last_day = found.from_on - silence.ONE_DAY
    assert silence.ripe(standing(*rows), last_day) == []
    assert silence.ripe(standing(*rows), found.from_on) == [found]


@pytest.mark.parametrize(
    ("why", "rows"),
    [
        ("nothing was asked", []),
        ("the supplement came", [ASKED, ("receive_supplement", "2026-03-20")]),
        ("the fee was paid", [CHARGED, ("pay", "2026-06-20")]),
        ("the opinion came", [CONSULTED, ("end_consultation", "2026-03-20", {**THIRD_PARTY, "opinion": "agrees"})]),
        ("the silence was recorded", [CO_MAKER, ("end_consultation", "2026-05-22", {**AGENCY, "opinion": "none"})]),
        ("the reasons came", [REASONS, ("give_reasons", "2026-03-10")]),
        ("the reasons were taken as good", [REASONS, ("delay", "2026-03-12", {"until_on": "2026-06-01"})]),
        ("no day was set for the reasons", [("ask_reasons", "2026-03-05")]),
        ("it is closed", [REASONS, CONSULTED, ("disclosed", "2026-03-20")]),
    ],
)  # fmt: skip
def test_nothing_is_proposed_where_nobody_is_silent(why, rows):
    assert silence.proposals(standing(*rows)) == [], why


def test_several_silences_stand_in_the_order_of_their_days():
    found = silence.proposals(standing(REASONS, CONSULTED))

    assert [p.step for p in found] == ["not_processed_excessive", "end_consultation"]


@pytest.mark.parametrize(
    ("law", "rows", "entry", "words"),
    [
        ("第30条", [ASKED], ("closed_supplement_lapsed", "2026-04-01"), "无正当理由逾期不补正"),
        ("第30条 is not over", [ASKED], ("closed_supplement_lapsed", "2026-03-31"), ""),
        ("109号", [CHARGED], ("closed_fee_lapsed", "2026-07-10"), "逾期未缴费"),
        ("第32条", [CONSULTED], ("end_consultation", "2026-04-02", {**THIRD_PARTY, "opinion": "none"}), "第32条"),
        ("an opinion", [CONSULTED], ("end_consultation", "2026-04-02", {**THIRD_PARTY, "opinion": "objects"}), ""),
        ("第34条", [CO_MAKER], ("end_consultation", "2026-05-22", {**AGENCY, "opinion": "none"}), "第34条"),
        ("another organ", [CO_MAKER], ("end_consultation", "2026-05-22", {**THIRD_PARTY, "opinion": "none"}), ""),
    ],
)  # fmt: skip
def test_an_entry_that_rests_on_a_silence_says_on_which_article(law, rows, entry, words):
    step, on, *details = entry
    found = silence.words(standing(*rows), Entry(step, day(on), dict(*details)))

    assert words in found
    assert bool(found) == bool(words), law


def test_a_silence_is_none_while_the_term_runs():
    """Edge cases 5 and 6: 第32、34条 give 15 working days from the addressee's receipt."""
    early = Entry("end_consultation", day("2026-04-01"), {**THIRD_PARTY, "opinion": "none"})
    late = Entry("end_consultation", day("2026-04-02"), {**THIRD_PARTY, "opinion": "none"})

    (against,) = objections(standing(CONSULTED), early)
    assert against.law == "条例第32条"
    assert not against.final
    assert objections(standing(CONSULTED), late) == []


@pytest.mark.parametrize(
    ("rows", "on", "words"),
    [
        ([CONSULTED], "2026-04-01", "等待意见"),
        ([CONSULTED], "2026-04-02", "逾期未答复：不视为同意，也不视为不同意"),
        ([CO_MAKER], "2026-05-22", "逾期未答复：视为同意公开（条例第34条）"),
        ([CONSULTED, ("end_consultation", "2026-03-18", {**THIRD_PARTY, "opinion": "objects"})], "2026-04-02", "不同意公开"),
        ([CONSULTED, ("end_consultation", "2026-03-18", THIRD_PARTY)], "2026-04-02", "已结束"),
    ],
)  # fmt: skip
def test_what_came_of_a_consultation_is_said_with_the_meaning_of_its_silence(rows, on, words):
    (consultation,) = standing(*rows).consultations

    assert silence.conclusion(consultation, day(on)).startswith(words)


# -- duties that exchange does not name ------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "rows", "on", "expected"),
    [
        ("第33条第2款: on the last day", [], "2026-03-30", ("extension", "2026-03-30", "条例第33条第2款")),
        ("第35条: reasons", [REASONS], "2026-03-16", ("reasons", "2026-03-16", "条例第35条")),
        (
            "第35条: the notified term",
            [("delay", "2026-03-20", {"until_on": "2026-05-29"})],
            "2026-03-20",
            ("reply", "2026-05-29", "条例第35条"),
        ),
    ],
)
def test_each_duty_has_its_own_day_and_article(law, rows, on, expected):
    found = duties(standing(*rows), day(on))

    assert expected in [(d.name, str(d.on), d.law) for d in found], law


@pytest.mark.parametrize(
    ("why", "name", "rows", "on"),
    [
        ("the term is over", "extension", [], "2026-03-31"),
        ("it was extended", "extension", [("extend", "2026-03-20", {"days": 5})], "2026-03-20"),
        ("第35条 replaced the term", "extension", [("delay", "2026-03-20", {"until_on": "2026-05-29"})], "2026-03-20"),
        ("the applicant must act", "extension", [ASKED], "2026-03-10"),
        ("the day is over", "reasons", [REASONS], "2026-03-17"),
        ("the reasons came", "reasons", [REASONS, ("give_reasons", "2026-03-10")], "2026-03-10"),
        ("it is closed", "reasons", [REASONS, ("disclosed", "2026-03-10")], "2026-03-10"),
    ],
)  # fmt: skip
def test_a_duty_that_is_none_any_more_is_gone(why, name, rows, on):
    assert name not in [duty.name for duty in duties(standing(*rows), day(on))], why


def test_the_answer_stands_before_the_last_day_to_extend_it():
    found = [duty.name for duty in duties(standing(), day("2026-03-20"))]

    assert found == ["reply", "extension"]


def test_what_must_be_public_is_due_twenty_working_days_after_it_was_made():
    found = publication(day("2026-09-28"), shipped())

    assert (str(found.on), found.law) == ("2026-10-30", "条例第26条")  # rulebook 2.6


def test_the_words_of_the_exchange_format_are_a_part_of_ours():
    assert set(EXCHANGED) < set(DUTY_LABELS)
    assert set(PASSING) < set(DUTY_LABELS)


def test_the_exchange_format_hears_its_own_words_alone():
    """exchange.md section 3: the reasons' day is nearer, and yet ``reply`` is what is printed."""
    events = [
        {"step": "receive", "on": "2026-03-02"},
        {"step": "ask_reasons", "on": "2026-03-05", "deadline_on": "2026-03-16"},
    ]
    line = {"applicant": {"kind": "natural_person"}, "channel": "in_person", "events": events}
    (case,) = exchange.read([json.dumps(line)])

    told = exchange.due_line(case, day("2026-03-10"), shipped(), always())
    ours = duties(standing(("ask_reasons", "2026-03-05", {"deadline_on": "2026-03-16"})), day("2026-03-10"))

    assert (told["next_action"], told["next_action_on"]) == ("reply", "2026-03-30")
    assert (ours[0].name, str(ours[0].on)) == ("reasons", "2026-03-16")
