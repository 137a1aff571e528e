"""A document as one run of rows, cut where another report begins."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracker.domain.report_label import row_of, section_of
from tracker.reporting import reader_lines
from tracker.reporting.reader_grid import Piece, Row, is_number

TITLE = re.compile(r"^(.*?)(\d{4})年度?(.*?)(?:政府信息公开|政务公开)(?:工作)?(?:年度|情况|的|工作)*报告")
LONGEST_TITLE = 80
MOST_UNITS, MOST_CELLS = 40_000, 300  # rows and cells of a document: what is longer is no annual report
FIRST_ROW = "新收"  # stands in the label of the first row of table 3 and in no other


@dataclass(frozen=True, slots=True)
class Unit:
    """A line, or a row of a table.

    begins:  it is the first of its table. aligned: the cells of its table stand in true columns.
    """

    row: Row
    begins: bool = True
    aligned: bool = False

    @property
    def line(self) -> str:
        """Its words where it is a line or holds one text alone; else empty."""
        texts = [cell for cell in self.row if cell and cell.strip()]
        return texts[0] if len(texts) == 1 else ""


def units(pieces: Iterable[Piece], *, aligned: bool) -> list[Unit]:
    """Return the rows of a document; lines that are rows of a table are told apart."""
    found: list[Unit] = []
    for piece in _with_lines_read(pieces):
        if isinstance(piece, str):
            found.append(Unit([piece]))
            continue
        table = aligned and len(piece) > 1
        found += [Unit(row[:MOST_CELLS], place == 0, table) for place, row in enumerate(piece)]
    return found[:MOST_UNITS]


def _with_lines_read(pieces: Iterable[Piece]) -> Iterator[Piece]:
    lines: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            lines += piece.split("\n")
            continue
        yield from reader_lines.pieces(lines)
        lines = []
        yield piece
    yield from reader_lines.pieces(lines)


def reports(units: list[Unit]) -> Iterator[list[Unit]]:
    """Yield the units of each report: another begins with a title, or a first section, after a table 3."""
    start, table_seen = 0, False
    title: int | None = None
    begin = 0  # of the table that the unit stands in
    for place, unit in enumerate(units):
        begin = place if unit.begins else begin
        if table_seen and title is None and _is_title(unit.line):
            title = place
        opens = title is not None and _opens(unit.line)
        first = _is_first_row(unit.row)
        if table_seen and (first or opens):
            cut = begin if title is None else title
            yield units[start:cut]
            start, title = cut, None
        table_seen = first or (table_seen and not opens)
    yield units[start:]


def _is_title(line: str) -> bool:
    if not line or len(line) > LONGEST_TITLE or "。" in line:
        return False
    return bool(TITLE.match("".join(line.split())))


def _opens(line: str) -> bool:
    head = section_of(line) if 0 < len(line) <= LONGEST_TITLE else None
    return head is not None and head[0] == "1" and not head[1]


def _is_first_row(row: Row) -> bool:
    """Return whether a row is the first of table 3, with figures."""
    named = [place for place, cell in enumerate(row) if cell and FIRST_ROW in cell and row_of(cell) == "1"]
    return bool(named) and any(map(is_number, row[named[-1] + 1 :]))
