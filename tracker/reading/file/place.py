"""Where personal data stands on the pages of a PDF: suggestions for boxes. Runs in a process with limits."""

from collections.abc import Iterator, Sequence
from ctypes import c_double, c_int
from dataclasses import dataclass
from typing import Any

from pypdfium2 import raw

from tracker.domain.case.file import PDF
from tracker.domain.case.personal import PersonalSpan, personal
from tracker.domain.case.redaction import WHOLE
from tracker.reading.file import picture

ABOVE, BESIDE = 0.12, 0.02  # of a line's height that a box is larger above and below, left and right
MOST = 1000  # suggestions of a file


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A box that is suggested: its page from 1, its edges in ten-thousandths, what may stand there."""

    page: int
    left: int
    top: int
    right: int
    bottom: int
    kind: str


def suggestions(content: bytes, mime: str, names: Sequence[str]) -> list[Suggestion]:
    """Return what a person may want to withhold; nothing of pictures, whose text is not read."""
    if mime != PDF:
        return []
    result: list[Suggestion] = []
    with picture.opened_pdf(content) as document:
        for number in range(len(document)):
            page = document[number]
            reading = page.get_textpage()
            text = "".join(chr(raw.FPDFText_GetUnicode(reading, at)) for at in range(reading.count_chars()))
            for span in personal(text, names):
                result += _boxes(page, reading, number + 1, span)
            reading.close()
            page.close()
            if len(result) > MOST:
                break
    return result[:MOST]


def _boxes(page: Any, reading: Any, number: int, span: PersonalSpan) -> Iterator[Suggestion]:
    """Yield a box for each line over which a span runs."""
    line: list[tuple[float, float, float, float]] = []
    for at in range(span.start, span.end):
        edges = _edges(page, reading, at)
        if edges[2] <= edges[0] or edges[3] <= edges[1]:
            continue
        if line and (edges[1] > line[-1][3] or edges[3] < line[-1][1]):
            yield _around(line, number, span.kind)
            line = []
        line.append(edges)
    if line:
        yield _around(line, number, span.kind)


def _edges(page: Any, reading: Any, at: int) -> tuple[float, float, float, float]:
    """Return the left, upper, right and lower edge of a sign on the page as it is shown."""
    left, bottom, right, top = reading.get_charbox(at, loose=True)
    corners = [_shown(page, x, y) for x in (left, right) for y in (bottom, top)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(down), max(across), max(down)


def _shown(page: Any, x: float, y: float) -> tuple[int, int]:
    across, down = c_int(), c_int()
    raw.FPDF_PageToDevice(page, 0, 0, WHOLE, WHOLE, 0, c_double(x), c_double(y), across, down)
    return across.value, down.value


def _around(line: Sequence[tuple[float, float, float, float]], number: int, kind: str) -> Suggestion:
    left, top = min(edges[0] for edges in line), min(edges[1] for edges in line)
    right, bottom = max(edges[2] for edges in line), max(edges[3] for edges in line)
    high, wide = (bottom - top) * ABOVE, (bottom - top) * BESIDE
    return Suggestion(
        number,
        max(0, round(left - wide)),
        max(0, round(top - high)),
        min(WHOLE, round(right + wide)),
        min(WHOLE, round(bottom + high)),
        kind,
    )
