"""What is irregular in a case, what the facts say against a step, what a page offers."""

from datetime import date

import pytest

from tests.histories import stated
from tests.rules import always
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import basis
from tracker.domain.case.check import irregularities, objections, offered
from tracker.domain.case.event import Entry
from tracker.domain.case.history import fold
from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.permission import Role

RECEIVED = ("receive", "2026-03-02")
THIRD_PARTY = {"party": "third_party", "name": "甲公司"}
AGENCY = {"party": "agency", "name": "规划局"}
SUPPLEMENT = {"deadline_on": "2026-03-31", "received_on": "2026-03-12"}
SILENT = {**THIRD_PARTY, "received_on": "2026-03-09"}  # to 30 March
ASKED = ("ask_supplement", "2026-03-09", SUPPLEMENT)
SUPPLEMENTED = (ASKED, ("receive_supplement", "2026-03-25"))
FIFTY = ("charge", "2026-03-04", {"way": "by_piece", "amount": "50"})
CHARGED = ("charge", "2026-03-04", {"received_on": "2026-03-09"})  # to be paid by 7 April
REASONS_ASKED = ("ask_reasons", "2026-03-09", {"deadline_on": "2026-03-23"})


MINUTES = {"content": "会议纪要", "outcome": "refused_process_information", "reason": "讨论记录"}
LETTER = {"content": "函件", "outcome": "unable_not_held", "end": "absent", "reason": "经检索没有"}
SECRET = {"content": "合同", "outcome": "refused_third_party_rights", "reason": "商业秘密"}


def day(text):
    return date.fromisoformat(text)


def given(step, details):
    """An answer states what it rests on and how it was served, unless the case is about that."""
    if step not in basis.ENDS:
        return details
    return {"basis": stated(step), "reason": "写明", "method": "post", **details}


def standing(*rows):
    entries = [
        Entry(step, day(on), given(step, dict(*details)), seq)
        for seq, (step, on, *details) in enumerate((RECEIVED, *rows), 1)
    ]
    return fold(entries, shipped())


@pytest.mark.parametrize(
    ("law", "rows", "on", "codes"),
    [
        ("in good order", [], "2026-03-30", []),
        ("answered in time", [("disclosed", "2026-03-30")], "2026-12-31", []),
        ("第33条: not answered", [], "2026-03-31", ["late_answer"]),
        ("第33条: answered late", [("disclosed", "2026-03-31")], "2026-03-31", ["late_answer"]),
        ("the applicant must act", [ASKED], "2026-12-31", []),
        ("第30条: on the seventh day", [("ask_supplement", "2026-03-11", SUPPLEMENT)], "2026-03-11", []),
        (
            "第30条: on the eighth",
            [("ask_supplement", "2026-03-12", SUPPLEMENT)],
            "2026-03-12",
            ["late_supplement_notice"],
        ),
        (
            "第30条: 一次性告知",
            [*SUPPLEMENTED, ("ask_supplement", "2026-03-26", SUPPLEMENT)],
            "2026-03-26",
            ["second_supplement"],
        ),
        (
            "第33条第2款: told late",
            [("extend", "2026-03-31", {"days": 5})],
            "2026-03-31",
            ["late_answer", "late_extension"],
        ),
        (
            "told twice",
            [("extend", "2026-03-20", {"days": 5}), ("extend", "2026-03-23", {"days": 5})],
            "2026-03-23",
            ["second_extension"],
        ),
        (
            "第30条: lapsed on its last day",
            [ASKED, ("closed_supplement_lapsed", "2026-03-31")],
            "2026-03-31",
            ["early_lapse"],
        ),
        ("lapsed after it", [ASKED, ("closed_supplement_lapsed", "2026-04-01")], "2026-04-01", []),
        (
            "109号: lapsed on the last day",
            [CHARGED, ("closed_fee_lapsed", "2026-04-07")],
            "2026-04-07",
            ["early_lapse"],
        ),
        ("lapsed after it", [CHARGED, ("closed_fee_lapsed", "2026-04-08")], "2026-04-08", []),
        (
            "第30条: unclear without a supplement",
            [("unable_still_unclear", "2026-03-20")],
            "2026-03-20",
            ["no_supplement"],
        ),
        ("unclear after one", [*SUPPLEMENTED, ("unable_still_unclear", "2026-04-01")], "2026-04-01", []),
        (
            "第32条: nobody was asked",
            [("refused_third_party_rights", "2026-03-20")],
            "2026-03-20",
            ["no_consultation"],
        ),
        (
            "第32条: another organ is no third party",
            [("consult", "2026-03-09", AGENCY), ("refused_third_party_rights", "2026-03-20")],
            "2026-03-20",
            ["opinion_awaited", "no_consultation"],
        ),
        (
            "the third party was asked",
            [("consult", "2026-03-09", THIRD_PARTY), ("refused_third_party_rights", "2026-03-20")],
            "2026-03-20",
            ["opinion_awaited"],
        ),
        (
            "the third party was asked and its term is over",
            [("consult", "2026-03-09", SILENT), ("refused_third_party_rights", "2026-03-31")],
            "2026-03-31",
            [],
        ),
        (
            "235号: decided and served in two years",
            [
                REASONS_ASKED,
                ("give_reasons", "2026-03-19"),
                ("delay", "2026-03-20", {"until_on": "2027-01-29"}),
                ("disclosed", "2027-01-04", {"decided_on": "2026-12-31"}),
            ],
            "2027-01-04",
            ["unfounded_delay", "unfounded_delay", "two_years"],  # 第35条: beyond 60 days, another year
        ),
    ],
)
def test_an_irregularity_is_shown_and_refuses_nothing(law, rows, on, codes):
    found = irregularities(standing(*rows), day(on))

    assert [irregularity.code for irregularity in found] == codes, law
    assert all("第" in irregularity.law or "号" in irregularity.law for irregularity in found)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "答复期限2026-03-30，至今未答复，已超期。"),
        ([("disclosed", "2026-04-01")], "答复期限2026-03-30，2026-04-01送达，已超期。"),
    ],
)
def test_a_late_answer_names_both_days(rows, words):
    assert irregularities(standing(*rows), day("2026-05-01"))[0].message == words


# -- objections -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "rows", "step", "says", "final"),
    [
        (
            "第30条: 一次性告知",
            SUPPLEMENTED,
            ("ask_supplement", "2026-03-26", SUPPLEMENT),
            "已经告知过一次",
            False,
        ),
        (
            "第30条: a term that is none",
            [],
            ("ask_supplement", "2026-03-30", {"deadline_on": "2026-03-30"}),
            "应当晚于",
            True,
        ),
        ("第30条: the term is over", [ASKED], ("receive_supplement", "2026-04-01"), "2026-03-31届满", False),
        ("109号: day 21", [CHARGED], ("pay", "2026-04-08"), "2026-04-07届满，视为放弃", True),
        (
            "one extension a term",
            [("extend", "2026-03-20", {"days": 5})],
            ("extend", "2026-03-23", {"days": 5}),
            "已延长过一次",
            False,
        ),
        ("第33条第2款: late", [], ("extend", "2026-03-31", {"days": 5}), "2026-03-30届满", False),
        ("第36条第3项", [], ("refused_state_secret", "2026-03-20", {"reason": ""}), "须写明理由", True),
        (
            "a blank is no reason",
            [],
            ("not_processed_repeat", "2026-03-20", {"reason": "  "}),
            "须写明理由",
            True,
        ),
        ("第30条", [], ("unable_still_unclear", "2026-03-20", {"reason": "不明"}), "未经补正", False),
        (
            "第30条: too early",
            [ASKED],
            ("closed_supplement_lapsed", "2026-03-31"),
            "至2026-03-31，尚未",
            False,
        ),
        ("109号: too early", [CHARGED], ("closed_fee_lapsed", "2026-04-07"), "至2026-04-07，尚未", False),
        (
            "第32条: nobody asked in writing",
            [("consult", "2026-03-09", {**AGENCY, "received_on": "2026-03-09"})],
            ("refused_third_party_rights", "2026-03-31", {"reason": "商业秘密"}),
            "尚未书面征求",
            False,
        ),
        (
            "第32条: the third party still has time",
            [("consult", "2026-03-09", SILENT)],
            ("disclosed", "2026-03-20"),
            "意见期限至2026-03-30，尚未届满",
            False,
        ),
        (
            "第32条: of an item of several",
            [],
            ("refused_third_party_rights", "2026-03-20", {"parts": [SECRET, LETTER]}),
            "尚未书面征求",
            False,
        ),
        (
            "第36条第3项: an item without its reason",
            [],
            ("refused_process_information", "2026-03-20", {"parts": [{**MINUTES, "reason": " "}]}),
            "第1项“会议纪要”缺少理由",
            False,
        ),
        (
            "rulebook 4.3: refused counts before not held (practice)",
            [],
            ("unable_not_held", "2026-03-20", {"parts": [MINUTES, LETTER]}),
            "本件应计入“6.属于四类过程性信息”",
            False,
        ),
        (
            "第17条: reviewed after it went out",
            [],
            ("disclosed", "2026-03-20", {"basis": {**stated("disclosed"), "reviewed_on": "2026-03-21"}}),
            "（2026-03-21）晚于送达日期",
            False,
        ),
        (
            "109号: the whole is to be paid",
            [FIFTY],
            ("pay", "2026-03-10", {"amount": "49.99"}),
            "足额",
            False,
        ),
        ("109号: no number", [], ("charge", "2026-03-04", {"amount": "免"}), "金额应为", True),
        (
            "109号第3条: never both",
            [FIFTY, ("pay", "2026-03-10", {"amount": "50"})],
            ("charge", "2026-03-11", {"way": "by_page", "amount": "10"}),
            "不能同时按件、按量",
            True,
        ),
    ],
)
def test_the_facts_object_and_only_what_no_reason_can_mend_is_final(law, rows, step, says, final):
    found = objections(standing(*rows), Entry(step[0], day(step[1]), given(step[0], dict(*step[2:]))))

    assert [(says in objection.message, objection.final) for objection in found] == [(True, final)], law
    assert all("第" in objection.law or "号" in objection.law for objection in found)


@pytest.mark.parametrize(
    ("law", "rows", "step"),
    [
        ("第30条", [], ("ask_supplement", "2026-03-09", SUPPLEMENT)),
        ("第30条: on the last day", [ASKED], ("receive_supplement", "2026-03-31")),
        ("109号: on the last day", [CHARGED], ("pay", "2026-04-07")),
        ("第33条第2款: on the last day", [], ("extend", "2026-03-30", {"days": 20})),
        ("第36条第2项: all is given", [], ("disclosed", "2026-03-20")),
        ("第30条", SUPPLEMENTED, ("unable_still_unclear", "2026-04-01", {"reason": "不明"})),
        ("第30条: the day after", [ASKED], ("closed_supplement_lapsed", "2026-04-01")),
        ("109号: the day after", [CHARGED], ("closed_fee_lapsed", "2026-04-08")),
        (
            "第32条: the third party was silent for its 15 working days",
            [("consult", "2026-03-09", SILENT)],
            ("refused_third_party_rights", "2026-03-31", {"reason": "商业秘密"}),
        ),
        (
            "第39条: a petition needs no opinion",
            [("consult", "2026-03-09", THIRD_PARTY)],
            ("not_processed_petition", "2026-03-20", {"reason": "信访"}),
        ),
        (
            "edge case 2: an item refused, another not held",
            [],
            ("refused_process_information", "2026-03-20", {"parts": [MINUTES, LETTER]}),
        ),
        (
            "edge case 3: names blacked out in one document",
            [],
            ("partially_disclosed", "2026-03-20", {"reason": "个人隐私"}),
        ),
        ("a new term, a new extension", [("extend", "2026-03-05", {"days": 5}), *SUPPLEMENTED],
         ("extend", "2026-04-01", {"days": 5})),
        ("whatever the day", [], ("withdraw", "2026-12-31")),
    ],
)  # fmt: skip
def test_nothing_is_said_against_what_the_law_allows(law, rows, step):
    assert objections(standing(*rows), Entry(step[0], day(step[1]), given(step[0], dict(*step[2:])))) == [], (
        law
    )


@pytest.mark.parametrize("outcome", [o for o in OUTCOMES if o.needs_reason], ids=lambda o: o.code)
def test_an_answer_that_owes_a_reason_is_objected_to_under_its_own_article(outcome):
    found = objections(standing(), Entry(outcome.code, day("2026-03-20"), {"basis": stated(outcome.code)}))

    assert [objection.law for objection in found if objection.final] == [outcome.law]


# -- what a page offers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "step", "shown"),
    [
        ([("accept", "2026-03-03")], "end_consultation", False),
        ([("consult", "2026-03-09", THIRD_PARTY)], "end_consultation", True),
        (
            [("consult", "2026-03-09", THIRD_PARTY), ("end_consultation", "2026-03-18", THIRD_PARTY)],
            "end_consultation",
            False,
        ),
        ([("accept", "2026-03-03")], "unable_still_unclear", False),
        (SUPPLEMENTED, "unable_still_unclear", True),
        (SUPPLEMENTED, "disclosed", True),
        ([ASKED], "disclosed", False),
        ([ASKED], "closed_supplement_lapsed", True),
        ([CHARGED], "pay", True),
        ([], "consult", True),
        ([("accept", "2026-03-03")], "give_reasons", False),
        ([REASONS_ASKED], "give_reasons", True),
        ([REASONS_ASKED, ("give_reasons", "2026-03-12")], "give_reasons", False),
        ([("accept", "2026-03-03")], "carry_forward", False),
    ],
)
def test_a_button_is_shown_where_the_step_has_an_object(rows, step, shown):
    names = [found.name for found in offered(standing(*rows), [Role.SYSTEM])]

    assert (step in names) is shown


def test_nothing_is_offered_once_the_case_has_ended():
    assert offered(standing(("disclosed", "2026-03-20")), [Role.SYSTEM]) == []


def test_an_extension_is_offered_to_the_head_alone():  # 第33条第2款
    accepted = standing(("accept", "2026-03-03"))

    assert "extend" in [step.name for step in offered(accepted, [Role.HEAD])]
    assert "extend" not in [step.name for step in offered(accepted, [Role.HANDLER])]


def test_a_second_extension_is_regular_where_the_office_says_so_in_its_settings():
    rows = [Entry("receive", day("2026-03-02"), {}, 1)]
    rows += [Entry("extend", day(f"2026-03-{on}"), {"days": 5}, seq) for seq, on in ((2, 10), (3, 11))]
    strict, free = (fold(rows, shipped(), always(second_extension=allowed)) for allowed in (False, True))
    again = Entry("extend", day("2026-03-12"), {"days": 5})

    assert [i.code for i in irregularities(strict, day("2026-03-12"))] == ["second_extension"]
    assert len(objections(strict, again)) == 1
    assert irregularities(free, day("2026-03-12")) == []
    assert objections(free, again) == []
