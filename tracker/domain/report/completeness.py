"""What of its form a published report does not show: rows and tables not found, cells without a figure.

A file is sound only where everything that its form prints was read (docs/exchange.md section 2).
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import groupby

from tracker.domain.message import Phrase, joined, labels
from tracker.domain.report.format import LABELS, TABLE2_LABELS, TABLE4, TABLE4_COLUMNS
from tracker.domain.report.published import Blank, PublishedReport
from tracker.domain.report.sentence import LONGEST_TEXT
from tracker.domain.report.table3 import COLUMN_LABELS, GROUP_LABELS, GROUPS, Finding

INCOMPLETE, BLANK, TWO_REPORTS = "incomplete", "blank", "two_reports"
TABLES = labels({"2": "表二", "3": "表三", "4": "表四"})
OTHER = "3.6"  # 其他处理: one row or three, by the form and by the office


def completeness(report: PublishedReport, expected: AbstractSet[str]) -> list[Finding]:
    """Return the rows and tables that were not found and the cells that are printed without a figure.

    expected: the tables, by their number, that this file should hold.
    """
    findings = [*_table2(report, expected), *_table3(report), *_table4(report, expected)]
    return [*findings, *_texts(report), *_blanks(report)]


def _texts(report: PublishedReport) -> Iterator[Finding]:
    for key, text in report.sections.items():
        if len(text) > LONGEST_TEXT:
            message = Phrase(
                "文字超过%(longest_text)s字，其后的没有核对。",
                longest_text=f"{LONGEST_TEXT:,}",
            )
            yield Finding(INCOMPLETE, Phrase("第%(key)s部分", key=key), message)


# -- rows that were not found -------------------------------------------------------------------


def _table2(report: PublishedReport, expected: AbstractSet[str]) -> Iterator[Finding]:
    if "2" not in expected:
        return
    if not report.table2:
        yield _table_not_found("2")
        return
    for block in report.form.table2:
        for label, keys in block.rows:
            if not any(key in report.table2 for key in keys):
                yield _row_not_found("2", label)


def _table3(report: PublishedReport) -> Iterator[Finding]:
    if not report.table3:
        yield _table_not_found("3")
        return
    for code in missing_rows(report):
        yield _row_not_found("3", row_label(code))


def missing_rows(report: PublishedReport) -> tuple[str, ...]:
    """Return the rows of table 3 that its form prints and that were not found in the file."""
    seen = set(report.table3)
    if OTHER in seen or set(GROUPS[OTHER]) <= seen:
        seen |= {OTHER, *GROUPS[OTHER]}
    return tuple(row.code for row in report.form.rows if row.code not in seen)


def _table4(report: PublishedReport, expected: AbstractSet[str]) -> Iterator[Finding]:
    if "4" not in expected:
        return
    if not report.table4:
        yield _table_not_found("4")
        return
    for block, label in TABLE4.items():
        if block not in report.table4:
            yield _row_not_found("4", label)


def _table_not_found(table: str) -> Finding:
    return Finding(
        INCOMPLETE,
        TABLES[table],
        Phrase(
            "没有读到%(value)s：请对照原件核对，未读到的没有核对。",
            value=TABLES[table],
        ),
    )


def _row_not_found(table: str, label: str) -> Finding:
    message = Phrase(
        "%(value)s中没有读到“%(label)s”：请对照原件核对，未读到的没有核对。",
        value=TABLES[table],
        label=label,
    )
    return Finding(INCOMPLETE, f"{TABLES[table]} {label}", message)


# -- cells without a figure ---------------------------------------------------------------------


def _blanks(report: PublishedReport) -> Iterator[Finding]:
    heads = {group for group, rows in GROUPS.items() if set(rows) <= set(report.table3)}  # print no figure
    not_told = {*missing_rows(report), *heads}
    cells = [cell for cell in report.blanks if not (cell.table == "3" and cell.row in not_told)]
    for (table, row), group in groupby(cells, key=lambda cell: (cell.table, cell.row)):
        yield _blank(table, row, list(group))


def _blank(table: str, row: str, given: list[Blank]) -> Finding:
    label = {"2": TABLE2_LABELS, "3": {**LABELS, **GROUP_LABELS}, "4": TABLE4}[table].get(row, row)
    columns = {"2": {}, "3": COLUMN_LABELS, "4": TABLE4_COLUMNS}[table]
    names = joined((columns[cell.column] for cell in given if cell.column), "、")
    signs = "、".join(dict.fromkeys(f"“{cell.words}”" if cell.words else "空白" for cell in given))
    return Finding(
        BLANK,
        f"{TABLES[table]} {label}",
        Phrase(
            "%(names)s印作%(signs)s，没有数字：没有发生的应填0。",
            names=names,
            signs=signs,
        ),
    )


def row_label(code: str) -> str:
    """Return the label of a row of table 3 or of a heading's own figure."""
    return GROUP_LABELS.get(code) or LABELS[code]
