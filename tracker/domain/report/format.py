"""The forms of the annual report as data: which rows and columns, for which years.

A form of later years is one more form in FORMATS; nothing else names a row or a column of it.

Layouts and labels, verbatim: 国办公开办函〔2019〕60号 (trial, reports of 2019 and 2020) and
国办公开办函〔2021〕30号 (from the report of 2021). Years before 2019 had indicator tables of
other kinds; what is counted of them is shown in the form of 2019.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.message import Spoken, Statutory, labels
from tracker.domain.report.table3 import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    COLUMNS,
    RECEIVED_ROW,
    ROW_LABELS,
    TOTAL_ROW,
    Cells,
)

SECTIONS = labels(
    {
        "1": "一、总体情况",
        "2": "二、主动公开政府信息情况",
        "3": "三、收到和处理政府信息公开申请情况",
        "4": "四、政府信息公开行政复议、行政诉讼情况",
        "5": "五、存在的主要问题及改进情况",
        "6": "六、其他需要报告的事项",
    },
    Statutory,
)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of table 3.

    group:  the heading that it stands under; empty where the row is its own heading.
    leaves: the rows that cases are counted in; more than one where the form prints their sum.
    """

    code: str
    label: str
    group: str
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block(Spoken):
    """A part of table 2: its heading, its columns, its rows as (label, key of each column)."""

    STATUTORY: ClassVar[tuple[str, ...]] = ("heading", "columns", "rows")

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """The form of the reports from one year to another.

    last_year, rows: as the forms after it and the catalogue of outcomes say (``_dated``); last_year is None
                     until a new form comes.
    """

    code: str
    law: str
    first_year: int
    table2: tuple[Block, ...]
    last_year: int | None = None
    rows: tuple[FormRow, ...] = ()

    @property
    def results(self) -> tuple[FormRow, ...]:
        """The rows of 本年度办理结果 without their total."""
        return tuple(row for row in self.rows if row.code not in FLOW_ROWS)

    def printed(self, table: Mapping[str, Mapping[str, int]]) -> Cells:
        """Return the table with the rows that this form prints as a sum added to it."""
        sums = {
            row.code: {column: sum(table[leaf][column] for leaf in row.leaves) for column in COLUMNS}
            for row in self.rows
            if row.code not in table
        }
        return {**{row: dict(cells) for row, cells in table.items()}, **sums}


FLOW_ROWS = (RECEIVED_ROW, CARRIED_IN_ROW, TOTAL_ROW, CARRIED_OUT_ROW)


def _flow(code: str) -> FormRow:
    return FormRow(code, ROW_LABELS[code], "", (code,))


def _rows(year: int) -> tuple[FormRow, ...]:
    """Return the rows of a form that begins with the year: an outcome that came later shares a row."""
    rows = {code: _flow(code) for code in (RECEIVED_ROW, CARRIED_IN_ROW)}
    for outcome in OUTCOMES:
        code = outcome.row_in(year)
        if not code:
            continue
        family = [other for other in OUTCOMES if other.family is outcome.family]
        if code == outcome.row:
            group = outcome.family.value if len(family) > 1 else ""
            rows[code] = FormRow(code, outcome.label, group, (code,))
        else:
            rows[code] = FormRow(code, outcome.family.value, "", tuple(other.row for other in family))
    return (*rows.values(), _flow(TOTAL_ROW), _flow(CARRIED_OUT_ROW))


def _dated(*forms: ReportFormat) -> tuple[ReportFormat, ...]:
    """Return the forms with the rows of their years, each until the next begins."""
    ends = [*(form.first_year - 1 for form in forms[1:]), None]
    return tuple(
        replace(form, last_year=end, rows=_rows(form.first_year))
        for form, end in zip(forms, ends, strict=True)
    )


def _keys(prefix: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names)


def _decisions(key: str) -> tuple[str, ...]:
    """Return the keys of the trial form: 上一年项目数量, 本年增/减, 处理决定数量."""
    return (*_keys(f"{key}_items", "last_year", "change"), key)


MADE = ("made", "repealed", "in_force")
PUBLISHED = ("made", "newly_public", "public_total")
DECISIONS = ("本年处理决定数量",)
ITEMS = ("上一年项目数量", "本年增/减", "处理决定数量")
ARTICLE_20_1, ARTICLE_20_5 = "第二十条第（一）项", "第二十条第（五）项"
ARTICLE_20_6, ARTICLE_20_8 = "第二十条第（六）项", "第二十条第（八）项"
ARTICLE_20_9 = "第二十条第（九）项"

TRIAL = ReportFormat(
    code="60号/2019",
    law="国办公开办函〔2019〕60号",
    first_year=2019,
    table2=(
        Block(
            ARTICLE_20_1,
            ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
            (
                ("规章", _keys("regulations", *PUBLISHED)),
                ("规范性文件", _keys("normative_documents", *PUBLISHED)),
            ),
        ),
        Block(
            ARTICLE_20_5,
            ITEMS,
            (("行政许可", _decisions("licences")), ("其他对外管理服务事项", _decisions("services"))),
        ),
        Block(
            ARTICLE_20_6,
            ITEMS,
            (("行政处罚", _decisions("penalties")), ("行政强制", _decisions("coercion"))),
        ),
        Block(ARTICLE_20_8, ITEMS[:2], (("行政事业性收费", _keys("fee_items", "last_year", "change")),)),
        Block(
            ARTICLE_20_9,
            ("采购项目数量", "采购总金额"),
            (("政府集中采购", _keys("procurement", "projects", "wan_yuan")),),
        ),
    ),
)

SINCE_2021 = ReportFormat(
    code="30号/2021",
    law="国办公开办函〔2021〕30号",
    first_year=2021,
    table2=(
        Block(
            ARTICLE_20_1,
            ("本年制发件数", "本年废止件数", "现行有效件数"),
            (
                ("规章", _keys("regulations", *MADE)),
                ("行政规范性文件", _keys("normative_documents", *MADE)),
            ),
        ),
        Block(ARTICLE_20_5, DECISIONS, (("行政许可", ("licences",)),)),
        Block(ARTICLE_20_6, DECISIONS, (("行政处罚", ("penalties",)), ("行政强制", ("coercion",)))),
        Block(ARTICLE_20_8, ("本年收费金额（单位：万元）",), (("行政事业性收费", ("fees_wan_yuan",)),)),
    ),
)

FORMATS = _dated(
    TRIAL,
    SINCE_2021,
)
BY_CODE = {form.code: form for form in FORMATS}
LEAVES = {row.code: row.leaves for form in FORMATS for row in form.rows}
LABELS = {row.code: row.label for form in FORMATS for row in form.rows}

# What a cell of table 2 is called: 规章 本年制发件数.
TABLE2_LABELS = {
    key: f"{label} {column}"
    for form in FORMATS
    for block in form.table2
    for label, keys in block.rows
    for key, column in zip(keys, block.columns, strict=True)
}

# Table 4 is the same in both forms: three blocks of five.
TABLE4 = labels(
    {
        "reconsideration": "行政复议",
        "direct_litigation": "行政诉讼（未经复议直接起诉）",
        "litigation_after_reconsideration": "行政诉讼（复议后起诉）",
    },
    Statutory,
)
TABLE4_COLUMNS = labels(
    {
        "upheld": "结果维持",
        "corrected": "结果纠正",
        "other": "其他结果",
        "pending": "尚未审结",
        "total": "总计",
    },
    Statutory,
)


def of_year(year: int) -> ReportFormat:
    """Return the form of the year's report; years before the first form are shown in it."""
    return next((form for form in reversed(FORMATS) if form.first_year <= year), FORMATS[0])
