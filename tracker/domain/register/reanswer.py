"""Answers that a reconsideration organ or a court ordered anew (重新答复): columns, term and objections.

Law: 行政复议法第64条, 行政诉讼法第71条: the same facts and reasons must not give the same result again. The
term is the one that the decision sets; where it sets none, as many working days from its receipt as the
office has set (practice: the 20 of 条例第33条). Table 3 does not count them: the request keeps its row.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import clock
from tracker.domain.case.basis import AGAINST, GIVEN, REVIEW_LAW, is_against_giving
from tracker.domain.case.clock import Due
from tracker.domain.case.duty import Duty
from tracker.domain.case.outcome import BY_CODE, OUTCOMES
from tracker.domain.case.step_field import METHODS
from tracker.domain.folding import fold
from tracker.domain.law.term import Term
from tracker.domain.message import Phrase, labels
from tracker.domain.register.register import NOTE, Field, Register

DUTY = "reanswer"
LAW = "行政复议法第64条、行政诉讼法第71条"
SET_BY_DECISION = "复议决定、裁判写明的期限"
BY_PRACTICE = "条例第33条第2款（比照答复期限，实务）"
# Why the same result may stand again (行政诉讼法解释第90条; 行政复议法第64条第2款).
CHANGED, PROCEDURE = "changed", "procedure"
REVIEW = ("reviewer", "reviewed_on", "review")
WHY_SAME = labels(
    {
        CHANGED: "主要事实或者主要理由有改变",
        PROCEDURE: "原答复因违反法定程序被撤销",
    }
)
SAME = "不得以同一的事实和理由作出基本相同的答复（行政复议法第64条第2款，行政诉讼法第71条）"
Values = Mapping[str, Any]


def due(received_on: date, until_on: date | None, days: int, calendar: WorkCalendar) -> Due:
    """Return the last day to answer anew: the decision's, else so many working days from its receipt."""
    if until_on:
        return Due(until_on, provisional=False)
    return clock.last_day(Term(DUTY, days, "重新答复", BY_PRACTICE, practice=True), received_on, calendar)


def duty(received_on: date, until_on: date | None, days: int, calendar: WorkCalendar) -> Duty:
    """Return the duty to answer anew."""
    last = due(received_on, until_on, days, calendar)
    return Duty(DUTY, last.on, SET_BY_DECISION if until_on else BY_PRACTICE, last.provisional)


def objections(values: Values) -> dict[str, str]:
    """Return what is wrong with a row by field, whatever the request."""
    wrong: dict[str, str] = {}
    if values["served_on"]:
        needed = {
            "outcome": Phrase("请选择结果。"),
            "decided_on": Phrase("请填写落款日期。"),
            "method": Phrase("请选择送达方式。"),
        }
        wrong |= {name: problem for name, problem in needed.items() if not values[name]}
        wrong |= _unreviewed(values)
    return wrong


def _unreviewed(values: Values) -> dict[str, str]:
    """Return what the review of an answer that was served lacks, by field (第17条)."""
    if values["reviewed_on"] and values["reviewed_on"] > values["served_on"]:
        return {
            "reviewed_on": Phrase(
                "审查在送达（%(served_on)s）之后：提供以前须先审查（条例第17条）。",
                served_on=values["served_on"],
            )
        }
    outcome = BY_CODE.get(values["outcome"])
    if outcome is None or outcome.family not in GIVEN:
        return {}
    if is_against_giving(values["review"]):
        return {"review": AGAINST}
    return {
        name: Phrase("提供信息的，须填写（%(review_law)s）。", review_law=REVIEW_LAW)
        for name in REVIEW
        if not values[name]
    }


def unordered(values: Values, ordered_on: date | None) -> dict[str, str]:
    """Return that nothing orders the answer anew, by field. ordered_on: the day of what does."""
    if ordered_on is None:
        return {
            "remedy_number": Phrase(
                "这件复议、诉讼还没有登记责令重新答复的结果：请先在“行政复议、行政诉讼”登记簿填写结果和结案日期。"
            )
        }
    if values["received_on"] < ordered_on:
        return {
            "received_on": Phrase(
                "收到决定的日期（%(received_on)s）早于决定、裁判的日期（%(ordered_on)s）。",
                received_on=values["received_on"],
                ordered_on=ordered_on,
            )
        }
    return {}


def same_again(values: Values, outcome: str, reason: str) -> dict[str, str]:
    """Return what stands against giving the result of the first answer again, by field.

    outcome, reason: of the answer that was annulled; empty where it is not known.
    """
    if not values["outcome"] or values["outcome"] != outcome:
        return {}
    if not values["why_same"]:
        return {
            "why_same": Phrase(
                "结果与原答复相同：%(same)s。确有例外情形的，请选择。",
                same=SAME,
            )
        }
    if values["why_same"] == CHANGED and not values["reason"]:
        return {"reason": Phrase("请写明改变了的主要事实或者主要理由。")}
    if values["why_same"] == CHANGED and reason and fold(values["reason"]) == fold(reason):
        return {"reason": Phrase("理由与原答复相同：%(same)s。", same=SAME)}
    return {}


REANSWERS = Register(
    name="reanswers",
    title="重新答复",
    feeds="不计入表三；表四计结果纠正",
    law=LAW,
    hint="复议决定、裁判责令重新答复的，另行登记：有自己的期限、文书和送达，原申请在表三中的结果不变（实务）。",
    day="received_on",
    identity=("remedy_number", "received_on"),
    unique=True,
    searched=("remedy_number", "document_number", "ordered"),
    called="remedy_number",
    fields=(
        Field(
            "remedy_number", "复议、诉讼案号", required=True, listed=True, longest=100,
            hint="“行政复议、行政诉讼”登记簿中的案号（任一审的）。", headings="案号 关联案号",
        ),
        Field("received_on", "收到决定（裁判）日期", "day", required=True, listed=True),
        Field(
            "until_on", "决定所定期限", "day", listed=True,
            hint="决定、裁判没有定期限的不填，自收到之日起按设置的工作日数计算（实务）。",
            headings="责令答复期限",
        ),
        Field("ordered", "决定（裁判）的要求", "area", longest=2000, headings="责令内容"),
        Field(
            "outcome", "重新答复的结果", "choice", listed=True,
            words={row.code: row.label for row in OUTCOMES}, headings="重新答复结果 答复结果",
        ),
        Field("reason", "事实、理由", "area", longest=2000, headings="答复理由 理由"),
        Field(
            "why_same", "结果与原答复相同的理由", "choice", words=WHY_SAME, hint=f"{SAME}。",
            headings="相同结果的理由",
        ),
        Field("document_number", "文号", longest=100, listed=True, headings="答复文号"),
        Field("decided_on", "落款日期", "day", headings="答复日期"),
        Field("method", "送达方式", "choice", words=METHODS, headings="送达途径"),
        Field(
            "served_on", "送达日期", "day", listed=True, headings="送达日",
            hint="在本系统制作文书的，以文书的送达记录为准，不填此栏。",
        ),
        Field("reviewer", "审查人", longest=60, hint=Phrase(

"提供信息的填写；不是拟稿人（"
"%(review_law)s）。",
review_law=REVIEW_LAW,
)),
        Field("reviewed_on", "审查日期", "day", hint="提供信息的填写。"),
        Field("review", "审查结论", "area", longest=1000, hint="提供信息的填写。"),
        NOTE,
    ),
)  # fmt: skip
