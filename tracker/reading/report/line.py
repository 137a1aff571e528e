"""Lines of text that are rows of a table: cells parted by tabs, bars, commas or blanks, or broken over lines.

People copy a table out of a PDF, a page or a mail: a label then stands above, beside or around its
figures, figures stand one on a line, or run into the label before them.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator

from tracker.domain.report.format import TABLE4_COLUMNS
from tracker.domain.report.label import block4_of, row_of, section_of, table2_row
from tracker.domain.report.table3 import COLUMNS
from tracker.reading.report.grid import CELLS4, Piece, Row, is_number

MOST_LINE = 4000  # characters of a line that may be a row
MOST_LABEL_LINES = 4  # that one label is broken over
GLUED = re.compile(r"(.*[^\d\s.,])(\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,6})?)")
RULE = re.compile(r"\s*:?-{3,}+:?\s*")
WIDE4, WIDE3 = len(CELLS4), len(COLUMNS)
BLOCKS4 = (len(TABLE4_COLUMNS), 2 * len(TABLE4_COLUMNS), WIDE4)
FEW = (1, 2, 3)  # figures of a row of table 2
FIGURES = re.compile(r"[\d\s.,/—–-]+")
FULL_STOPS = "。！？；：!?;:"
SHORTEST_WRAPPED = 18  # characters of a line that a page was too narrow for
NUMBERED = re.compile(
    r"\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|第[一二三四五六七八九十]|[#*•●■])"
)


def pieces(lines: Iterable[str]) -> list[Piece]:
    """Return the lines, those that make up rows of tables as such."""
    report_pieces: list[Piece] = []
    run: list[str] = []  # lines that hold nothing but a few figures
    for line in lines:
        if _is_rule(line):
            continue
        row = row_in(line)
        if row is None and (_is_figures(line) or (run and not line.strip())):
            run.append(line)
            continue
        _settle(run, report_pieces)
        run = []
        report_pieces.append([_labelled(row, report_pieces)] if row else line)
    _settle(run, report_pieces)
    return report_pieces


def _is_rule(line: str) -> bool:
    """Return whether a line draws the line under the headings of a table: | --- | :---: |."""
    if "---" not in line or "|" not in line or len(line) > MOST_LINE:
        return False
    return all(RULE.fullmatch(cell) for cell in line.strip().removeprefix("|").removesuffix("|").split("|"))


def row_in(line: str) -> Row | None:
    """Return the cells of a line that is a row of a table by itself; None where it is none."""
    if len(line) > MOST_LINE:
        return None
    if "\t" in line:
        return list(line.split("\t"))
    if line.count("|") > 1:
        inner = line.strip().removeprefix("|").removesuffix("|")
        return [cell.strip() for cell in inner.split("|")]
    return _by_commas(line) or _by_blanks(line)


def _by_commas(line: str) -> Row | None:
    if "," not in line:
        return None
    cells = [cell.strip() for cell in next(csv.reader([line]), [])]
    named = [cell for cell in cells if row_of(cell) or table2_row(cell) or block4_of(cell)]
    figures = sum(map(is_number, cells))
    if (named and figures) or (figures == len(cells) == WIDE4) or len(cells) > figures >= WIDE3:
        return list(cells)
    return None


def _by_blanks(line: str) -> Row | None:
    parts = line.split()
    count = 0
    while count < len(parts) and is_number(parts[-1 - count]):
        count += 1
    head, figures = _parted(parts[: len(parts) - count], parts[len(parts) - count :])
    named = " ".join(head)
    if row_of(named) and len("".join(figures)) == WIDE3 and "".join(figures).isdecimal():
        return [named, *"".join(figures)]  # seven signs can only be seven cells
    if len(figures) >= WIDE3 or (figures and (table2_row(named) or block4_of(named))):
        return [named, *figures]
    return None


def _parted(head: list[str], figures: list[str]) -> tuple[list[str], list[str]]:
    """Part a figure from the label that it is glued to."""
    if not head or len(figures) >= WIDE3:
        return head, figures
    glued = GLUED.fullmatch(unicodedata.normalize("NFKC", head[-1]))
    return ([*head[:-1], glued[1]], [glued[2], *figures]) if glued else (head, figures)


def _is_figures(line: str) -> bool:
    parts = line.split()
    return 0 < len(parts) < WIDE3 and all(map(is_number, parts))


def _settle(run: list[str], report_pieces: list[Piece]) -> None:
    """Make a row of lines of figures where they are as many as a row has; else they stay lines."""
    figures = [word for line in run for word in line.split()]
    label = _label_above(report_pieces, len(figures))
    if len(figures) in (WIDE3, *BLOCKS4) or label:
        report_pieces.append([[label, *figures]])
    else:
        report_pieces += run


def _labelled(row: Row, pieces_above: list[Piece]) -> Row:
    """Return the row with the label of the lines above where it has none that is known."""
    figures = [cell for cell in row if is_number(cell)]
    own = "".join(cell for cell in row if cell and not is_number(cell)).strip()
    known = row_of(own) or table2_row(own) or block4_of(own) or NUMBERED.match(own)
    if not figures or known:
        return row
    above = _label_above(pieces_above, len(figures), own)
    return [above, *figures] if above and len(figures) + bool(own) == len([c for c in row if c]) else row


def _label_above(pieces_above: list[Piece], count: int, own: str = "") -> str:
    """Return the label that the last lines and a row's own beginning make up; empty where they make none."""
    label = own
    for piece in reversed(pieces_above[-MOST_LABEL_LINES:]):
        if not isinstance(piece, str) or section_of(piece):
            break
        label = piece.strip() + label
        if count == WIDE3 and row_of(label) and NUMBERED.match(label):  # no end of the label before
            return label
        if (count in FEW and table2_row(label)) or (count in BLOCKS4 and block4_of(label)):
            return label
        if NUMBERED.match(piece):  # what stands before it belongs to another label
            break
    return ""


def unwrapped(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines with those put together that only the width of a page broke."""
    held = ""
    for line in lines:
        if held and _goes_on(held, line):
            held += line.strip()
            continue
        if held:
            yield held
        held = line
    yield held


def _goes_on(held: str, line: str) -> bool:
    """Return whether a line goes on in the next: it has no end, and the next no beginning of its own."""
    text = held.rstrip()
    if len(text) < SHORTEST_WRAPPED or not line.strip() or "\t" in held + line or text[-1] in FULL_STOPS:
        return False
    if (
        FIGURES.fullmatch(line)
        or line.startswith(("  ", "\u3000"))
        or NUMBERED.match(line)
        or section_of(text[:MOST_HEADING])
    ):
        return False
    spoken = PAUSE.search(text[-MOST_HEADING:]) or PAUSE.search(line[:MOST_HEADING])
    return spoken is not None and row_in(line) is None and row_in(held) is None


MOST_HEADING = 80
PAUSE = re.compile(r"[，、；。,]")
