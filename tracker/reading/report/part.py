"""Cut a document into the reports that it holds."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracker.domain.errors import UnreadableReportError
from tracker.domain.message import Phrase
from tracker.domain.report.label import row_of, section_of
from tracker.reading.report import line as report_line
from tracker.reading.report.grid import Piece, Row, is_number

TITLE = re.compile(r"^(.*?)(\d{4})年度?(.*?)(?:政府信息公开|政务公开)(?:工作)?(?:年度|情况|的|工作)*报告")
AGENCY = re.compile(
    r"(?:局|委|委员会|办|办公室|办公厅|政府|厅|院|会|中心|街道|乡|镇|处|队|所|站|公司|大学|部)$"
)
LONGEST_TITLE, LONGEST_AGENCY = 80, 40
MOST_TITLE_LINES = 3
MOST_CELLS = 300  # of a row
MOST_LINES, MOST_WORDS = 6000, 50_000  # with words in them: a report has some 500 lines, and 3,000 words
TOO_LONG = Phrase(
    "文件超过%(lines)s行或%(words)s格，不像年度报告，没有读取：请只提供报告本身，多份报告请分成几个文件。",
    lines=f"{MOST_LINES:,}",
    words=f"{MOST_WORDS:,}",
)
FIRST_ROW = "新收"  # stands in the label of the first row of table 3 and in no other


@dataclass(frozen=True, slots=True)
class Passage:
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


def units(pieces: Iterable[Piece], *, aligned: bool) -> list[Passage]:
    """Return the rows of a document; lines that are rows of a table are told apart."""
    passages: list[Passage] = []
    given = list(pieces)
    check_length(row for piece in given for row in _rows(piece))
    for piece in _with_lines_read(given):
        if isinstance(piece, str):
            passages.append(Passage([piece]))
            continue
        table = aligned and len(piece) > 1
        passages += [Passage(row[:MOST_CELLS], place == 0, table) for place, row in enumerate(piece)]
    return passages


def check_length(rows: Iterable[str | Row]) -> None:
    """Raise UnreadableReportError where there are more lines, or words and cells, than reports can have."""
    lines = word_count = 0
    for place, row in enumerate(rows):
        count = len(row.split()) if isinstance(row, str) else sum(map(bool, row))
        lines, word_count = lines + bool(count), word_count + count
        if lines > MOST_LINES or max(place, word_count) > MOST_WORDS:
            raise UnreadableReportError(TOO_LONG)


def _rows(piece: Piece) -> Iterable[str | Row]:
    return piece.split("\n") if isinstance(piece, str) else piece


def _with_lines_read(pieces: Iterable[Piece]) -> Iterator[Piece]:
    lines: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            lines += piece.split("\n")
            continue
        yield from report_line.pieces(lines)
        lines = []
        yield piece
    yield from report_line.pieces(lines)


def reports(units: list[Passage]) -> Iterator[list[Passage]]:
    """Yield the units of each report: another begins with a title, or a first section, after a table 3."""
    start, table_seen = 0, False
    title: int | None = None
    begin = 0  # of the table that the unit stands in
    for place, unit in enumerate(units):
        begin = place if unit.begins else begin
        if table_seen and title is None:
            title = _title_of_next(units, place, start)
        opens = title is not None and _opens(unit.line)
        first = _is_first_row(unit.row)
        if table_seen and (first or opens):
            cut = begin if title is None else title
            yield units[start:cut]
            start, title = cut, None
        table_seen = first or (table_seen and not opens)
    yield units[start:]


def _title_of_next(units: list[Passage], place: int, start: int) -> int | None:
    """Return where the next report's title begins, below the first unit of the one that is read."""
    above = _title_above(units, place)
    return None if above is None else max(above, start + 1)


def _title_above(units: list[Passage], place: int) -> int | None:
    """Return where the title begins that ends in a unit; None where none ends there.

    It may be broken over lines, its agency on the first.
    """
    lines = [unit.line.strip() for unit in units[max(0, place - MOST_TITLE_LINES + 1) : place + 1]]
    for count in range(1, len(lines) + 1):
        if not lines[-count] or not (match := _title("".join(lines[-count:]))):
            continue
        first = place - count + 1
        above = units[first - 1].line.strip() if first and not (match[1] or match[3]) else ""
        return first - bool(len(above) <= LONGEST_AGENCY and AGENCY.search(above))
    return None


def _title(text: str) -> re.Match[str] | None:
    """Return the title that some words are; None where they are none."""
    if not text or len(text) > LONGEST_TITLE or "。" in text:
        return None
    return TITLE.match("".join(text.split()))


def _opens(line: str) -> bool:
    head = section_of(line) if 0 < len(line) <= LONGEST_TITLE else None
    return head is not None and head[0] == "1" and not head[1]


def _is_first_row(row: Row) -> bool:
    """Return whether a row is the first of table 3, with figures."""
    named = [place for place, cell in enumerate(row) if cell and FIRST_ROW in cell and row_of(cell) == "1"]
    return bool(named) and any(map(is_number, row[named[-1] + 1 :]))
