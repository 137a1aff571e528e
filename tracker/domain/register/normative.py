"""Regulations and normative documents: made, repealed, in force on 31 December (第20条第1项).

The words of table 2: 本年制发件数, 本年废止件数, 现行有效件数 (国办公开办函〔2021〕30号).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.domain.case.rules import Rules
from tracker.domain.message import labels
from tracker.domain.register.register import NOTE, UNIT, Field, Register
from tracker.domain.report.table3 import first_day, last_day

REGULATION, NORMATIVE = "regulation", "normative_document"
KINDS = labels({NORMATIVE: "行政规范性文件", REGULATION: "规章"})
IN_FORCE, REPEALED, EXPIRED, AMENDED = "in_force", "repealed", "expired", "amended"
STATUSES = labels({IN_FORCE: "有效", REPEALED: "废止", EXPIRED: "失效", AMENDED: "修改"})


@dataclass(frozen=True, slots=True)
class Document:
    """What the count needs of a document. ``revises``: it takes the place of an amended one."""

    kind: str
    made_on: date
    in_force_from: date | None = None
    valid_until: date | None = None
    status: str = IN_FORCE
    ended_on: date | None = None
    leads: bool = True
    revises: bool = False

    @property
    def end(self) -> tuple[date, str] | None:
        """The first day on which it no longer holds, and how it ended; None while it holds.

        Its own term ends it without anybody's act: valid until 31 December it holds on that day
        and has expired on 1 January.
        """
        ends = []
        if self.ended_on and self.status != IN_FORCE:
            ends.append((self.ended_on, self.status))
        if self.valid_until:
            ends.append((self.valid_until + timedelta(days=1), EXPIRED))
        return min(ends, default=None)

    def holds_on(self, day: date) -> bool:
        """Return whether it is in force on the day."""
        begun = (self.in_force_from or self.made_on) <= day
        return begun and (self.end is None or self.end[0] > day)


def repeals(counting: Rules) -> Collection[str]:
    """Return the ways of ending that count under 本年废止."""
    ways = {REPEALED}
    if counting.expiry_is_repeal:
        ways.add(EXPIRED)
    if counting.revision_is_repeal:
        ways.add(AMENDED)
    return ways


def column_of(document: Document, year: int, counting: Rules) -> list[str]:
    """Return the columns of table 2 that a document is counted in for a year."""
    if not document.leads and counting.joint_documents == "lead":
        return []
    start, end = first_day(year), last_day(year)
    columns = []
    if start <= document.made_on <= end and (counting.revision_is_repeal or not document.revises):
        columns.append("made")
    over = document.end
    if over and start <= over[0] <= end and over[1] in repeals(counting):
        columns.append("repealed")
    if document.holds_on(end):
        columns.append("in_force")
    return columns


def counts(documents: Iterable[Document], year: int, counting: Rules) -> dict[str, dict[str, int]]:
    """Return the six cells of 第20条第1项 by kind and column."""
    table = {kind: {"made": 0, "repealed": 0, "in_force": 0} for kind in KINDS}
    for document in documents:
        for column in column_of(document, year, counting):
            table[document.kind][column] += 1
    return table


# -- the columns ----------------------------------------------------------------------------------

YES_NO = labels({"yes": "是", "no": "否"})
MONTH_WORDS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
MONTHS = {"0": "全年", **{str(month): f"{month}月" for month in range(1, 13)}}
DOCUMENTS = Register(
    name="normative-documents",
    title="规章、规范性文件",
    feeds="表二第（一）项",
    law="条例第20条第1项",
    hint="本年制发按发布日、废止按废止日、现行有效按12月31日的状态计。有效期届满次日起视为失效。",
    day="made_on",
    identity=("title", "number", "made_on"),
    unique=True,
    searched=("title", "number", "maker"),
    called="title",
    fields=(
        Field(
            "kind",
            "种类",
            "choice",
            words=KINDS,
            default=NORMATIVE,
            also={"规范性文件": NORMATIVE},
            headings="文件种类 类别 类型 案件类型 案件种类",
        ),
        Field(
            "title",
            "标题",
            required=True,
            listed=True,
            headings="信息名称 信息标题 名称 稿件标题 题目 文件名称 文件标题",
        ),
        Field("number", "文号", listed=True, longest=100, headings="发文字号 文件编号"),
        Field("maker", "制定机关", longest=100, headings="发文机关 发文单位 制发机关"),
        Field("joint", "联合制发机关", longest=200, headings="联合发文机关 联合制发"),
        Field(
            "leads",
            "本机关牵头",
            "choice",
            words=YES_NO,
            default="yes",
            hint="联合制发的只由牵头机关计数（无明文，可设置）。",
            headings="是否牵头 牵头 主办",
        ),
        Field(
            "made_on",
            "发布（制发）日期",
            "day",
            required=True,
            listed=True,
            headings="发布日期 发布日 制发日期 印发日期 公布日期 成文日期 发文日期 发文时间 印发时间",
        ),
        Field(
            "in_force_from", "施行日期", "day", hint="不填即为发布日期。", headings="施行日 实施日期 生效日期"
        ),
        Field(
            "valid_until",
            "有效期至",
            "day",
            listed=True,
            hint="当日仍有效。",
            headings="有效期 有效期限 截止日期 有效期届满日",
        ),
        Field("legality_review", "合法性审核", longest=200, headings="合法性审查"),
        Field("filing", "备案", longest=200, headings="备案情况 备案号"),
        Field(
            "status",
            "状态",
            "choice",
            words=STATUSES,
            default="in_force",
            listed=True,
            also={
                "现行有效": "in_force",
                "已废止": "repealed",
                "已失效": "expired",
                "已修改": "amended",
                "修订": "amended",
            },
            headings="效力状态 文件状态 有效性 清理意见 清理结果 清理结论",
        ),
        Field(
            "ended_on",
            "废止（失效、修改）日期",
            "day",
            hint="自该日起不再有效。",
            headings="状态日期 废止日期 失效日期 修改日期 废止日 废止时间",
        ),
        Field("successor", "替代文件", hint="新文件的文号或标题。", headings="替代文件文号 接替文件 新文件"),
        NOTE,
    ),
)
DECISIONS = Register(
    name="decision-counts",
    title="许可、处罚、强制、收费",
    feeds="表二第（五）（六）（八）项",
    law="条例第20条第5、6、8项",
    hint="按决定日期逐月填报，公开或依法不公开的都计；也可只填全年一行。变更、延续、不予许可均计入许可（实务）。",
    day="year",
    identity=("year", "month", "unit"),
    unique=True,
    searched=("unit", "note"),
    called="year",
    fields=(
        Field("year", "年份", "year", required=True, listed=True, headings="年度 年"),
        Field(
            "month",
            "月份",
            "month",
            words=MONTHS,
            default="0",
            listed=True,
            also={
                **{str(m).zfill(2): str(m) for m in range(1, 10)},
                **{f"{word}月": str(m) for m, word in enumerate(MONTH_WORDS, start=1)},
                "全年合计": "0",
            },
            hint="按月填报；或只填“全年”一行。",
            headings="月",
        ),
        UNIT,
        Field(
            "licences",
            "行政许可",
            "whole",
            listed=True,
            headings="许可 行政许可决定数量 许可件数 行政许可件数",
        ),
        Field(
            "penalties",
            "行政处罚",
            "whole",
            listed=True,
            hint="含简易程序（无明文）。",
            headings="处罚 行政处罚决定数量 处罚件数 行政处罚件数",
        ),
        Field(
            "coercion",
            "行政强制",
            "whole",
            listed=True,
            hint="强制措施与强制执行（实务）。",
            headings="强制 行政强制决定数量 强制件数 行政强制件数",
        ),
        Field(
            "fees",
            "行政事业性收费（万元）",
            "wan",
            listed=True,
            hint="万元，最多六位小数（即到分）。",
            headings="行政事业性收费 收费金额 收费 本年收费金额 收费金额（万元）",
        ),
        NOTE,
    ),
)
