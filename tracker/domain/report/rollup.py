"""Reports added up: the sum of an agency's offices, and where it differs from what was printed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracker.domain.message import Phrase
from tracker.domain.report import format as report_format
from tracker.domain.report import table3 as report_table3
from tracker.domain.report.format import TABLE4, TABLE4_COLUMNS
from tracker.domain.report.published import PublishedReport
from tracker.domain.report.table3 import (
    COLUMN_LABELS,
    COLUMNS,
    GROUP_LABELS,
    GROUPS,
    ROWS,
    Finding,
    figure,
)

CELLS = len(ROWS) * len(COLUMNS)
ROW_LABELS = {**report_table3.ROW_LABELS, **GROUP_LABELS}


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell where the sum is not what the parent printed."""

    where: str
    summed: str
    printed: str


def total(reports: Sequence[PublishedReport], agency: str, year: int) -> PublishedReport:
    """Return the sum, cell by cell. What an office did not print counts 0 (``unprinted`` says so).

    A heading printed as one row counts under the last of its rows, so that the balance holds.
    """
    table3: dict[str, dict[str, int | None]] = {
        row: {column: sum(_cell(report, row, column) for report in reports) for column in COLUMNS}
        for row in ROWS
    }
    table4: dict[str, dict[str, int | None]] = {
        block: {c: sum(figure(report.table4, block, c) or 0 for report in reports) for c in TABLE4_COLUMNS}
        for block in TABLE4
    }
    table2: dict[str, Decimal | None] = {
        key: sum((report.table2.get(key) or Decimal(0) for report in reports), Decimal(0))
        for key in keys2(year)
    }
    form = report_format.of_year(year)
    return PublishedReport(year, table3, agency=agency, form=form, table2=table2, table4=table4)


def _cell(report: PublishedReport, row: str, column: str) -> int:
    value = figure(report.table3, row, column)
    if value is not None:
        return value
    group = row.rpartition(".")[0]
    lumped = figure(report.table3, group, column)
    if group not in GROUPS or row != GROUPS[group][-1] or lumped is None:
        return 0
    return lumped - sum(figure(report.table3, leaf, column) or 0 for leaf in GROUPS[group])


def keys2(year: int) -> list[str]:
    """Return the keys of table 2 in the form of the year."""
    blocks = report_format.of_year(year).table2
    return [key for block in blocks for _label, keys in block.rows for key in keys]


def unprinted(report: PublishedReport) -> list[Finding]:
    """Return how many cells of table 3 an office left out: they are counted as 0."""
    lumped = {leaf for group, leaves in GROUPS.items() if group in report.results for leaf in leaves}
    blank = sum(
        figure(report.table3, row, column) is None for row in ROWS if row not in lumped for column in COLUMNS
    )
    findings = []
    if blank:
        findings.append(
            Finding(
                "blank",
                "表三",
                Phrase(
                    "%(cells)s格中有%(blank)s格没有填写，汇总时按0计。",
                    cells=CELLS,
                    blank=blank,
                ),
            )
        )
    if lumped:
        message = Phrase("“其他处理”只有一个合计，没有分项，汇总时计入其末项“3.其他”。")
        findings.append(Finding("blank", "表三", message))
    return findings


def differences(summed: PublishedReport, printed: PublishedReport) -> list[Difference]:
    """Return the cells that the parent printed otherwise; what it did not print is not compared."""
    return [
        Difference(where, str(ours), str(theirs))
        for where, ours, theirs in _pairs(summed, printed)
        if ours != theirs
    ]


def _pairs(summed: PublishedReport, printed: PublishedReport) -> Iterator[tuple[str, Any, Any]]:
    """Yield (where, the sum, what was printed) of every cell that was printed."""
    cells: list[tuple[str, Any, Any]] = [
        (Phrase("表二 %(label2)s", label2=_label2(summed, key)), ours, printed.table2.get(key))
        for key, ours in summed.table2.items()
    ]
    cells += [
        (
            Phrase(
                "表三 %(value)s %(value2)s",
                value=ROW_LABELS[row],
                value2=COLUMN_LABELS[column],
            ),
            _sum(summed.table3, row, column),
            figure(printed.table3, row, column),
        )
        for row in ROW_LABELS
        for column in COLUMNS
    ]
    cells += [
        (
            Phrase("表四 %(label)s %(column_label)s", label=label, column_label=column_label),
            figure(summed.table4, block, column),
            figure(printed.table4, block, column),
        )
        for block, label in TABLE4.items()
        for column, column_label in TABLE4_COLUMNS.items()
    ]
    yield from (cell for cell in cells if cell[2] is not None)


def _sum(table: Mapping[str, Mapping[str, int | None]], row: str, column: str) -> int:
    return sum(figure(table, leaf, column) or 0 for leaf in GROUPS.get(row, (row,)))


def _label2(report: PublishedReport, key: str) -> str:
    for block in report.form.table2:
        for label, keys in block.rows:
            if key in keys:
                return f"{label} {block.columns[keys.index(key)]}"
    return key


def as_exchange(report: PublishedReport) -> dict[str, Any]:
    """Return a report so that ``published.of_exchange`` gives its figures and texts again."""
    return {
        "format": report.form.code,
        "agency": report.agency,
        "title": report.title,
        "year": report.year,
        "table2": {key: None if value is None else str(value) for key, value in report.table2.items()},
        "table3": {row: dict(cells) for row, cells in report.table3.items()},
        "table4": {block: dict(cells) for block, cells in report.table4.items()},
        "sections": dict(report.sections),
    }


def of_all(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, each once."""
    return list(dict.fromkeys(findings))
