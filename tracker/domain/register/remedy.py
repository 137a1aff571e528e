"""Reconsiderations and suits: results as the statutes name them, and the cell of table 4 for a year.

Law: 条例第50条第3项; 行政复议法; 行政诉讼法. Which result stands in which cell is practice (no text).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.domain.case import mixed
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.rules import Rules
from tracker.domain.message import Spoken, labels
from tracker.domain.register.register import NOTE, Field, Register
from tracker.domain.report.table3 import first_day, last_day

UPHELD, CORRECTED, OTHER, PENDING, TOTAL = "upheld", "corrected", "other", "pending", "total"
CELLS = (UPHELD, CORRECTED, OTHER, PENDING)
CELL_LABELS = labels(
    {
        UPHELD: "结果维持",
        CORRECTED: "结果纠正",
        OTHER: "其他结果",
        PENDING: "尚未审结",
        TOTAL: "总计",
    }
)
RECONSIDERATION, DIRECT = "reconsideration", "direct_litigation"
AFTER_RECONSIDERATION = "litigation_after_reconsideration"
KINDS = labels(
    {
        RECONSIDERATION: "行政复议",
        DIRECT: "行政诉讼（未经复议直接起诉）",
        AFTER_RECONSIDERATION: "行政诉讼（复议后起诉）",
    }
)
SAME_AS_BEFORE = "as_before"  # 维持原判, 准予撤回上诉: what the stage before found stands
REMANDED = "remanded"


@dataclass(frozen=True, slots=True)
class RemedyResult(Spoken):
    """A result: its cell, and its words with their articles before a reconsideration organ and a court."""

    code: str
    cell: str
    reconsideration: str = ""
    litigation: str = ""
    law: str = ""

    @property
    def label(self) -> str:
        return "／".join(dict.fromkeys(filter(None, (self.reconsideration, self.litigation))))


RESULTS = (
    RemedyResult("upheld", UPHELD, "维持", "", "复议法第68条"),
    RemedyResult("claim_rejected", UPHELD, "驳回行政复议请求", "驳回诉讼请求", "复议法第69条，行诉法第69条"),
    RemedyResult("annulled", CORRECTED, "撤销", "撤销", "复议法第64条，行诉法第70条"),
    RemedyResult("changed", CORRECTED, "变更", "变更", "复议法第63条，行诉法第77条"),
    RemedyResult("illegal", CORRECTED, "确认违法", "确认违法", "复议法第65条，行诉法第74条"),
    RemedyResult("ordered", CORRECTED, "责令履行", "履行", "复议法第66条，行诉法第72条"),
    RemedyResult("payment_ordered", CORRECTED, "", "给付", "行诉法第73条"),
    RemedyResult("void", CORRECTED, "确认无效", "确认无效", "复议法第67条，行诉法第75条"),
    RemedyResult("no_evidence", CORRECTED, "无证据而撤销", "", "复议法第70条"),
    RemedyResult("withdrawn", OTHER, "终止（撤回申请）", "准予撤诉", "复议法第41、74条，行诉法第62条"),
    RemedyResult("terminated", OTHER, "终止", "终结", "复议法第41条，行诉解释第88条"),
    RemedyResult("mediated", OTHER, "调解书", "调解", "复议法第73条，行诉法第60条"),
    RemedyResult("not_accepted", OTHER, "不予受理", "不予立案", "复议法第30条，行诉法第51条"),
    RemedyResult("dismissed", OTHER, "驳回行政复议申请", "驳回起诉", "复议法第33条，行诉解释第69条"),
)
LATER_RESULTS = (
    RemedyResult(SAME_AS_BEFORE, "", "", "维持原判（含准予撤回上诉）", "行诉法第89条"),
    RemedyResult(REMANDED, PENDING, "", "发回重审", "行诉法第89条"),
)
BY_RESULT = {result.code: result for result in (*RESULTS, *LATER_RESULTS)}


@dataclass(frozen=True, slots=True)
class Stage:
    """An instance: reconsideration or first instance, second instance, retrial."""

    filed_on: date
    closed_on: date | None = None
    result: str = ""

    def at_end_of(self, year: int) -> "Stage | None":
        """Return the stage as the end of the year has it; None where it had not begun."""
        if self.filed_on > last_day(year):
            return None
        still = self.closed_on is None or self.closed_on > last_day(year)
        return replace(self, closed_on=None, result="") if still else self

    def touches(self, year: int) -> bool:
        """Return whether the instance was open on a day of the year."""
        begun = self.filed_on <= last_day(year)
        return begun and (self.closed_on is None or self.closed_on >= first_day(year))


def cell_of(stages: Sequence[Stage], year: int, counting: Rules) -> str | None:
    """Return the cell of table 4 that a case is counted in for a year; None where it plays no part.

    Pending at the end of Y it counts as 尚未审结 in Y, and with its result in Y+1: table 4 has no
    carried-over row (practice). A case is pending again once it was appealed.
    """
    if not any(stage.touches(year) for stage in stages) and _standing(stages, year - 1) != PENDING:
        return None
    result = _standing(stages, year)
    if result == "not_accepted" and not counting.count_not_accepted:
        return None
    return BY_RESULT[result].cell if result in BY_RESULT else result


def _standing(stages: Sequence[Stage], year: int) -> str | None:
    """Return the result as the end of the year has it, or PENDING; None before the case was filed."""
    result: str | None = None
    for stage in (s.at_end_of(year) for s in stages):
        if stage is not None and stage.result != SAME_AS_BEFORE:
            result = PENDING if stage.result in ("", REMANDED) else stage.result
    return result


def ordered_on(stages: Sequence[Stage]) -> date | None:
    """Return the first day on which an instance found for who asks, so that an answer anew may be ordered.

    行政复议法第63—67、70、73条, 行政诉讼法第60、70—75、77条; None where no such result is recorded.
    """
    orders = (*(row.code for row in RESULTS if row.cell == CORRECTED), "mediated")
    return min(
        (stage.closed_on for stage in stages if stage.closed_on and stage.result in orders), default=None
    )


def table4(
    remedies: Iterable[tuple[str, Sequence[Stage]]], year: int, counting: Rules
) -> dict[str, dict[str, int]]:
    """Return the 15 cells of table 4 from (kind, stages) of every case.

    A result that cannot be read counts in the total alone, so that the table says so.
    """
    table = {kind: dict.fromkeys((*CELLS, TOTAL), 0) for kind in KINDS}
    for kind, stages in remedies:
        for cell in cells_of(stages, year, counting):
            if kind in table:
                table[kind][TOTAL] += 1
            if cell in table.get(kind, ()):
                table[kind][cell] += 1
    return table


def cells_of(stages: Sequence[Stage], year: int, counting: Rules) -> list[str]:
    """Return the cells that a case is counted in: one, or by instance one for each that ran in the year."""
    if counting.remedies_by == "case":
        cells = [cell_of(stages, year, counting)]
    else:
        ran = [place for place, stage in enumerate(stages, start=1) if stage.touches(year)]
        cells = [cell_of(stages[:place], year, counting) for place in ran]
    return [cell for cell in cells if cell]


def skips_reconsideration(
    kind: str, state: str, decided_on: date | None, details: Mapping[str, Any] | None = None
) -> bool:
    """Return whether a direct suit passes by the reconsideration that its refusal needs first.

    复议法第23条: what is refused under 第14、15、16条, also as a part of the answer, goes to
    reconsideration before a court; expected is 驳回起诉. The same test gives the letter its remedies.

    details: of the entry that answered; without its items a partial answer is held to refuse something.
    """
    if kind != DIRECT or state not in BY_CODE or decided_on is None:
        return False
    return "P" in mixed.remedies(state, details or {}, decided_on)


# -- the columns ----------------------------------------------------------------------------------

_FIRST = {result.code: result.label for result in RESULTS}
_LATER = {**_FIRST, **{result.code: result.label for result in LATER_RESULTS}}
_ALSO = {
    word: result.code
    for result in (*RESULTS, *LATER_RESULTS)
    for word in (result.reconsideration, result.litigation)
    if word
} | {
    "驳回请求": "claim_rejected",
    "驳回复议请求": "claim_rejected",
    "维持原行政行为": "upheld",
    "维持原判": "as_before",
    "驳回上诉": "as_before",
    "驳回上诉，维持原判": "as_before",
    "准予撤回上诉": "as_before",
    "驳回申请": "dismissed",
    "驳回复议申请": "dismissed",
    "撤销重作": "annulled",
    "撤销并责令重作": "annulled",
    "撤销并责令重新作出": "annulled",
    "撤诉": "withdrawn",
    "撤回": "withdrawn",
    "撤回申请": "withdrawn",
    "责令履行": "ordered",
    "责令公开": "ordered",
    "限期答复": "ordered",
    "无证据": "no_evidence",
    "调解": "mediated",
    "尚未审结": "",
    "未审结": "",
    "审理中": "",
}


def _instance(prefix: str, group: str, results: dict[str, str]) -> tuple[Field, ...]:
    """Return the columns of a later instance."""
    return (
        Field(f"{prefix}_number", f"{group}案号", group=group, longest=100),
        Field(f"{prefix}_organ", f"{group}法院", group=group, longest=100, headings=f"{group}机关"),
        Field(
            f"{prefix}_filed_on",
            f"{group}立案日期",
            "day",
            group=group,
            headings=f"{group}受理日期 {group}收到日期",
        ),
        Field(f"{prefix}_result", f"{group}结果", "choice", words=results, also=_ALSO, group=group),
        Field(f"{prefix}_closed_on", f"{group}结案日期", "day", group=group, headings=f"{group}审结日期"),
    )


REMEDIES = Register(
    name="remedies",
    title="行政复议、行政诉讼",
    feeds="表四",
    law="条例第50条第3项",
    hint="年末未审结的计尚未审结，次年按结果再计一次（实务）。复议后又起诉的，复议、诉讼各登记一件。不写当事人姓名，关联其申请即可。",
    day="filed_on",
    identity=("kind", "number", "case_number", "organ", "filed_on"),
    unique=True,
    searched=("number", "case_number", "organ", "cause"),
    called="number",
    fields=(
        Field(
            "kind",
            "种类",
            "choice",
            required=True,
            words=KINDS,
            listed=True,
            also={
                "复议": "reconsideration",
                "直接起诉": "direct_litigation",
                "未经复议直接起诉": "direct_litigation",
                "复议后起诉": "litigation_after_reconsideration",
            },
            headings="文件种类 类别 类型 案件类型 案件种类",
        ),
        Field("number", "案号", listed=True, longest=100, headings="一审案号 复议案号 文书号 编号"),
        Field(
            "case_number",
            "关联受理编号",
            listed=True,
            longest=40,
            hint="本机关申请台账中的编号；早于本台账的申请不填，写在事由中。",
            headings="受理编号 申请编号 依申请编号 关联依申请编号 关联编号",
        ),
        Field(
            "cause", "事由", "area", longest=2000, headings="案由 争议事项 请求事项 事项 追究事由 问题 内容"
        ),
        Field(
            "organ",
            "复议机关（法院）",
            required=True,
            listed=True,
            longest=100,
            hint="行政复议由本级人民政府管辖（复议法第24条）。",
            headings=(
                "复议机关 法院 机关 审理机关 一审法院 受理机关 机关或法院 复议机关/法院 机关/法院 审理法院 "
                "复议机关或法院 复议机关或者法院 复议机关、法院 复议机关法院"
            ),
        ),
        Field(
            "filed_on",
            "受理（立案）日期",
            "day",
            required=True,
            listed=True,
            headings=(
                "受理日期 立案日期 收到日期 提出日期 申请日期 起诉日期 收到日 一审立案日期 "
                "收到复议申请日期 收到应诉通知书时间 收到应诉通知书日期 收到复议申请时间"
            ),
        ),
        Field(
            "result",
            "结果",
            "choice",
            words=_FIRST,
            also=_ALSO,
            listed=True,
            hint="尚未审结的不填。",
            headings="审理结果 处理结果 复议结果 一审结果 裁判结果 考核结果 评议结果 得分 等次",
        ),
        Field(
            "closed_on",
            "结案日期",
            "day",
            listed=True,
            headings="审结日期 决定日期 结案日 作出日期 一审结案日期 裁判日期",
        ),
        *_instance("second", "二审", _LATER),
        *_instance("third", "再审", _LATER),
        NOTE,
    ),
)
