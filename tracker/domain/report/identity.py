"""Every identity that a published report can break, by itself and against the year before.

The identities of table 3 are those of ``table3``; here stand the other tables and what binds
the reports of one agency from year to year.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.message import Phrase, labels
from tracker.domain.report import format as report_format
from tracker.domain.report.change import growth_findings, year_findings
from tracker.domain.report.completeness import BLANK, INCOMPLETE, TWO_REPORTS
from tracker.domain.report.contradiction import every, implied_total, text_findings
from tracker.domain.report.format import TABLE4, TABLE4_COLUMNS
from tracker.domain.report.meaning import Statements, said
from tracker.domain.report.published import PublishedReport
from tracker.domain.report.table3 import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    COLUMNS,
    RECEIVED_ROW,
    TOTAL,
    TOTAL_ROW,
    Figures,
    Finding,
    excess,
    figure,
    identities,
)

PARTS4 = tuple(column for column in TABLE4_COLUMNS if column != "total")
FLOWS = (RECEIVED_ROW, CARRIED_IN_ROW, TOTAL_ROW, CARRIED_OUT_ROW)
KINDS = labels({"regulations": "规章", "normative_documents": "行政规范性文件"})
CHECK_LABELS = labels(
    {
        INCOMPLETE: "没有读全",
        BLANK: "空白格",
        TWO_REPORTS: "一个文件多份报告",
        "cell": "格内文字",
        "row_sum": "行合计",
        "col_balance": "列勾稽关系",
        "result_sum": "办理结果总计",
        "group_sum": "分项小计",
        "table4_sum": "表四总计",
        "section2_sense": "表二合理性",
        "in_force": "现行有效件数",
        "cross_year": "上下年度结转",
        "section1_vs_table": "文字与表格",
        "section1_self": "文字前后",
        "section1_results_sum": "文字所列之和",
        "results_balance": "文字勾稽",
        "shares": "占比",
        "growth": "同比",
        "year": "年份",
    }
)
# Who makes 规章 is fixed by 立法法第91、93条: none below the cities with districts.
BELOW = re.compile(r"[\u4e00-\u9fff](区|县|旗|镇|乡|街道)")
NOT_BELOW = re.compile(r"自治区|行政区|社区|地区|区域|园区|城乡|乡村|城镇|镇江|景德镇")


def findings(report: PublishedReport, others: Iterable[PublishedReport] = ()) -> list[Finding]:
    """Return everything in the report that contradicts itself, or the same agency's year before."""
    report = with_blanks(report)
    broken = [*_words(report), *identities(report.table3, results=report.results)]
    broken += [*_table4(report), *_table2(report)]
    text = said(report)
    broken += [*text_findings(text), *year_findings(text)]
    before = _before(report, others)
    then = said(before) if before is not None else None
    broken += growth_findings(text, then)
    if then is not None:
        broken += _years(text, then)
    return every(broken)


# -- cells ------------------------------------------------------------------------------------


def _words(report: PublishedReport) -> list[Finding]:
    return [
        Finding(
            "cell",
            remark.where,
            Phrase(
                "应为不小于0的整数，现为“%(words)s”。",
                words=remark.words,
            ),
        )
        for remark in report.remarks
        if not remark.is_number
    ]


def with_blanks(report: PublishedReport) -> PublishedReport:
    """Return the report with 0 in the blanks of its tables where it prints no zero at all.

    An office that leaves its zeros out prints figures under the applicants and none of them 0; of a
    report that was read in part, nothing is known about its blanks.
    """
    cells = [cell for row in report.table3.values() for cell in row.values()]
    kinds = [figure(report.table3, RECEIVED_ROW, kind) for kind in ApplicantKind]
    totals = (figure(report.table3, row, TOTAL) for row in (RECEIVED_ROW, TOTAL_ROW))
    if 0 in cells or not any(kinds) or None in totals:
        return report
    table3 = {row: _zeroed(report.table3.get(row, {}), COLUMNS) for row in (*FLOWS, *report.results)}
    table4 = {block: _zeroed(row, TABLE4_COLUMNS) for block, row in report.table4.items()}
    return replace(report, table3=table3, table4=table4)


def _zeroed(row: Mapping[str, int | None], columns: Iterable[str]) -> dict[str, int | None]:
    return {column: row.get(column) or 0 for column in columns}


# -- table 4 and table 2 ----------------------------------------------------------------------


def _table4(report: PublishedReport) -> list[Finding]:
    broken = []
    for block, label in TABLE4.items():
        printed = figure(report.table4, block, "total")
        added = excess(printed, [figure(report.table4, block, part) for part in PARTS4])
        if added is not None:
            message = Phrase(
                "总计为%(printed)s，前四项之和为%(added)s。",
                printed=printed,
                added=added,
            )
            broken.append(Finding("table4_sum", label, message))
    return broken


def _table2(report: PublishedReport) -> list[Finding]:
    broken = []
    below = BELOW.search(NOT_BELOW.sub("", report.agency))
    rules = [report.table2.get(f"regulations.{key}") for key in report_format.MADE]
    if below and any(rules):
        message = Phrase("县、区及其以下的机关无权制定规章（立法法第91、93条），表二规章各格应为0。")
        broken.append(Finding("section2_sense", "规章", message))
    for kind, label in KINDS.items():
        made, repealed, left = (report.table2.get(f"{kind}.{key}") for key in report_format.MADE)
        if made is not None and repealed is not None and left is not None and left < made - repealed:
            message = Phrase(
                "本年制发%(made)s、废止%(repealed)s，现行有效不应少于%(value)s，现为%(left)s。",
                made=made,
                repealed=repealed,
                value=made - repealed,
                left=left,
            )
            broken.append(Finding("section2_sense", Phrase("%(label)s 现行有效件数", label=label), message))
    return broken


# -- year against year ------------------------------------------------------------------------


def same_agency(one: str, other: str) -> bool:
    """Return whether two names are one agency's: equal, or one with the names of higher levels before."""
    first, second = (_short(name) for name in (one, other))
    return first == second or (
        min(len(first), len(second)) > SHORTEST_NAME and (first.endswith(second) or second.endswith(first))
    )


def _short(name: str) -> str:
    return re.sub(r"[\s（）()]", "", name).replace("人民政府", "政府").replace("委员会", "委")


SHORTEST_NAME = 4  # 红桥区政府 can be told by its end, 水务局 cannot


def _before(report: PublishedReport, others: Iterable[PublishedReport]) -> PublishedReport | None:
    """Return the same agency's report of the year before; None where there is not exactly one.

    Reports that do not name their agency are one agency's where only the two of them are given.
    """
    given = list(others)
    earlier = [
        other
        for other in given
        if report.year is not None
        and other.year == report.year - 1
        and same_agency(report.agency, other.agency)
        and (report.agency or len(given) == 1)
    ]
    return with_blanks(earlier[0]) if len(earlier) == 1 else None


def _years(now: Statements, then: Statements) -> list[Finding]:
    carried_in, carried_out = _row(now, CARRIED_IN_ROW), _row(then, CARRIED_OUT_ROW)
    broken = identities({CARRIED_IN_ROW: carried_in}, {CARRIED_OUT_ROW: carried_out})
    return [*broken, *_in_force(now.report, then.report)]


def _row(statements: Statements, row: str) -> dict[str, int | None]:
    """Return a row of the balance: printed, worked out, or as the text states its total."""
    columns = implied(statements.report.table3)[row]
    return {**columns, TOTAL: implied_total(statements, row, columns[TOTAL])}


def implied(table: Figures) -> dict[str, dict[str, int | None]]:
    """Return the four rows of the balance with the one that is not printed worked out from the others."""
    rows = {row: {column: figure(table, row, column) for column in COLUMNS} for row in FLOWS}
    for column in COLUMNS:
        missing = [row for row in FLOWS if rows[row][column] is None]
        if len(missing) != 1:
            continue
        signs = {RECEIVED_ROW: 1, CARRIED_IN_ROW: 1, TOTAL_ROW: -1, CARRIED_OUT_ROW: -1}
        rest = sum(signs[row] * (rows[row][column] or 0) for row in FLOWS)
        worked_out = -signs[missing[0]] * rest
        rows[missing[0]][column] = worked_out if worked_out >= 0 else None
    return rows


def _in_force(report: PublishedReport, before: PublishedReport) -> list[Finding]:
    """Soft: a document may also end by its own term, and then the report should say so."""
    broken = []
    for kind, label in KINDS.items():
        made, repealed, left = (report.table2.get(f"{kind}.{key}") for key in report_format.MADE)
        first = before.table2.get(f"{kind}.in_force")
        if made is None or repealed is None or left is None or first is None:
            continue
        expected: Decimal = first + made - repealed
        if left != expected:
            message = Phrase(
                "上年现行有效%(first)s，加本年制发%(made)s，减废止%(repealed)s，应为"
                "%(expected)s，现为%(left)s。如有到期失效的文件，请在第六部分说明。",
                first=first,
                made=made,
                repealed=repealed,
                expected=expected,
                left=left,
            )
            broken.append(Finding("in_force", Phrase("%(label)s 现行有效件数", label=label), message))
    return broken
