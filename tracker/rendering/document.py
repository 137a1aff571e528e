"""The annual report as headings, paragraphs and tables: what every file of it is made from.

Layout: 国办公开办函〔2021〕30号, and for its years 〔2019〕60号 (domain/report/format.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.message import Statutory, worded
from tracker.domain.report.format import SECTIONS, TABLE4, TABLE4_COLUMNS, Block
from tracker.domain.report.section import PART_OF
from tracker.domain.report.table3 import COLUMN_LABELS, COLUMNS, CORNER
from tracker.rendering import layout
from tracker.rendering.annual import AnnualReport

LABEL, NUMBER = "label", "number"
TABLE_3 = "表三"
RECONSIDERATION = "reconsideration"
LITIGATION = tuple(worded(text, Statutory) for text in ("行政诉讼", "未经复议直接起诉", "复议后起诉"))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the column where it begins, what it says, how many columns and lines it spans.

    key: of a figure: ``row/column`` of table 3, ``table.row.column`` of the others.
    """

    column: int
    text: str
    kind: str = LABEL
    columns: int = 1
    rows: int = 1
    key: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the width of each column in millimetres, its lines, how many of them are headings."""

    name: str
    widths: tuple[float, ...]
    lines: tuple[tuple[Cell, ...], ...]
    head: int


@dataclass(frozen=True, slots=True)
class ReportHeading:
    """A heading: level 1 of a section, 2 of a part of section 一."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    text: str


Piece = ReportHeading | Paragraph | Grid


def title(report: AnnualReport) -> str:
    """Return the title: 〔单位〕××××年政府信息公开工作年度报告."""
    return f"{report.agency}{report.year}年政府信息公开工作年度报告"


def pieces(report: AnnualReport) -> Iterator[Piece]:
    """Yield the six sections in their order."""
    tables = {"2": table2, "3": table3, "4": table4}
    for section, heading in SECTIONS.items():
        yield ReportHeading(heading)
        if section in tables:
            yield tables[section](report)
        else:
            yield from _text(report.sections.get(section, ""))


def _text(text: str) -> Iterator[Piece]:
    for line in filter(None, map(str.strip, text.splitlines())):
        yield ReportHeading(line, 2) if line in PART_OF else Paragraph(line)


# -- table 2 --------------------------------------------------------------------------------------


def table2(report: AnnualReport) -> Grid:
    """Return table 2: a block for each item of 条例第20条."""
    span = max(len(block.columns) for block in report.form.table2)
    lines: list[tuple[Cell, ...]] = []
    for block in report.form.table2:
        lines += _block(block, span, report.table2)
    return Grid("表二", (51.0, *(105.0 / span for _ in range(span))), tuple(lines), 0)


def _block(block: Block, span: int, values: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    yield (Cell(0, worded(block.heading, Statutory), columns=span + 1),)
    places = _shares(len(block.columns), span)
    titles = zip(places, block.columns, strict=True)
    yield (
        Cell(0, worded("信息内容", Statutory)),
        *(Cell(at, worded(column, Statutory), columns=wide) for (at, wide), column in titles),
    )
    for label, keys in block.rows:
        cells = zip(places, keys, strict=True)
        yield (
            Cell(0, worded(label, Statutory)),
            *(
                Cell(at, value_of(values, key), NUMBER, wide, key=f"table2.{key}")
                for (at, wide), key in cells
            ),
        )


def _shares(count: int, span: int) -> list[tuple[int, int]]:
    """Return where each of the columns begins and how many of the span it takes; the last takes the rest."""
    wide = span // count
    return [(1 + place * wide, wide if place < count - 1 else span - place * wide) for place in range(count)]


def value_of(values: Mapping[str, Any], key: str) -> str:
    """Return a figure of table 2 or 4 by its key such as ``regulations.made``: 0, never a blank."""
    figure: Any = values
    for part in key.split("."):
        figure = figure.get(part, 0) if isinstance(figure, Mapping) else 0
    return str(figure)


# -- table 3 --------------------------------------------------------------------------------------


def table3(report: AnnualReport) -> Grid:
    """Return table 3: 25 lines in the form of 2021."""
    first, last = 3, 2 + len(COLUMNS)
    head = (
        (Cell(0, CORNER, columns=3, rows=3), Cell(first, layout.HEADINGS[0], columns=len(COLUMNS))),
        (
            Cell(first, COLUMN_LABELS[COLUMNS[0]], rows=2),
            Cell(first + 1, layout.HEADINGS[1], columns=len(COLUMNS) - 2),
            Cell(last, COLUMN_LABELS[COLUMNS[-1]], rows=2),
        ),
        tuple(Cell(at, COLUMN_LABELS[c]) for at, c in enumerate(COLUMNS[1:-1], start=first + 1)),
    )
    body = []
    for line in layout.lines(report.form):
        labels = [Cell(la.column, la.words, columns=la.columns, rows=la.rows) for la in line.labels]
        numbers = [
            Cell(at, str(report.table3[line.row][column]), NUMBER, key=f"{line.row}/{column}")
            for at, column in enumerate(COLUMNS, start=first)
        ]
        body.append((*labels, *numbers))
    widths = (13.0, 17.0, 42.0, *(12.0 for _ in COLUMNS))
    return Grid(TABLE_3, widths, (*head, *body), len(head))


# -- table 4 --------------------------------------------------------------------------------------


def table4(report: AnnualReport) -> Grid:
    """Return table 4: 行政复议 and the two halves of 行政诉讼, five cells each."""
    wide, labels = len(TABLE4_COLUMNS), tuple(TABLE4_COLUMNS.values())
    head = (
        (Cell(0, TABLE4[RECONSIDERATION], columns=wide), Cell(wide, LITIGATION[0], columns=2 * wide)),
        (
            *(Cell(at, word, rows=2) for at, word in enumerate(labels)),
            Cell(wide, LITIGATION[1], columns=wide),
            Cell(2 * wide, LITIGATION[2], columns=wide),
        ),
        tuple(Cell(at, word) for at, word in enumerate((*labels, *labels), start=wide)),
    )
    keys = [f"{block}.{column}" for block in TABLE4 for column in TABLE4_COLUMNS]
    numbers = tuple(
        Cell(at, value_of(report.table4, key), NUMBER, key=f"table4.{key}") for at, key in enumerate(keys)
    )
    return Grid("表四", tuple(10.4 for _ in keys), (*head, numbers), len(head))
