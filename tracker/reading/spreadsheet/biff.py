"""Errors, hidden and struck rows, comments and the calendar of an .xls or .et, from its records.

The library that reads the values gives nothing for an error and says nothing of the rest. The file is a
compound file (MS-CFB) with a stream of records (MS-XLS); only the records named here are looked at.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tracker.domain.errors import UnreadableFileError
from tracker.reading.spreadsheet import grid
from tracker.reading.spreadsheet.grid import Fault, Place
from tracker.reading.spreadsheet.xlsx import BROKEN, Marks, WorkbookMarks

HEADER = 512  # bytes
ENTRY = 128  # bytes of an entry of the directory
STREAMS = ("Workbook", "Book")  # of Excel 97 and later, of 5.0 and 95
IN_HEADER = 109  # sectors of the table of sectors that the header itself names
LAST = 0xFFFFFFFA  # numbers from here on are no sectors
BOF, EOF, LOCK, DATES, SHEET, FONT, STYLE, ROW = 0x809, 0x0A, 0x2F, 0x22, 0x85, 0x31, 0xE0, 0x208
COLUMNS = 0x7D  # a group of columns: first, last, width, style, bits
NOTE, OBJECT, BOX, MORE = 0x1C, 0x5D, 0x1B6, 0x3C  # a comment's place, what is drawn, its text, what goes on
DRAWN = (0x02, 0x03, 0x06, 0x1E)  # kinds of object that people write in: rectangle, oval, text box, shape
OF_1995 = 0x500
ERROR_OR_TRUTH, FORMULA, NUMBERS = 0x205, 0x06, 0xBD
CELLS = (0xFD, 0x204, 0xD6, 0x203, 0x27E, FORMULA, ERROR_OR_TRUTH)  # of one value each
SHARED, TEXTS = 0xFD, 0xFC  # a cell whose text is one of the table of texts, that table
STRUCK, HIDDEN = 0x08, 0x20  # bits of a font, of a row
NO_FONT = 4  # a number that no font has
NO_NUMBER, ERROR = 0xFFFF, 2  # marks in the result of a formula
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip


def marks(content: bytes, names: Sequence[str]) -> WorkbookMarks:
    """Return the marks of the sheets; names: of the sheets, in their order.

    Raises UnreadableFileError where the file has a password, or its records do not hold together.
    """
    try:
        return _Records(_stream(content)).book(names)
    except (struct.error, IndexError) as error:
        raise UnreadableFileError(BROKEN) from error


def is_locked(content: bytes) -> bool:
    """Return whether the workbook has a password."""
    try:
        return any(kind == LOCK for kind, _data, _at in _records(_stream(content)[:4096]))
    except (struct.error, IndexError, UnreadableFileError):
        return False


# -- the compound file ------------------------------------------------------------------------------


def _stream(content: bytes) -> bytes:
    """Return the stream of the workbook's records."""
    (size,) = struct.unpack_from("<H", content, 30)
    sector = 1 << min(size, 16)
    if sector < HEADER:
        raise UnreadableFileError(BROKEN)
    (directory,) = struct.unpack_from("<I", content, 48)
    (cutoff, few) = struct.unpack_from("<II", content, 56)
    table = _table(content, sector)
    entries = _chain(content, table, directory, sector, sector)
    root_at, _size = struct.unpack_from("<II", entries, 116)
    for place in range(0, len(entries) - ENTRY + 1, ENTRY):
        length = min(struct.unpack_from("<H", entries, place + 64)[0], 64)
        name = entries[place : place + max(length - 2, 0)].decode("utf-16-le", "replace")
        if name not in STREAMS:
            continue
        start, whole = struct.unpack_from("<II", entries, place + 116)
        if whole >= cutoff:
            return _chain(content, table, start, sector, sector)[:whole]
        small = _chain(content, table, root_at, sector, sector)
        packed = _chain(content, table, few, sector, sector)
        numbers = struct.unpack(f"<{len(packed) // 4}I", packed)
        return _chain(small, numbers, start, 64, 0)[:whole]
    raise UnreadableFileError(BROKEN)


def _table(content: bytes, sector: int) -> Sequence[int]:
    """Return which sector follows each."""
    named = [number for number in struct.unpack_from(f"<{IN_HEADER}I", content, 76) if number < LAST]
    (more,) = struct.unpack_from("<I", content, 68)
    for _ in range(len(content) // sector):
        if more >= LAST:
            break
        *numbers, more = struct.unpack_from(f"<{sector // 4}I", content, (more + 1) * sector)
        named += [number for number in numbers if number < LAST]
    raw = b"".join(content[(number + 1) * sector : (number + 2) * sector] for number in named)
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])


def _chain(content: bytes, table: Sequence[int], start: int, sector: int, before: int) -> bytes:
    """Return the sectors that follow each other from one on. before: bytes that stand before the first."""
    sectors, number = [], start
    for _ in range(len(content) // sector + 1):
        if number >= LAST:
            break
        sectors.append(content[before + number * sector : before + (number + 1) * sector])
        number = table[number]
    return b"".join(sectors)


# -- the records --------------------------------------------------------------------------------------


def _records(stream: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield the kind of each record, what it holds, and where it begins."""
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == 0 and size == 0:
            return
        yield kind, stream[at + 4 : at + 4 + size], at
        at += 4 + size


def texts_of(parts: Sequence[bytes]) -> list[list[int]]:
    """Return the fonts in each text of the table of texts, which may go on in further records."""
    table = _Texts(parts)
    (count,) = struct.unpack_from("<I", table.take(8), 4)
    return [table.fonts() for _ in range(min(count, sum(map(len, parts))))]


@dataclass(slots=True)
class _Texts:
    """Follows the table of texts through its records; where characters go on in the next, a byte says how."""

    parts: Sequence[bytes]
    part: int = 0
    at: int = 0

    def take(self, size: int) -> bytes:
        """Return the next bytes, across the ends of records."""
        taken = b""
        while len(taken) < size:
            if self.at >= len(self.parts[self.part]):
                self.part, self.at = self.part + 1, 0
            piece = self.parts[self.part][self.at : self.at + size - len(taken)]
            self.at += len(piece)
            taken += piece
        return taken

    def fonts(self) -> list[int]:
        """Return the fonts of one text and go on to the next."""
        count, bits = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if bits & 0x08 else 0
        spoken = struct.unpack("<I", self.take(4))[0] if bits & 0x04 else 0
        self._skip(count, 2 if bits & 1 else 1)
        told = self.take(4 * runs)
        self.take(spoken)
        return list(struct.unpack(f"<{2 * runs}H", told)[1::2])

    def _skip(self, count: int, wide: int) -> None:
        """Go past characters; a record that they go on in begins with how wide they are there."""
        while count:
            here = min(count, (len(self.parts[self.part]) - self.at) // wide)
            self.at += here * wide
            count -= here
            if count:
                self.part += 1
                wide, self.at = 2 if self.parts[self.part][0] & 1 else 1, 1


@dataclass(slots=True)
class _Drawing:
    """What people wrote over the cells of a sheet: comments and text boxes."""

    is_old: bool = False
    number: int = 0
    kind: int = 0
    wanted: int = 0  # characters of a text that are yet to come
    texts: dict[int, tuple[int, str]] = field(default_factory=dict)  # kind and words by the object's number
    notes: dict[Place, int] = field(default_factory=dict)
    old_notes: dict[Place, str] = field(default_factory=dict)

    def take(self, kind: int, data: bytes) -> None:
        """Take a record."""
        if kind == OBJECT and not self.is_old:
            self.kind, self.number = struct.unpack_from("<4xHH", data)
        elif kind == BOX:
            self.wanted = struct.unpack_from("<10xH", data)[0]
            self.texts[self.number] = (self.kind, "")
        elif kind == MORE and self.wanted > 0:
            text = data[1:].decode("utf-16-le" if data[0] & 1 else "latin-1", "replace")
            self.wanted -= len(text)
            self.texts[self.number] = (self.kind, self.texts[self.number][1] + text)
        elif kind == NOTE:
            self._note(data)

    def _note(self, data: bytes) -> None:
        row, column, third = struct.unpack_from("<HHH", data)
        if self.is_old:
            self.old_notes[row, column] = data[6 : 6 + third].decode("gb18030", "replace")
        else:
            self.notes[row, column] = struct.unpack_from("<6xH", data)[0]

    def said(self) -> tuple[dict[Place, str], list[str]]:
        """Return the comments by their cells, and the texts of boxes."""
        remarks = {place: self.texts.get(number, (0, ""))[1] for place, number in self.notes.items()}
        remarks |= self.old_notes
        boxes = [remark for kind, remark in self.texts.values() if kind in DRAWN]
        return {place: grid.remark(remark) for place, remark in remarks.items() if remark.strip()}, [
            grid.remark(remark) for remark in boxes if remark.strip()
        ]


@dataclass(slots=True)
class _Records:
    """Follows the records of a workbook: first those of the whole, then sheet by sheet."""

    stream: bytes
    old_days: bool = False
    struck_fonts: list[bool] = field(default_factory=list)
    styles: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    struck_texts: set[int] = field(default_factory=set)
    last: int = 0
    drawing: _Drawing = field(default_factory=_Drawing)

    def book(self, names: Sequence[str]) -> WorkbookMarks:
        """Return what the records say of each sheet."""
        marks_by_place: dict[int, Marks] = {}
        depth, marks = 0, Marks()
        for kind, data, at in _records(self.stream):
            if kind == BOF:
                depth += 1
                if depth == 1:
                    marks = marks_by_place[at] = Marks()
                    self.drawing = _Drawing(struct.unpack_from("<H", data)[0] <= OF_1995)
            elif kind == EOF:
                depth -= 1
                if depth == 0:
                    self._end(marks)
            elif kind == LOCK:
                raise UnreadableFileError(grid.PASSWORD)
            elif depth == 1:
                self._take(kind, data)
                self._take_row(kind, data, marks)
                self.drawing.take(kind, data)
        told = [marks_by_place.get(place, Marks()) for place in self.places]
        return WorkbookMarks(dict(zip(names, told, strict=False)), self.old_days)

    def _take(self, kind: int, data: bytes) -> None:
        """Take what is said of the whole workbook."""
        if kind == DATES:
            self.old_days = data[:1] == b"\x01"
        elif kind == SHEET:
            self.places.append(struct.unpack_from("<I", data)[0])
        elif kind == FONT:
            self.struck_fonts.append(bool(struct.unpack_from("<HH", data)[1] & STRUCK))
        elif kind == STYLE:
            self.styles.append(struct.unpack_from("<H", data)[0])
        elif kind == TEXTS or (kind == MORE and self.last == TEXTS):
            self.texts.append(data)
        self.last = self.last if kind == MORE else kind

    def _end(self, marks: Marks) -> None:
        """Take what is known only where a part ends: the texts of the whole, the comments of a sheet."""
        if self.texts and any(self.struck_fonts):
            runs = texts_of(self.texts)
            self.struck_texts = {n for n, fonts in enumerate(runs) if any(map(self._is_struck, fonts))}
        self.texts = []
        marks.comments, marks.boxes = self.drawing.said()

    def _is_struck(self, font: int) -> bool:
        font -= font > NO_FONT
        return font < len(self.struck_fonts) and self.struck_fonts[font]

    def _take_row(self, kind: int, data: bytes, marks: Marks) -> None:
        """Take what is said of a row or a cell."""
        if kind == ROW:
            row, height, bits = struct.unpack_from("<H4xH4xH", data)
            if bits & HIDDEN or not height:
                marks.hidden_rows.add(row)
        elif kind == COLUMNS:
            first, last, width, _style, bits = struct.unpack_from("<5H", data)
            if bits & 1 or not width:
                marks.hidden_columns.append((first, last))
        elif kind == NUMBERS:
            self._numbers(data, marks)
        elif kind in CELLS:
            self._cell(kind, data, marks)

    def _cell(self, kind: int, data: bytes, marks: Marks) -> None:
        row, column, style = struct.unpack_from("<HHH", data)
        self._count((row, column), style, marks)
        if kind == SHARED and struct.unpack_from("<I", data, 6)[0] in self.struck_texts:
            marks.struck_cells.add((row, column))
        code = None
        if kind == ERROR_OR_TRUTH and data[7]:
            code = data[6]
        elif kind == FORMULA and struct.unpack_from("<H", data, 12)[0] == NO_NUMBER and data[6] == ERROR:
            code = data[8]
        if code is not None:
            marks.faults[row, column] = (Fault.ERROR, ERRORS.get(code, "#N/A"))

    def _numbers(self, data: bytes, marks: Marks) -> None:
        """Take a row of numbers that are kept together."""
        row, first = struct.unpack_from("<HH", data)
        for place in range(4, len(data) - 2, 6):
            self._count((row, first + place // 6), struct.unpack_from("<H", data, place)[0], marks)

    def _count(self, place: Place, style: int, marks: Marks) -> None:
        row, _column = place
        marks.filled[row] = marks.filled.get(row, 0) + 1
        if self._is_struck(self.styles[style] if style < len(self.styles) else 0):
            marks.struck[row] = marks.struck.get(row, 0) + 1
            marks.struck_cells.add(place)
