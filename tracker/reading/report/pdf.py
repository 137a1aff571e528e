"""PDF: the characters in their places put together to lines, figures of tables to their columns.

Only text is read: a scanned page has none, and is refused in words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

import pypdfium2
from pypdfium2 import raw

from tracker.domain.errors import UnreadableReportError
from tracker.domain.report.label import row_of
from tracker.domain.report.table3 import COLUMNS, GROUPS
from tracker.reading.report.grid import Piece, is_number
from tracker.reading.report.line import NUMBERED, unwrapped

MOST_PAGES, MOST_CHARACTERS = 300, 400_000
FEWEST_CHARACTERS = 100  # of a document that has a text at all
GAP, GAP_OF_DIGITS = 0.75, 0.1  # of a character's height: what is further apart is another cell
SAME_LINE, INDENT = 0.5, 1.2  # of a character's height
SMALL = 0.9  # of a figure's height: what is smaller behind it is the number of a note
NEXT_LINE = 1.7  # of a line's height: within it a figure goes on that a narrow column broke
SCANNED = (
    "这是扫描件或图片做成的 PDF，里面没有文字，不能读取：请提供 Word（.docx）、网页、Excel 或带文字的 PDF。"
)


@dataclass(slots=True)
class Segment:
    """Characters in a row without a gap: a cell, or a part of a line."""

    left: float
    right: float
    text: str

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(slots=True)
class PageLine:
    """The segments of one line of a page, from left to right."""

    level: float
    height: float
    segments: list[Segment] = field(default_factory=list)

    def split(self) -> tuple[list[Segment], list[Segment]]:
        """Return the segments before the figures at its end, and the figures."""
        count = 0
        while count < len(self.segments) and is_number(self.segments[-1 - count].text):
            count += 1
        place = len(self.segments) - count
        return self.segments[:place], self.segments[place:]


def pieces(content: bytes) -> list[Piece]:
    """Return the document's lines; raise UnreadableReportError where it has a password or no text."""
    try:
        document = pypdfium2.PdfDocument(content)
        pages = [_lines(document[place]) for place in range(min(len(document), MOST_PAGES))]
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise UnreadableReportError("PDF 有密码：请去掉密码后另存一份再试。") from error
        raise UnreadableReportError("PDF 已损坏，不能打开：请重新导出一份再试。") from error
    lines = [line for page in pages for line in page]
    if sum(len(segment.text) for line in lines for segment in line.segments) < FEWEST_CHARACTERS:
        raise UnreadableReportError(SCANNED)
    columns = _columns(lines)
    pages = [_unbroken(page, columns) for page in pages]
    return list(unwrapped(_text(line, columns, _edge(page)) for page in pages for line in page))


def _lines(page: pypdfium2.PdfPage) -> list[PageLine]:
    lines: list[PageLine] = []
    for character, left, bottom, right, top in sorted(_characters(page), key=lambda c: -(c[2] + c[4])):
        level, height = (bottom + top) / 2, max(top - bottom, 1.0)
        if not lines or lines[-1].level - level > SAME_LINE * max(height, lines[-1].height):
            lines.append(PageLine(level, height))
        lines[-1].segments.append(Segment(left, right, character))
    for line in lines:
        line.segments = list(_joined(sorted(line.segments, key=lambda s: s.left), line.height))
    return lines


def _characters(page: pypdfium2.PdfPage) -> Iterator[tuple[str, float, float, float, float]]:
    text = page.get_textpage()
    edge = tall = 0.0  # of the figure before
    for place in range(min(text.count_chars(), MOST_CHARACTERS)):
        character = chr(raw.FPDFText_GetUnicode(text, place))
        if not character.isprintable() or character.isspace():
            continue
        left, bottom, right, top = text.get_charbox(place, loose=True)
        if character.isdecimal() and top - bottom < SMALL * tall and 0 <= left - edge + 1 <= tall:
            edge = right
            continue  # the number of a note, raised behind a figure
        edge, tall = (right, top - bottom) if character.isdecimal() else (0.0, 0.0)
        yield character, left, bottom, right, top


def _joined(characters: list[Segment], height: float) -> Iterator[Segment]:
    held: Segment | None = None
    for one in characters:
        digits = held is not None and held.text[-1].isdecimal() and one.text.isdecimal()
        if held is not None and one.left - held.right <= (GAP_OF_DIGITS if digits else GAP) * height:
            held = Segment(held.left, max(held.right, one.right), held.text + one.text)
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held


def _columns(lines: list[PageLine]) -> list[float]:
    """Return the middles of the seven columns of table 3, from the rows that have all seven figures."""
    rows = [figures for line in lines if len(figures := line.split()[1]) == len(COLUMNS)]
    return [median(row[place].middle for row in rows) for place in range(len(COLUMNS))] if rows else []


def _unbroken(lines: list[PageLine], columns: list[float]) -> list[PageLine]:
    """Return the lines with the figures put together that a narrow column broke: 10 over 31 is 1031."""
    kept: list[PageLine] = []
    for line in lines:
        labels, figures = line.split()
        above = kept[-1].split()[1] if kept else []
        is_near = bool(kept) and kept[-1].level - line.level <= NEXT_LINE * line.height
        is_row = any(row_of(label.text) or NUMBERED.match(label.text) for label in labels)
        if is_near and not is_row and 0 < len(figures) < len(columns) == len(above):
            pairs = _continued(figures, above, columns)
            if pairs:
                for figure, first in pairs:
                    first.text += figure.text
                line.segments = labels
        if line.segments:
            kept.append(line)
    return kept


def _continued(
    figures: list[Segment], above: list[Segment], columns: list[float]
) -> list[tuple[Segment, Segment]]:
    """Return each figure with the one over it in its column; none where one cannot be its end."""
    places = [min(range(len(columns)), key=lambda n: abs(columns[n] - one.middle)) for one in figures]
    pairs = [(one, above[place]) for one, place in zip(figures, places, strict=True)]
    if len(set(places)) < len(places):
        return []
    fits = (
        one.text.isdecimal() and first.text.isdecimal() and len(one.text) <= len(first.text)
        for one, first in pairs
    )
    return pairs if all(fits) else []


def _edge(page: list[PageLine]) -> float:
    return min((line.segments[0].left for line in page), default=0.0)


def _text(line: PageLine, columns: list[float], edge: float) -> str:
    """Return a line as text: a row of table 3 with tabs, blanks where a column has no figure."""
    labels, figures = line.split()
    named = labels[-1].text if labels else ""
    if figures and len(figures) <= len(columns) and (len(figures) == len(columns) or row_of(named)):
        cells = _by_column(figures, columns)
        if cells is not None:
            label = "" if row_of(named) in GROUPS and len(labels) == 1 else named
            return "\t".join([label, *cells])
    indent = "  " if line.segments and line.segments[0].left - edge > INDENT * line.height else ""
    return indent + " ".join(segment.text for segment in line.segments)


def _by_column(figures: list[Segment], columns: list[float]) -> list[str] | None:
    """Return the seven cells of a row; None where two figures claim one column."""
    cells = [""] * len(columns)
    for figure in figures:
        place = min(range(len(columns)), key=lambda n: abs(columns[n] - figure.middle))
        if cells[place]:
            return None
        cells[place] = figure.text
    return cells
