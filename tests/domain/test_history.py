"""Reading a ledger: restarts, pauses, extensions, corrections, years, duties, irregularities."""

from datetime import date

import pytest

from tracker.domain import check, explanation, history
from tracker.domain.calendar import shipped
from tracker.domain.clock import Rules
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError, UnlawfulDayError
from tracker.domain.event import Entry
from tracker.domain.permission import Role

KIND = {"applicant_kind": "natural_person", "channel": "in_person"}
THIRD = {"party": "third_party", "name": "甲公司"}


def entries(*rows):
    """Return a ledger from rows of (step, day, details)."""
    return [
        Entry(step, date.fromisoformat(on), dict(*more), seq) for seq, (step, on, *more) in enumerate(rows, 1)
    ]


def fold(*rows, rules=None, until=None):
    return history.fold(entries(*rows), shipped(), rules, until=until)


RECEIVED = ("receive", "2026-03-02", KIND)
ASKED = ("ask_supplement", "2026-03-04", {"deadline_on": "2026-03-25"})


@pytest.mark.parametrize(
    ("law", "rows", "due_on"),
    [
        ("第33条: 20 working days", [RECEIVED], "2026-03-30"),
        ("第30条: no term while the applicant must act", [RECEIVED, ASKED], None),
        ("第30条: it restarts", [RECEIVED, ASKED, ("receive_supplement", "2026-03-09")], "2026-04-07"),
        ("第33条: 20 more", [RECEIVED, ("extend", "2026-03-30", {"days": 20})], "2026-04-28"),
        ("第33条: too late to extend", [RECEIVED, ("extend", "2026-03-31", {"days": 20})], "2026-03-30"),
        (
            "第33条第3款: a consultation answered",
            [
                RECEIVED,
                ("consult", "2026-03-09", THIRD),
                ("end_consultation", "2026-03-18", THIRD),
            ],
            "2026-04-09",
        ),
        (
            "第33条第3款: two at once are left out once",
            [
                RECEIVED,
                ("consult", "2026-03-09", THIRD),
                ("consult", "2026-03-12", {**THIRD, "name": "乙公司"}),
                ("end_consultation", "2026-03-18", THIRD),
                ("end_consultation", "2026-03-20", {**THIRD, "name": "乙公司"}),
            ],
            "2026-04-13",
        ),
        (
            "109号: it restarts on payment",
            [RECEIVED, ("charge", "2026-03-05"), ("pay", "2026-03-12")],
            "2026-04-10",
        ),
        (
            "第35条: the notified term",
            [RECEIVED, ("delay", "2026-03-10", {"until_on": "2026-06-30"})],
            "2026-06-30",
        ),
        (
            "a restart ends the extension (practice)",
            [RECEIVED, ("extend", "2026-03-03", {"days": 20}), ASKED, ("receive_supplement", "2026-03-09")],
            "2026-04-07",
        ),
    ],
)
def test_the_answer_is_due_on_the_day_that_the_ledger_says(law, rows, due_on):
    answer = fold(*rows).due()

    assert (answer and answer.on.isoformat()) == due_on


@pytest.mark.parametrize(
    ("rules", "rows", "due_on"),
    [
        (
            Rules(extension_ends_on_restart=False),
            [RECEIVED, ("extend", "2026-03-03", {"days": 20}), ASKED, ("receive_supplement", "2026-03-09")],
            "2026-05-08",
        ),
        (
            Rules(payment_restarts=False),
            [RECEIVED, ("charge", "2026-03-05"), ("pay", "2026-03-12")],
            "2026-04-07",
        ),
    ],
)
def test_an_office_may_set_what_no_text_fixes(rules, rows, due_on):
    assert fold(*rows, rules=rules).due().on.isoformat() == due_on


def test_no_term_has_more_than_twenty_days_of_extension_in_all():
    with pytest.raises(InvalidDetailError, match="合计不得超过20"):
        fold(RECEIVED, ("extend", "2026-03-10", {"days": 11}), ("extend", "2026-03-11", {"days": 10}))


def test_an_end_without_a_consultation_is_refused():
    with pytest.raises(StepNotAllowedError, match="甲公司"):
        fold(RECEIVED, ("accept", "2026-03-03"), ("end_consultation", "2026-03-04", THIRD))


def test_the_first_entry_is_the_receipt():
    with pytest.raises(StepNotAllowedError, match="收到申请"):
        fold(("accept", "2026-03-02"))


# -- corrections ------------------------------------------------------------------------------------


def correction(replaces, put):
    return ("correct", "2026-03-20", {"replaces": replaces, "with": put, "reason": "录入有误"})


@pytest.mark.parametrize(
    ("rows", "state", "due_on"),
    [
        ([RECEIVED, correction(1, {"step": "receive", "on": "2026-03-03"})], "received", "2026-03-31"),
        ([RECEIVED, correction(1, None)], "void", None),
        ([RECEIVED, ("disclosed", "2026-03-10"), correction(2, None)], "received", "2026-03-30"),
        (
            [
                RECEIVED,
                ("disclosed", "2026-03-10"),
                correction(2, {"step": "unable_not_held", "on": "2026-03-11"}),
            ],
            "unable_not_held",
            "2026-03-30",
        ),
        (
            [
                RECEIVED,
                ("disclosed", "2026-03-10"),
                correction(2, None),
                ("partially_disclosed", "2026-03-23"),
            ],
            "partially_disclosed",
            "2026-03-30",
        ),
    ],
)
def test_a_correction_holds_instead_of_what_it_replaces(rows, state, due_on):
    standing = fold(*rows)
    answer = standing.due()

    assert (standing.state, answer and answer.on.isoformat()) == (state, due_on)


def test_a_corrected_receipt_keeps_the_kind_and_channel_that_it_does_not_name():
    standing = fold(RECEIVED, correction(1, {"step": "receive", "on": "2026-03-03"}))

    assert standing.receipt.details["applicant_kind"] == "natural_person"


@pytest.mark.parametrize(
    ("replaces", "put", "error"),
    [
        (9, None, InvalidDetailError),
        (1, {"step": "accept", "on": "2026-03-03"}, InvalidDetailError),
        (1, {"step": "receive", "on": "2026-03-12"}, UnlawfulDayError),
        (2, {"step": "pay", "on": "2026-03-10"}, StepNotAllowedError),
        (2, {"step": "disclosed"}, InvalidDetailError),
    ],
)
def test_a_correction_that_leaves_nothing_lawful_is_refused(replaces, put, error):
    ledger = entries(RECEIVED, ("disclosed", "2026-03-10"))
    details = {"replaces": replaces, "with": put, "reason": "x"}

    with pytest.raises(error):
        history.correct(ledger, Entry("correct", date(2026, 3, 20), details, 3), shipped())


# -- how a year ended --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "rows", "finals"),
    [
        ("answered in its year", [RECEIVED, ("disclosed", "2026-03-10")], {2026: "disclosed"}),
        (
            "第50条: open at 24:00 on 31 December",
            [("receive", "2025-12-30", KIND), ("disclosed", "2026-01-20")],
            {2025: "carried_forward", 2026: "disclosed"},
        ),
        (
            "235号: posted on the last day is answered in the year",
            [("receive", "2026-12-03", KIND), ("disclosed", "2026-12-31")],
            {2026: "disclosed"},
        ),
        (
            "dated in the old year, posted in the new",
            [("receive", "2026-12-03", KIND), ("disclosed", "2027-01-04", {"decided_on": "2026-12-31"})],
            {2026: "carried_forward", 2027: "disclosed"},
        ),
        (
            "three years long",
            [("receive", "2024-12-30", KIND), ("closed_other", "2026-01-05")],
            {2024: "carried_forward", 2025: "carried_forward", 2026: "closed_other"},
        ),
        ("a slip is counted nowhere", [RECEIVED, correction(1, None)], {}),
    ],
)
def test_a_case_has_one_final_state_for_each_year_that_it_lived_in(why, rows, finals):
    ledger = entries(*rows)
    found = {year: history.final_state(ledger, year, shipped()) for year in range(2023, 2029)}

    assert {year: state for year, state in found.items() if state} == finals


def test_the_day_of_the_decision_gives_the_year_where_the_office_says_so():
    ledger = entries(
        ("receive", "2026-12-03", KIND), ("disclosed", "2027-01-04", {"decided_on": "2026-12-31"})
    )
    rules = Rules(year_of_result="decided")

    assert history.final_state(ledger, 2026, shipped(), rules) == "disclosed"
    assert history.final_state(ledger, 2027, shipped(), rules) is None


def test_a_mark_of_the_year_s_end_moves_nothing():
    marked = [("receive", "2025-12-30", KIND), ("carry_forward", "2025-12-31", {"year": 2025})]

    assert fold(*marked).state == "received"


# -- what is next, and what is not in order ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "on", "expected"),
    [
        ([RECEIVED], "2026-03-11", ("supplement_notice", "2026-03-11")),
        ([RECEIVED], "2026-03-12", ("reply", "2026-03-30")),
        ([RECEIVED, ("accept", "2026-03-03")], "2026-03-03", ("reply", "2026-03-30")),
        ([RECEIVED, ASKED], "2026-03-05", ("supplement", "2026-03-25")),
        ([RECEIVED, ("consult", "2026-03-09", THIRD)], "2026-03-10", ("third_party_opinion", "2026-03-30")),
        (
            [RECEIVED, ("consult", "2026-03-09", {**THIRD, "party": "agency"})],
            "2026-03-10",
            ("agency_opinion", "2026-03-30"),
        ),
        ([RECEIVED, ("charge", "2026-03-09")], "2026-03-10", ("payment", "2026-04-07")),
        ([RECEIVED, ("disclosed", "2026-03-09")], "2026-03-10", None),
    ],
)
def test_the_next_action_is_the_duty_with_the_nearest_day(rows, on, expected):
    found = next(iter(history.duties(fold(*rows), date.fromisoformat(on))), None)

    assert (found and (found.name, found.on.isoformat())) == expected


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([RECEIVED, ("disclosed", "2026-03-31")], "late_answer"),
        (
            [RECEIVED, ("ask_supplement", "2026-03-12", {"deadline_on": "2026-04-01"})],
            "late_supplement_notice",
        ),
        ([RECEIVED, ("extend", "2026-03-31", {"days": 5})], "late_extension"),
        ([RECEIVED, ASKED, ("closed_supplement_lapsed", "2026-03-25")], "early_lapse"),
        ([RECEIVED, ("charge", "2026-03-09"), ("closed_fee_lapsed", "2026-04-07")], "early_lapse"),
        ([RECEIVED, ("refused_third_party_rights", "2026-03-10")], "no_consultation"),
        ([RECEIVED, ("accept", "2026-03-03"), ("unable_still_unclear", "2026-03-10")], "no_supplement"),
    ],
)
def test_what_is_irregular_is_shown(rows, code):
    found = check.irregularities(fold(*rows), date(2026, 4, 20))

    assert code in [item.code for item in found]


def test_a_case_in_order_has_no_irregularity():
    assert check.irregularities(fold(RECEIVED, ("disclosed", "2026-03-30")), date(2026, 4, 20)) == []


@pytest.mark.parametrize(
    ("rows", "step", "final"),
    [
        ([RECEIVED, ("charge", "2026-03-09")], ("pay", "2026-04-08"), True),  # 109号: after the 20th day
        ([RECEIVED, ASKED], ("receive_supplement", "2026-03-26"), False),
        ([RECEIVED], ("refused_internal_affairs", "2026-03-10"), True),  # 第36条第（三）项: reasons
        ([RECEIVED, ASKED], ("closed_supplement_lapsed", "2026-03-25"), False),
        ([RECEIVED], ("refused_third_party_rights", "2026-03-10", {"reason": "x"}), False),
    ],
)
def test_the_facts_speak_against_a_step_before_it_is_taken(rows, step, final):
    name, on, *more = step
    against = check.objections(fold(*rows), Entry(name, date.fromisoformat(on), dict(*more)))

    assert [objection.final for objection in against] == [final]


def test_a_page_offers_only_steps_that_have_an_object():
    names = [step.name for step in check.offered(fold(RECEIVED, ("accept", "2026-03-03")), [Role.HEAD])]

    assert not {"end_consultation", "unable_still_unclear", "carry_forward"} & set(names)
    assert {"consult", "extend", "disclosed"} <= set(names)


# -- the explanation -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [RECEIVED],
            [
                "2026年3月2日（周一）收到申请：当面提交",
                "20个工作日",
                "民法典第201条",
                "2026年3月30日（周一）",
            ],
        ),
        ([RECEIVED, ASKED, ("receive_supplement", "2026-03-09")], ["收到补正", "第30条", "清明节"]),
        ([RECEIVED, ("extend", "2026-03-10", {"days": 5})], ["告知延长5个工作日"]),
        ([RECEIVED, ("consult", "2026-03-09", THIRD)], ["征求甲公司意见", "第33条第3款"]),
        ([("receive", "2026-12-15", KIND)], ["2027年放假通知尚未公布", "暂定"]),
        ([RECEIVED, ("charge", "2026-03-05"), ("pay", "2026-03-12")], ["足额缴费", "109号"]),
    ],
)
def test_the_due_day_explains_itself(rows, said):
    text = "".join(explanation.lines(fold(*rows)))

    assert all(words in text for words in said), text


def test_the_diary_of_the_days_ends_with_the_twentieth_on_the_due_day():
    days = explanation.day_by_day(fold(("receive", "2026-02-10", KIND)))

    assert (days[-1].on, days[-1].number) == (date(2026, 3, 16), 20)
    assert any("春节" in day.why for day in days if day.number is None)
