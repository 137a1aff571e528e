"""A ledger read: where the case stands, when its answer is due, how each year ended for it."""

from datetime import date

import pytest

from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import history
from tracker.domain.case.duty import DUTY_LABELS, EXCHANGED, duties, who_acts
from tracker.domain.case.event import Entry
from tracker.domain.case.rules import defaults
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError, UnlawfulDayError

RECEIVED = ("receive", "2026-03-02")
THIRD_PARTY = {"party": "third_party", "name": "甲公司"}
AGENCY = {"party": "agency", "name": "规划局"}
SUPPLEMENT = {"deadline_on": "2026-03-31"}


def day(text):
    return date.fromisoformat(text)


def ledger(*rows):
    """Return entries from rows of (step, day, details), numbered from 1."""
    return [Entry(step, day(on), dict(*details), seq) for seq, (step, on, *details) in enumerate(rows, 1)]


def fold(*rows, rules=defaults, until=None):
    return history.fold(ledger(*rows), shipped(), rules, until=until)


def due(*rows, rules=defaults):
    answer = fold(*rows, rules=rules).due()
    return str(answer.on) if answer else None


# -- states and the entries written -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([], "received"),
        ([("accept", "2026-03-03")], "processing"),
        ([("ask_supplement", "2026-03-03", SUPPLEMENT)], "supplement"),
        (
            [("ask_supplement", "2026-03-03", SUPPLEMENT), ("receive_supplement", "2026-03-09")],
            "processing",
        ),
        ([("charge", "2026-03-03")], "awaiting_payment"),
        ([("charge", "2026-03-03"), ("pay", "2026-03-09")], "processing"),
        ([("charge", "2026-03-03"), ("closed_fee_lapsed", "2026-04-01")], "closed_fee_lapsed"),
        ([("disclosed", "2026-03-03")], "disclosed"),
        ([("withdraw", "2026-03-03")], "closed_other"),
    ],
)
def test_the_state_is_the_fold_of_the_entries(rows, state):
    assert fold(RECEIVED, *rows).state == state


@pytest.mark.parametrize(
    ("step", "details", "after"),
    [
        ("consult", THIRD_PARTY, "processing"),
        ("extend", {"days": 5}, "processing"),
        ("ask_reasons", {}, "processing"),
        ("give_reasons", {}, "processing"),
        ("delay", {"until_on": "2026-06-01"}, "processing"),
        ("charge", {}, "awaiting_payment"),
        ("unable_still_unclear", {}, "unable_still_unclear"),
    ],
)
def test_the_first_step_that_needs_processing_accepts_the_request_on_the_same_day(step, details, after):
    standing = fold(RECEIVED)

    written = standing.take(Entry(step, day("2026-03-04"), details))

    assert [(e.step, e.on, e.details.get("implied")) for e in written] == [
        ("accept", day("2026-03-04"), True),
        (step, day("2026-03-04"), None),
    ]
    assert standing.state == after


def test_an_answer_or_a_supplement_notice_accepts_nothing():
    for step, details in (("disclosed", {}), ("ask_supplement", SUPPLEMENT), ("assign", {"unit": "一队"})):
        assert [e.step for e in fold(RECEIVED).take(Entry(step, day("2026-03-04"), details))] == [step]


def test_an_implied_accept_that_was_kept_changes_nothing():
    implied = ("accept", "2026-03-09", {"implied": True})
    rows = (RECEIVED, implied, ("consult", "2026-03-09", THIRD_PARTY))

    assert fold(*rows).state == "processing"
    assert due(*rows) == due(RECEIVED, ("consult", "2026-03-09", THIRD_PARTY))


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([("accept", "2026-03-02")], StepNotAllowedError),
        ([RECEIVED, ("receive", "2026-03-03")], StepNotAllowedError),
        ([RECEIVED, ("receive_supplement", "2026-03-03")], StepNotAllowedError),
        ([RECEIVED, ("pay", "2026-03-03")], StepNotAllowedError),
        ([RECEIVED, ("end_consultation", "2026-03-03", THIRD_PARTY)], StepNotAllowedError),
        ([RECEIVED, ("disclosed", "2026-03-03"), ("withdraw", "2026-03-04")], StepNotAllowedError),
        ([RECEIVED, ("disclosed", "2026-03-03"), ("extend", "2026-03-04", {"days": 1})], StepNotAllowedError),
        ([RECEIVED, ("disclosed", "2026-03-03", {"decided_on": "2026-03-04"})], InvalidDetailError),
        ([RECEIVED, ("teleport", "2026-03-03")], InvalidDetailError),
    ],
)
def test_what_is_not_lawful_is_refused_and_the_entry_named(rows, error):
    with pytest.raises(error, match=f"第{len(rows)}条记录"):
        fold(*rows)


def test_a_step_that_is_refused_moves_nothing():
    standing = fold(RECEIVED)
    before = fold(RECEIVED)

    with pytest.raises(StepNotAllowedError):
        standing.take(Entry("pay", day("2026-03-04")))
    with pytest.raises(InvalidDetailError):
        standing.take(Entry("extend", day("2026-03-04"), {"days": 21}))

    assert standing == before


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("accept", "2026-03-01")], "早于收到申请之日"),
        ([("assign", "2026-03-01", {"unit": "一队"})], "早于收到申请之日"),
        ([("accept", "2026-03-09"), ("consult", "2026-03-06", THIRD_PARTY)], "早于前一次状态变更之日"),
        ([("consult", "2026-03-09", THIRD_PARTY), ("disclosed", "2026-03-06")], "早于前一次状态变更之日"),
        ([("charge", "2026-03-09"), ("pay", "2026-03-06")], "早于前一次状态变更之日"),
    ],
)
def test_the_legal_day_does_not_run_back_past_a_change_of_state(rows, says):
    with pytest.raises(UnlawfulDayError, match=says):
        fold(RECEIVED, *rows)


def test_steps_that_change_no_state_may_be_typed_in_any_order():
    accept = ("accept", "2026-03-03")
    consult, extend = ("consult", "2026-03-09", THIRD_PARTY), ("extend", "2026-03-05", {"days": 5})

    assert due(RECEIVED, accept, consult, extend) == due(RECEIVED, accept, extend, consult)


@pytest.mark.parametrize(
    ("assigned", "unit", "handler"),
    [
        ([{"handler": "王"}], "一队", "王"),
        ([{"unit": "二队", "handler": "李"}], "二队", "李"),
        ([{"handler": "王"}, {"unit": "二队"}], "二队", None),
    ],
)
def test_an_assignment_without_a_unit_keeps_the_one_there_is(assigned, unit, handler):
    rows = [("assign", "2026-03-03", details) for details in assigned]

    standing = fold(("receive", "2026-03-02", {"unit": "一队"}), *rows)

    assert (standing.unit, standing.handler, standing.state) == (unit, handler, "received")


# -- when the answer is due -------------------------------------------------------------------------


def test_the_supplement_starts_the_term_anew_and_nothing_is_due_meanwhile():  # 第30条
    asked = (RECEIVED, ("ask_supplement", "2026-03-09", SUPPLEMENT))

    assert due(RECEIVED) == "2026-03-30"
    assert due(*asked) is None
    assert due(*asked, ("receive_supplement", "2026-03-25")) == "2026-04-23"
    assert fold(*asked, ("receive_supplement", "2026-03-25")).received_on == day("2026-03-02")


def test_a_consultation_of_the_earlier_term_counts_only_from_the_restart():
    found = due(
        RECEIVED,
        ("consult", "2026-03-09", {**THIRD_PARTY, "received_on": "2026-03-11"}),  # to 1 April
        ("ask_supplement", "2026-03-10", SUPPLEMENT),
        ("receive_supplement", "2026-03-25"),
    )

    assert found == "2026-04-30"  # 23 April and the five days 26 March to 1 April


def test_payment_starts_the_term_anew():  # 109号
    charged = (RECEIVED, ("charge", "2026-03-04"))

    assert due(*charged) is None
    assert due(*charged, ("pay", "2026-03-25")) == "2026-04-23"


def test_an_office_may_let_the_term_go_on_after_payment():
    rules = always(payment_restarts=False)

    assert due(RECEIVED, ("charge", "2026-03-04"), ("pay", "2026-03-10"), rules=rules) == "2026-04-03"


@pytest.mark.parametrize(
    ("law", "extensions", "expected"),
    [
        ("第33条第2款", [("2026-05-20", 20)], "2026-07-07"),
        ("one day", [("2026-05-20", 1)], "2026-06-09"),
        ("twice, 20 in all", [("2026-05-20", 10), ("2026-06-15", 10)], "2026-07-07"),
        ("told on the last day", [("2026-06-08", 20)], "2026-07-07"),
        ("told a day late: no effect", [("2026-06-09", 20)], "2026-06-08"),
        ("the second in time only through the first", [("2026-06-08", 5), ("2026-06-15", 5)], "2026-06-23"),
        ("the second late", [("2026-06-08", 5), ("2026-06-16", 5)], "2026-06-15"),
    ],
)
def test_an_extension_told_in_time_lengthens_the_term(law, extensions, expected):
    rows = [("extend", on, {"days": days}) for on, days in extensions]

    assert due(("receive", "2026-05-11"), *rows) == expected, law


@pytest.mark.parametrize("second", [11, 20])
def test_more_than_twenty_days_of_extension_in_one_term_are_refused(second):  # 第33条第2款
    with pytest.raises(InvalidDetailError, match=f"已延长10个，又延长{second}个"):
        fold(RECEIVED, ("extend", "2026-03-20", {"days": 10}), ("extend", "2026-03-23", {"days": second}))


SUPPLEMENT_AFTER_EXTENSION = (
    RECEIVED,
    ("extend", "2026-03-20", {"days": 20}),
    ("ask_supplement", "2026-03-23", SUPPLEMENT),
    ("receive_supplement", "2026-03-25"),
)


def test_a_restart_ends_the_extension_and_allows_another():
    assert due(*SUPPLEMENT_AFTER_EXTENSION) == "2026-04-23"
    assert due(*SUPPLEMENT_AFTER_EXTENSION, ("extend", "2026-04-20", {"days": 20})) == "2026-05-25"


def test_an_office_may_keep_the_extension_over_a_restart():
    rules = always(extension_ends_on_restart=False)

    assert due(*SUPPLEMENT_AFTER_EXTENSION, rules=rules) == "2026-05-25"
    with pytest.raises(InvalidDetailError, match="已延长20个"):
        fold(*SUPPLEMENT_AFTER_EXTENSION, ("extend", "2026-04-20", {"days": 1}), rules=rules)


TWO_PARTIES = (
    RECEIVED,
    ("consult", "2026-03-09", THIRD_PARTY),
    ("consult", "2026-03-12", {"party": "third_party", "name": "乙公司"}),
    ("end_consultation", "2026-03-18", THIRD_PARTY),
    ("end_consultation", "2026-03-20", {"party": "third_party", "name": "乙公司"}),
)


def test_two_consultations_leave_their_days_out_once():  # 第33条第3款
    assert due(*TWO_PARTIES) == "2026-04-13"
    assert due(*TWO_PARTIES, rules=always(union_of_consultations=False)) == "2026-04-17"


@pytest.mark.parametrize(
    ("law", "details", "ended", "expected"),
    [
        ("第32条: silent, from its receipt", {"received_on": "2026-03-11"}, None, "2026-04-23"),
        ("receipt not known: from sending", {}, None, "2026-04-21"),
        ("an opinion after the fifteenth day does not lengthen it", {}, "2026-04-15", "2026-04-21"),
        ("an opinion on the day of sending", {}, "2026-03-09", "2026-03-30"),
    ],
)
def test_a_consultation_ends_by_itself_after_fifteen_working_days(law, details, ended, expected):
    rows = [RECEIVED, ("consult", "2026-03-09", {**THIRD_PARTY, **details})]
    if ended:
        rows.append(("end_consultation", ended, THIRD_PARTY))

    assert due(*rows) == expected, law


def test_a_consultation_sent_after_the_due_day_does_not_move_it():
    assert due(RECEIVED, ("consult", "2026-03-31", THIRD_PARTY)) == "2026-03-30"


def test_an_extension_told_during_a_consultation_is_in_time():
    rows = (RECEIVED, ("consult", "2026-03-09", THIRD_PARTY), ("extend", "2026-04-10", {"days": 1}))

    assert due(*rows) == "2026-04-22"


def test_an_end_belongs_to_the_open_consultation_of_that_party_and_name():
    standing = fold(
        RECEIVED,
        ("consult", "2026-03-09", THIRD_PARTY),  # runs out on 30 March
        ("consult", "2026-04-01", THIRD_PARTY),
        ("consult", "2026-04-01", AGENCY),
        ("end_consultation", "2026-04-03", {**THIRD_PARTY, "opinion": "objects"}),
    )

    assert [(c.name, c.ended_on, c.opinion) for c in standing.consultations] == [
        ("甲公司", None, None),
        ("甲公司", day("2026-04-03"), "objects"),
        ("规划局", None, None),
    ]


def test_a_late_end_belongs_to_the_last_consultation_that_ran_out():
    standing = fold(
        RECEIVED,
        ("consult", "2026-03-09", THIRD_PARTY),  # to 30 March
        ("consult", "2026-03-10", THIRD_PARTY),  # to 31 March
        ("end_consultation", "2026-04-03", THIRD_PARTY),
    )

    assert [c.ended_on for c in standing.consultations] == [None, day("2026-04-03")]


@pytest.mark.parametrize(
    "other", [{"party": "agency", "name": "甲公司"}, {"party": "third_party", "name": "乙公司"}]
)
def test_an_end_without_its_consultation_is_refused(other):
    with pytest.raises(StepNotAllowedError, match="没有正在进行的"):
        fold(RECEIVED, ("consult", "2026-03-09", THIRD_PARTY), ("end_consultation", "2026-03-18", other))


def test_a_consultation_is_ended_once():
    end = ("end_consultation", "2026-03-18", THIRD_PARTY)

    with pytest.raises(StepNotAllowedError, match="第4条记录"):
        fold(RECEIVED, ("consult", "2026-03-09", THIRD_PARTY), end, end)


def test_a_consultation_may_end_while_the_applicant_supplements():
    standing = fold(
        RECEIVED,
        ("consult", "2026-03-09", THIRD_PARTY),
        ("ask_supplement", "2026-03-10", SUPPLEMENT),
        ("end_consultation", "2026-03-12", THIRD_PARTY),
    )

    assert (standing.state, standing.consultations[0].ended_on) == ("supplement", day("2026-03-12"))


def test_a_delay_takes_the_place_of_the_term_until_a_restart():  # 第35条
    delayed = (RECEIVED, ("delay", "2026-03-20", {"until_on": "2026-05-29"}))
    restart = (("ask_supplement", "2026-03-23", SUPPLEMENT), ("receive_supplement", "2026-03-25"))

    assert due(*delayed) == "2026-05-29"
    assert due(*delayed, *restart) == "2026-04-23"


def test_asking_for_reasons_does_not_stop_the_clock():  # 第35条 is silent
    assert due(RECEIVED, ("ask_reasons", "2026-03-09"), ("give_reasons", "2026-03-20")) == "2026-03-30"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("disclosed", "2026-03-20")], "2026-03-30"),
        ([("extend", "2026-03-20", {"days": 5}), ("disclosed", "2026-04-03")], "2026-04-07"),
        ([("ask_supplement", "2026-03-09", SUPPLEMENT), ("closed_supplement_lapsed", "2026-04-01")], None),
        ([("charge", "2026-03-09"), ("withdraw", "2026-03-10")], None),
    ],
)
def test_after_the_end_the_due_day_stays_the_one_the_answer_was_measured_by(rows, expected):
    assert due(RECEIVED, *rows) == expected


@pytest.mark.parametrize(
    ("rows", "on", "overdue"),
    [
        ([], "2026-03-30", False),
        ([], "2026-03-31", True),
        ([("disclosed", "2026-03-30")], "2026-12-31", False),
        ([("disclosed", "2026-03-31", {"decided_on": "2026-03-30"})], "2026-12-31", True),
        ([("ask_supplement", "2026-03-09", SUPPLEMENT)], "2026-12-31", False),
        ([("charge", "2026-03-09")], "2026-12-31", False),
    ],
)
def test_an_answer_is_late_by_its_service_and_not_while_the_applicant_must_act(rows, on, overdue):  # 235号
    assert fold(RECEIVED, *rows).is_overdue(day(on)) is overdue


def test_the_day_of_decision_is_the_day_of_service_where_none_is_named():
    both = fold(RECEIVED, ("disclosed", "2026-03-20", {"decided_on": "2026-03-18"}))
    one = fold(RECEIVED, ("disclosed", "2026-03-20"))

    assert (both.decided_on, both.served_on) == (day("2026-03-18"), day("2026-03-20"))
    assert one.decided_on == one.served_on == day("2026-03-20")
    assert one.closed_on == day("2026-03-20")
    assert one.is_closed


def test_a_ledger_can_be_read_as_a_day_had_it():
    rows = (
        RECEIVED,
        ("ask_supplement", "2026-03-09", SUPPLEMENT),
        ("receive_supplement", "2026-03-25"),
        ("disclosed", "2026-04-20"),
    )
    days = ("2026-03-01", "2026-03-08", "2026-03-09", "2026-04-19", "2026-04-20")

    assert [fold(*rows, until=day(on)).state for on in days] == [
        "", "received", "supplement", "processing", "disclosed",
    ]  # fmt: skip


# -- corrections -----------------------------------------------------------------------------------

ANSWERED = (
    ("receive", "2026-03-02", {"applicant_kind": "ngo", "channel": "fax", "unit": "一队"}),
    ("accept", "2026-03-05"),
    ("extend", "2026-03-20", {"days": 20}),
    ("disclosed", "2026-04-03"),
)


def correct(replaces, replacement, rows=ANSWERED, reason="笔误"):
    entries = ledger(*rows)
    details = {"replaces": replaces, "with": replacement, "reason": reason}
    return history.correct(entries, Entry("correct", day("2026-04-07"), details, len(entries) + 1), shipped())


def test_a_correction_replaces_an_entry_in_its_place():
    standing = correct(3, {"step": "extend", "on": "2026-03-23", "days": 5})

    assert [(e.seq, e.on, e.days) for e in standing.extensions] == [(3, day("2026-03-23"), 5)]
    assert str(standing.due().on) == "2026-04-07"


def test_a_correction_may_take_an_entry_away():
    standing = correct(3, None)

    assert standing.extensions == []
    assert standing.is_overdue(day("2026-04-07"))


def test_a_correction_of_the_answer_changes_the_final_state():
    assert correct(4, {"step": "refused_internal_affairs", "on": "2026-04-03"}).state == (
        "refused_internal_affairs"
    )
    assert correct(4, None).state == "processing"


def test_an_answer_taken_away_opens_the_case_for_another():
    taken_away = ("correct", "2026-04-07", {"replaces": 4, "with": None, "reason": "误录"})

    again = fold(*ANSWERED, taken_away, ("partially_disclosed", "2026-04-08"))

    assert (again.state, str(again.served_on), str(again.due().on)) == (
        "partially_disclosed",
        "2026-04-08",
        "2026-04-28",
    )


def test_a_corrected_receipt_keeps_kind_channel_and_unit_unless_named_anew():
    kept = correct(1, {"step": "receive", "on": "2026-03-03"})
    named = correct(1, {"step": "receive", "on": "2026-03-03", "applicant_kind": "business"})

    assert dict(kept.receipt.details) == {"applicant_kind": "ngo", "channel": "fax", "unit": "一队"}
    assert dict(named.receipt.details) == {"applicant_kind": "business", "channel": "fax", "unit": "一队"}
    assert (kept.received_on, kept.unit) == (day("2026-03-03"), "一队")


def test_the_last_of_two_corrections_of_one_entry_holds():
    entries = ledger(
        *ANSWERED,
        ("correct", "2026-04-07", {"replaces": 3, "with": None, "reason": "误录"}),
        (
            "correct",
            "2026-04-08",
            {"replaces": 3, "with": {"step": "extend", "on": "2026-03-20", "days": 7}, "reason": "又查到"},
        ),
    )

    assert history.fold(entries, shipped()).extension_days == 7
    assert history.replaced(entries) == {3: 6}
    assert [entry.seq for entry in history.in_force(entries)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("law", "replaces", "replacement", "error", "says"),
    [
        ("the answer would precede it", 2, {"step": "accept", "on": "2026-04-06"}, UnlawfulDayError, "第3条"),
        ("received after the accept", 1, {"step": "receive", "on": "2026-03-06"}, UnlawfulDayError, "第2条"),
        ("the extension would follow an end", 2, {"step": "disclosed", "on": "2026-03-05"},
         StepNotAllowedError, "第3条记录（延长期限"),
        ("no payment was asked", 4, {"step": "pay", "on": "2026-04-03"}, StepNotAllowedError, "第4条"),
        ("a second receipt", 2, {"step": "receive", "on": "2026-03-05"}, StepNotAllowedError, "第2条"),
        ("an unknown step", 2, {"step": "teleport", "on": "2026-03-05"}, InvalidDetailError, "不认识"),
        ("a correction of a correction", 2, {"step": "correct", "on": "2026-03-05", "replaces": 1,
         "with": None, "reason": "笔误"}, StepNotAllowedError, "第2条"),
        ("21 days", 3, {"step": "extend", "on": "2026-03-20", "days": 21}, InvalidDetailError, "1至20"),
        ("no such entry", 9, None, InvalidDetailError, "第9条记录不存在"),
        ("no day", 2, {"step": "accept"}, InvalidDetailError, "step 和 on"),
        ("a day that is none", 2, {"step": "accept", "on": "2026-02-30"}, InvalidDetailError, "不是日期"),
        ("the first entry is the receipt", 1, {"step": "accept", "on": "2026-03-02"},
         InvalidDetailError, "第一条记录"),
    ],
)  # fmt: skip
def test_a_correction_that_leaves_nothing_lawful_is_refused(law, replaces, replacement, error, says):
    with pytest.raises(error, match=says):
        correct(replaces, replacement)


def test_taking_a_consultation_away_from_under_its_end_is_refused():
    rows = (RECEIVED, ("consult", "2026-03-09", THIRD_PARTY), ("end_consultation", "2026-03-18", THIRD_PARTY))

    with pytest.raises(StepNotAllowedError, match="第3条记录（征求意见结束"):
        correct(2, None, rows)


def test_a_correction_states_its_reason():
    with pytest.raises(InvalidDetailError, match="缺少“reason”"):
        correct(3, None, reason="")


def test_a_receipt_taken_away_voids_the_case_and_no_year_counts_it():
    entries = ledger(
        *ANSWERED, ("correct", "2026-04-07", {"replaces": 1, "with": None, "reason": "重复登记"})
    )
    standing = history.fold(entries, shipped())

    assert (standing.state, standing.received_on, standing.due()) == ("void", None, None)
    assert history.final_state(entries, 2026, shipped()) is None
    assert duties(standing, day("2026-04-07")) == []


def test_a_case_is_not_void_because_another_entry_was_taken_away():
    entries = ledger(*ANSWERED, ("correct", "2026-04-07", {"replaces": 2, "with": None, "reason": "误录"}))

    assert history.fold(entries, shipped()).state == "disclosed"


def test_marks_are_no_entries_to_correct_and_move_nothing():
    entries = ledger(
        RECEIVED,
        ("carry_forward", "2026-12-31", {"year": 2026}),
        ("recompute", "2027-01-05", {"due_from": "2027-01-13", "due_to": "2027-01-14"}),
        ("accept", "2026-03-03"),
    )

    assert history.fold(entries, shipped()).state == "processing"
    with pytest.raises(InvalidDetailError, match="第2条记录不存在或不能更正"):
        history.fold(
            [*entries, Entry("correct", day("2027-01-06"), {"replaces": 2, "with": None, "reason": "误"}, 5)],
            shipped(),
        )


def test_an_entry_and_its_flat_form_say_the_same():
    entry = Entry("extend", day("2026-03-20"), {"days": 5, "reason": "案情复杂"}, 3)

    assert history.flat(entry) == {"step": "extend", "on": "2026-03-20", "days": 5, "reason": "案情复杂"}
    assert history.unflat(history.flat(entry), 3) == entry


# -- how a year ended ------------------------------------------------------------------------------


def years(*rows, rules=defaults, between=range(2023, 2029)):
    entries = ledger(*rows)
    found = {year: history.final_state(entries, year, shipped(), rules) for year in between}
    return {year: state for year, state in found.items() if state}


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([], "received"),
        ([("accept", "2025-12-31")], "processing"),
        ([("ask_supplement", "2025-12-31", {"deadline_on": "2026-01-20"})], "supplement"),
        ([("charge", "2025-12-31")], "awaiting_payment"),
    ],
)
def test_a_case_open_at_the_end_of_the_year_is_carried_forward_and_goes_on_where_it_was(rows, state):
    rows = [("receive", "2025-12-30"), *rows]

    assert years(*rows, between=[2024, 2025]) == {2025: "carried_forward"}
    assert fold(*rows).state == state
    assert years(*rows, ("withdraw", "2026-01-05")) == {2025: "carried_forward", 2026: "closed_other"}


def test_every_year_of_a_long_case_ends_in_one_state():
    rows = (
        ("receive", "2024-12-20"),
        ("ask_supplement", "2024-12-27", {"deadline_on": "2025-12-31"}),
        ("receive_supplement", "2025-12-29"),
        ("partially_disclosed", "2026-01-09"),
    )

    assert years(*rows) == {
        2024: "carried_forward",
        2025: "carried_forward",
        2026: "partially_disclosed",
    }


def test_a_supplement_in_the_new_year_leaves_the_year_of_receipt():  # the term alone starts anew
    rows = (
        ("receive", "2025-12-30"),
        ("ask_supplement", "2026-01-06", {"deadline_on": "2026-01-27"}),
        ("receive_supplement", "2026-01-08"),
        ("disclosed", "2026-02-05"),
    )

    assert years(*rows) == {2025: "carried_forward", 2026: "disclosed"}


@pytest.mark.parametrize(
    ("law", "received", "answer", "expected"),
    [
        ("235号: posted on 31 December", "2026-12-03", ("2026-12-31", "2026-12-31"), {2026: "disclosed"}),
        (
            "235号: dated on it, posted in January",
            "2026-12-03",
            ("2027-01-04", "2026-12-31"),
            {2026: "carried_forward", 2027: "disclosed"},
        ),
        (
            "received and answered on 1 January",
            "2026-01-01",
            ("2026-01-01", "2026-01-01"),
            {2026: "disclosed"},
        ),
    ],
)
def test_the_year_of_the_result_is_that_of_its_service(law, received, answer, expected):
    served, decided = answer

    assert years(("receive", received), ("disclosed", served, {"decided_on": decided})) == expected, law


def test_an_office_may_count_the_result_in_the_year_of_its_decision():
    rows = (("receive", "2026-12-03"), ("disclosed", "2027-01-04", {"decided_on": "2026-12-31"}))

    assert years(*rows, rules=always(year_of_result="decided")) == {2026: "disclosed"}


def test_an_answer_typed_after_the_year_was_closed_ends_the_old_year():
    mark = ("carry_forward", "2026-12-31", {"year": 2026})

    assert years(("receive", "2026-12-03"), mark, ("disclosed", "2026-12-30")) == {2026: "disclosed"}


def test_the_counts_do_not_hang_on_the_mark_of_the_year_end():
    rows = (("receive", "2026-12-03"), ("disclosed", "2027-01-04"))
    mark = ("carry_forward", "2026-12-31", {"year": 2026})

    assert years(*rows) == years(rows[0], mark, rows[1])


def test_a_corrected_day_of_receipt_moves_the_case_to_another_year():
    rows = (("receive", "2026-01-02"), ("disclosed", "2026-01-20"))
    moved = {"replaces": 1, "with": {"step": "receive", "on": "2025-12-31"}, "reason": "签收日误录"}

    assert years(*rows) == {2026: "disclosed"}
    assert years(*rows, ("correct", "2026-02-02", moved)) == {2025: "carried_forward", 2026: "disclosed"}


# -- what must happen next -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "rows", "on", "expected"),
    [
        ("第30条, 第33条", [], "2026-03-03", [("supplement_notice", "2026-03-11"), ("reply", "2026-03-30")]),
        ("on its last day", [], "2026-03-11", [("supplement_notice", "2026-03-11"), ("reply", "2026-03-30")]),
        ("gone after it", [], "2026-03-12", [("reply", "2026-03-30")]),
        ("gone once accepted", [("accept", "2026-03-03")], "2026-03-03", [("reply", "2026-03-30")]),
        (
            "第30条: the applicant",
            [("ask_supplement", "2026-03-09", SUPPLEMENT)],
            "2026-03-09",
            [("supplement", "2026-03-31")],
        ),
        (
            "第32条",
            [("consult", "2026-03-09", {**THIRD_PARTY, "received_on": "2026-03-11"})],
            "2026-03-12",
            [("third_party_opinion", "2026-04-01"), ("reply", "2026-04-23")],
        ),
        (
            "第32、34条, in the order of their days",
            [
                ("consult", "2026-03-09", {**THIRD_PARTY, "received_on": "2026-03-11"}),
                ("consult", "2026-03-09", {**AGENCY, "received_on": "2026-03-09"}),
            ],
            "2026-03-12",
            [
                ("agency_opinion", "2026-03-30"),
                ("third_party_opinion", "2026-04-01"),
                ("reply", "2026-04-23"),
            ],
        ),
        (
            "an opinion that came is owed no more",
            [("consult", "2026-03-09", THIRD_PARTY), ("end_consultation", "2026-03-18", THIRD_PARTY)],
            "2026-03-18",
            [("reply", "2026-04-09")],
        ),
        (
            "第32条: owed on its last day",
            [("consult", "2026-03-09", {**THIRD_PARTY, "received_on": "2026-03-11"})],
            "2026-04-01",
            [("third_party_opinion", "2026-04-01"), ("reply", "2026-04-23")],
        ),
        (
            "nor one whose term is over",
            [("consult", "2026-03-09", {**THIRD_PARTY, "received_on": "2026-03-11"})],
            "2026-04-02",
            [("reply", "2026-04-23")],
        ),
        ("109号: no term from an unknown receipt", [("charge", "2026-03-09")], "2026-03-09", []),
        (
            "109号, from its receipt",
            [("charge", "2026-03-09", {"received_on": "2026-03-11"})],
            "2026-03-11",
            [("payment", "2026-04-09")],
        ),
        (
            "an opinion is owed while the applicant supplements",
            [("consult", "2026-03-09", {**AGENCY, "received_on": "2026-03-09"}),
             ("ask_supplement", "2026-03-10", SUPPLEMENT)],
            "2026-03-11",
            [("agency_opinion", "2026-03-30"), ("supplement", "2026-03-31")],
        ),
        ("第35条", [("delay", "2026-03-20", {"until_on": "2026-05-29"})], "2026-03-20",
         [("reply", "2026-05-29")]),
        ("nothing after the end", [("disclosed", "2026-03-20")], "2026-03-20", []),
        (
            "not even an opinion",
            [("consult", "2026-03-09", THIRD_PARTY), ("withdraw", "2026-03-10")],
            "2026-03-10",
            [],
        ),
    ],
)  # fmt: skip
def test_the_open_duties_are_those_of_the_day_in_their_order(law, rows, on, expected):
    found = duties(fold(RECEIVED, *rows), day(on))

    assert [(duty.name, str(duty.on)) for duty in found if duty.name in EXCHANGED] == expected, law
    assert all("第" in duty.law or "号" in duty.law for duty in found)
    assert {duty.name for duty in found} <= set(DUTY_LABELS)


@pytest.mark.parametrize(
    ("rows", "who"),
    [
        ([], "本机关审查申请"),
        ([("ask_supplement", "2026-03-09", SUPPLEMENT)], "申请人补正"),
        ([("accept", "2026-03-09")], "本机关作出答复"),
        ([("charge", "2026-03-09")], "申请人缴费"),
        ([("disclosed", "2026-03-09")], ""),
    ],
)
def test_a_state_says_who_must_act(rows, who):
    assert who_acts(fold(RECEIVED, *rows)) == who
