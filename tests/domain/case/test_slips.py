"""Ledgers that go wrong in ways a person or a file can bring about: each is refused in words, or holds."""

from datetime import date

import pytest

from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import event, explanation, history
from tracker.domain.case.event import Entry
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError
from tracker.domain.permission import Role, own_unit_only

KIND = {"applicant_kind": "ngo", "channel": "in_person", "unit": "规划股"}
WHO = {"party": "agency", "name": "某局"}


def ledger(*rows):
    return [
        Entry(step, date.fromisoformat(on), dict(*more), seq) for seq, (step, on, *more) in enumerate(rows, 1)
    ]


def correction(put, replaces=1, on="2026-03-20"):
    return ("correct", on, {"replaces": replaces, "with": put, "reason": "误录"})


def test_a_void_case_takes_no_further_step():
    with pytest.raises(StepNotAllowedError, match="已作废"):
        history.fold(ledger(("receive", "2026-03-02", KIND), correction(None)), shipped()).take(
            Entry("accept", date(2026, 3, 21))
        )


@pytest.mark.parametrize("step", ["carry_forward", "correct", "recompute"])
def test_a_mark_cannot_take_the_place_of_a_step(step):
    put = {"step": step, "on": "2026-03-03", "year": 2026, "replaces": 1, "with": None, "reason": "x"}
    put = {key: value for key, value in put.items() if key in ("step", "on", *event.KEYS[step])}

    with pytest.raises(StepNotAllowedError):
        history.fold(
            ledger(("receive", "2026-03-02", KIND), ("accept", "2026-03-03"), correction(put, 2)), shipped()
        )


def test_a_consultation_does_not_end_before_it_was_sent():
    rows = [
        ("receive", "2026-12-01", KIND),
        ("accept", "2026-12-02"),
        ("consult", "2027-01-05", WHO),
        ("end_consultation", "2026-12-30", WHO),
    ]

    with pytest.raises(StepNotAllowedError):
        history.fold(ledger(*rows), shipped())


def test_a_decision_dated_before_the_receipt_does_not_take_the_case_out_of_every_year():
    rows = [("receive", "2026-01-05", KIND), ("disclosed", "2026-01-20", {"decided_on": "2025-12-31"})]

    found = [
        history.final_state(ledger(*rows), y, shipped(), always(year_of_result="decided"))
        for y in (2025, 2026)
    ]

    assert found == [None, "disclosed"]


def test_a_voided_receipt_that_is_put_back_keeps_what_the_first_said():
    rows = [
        ("receive", "2026-03-02", KIND),
        correction(None),
        correction({"step": "receive", "on": "2026-03-03"}),
    ]

    standing = history.fold(ledger(*rows), shipped())

    assert standing.state == "received"
    assert {key: standing.receipt.details[key] for key in KIND} == KIND


@pytest.mark.parametrize(
    "rows",
    [
        [("receive", "2026-03-02", KIND), ("consult", "2026-04-01", WHO)],
        [
            ("receive", "2026-03-02", KIND),
            ("consult", "2026-03-03", WHO),
            ("end_consultation", "2026-03-05", WHO),
            ("ask_supplement", "2026-03-06", {"deadline_on": "2026-03-25"}),
            ("receive_supplement", "2026-03-10"),
        ],
    ],
)
def test_a_consultation_that_changes_nothing_is_not_said_to(rows):
    assert not any("不计入期限" in line for line in explanation.lines(history.fold(ledger(*rows), shipped())))


def test_waiting_for_payment_is_explained_by_the_rule_on_fees():
    rows = [("receive", "2026-03-02", KIND), ("charge", "2026-03-05"), ("pay", "2026-03-12")]
    standing = history.fold(ledger(*rows), shipped(), always(payment_restarts=False))

    (line,) = [line for line in explanation.lines(standing) if "不计入期限" in line]
    assert "109号" in line


@pytest.mark.parametrize(
    "entry",
    [
        Entry(["accept"], date(2026, 3, 2)),
        Entry("correct", date(2026, 3, 2), {"replaces": 1, "with": None, "reason": " "}),
        Entry("correct", date(2026, 3, 2), {"replaces": 1, "with": "receive", "reason": "x"}),
    ],
)
def test_an_entry_of_the_wrong_kind_is_refused_in_words(entry):
    with pytest.raises(InvalidDetailError):
        event.check(entry)


def test_roles_may_come_in_any_iterable():
    assert own_unit_only(iter([Role.SYSTEM])) is False
    assert own_unit_only(iter([Role.HANDLER])) is True


def test_whether_an_extension_was_in_time_is_judged_by_the_days_and_not_by_the_order_of_typing():
    extension = ("extend", "2026-04-01", {"days": 10})
    consultation = ("consult", "2026-03-09", WHO)
    start = [("receive", "2026-03-02", KIND), ("accept", "2026-03-03")]

    typed_late = history.fold(ledger(*start, extension, consultation), shipped())
    in_order = history.fold(ledger(*start, consultation, extension), shipped())

    assert typed_late.due() == in_order.due()
    assert typed_late.extension_days == 10
