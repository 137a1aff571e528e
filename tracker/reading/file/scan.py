"""Read the lines of a letter from its picture or its PDF, and what they suggest. In a process with limits.

A page that has its text is not recognised anew. Pictures are read by rapidocr with the models of its own
package; nothing is fetched, nothing is sent. The packages are an extra (``tracker[ocr]``).
"""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tracker.domain.case.file import PDF
from tracker.domain.contact.scan import ScanLine, ScanSuggestion, suggestions
from tracker.domain.errors import UnreadableFileError
from tracker.domain.law import secrecy
from tracker.reading.file import picture

NEEDED = ("rapidocr", "onnxruntime")
FIRST_PAGES = 2  # and the last: a letter says who wrote it at its head or at its end
MOST_LINES, LONGEST_LINE = 400, 500
ENOUGH_TEXT = 20  # characters of a page that make it one with text
WIDTH = 1654  # pixels of A4 at 200 dots an inch
LONG = 15  # seconds of the processor after which no further page is recognised: a crowded one takes 18
PATIENCE = 20  # seconds that a picture waits for the one before it
SAME_ROW = 0.5  # of the height of a line
SIDE_BY_SIDE = 4  # rows that are looked back at
# Read before the libraries are: one thread of sums, and no report of its use to the maker of onnxruntime.
SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ORT_DISABLE_TELEMETRY": "1"}
BUSY = "正在识别另一份扫描件，请稍等片刻再试；没有作任何改动。"


@dataclass(frozen=True, slots=True)
class ScanReading:
    """What was read from a letter. pages: of the file; numbers: of those that were read.

    recognised: how many of those are pictures. mark: the level of a mark of secrecy that its text bears; then
    nothing else is handed on.
    """

    lines: list[ScanLine]
    suggestions: list[ScanSuggestion]
    pages: int
    numbers: tuple[int, ...]
    recognised: int
    mark: str = ""


def is_installed() -> bool:
    """Return whether the packages that read pictures are there."""
    return all(find_spec(name) is not None for name in NEEDED)


def read(content: bytes, mime: str, patience: float = PATIENCE) -> ScanReading:
    """Return the lines of a letter, of its first and last pages, and what they suggest.

    patience: seconds that it waits where another process recognises. Raises UnreadableFileError.
    """
    pages = picture.count(content, mime)
    lines: list[ScanLine] = []
    pictures: list[int] = []
    numbers: list[int] = []
    for number in sorted({*range(1, min(pages, FIRST_PAGES) + 1), pages}):
        texts = _written(content, number) if mime == PDF else []
        if sum(map(len, texts)) < ENOUGH_TEXT:
            if pictures and time.process_time() > LONG:
                continue
            pictures.append(number)
            texts = _recognised(picture.page(content, mime, number, width=WIDTH), patience)
        numbers.append(number)
        lines += [ScanLine(number, text[:LONGEST_LINE]) for text in texts]
    if mark := secrecy.mark_in("\n".join(line.text for line in lines)):
        return ScanReading([], [], pages, tuple(numbers), len(pictures), mark)
    lines = lines[:MOST_LINES]
    return ScanReading(lines, suggestions(lines), pages, tuple(numbers), len(pictures))


def _written(content: bytes, number: int) -> list[str]:
    """Return the lines of the text that a page of a PDF has."""
    with picture.opened_pdf(content) as document:
        reading = document[number - 1].get_textpage()
        text = reading.get_text_range(count=min(reading.count_chars(), MOST_LINES * LONGEST_LINE))
        reading.close()
    return [line.strip() for line in text.splitlines() if line.strip()]


class _Engine:
    """The recogniser of this process: loaded once, while no other process of this machine has one."""

    def __init__(self) -> None:
        self.read: Any = None
        self.turn: Any = None

    def start(self, patience: float) -> None:
        self.turn = _turn(patience)
        os.environ.update(SETTINGS)
        import cv2
        from rapidocr import RapidOCR

        cv2.setNumThreads(1)
        threads = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
        # Line by line: lines side by side take memory and, on one thread, save nothing.
        self.read = RapidOCR(params={**threads, "Rec.rec_batch_num": 1, "Global.log_level": "critical"})


_engine = _Engine()


def _recognised(image: Any, patience: float) -> list[str]:
    """Return the lines that are seen on an image, from the top; tabs part what stands side by side."""
    if _engine.read is None:
        _engine.start(patience)
    import numpy

    seen = _engine.read(numpy.ascontiguousarray(numpy.asarray(image)[:, :, ::-1]))  # it takes blue first
    if seen.boxes is None or seen.txts is None:
        return []
    return list(_rows(zip(seen.boxes, seen.txts, strict=True)))


def _rows(boxes: Any) -> Iterator[str]:
    """Yield the text of each row of boxes; boxes are of one row where their middles lie in one height."""
    rows: list[list[tuple[float, float, float, str]]] = []
    for corners, text in boxes:
        top, bottom = (float(edge(point[1] for point in corners)) for edge in (min, max))
        box = (float(min(point[0] for point in corners)), (top + bottom) / 2, bottom - top, text)
        row = next((row for row in reversed(rows[-SIDE_BY_SIDE:]) if _is_of(row, box)), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    for row in sorted(rows, key=lambda row: row[0][1]):
        yield "\t".join(text for _left, _middle, _height, text in sorted(row))


def _is_of(row: list[tuple[float, float, float, str]], box: tuple[float, float, float, str]) -> bool:
    _left, middle, height, _text = row[-1]
    return abs(middle - box[1]) < SAME_ROW * min(height, box[2])


def _turn(patience: float) -> Any:
    """Wait for the turn of this process, which ends with it. Raises UnreadableFileError.

    Two at once may be more than the memory of a small machine. On Windows one process serves, whose readers
    are counted.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    file = Path(__file__).open("rb")  # noqa: SIM115  (held to the end of the process)
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise UnreadableFileError(BUSY) from None
            time.sleep(0.2)
        else:
            return file
