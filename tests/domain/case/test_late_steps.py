"""No step cures lateness: what comes after the end of the term is kept and moves nothing (rulebook L1).

Received 2026-05-20, the answer is due on 2026-06-17 unless a row says otherwise.
"""

import json
from datetime import date

import pytest

from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import explanation, history
from tracker.domain.case.check import irregularities, objections
from tracker.domain.case.duty import duties, waits_until
from tracker.domain.case.event import Entry
from tracker.domain.case.rules import defaults
from tracker.services.exchange import exchange

RECEIVED = ("receive", "2026-05-20")
MISSED = "2026-06-17"
TO_JULY = {"deadline_on": "2026-07-20"}
THIRD_PARTY = {"party": "third_party", "name": "甲公司"}
ASKED_LATE = ("ask_supplement", "2026-06-29", TO_JULY)
CHARGED_LATE = ("charge", "2026-06-29", {"received_on": "2026-06-30", "amount": "300"})
REASONS = (("ask_reasons", "2026-05-25", {"deadline_on": "2026-06-05"}), ("give_reasons", "2026-06-04"))
DELAYED_LATE = (*REASONS, ("delay", "2026-06-29", {"until_on": "2026-08-31", "reason": "量大"}))
IN_TIME = ("ask_supplement", "2026-06-05", {"deadline_on": "2026-06-25"})


def day(text):
    return date.fromisoformat(text)


def ledger(*rows):
    return [Entry(step, day(on), dict(*more), seq) for seq, (step, on, *more) in enumerate(rows, 1)]


def case(*rows, rules=defaults):
    return history.fold(ledger(RECEIVED, *rows), shipped(), rules)


def told(*rows, on="2026-07-25"):
    """Return the line of ``tracker due`` for a history."""
    events = [{"step": step, "on": at, **dict(*more)} for step, at, *more in (RECEIVED, *rows)]
    line = {"number": "L", "applicant": {"kind": "natural_person"}, "channel": "in_person", "events": events}
    (read,) = exchange.read([json.dumps(line)])
    return exchange.due_line(read, day(on), shipped(), always())


ANSWERED = ("answer", "2026-07-20", {"outcome": "disclosed", "method": "post"})
LATE = [
    ("第30条: asked and supplemented", [ASKED_LATE, ("receive_supplement", "2026-07-03")], "processing"),
    ("第30条: the applicant must act", [ASKED_LATE], "supplement"),
    ("109号: paid", [CHARGED_LATE, ("pay", "2026-07-10", {"amount": "300"})], "processing"),
    ("109号: the applicant must pay", [CHARGED_LATE], "awaiting_payment"),
    ("第35条", DELAYED_LATE, "processing"),
    ("第33条第2款", [("extend", "2026-06-18", {"days": 20})], "processing"),
    ("第33条第3款", [("consult", "2026-06-18", {**THIRD_PARTY, "received_on": "2026-06-19"})], "processing"),
    (
        "a chain of late steps",
        [
            ("consult", "2026-06-22", THIRD_PARTY),
            ("extend", "2026-06-23", {"days": 20}),
            ASKED_LATE,
            ("receive_supplement", "2026-07-03"),
            ("charge", "2026-07-06", {"received_on": "2026-07-06"}),
            ("pay", "2026-07-08"),
            ("delay", "2026-07-09", {"until_on": "2026-09-01"}),
        ],
        "processing",
    ),
    (
        "a step in time for the late one is late for the request",
        [ASKED_LATE, ("receive_supplement", "2026-07-03"), ("extend", "2026-07-06", {"days": 20})],
        "processing",
    ),
]


@pytest.mark.parametrize(("law", "rows", "state"), LATE, ids=[row[0] for row in LATE])
def test_a_step_after_the_end_of_the_term_moves_neither_the_day_nor_the_lateness(law, rows, state):
    line = told(*rows)

    assert (line["state"], line["due_on"], line["overdue"]) == (state, MISSED, True)
    assert (line["next_action"], line["next_action_on"]) == ("reply", MISSED)


@pytest.mark.parametrize(
    "rows",
    [rows for _law, rows, state in LATE if state == "processing"],
    ids=[row[0] for row in LATE if row[2] == "processing"],
)
def test_an_answer_after_a_late_step_was_late(rows):
    line = told(*rows, ANSWERED)

    assert (line["state"], line["due_on"], line["overdue"]) == ("disclosed", MISSED, True)


@pytest.mark.parametrize(
    ("law", "rows", "due_on"),
    [
        ("第30条: day 8, the term running", [IN_TIME, ("receive_supplement", "2026-06-10")], "2026-07-09"),
        ("第30条: on the last day", [("ask_supplement", MISSED, TO_JULY), ("receive_supplement", "2026-07-03")],
         "2026-07-31"),
        ("第30条: supplemented after the applicant's own term", [IN_TIME, ("receive_supplement", "2026-07-06")],
         "2026-08-03"),
        ("第33条第2款: on the last day", [("extend", MISSED, {"days": 20})], "2026-07-16"),
        ("extended in time, then asked within the extension",
         [("extend", "2026-06-15", {"days": 10}), ("ask_supplement", "2026-07-02", TO_JULY),
          ("receive_supplement", "2026-07-10")], "2026-08-07"),
        ("extended in time, then asked after the extended end",
         [("extend", "2026-06-15", {"days": 10}), ("ask_supplement", "2026-07-03", TO_JULY),
          ("receive_supplement", "2026-07-10")], "2026-07-02"),
        ("第33条第3款: begun in time, over the end",
         [("consult", "2026-06-15", {**THIRD_PARTY, "received_on": "2026-06-16"}),
          ("end_consultation", "2026-07-01", THIRD_PARTY)], "2026-07-03"),
        ("第33条第3款: begun on the last day leaves nothing out", [("consult", MISSED, THIRD_PARTY)], MISSED),
        ("第33条第3款: another step while the consultation runs",
         [("consult", "2026-06-15", {**THIRD_PARTY, "received_on": "2026-06-16"}),
          ("extend", "2026-06-30", {"days": 5})], "2026-07-17"),
    ],
)  # fmt: skip
def test_a_step_within_the_term_still_does_what_the_law_says(law, rows, due_on):
    assert told(*rows, on=rows[-1][1])["due_on"] == due_on


def test_over_new_year_the_missed_day_stays_in_the_old_year():
    rows = [("receive", "2026-12-02"), ("ask_supplement", "2026-12-31", {"deadline_on": "2027-01-20"})]
    ended = [*rows, ("receive_supplement", "2027-01-06"), ("disclosed", "2027-01-08")]
    entries = ledger(*ended)
    standing = history.fold(entries, shipped())

    assert (str(standing.due().on), standing.is_overdue(day("2027-02-01"))) == ("2026-12-30", True)
    assert [history.final_state(entries, year, shipped()) for year in (2026, 2027)] == [
        "carried_forward",
        "disclosed",
    ]


def test_a_late_step_that_was_mistyped_is_late_no_more_once_it_is_corrected():
    rows = ledger(RECEIVED, ASKED_LATE, ("receive_supplement", "2026-07-03"))
    put = {"step": "ask_supplement", "on": "2026-06-09", **TO_JULY}
    details = {"replaces": 2, "with": put, "reason": "误录"}

    late = history.fold(rows, shipped())
    mended = history.correct(rows, Entry("correct", day("2026-07-06"), details, 4), shipped())

    assert (late.is_overdue(day("2026-07-20")), mended.is_overdue(day("2026-07-20"))) == (True, False)
    assert str(mended.due().on) == "2026-07-31"


def test_a_step_typed_late_is_judged_by_its_day_and_not_by_its_place():
    """The extension was told on the last day and typed after the consultation that would else be late."""
    late = [("consult", "2026-06-22", THIRD_PARTY), ("extend", MISSED, {"days": 20})]
    first, second = ledger(("accept", "2026-06-01"), *late)[1:]
    rows = [*ledger(RECEIVED, ("accept", "2026-06-01")), Entry(first.step, first.on, first.details, 3)]

    standing = history.fold([*rows, Entry(second.step, second.on, second.details, 4)], shipped())

    assert standing.late_steps == []
    assert standing.due().on > day("2026-07-16")
    assert [entry.step for entry in history.fold(rows, shipped()).late_steps] == ["consult"]


def test_an_office_may_hold_that_a_late_step_restarts_the_term():
    rules = always(late_steps_restart=True)
    standing = case(ASKED_LATE, ("receive_supplement", "2026-07-03"), rules=rules)

    assert (str(standing.due().on), standing.late_steps) == ("2026-07-31", [])
    assert objections(case(rules=rules), Entry("ask_supplement", day("2026-06-29"), TO_JULY)) == []


# -- what is said of it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "rows", "until"),
    [
        ("第30条: until the applicant's term ends", [ASKED_LATE], "2026-07-20"),
        (
            "第30条: anew from the supplement",
            [ASKED_LATE, ("receive_supplement", "2026-07-03")],
            "2026-07-31",
        ),
        ("109号: until the payment is due", [CHARGED_LATE], "2026-07-28"),
        ("109号: no term from an unknown receipt", [("charge", "2026-06-29")], None),
        ("109号: anew from the payment", [CHARGED_LATE, ("pay", "2026-07-10")], "2026-08-07"),
        ("第35条", DELAYED_LATE, "2026-08-31"),
        ("第33条第2款", [("extend", "2026-06-18", {"days": 20})], "2026-07-16"),
        ("nothing later was told", [("consult", "2026-06-18", THIRD_PARTY)], None),
        ("it is over", [ASKED_LATE, ("receive_supplement", "2026-07-03"), ("disclosed", "2026-07-20")], None),
        ("it is not late", [IN_TIME], None),
    ],
)
def test_a_late_request_says_until_when_it_waits_now(law, rows, until):
    standing = case(*rows)
    found = waits_until(standing)

    assert (str(found.on) if found else None) == until, law
    said = explanation.lines(standing)
    assert any(line.startswith("现在等到") for line in said) is (until is not None)


def test_the_explanation_names_the_missed_day_and_each_step_in_both_languages():
    standing = case(ASKED_LATE, ("receive_supplement", "2026-07-03"))

    assert explanation.lines(standing)[-3:] == [
        "期限届满日为2026年6月17日（周三）。",
        "答复期限已于2026年6月17日（周三）届满而未答复；此后的补正告知（6月29日）、补正（7月3日）不使已届满的期限恢复，"
        "本件仍按该日计为超期（实务）。",
        "现在等到2026年7月31日（周五）。",
    ]
    assert explanation.lines(standing, "en")[-2:] == [
        "The term ended on 17 June 2026 (Wed) without an answer; what followed (supplement notice on 29 June 2026 "
        "(Mon), supplement on 3 July 2026 (Fri)) does not revive it, and the request counts as late from that day "
        "(practice).",
        "It now waits until 31 July 2026 (Fri).",
    ]
    assert explanation.day_by_day(standing)[-1].on == day(MISSED)


def test_the_answer_stays_a_duty_of_its_missed_day_while_the_applicant_supplements():
    found = duties(
        case(("ask_supplement", "2026-06-29", {**TO_JULY, "received_on": "2026-07-01"})), day("2026-07-06")
    )

    assert [(duty.name, str(duty.on)) for duty in found] == [("reply", MISSED), ("supplement", "2026-07-20")]


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ([], ASKED_LATE),
        ([ASKED_LATE], ("receive_supplement", "2026-07-03")),
        ([], CHARGED_LATE),
        ([CHARGED_LATE], ("pay", "2026-07-10", {"amount": "300"})),
        ([], ("extend", "2026-06-18", {"days": 20})),
        ([], ("consult", "2026-06-18", THIRD_PARTY)),
        (REASONS, DELAYED_LATE[-1]),
    ],
    ids=lambda row: row[0] if row and isinstance(row[0], str) else "",
)
def test_a_late_step_is_objected_to_at_the_form_and_irregular_once_it_is_there(before, step):
    (entry,) = ledger(step)
    (objection,) = objections(case(*before), entry)

    assert (MISSED in objection.message, objection.final) == (True, False)
    found = [one for one in irregularities(case(*before, step), day("2026-07-20")) if MISSED in one.message]
    assert found[0].code == "late_answer"
    codes = [one.code for one in irregularities(case(*before, step), day("2026-07-20"))]
    assert "late_extension" in codes if step[0] == "extend" else "after_the_term" in codes


@pytest.mark.parametrize(
    "step", [ASKED_LATE, CHARGED_LATE, ("extend", MISSED, {"days": 20})], ids=lambda r: r[0]
)
def test_nothing_is_said_against_a_step_on_the_last_day(step):
    entry = Entry(step[0], day(MISSED), dict(*step[2:]))

    assert [o for o in objections(case(), entry) if MISSED in o.message] == []
