"""Hidden and struck rows, errors, comments and formulas without result of an .xlsx, from its XML.

The library that reads the values says nothing of them. Each part is read as a stream, so that its size
costs time and not memory; entities are refused.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from posixpath import join, normpath
from typing import Any
from xml.parsers import expat

from tracker.domain.errors import UnreadableFileError
from tracker.reading.spreadsheet import grid
from tracker.reading.spreadsheet.grid import Fault, Place, Sheet

WORKBOOK, RELATIONS, STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
MOST_UNPACKED = 400 * 1024 * 1024  # bytes of one part
CHUNK = 256 * 1024
LONGEST_TOKEN = 4 * 1024 * 1024  # bytes of a name, a tag or a remark: one without its end is read anew
VALUES = ("v", "is")  # the elements that hold what stands in a cell
OFF = ("0", "false", "off")
NOTHING = ("0", "0.0")  # the width or height of what is drawn so narrow that nobody sees it
TOO_LARGE = "文件展开后太大：请删去多余的内容，或分成几个文件再试。"
BROKEN = "文件已损坏，不能打开：请用 Excel 或 WPS 打开后另存一份（.xlsx）再导入。"
Attributes = dict[str, str]


@dataclass(slots=True)
class Marks:
    """What one sheet says of its rows and cells.

    struck: cells with a value that are struck out, by row; filled: all with one, where there are such.
    """

    hidden_rows: set[int] = field(default_factory=set)
    faults: dict[Place, tuple[Fault, str]] = field(default_factory=dict)
    filled: dict[int, int] = field(default_factory=dict)
    struck: dict[int, int] = field(default_factory=dict)
    comments: dict[Place, str] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    struck_cells: set[Place] = field(default_factory=set)
    merges: int = 0


@dataclass(slots=True)
class WorkbookMarks:
    """What a workbook says beside its values: the marks of each sheet by name, and how days count."""

    sheets: dict[str, Marks] = field(default_factory=dict)
    old_days: bool = False


def marks(archive: zipfile.ZipFile) -> WorkbookMarks:
    """Return the marks of a workbook's sheets; refuse what would not fit into memory as a table."""
    names = set(archive.namelist())
    parts, old_days = _parts(archive, names)
    struck = _struck_styles(archive) if STYLES in names else set()
    strings = _struck_strings(archive) if STRINGS in names else set()
    told = WorkbookMarks(old_days=old_days)
    for name, part in parts:
        if part in names and "worksheets" in part:
            told.sheets[name] = _sheet(archive, part, name, (struck, strings))
            _take_beside(archive, part, names, told.sheets[name])
    return told


def _take_beside(archive: zipfile.ZipFile, part: str, names: set[str], marks: Marks) -> None:
    """Take what people wrote beside the cells of a sheet (批注), and in boxes over them."""
    folder, _, file = part.rpartition("/")
    about = f"{folder}/_rels/{file}.rels"
    targets: list[tuple[str, str]] = []

    def relation(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            targets.append((kind, _path(attributes.get("Target", ""), folder)))

    if about in names:
        _parse(archive, about, relation)
    for kind, target in targets:
        if target in names and kind == "comments":
            marks.comments |= _texts(archive, target)
        elif target in names and kind == "drawing":
            marks.boxes += _boxes(archive, target)


def _boxes(archive: zipfile.ZipFile, part: str) -> list[str]:
    """Return the texts of the shapes of a drawing."""
    texts: list[list[str]] = []
    within: list[str] = []

    def begin(tag: str, attributes: Attributes) -> None:
        within.append(tag)
        if tag == "txBody":
            texts.append([])
        elif tag == "p" and texts:
            texts[-1].append(" ")

    def data(text: str) -> None:
        if within and within[-1] == "t" and texts:
            texts[-1].append(text)

    _parse(archive, part, begin, lambda tag: within.pop() if within else None, data)
    return [remark for remark in map(grid.remark, map("".join, texts)) if remark]


def _texts(archive: zipfile.ZipFile, part: str) -> dict[Place, str]:
    """Return the texts of a part of comments by the cells that they stand beside."""
    texts: dict[Place, list[str]] = {}
    at: list[Place] = []

    def begin(tag: str, attributes: Attributes) -> None:
        place = REFERENCE.fullmatch(attributes.get("ref", "")) if tag == "comment" else None
        if place:
            at[:] = [(int(place[2]) - 1, _column(place[1]))]

    def data(text: str) -> None:
        for place in at:
            texts.setdefault(place, []).append(text)

    _parse(archive, part, begin, data=data)
    whole = {place: grid.remark("".join(remark)) for place, remark in texts.items()}
    return {place: remark for place, remark in whole.items() if remark}


def _parts(archive: zipfile.ZipFile, names: set[str]) -> tuple[list[tuple[str, str]], bool]:
    """Return each sheet's name and part, and whether days count from 1904."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []
    old_days = False

    def relation(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def workbook(tag: str, attributes: Attributes) -> None:
        nonlocal old_days
        if tag == "sheet":
            sheets.append((attributes.get("name", ""), attributes.get("id", "")))
        elif tag == "workbookPr":
            old_days = attributes.get("date1904", "0") not in OFF

    if RELATIONS in names:
        _parse(archive, RELATIONS, relation)
    _parse(archive, WORKBOOK, workbook)
    return [(name, _path(targets.get(key, ""))) for name, key in sheets], old_days


def _path(target: str, folder: str = "xl") -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))


def mark(sheet: Sheet, book: WorkbookMarks) -> None:
    """Put the marks of a sheet upon it."""
    sheet.old_days = book.old_days
    marks = book.sheets.get(sheet.name)
    if marks is None:
        return
    sheet.hidden_rows = marks.hidden_rows
    sheet.faults.update(marks.faults)
    sheet.comments, sheet.boxes = marks.comments, marks.boxes
    sheet.hidden_columns, sheet.struck_cells = marks.hidden_columns, marks.struck_cells
    sheet.struck_rows = {row for row, count in marks.struck.items() if count * 2 > marks.filled[row]}


def _struck_styles(archive: zipfile.ZipFile) -> set[int]:
    """Return the numbers of the cell styles whose font is struck out."""
    styles = _Styles()
    _parse(archive, STYLES, styles.begin, styles.end)
    return styles.struck


class _Styles:
    """Follows the fonts and cell styles of a workbook as they stream by."""

    def __init__(self) -> None:
        self.struck: set[int] = set()
        self.count = 0
        self.fonts: list[bool] = []
        self.within: list[str] = []

    def begin(self, tag: str, attributes: Attributes) -> None:
        parent = self.within[-1] if self.within else ""
        self.within.append(tag)
        if tag == "font" and parent == "fonts":
            self.fonts.append(False)
        elif tag == "strike" and parent == "font" and "fonts" in self.within and self.fonts:
            self.fonts[-1] = attributes.get("val", "1") not in OFF
        elif tag == "xf" and parent == "cellXfs":
            self._style(attributes.get("fontId", ""))

    def _style(self, font: str) -> None:
        if font.isdecimal() and int(font) < len(self.fonts) and self.fonts[int(font)]:
            self.struck.add(self.count)
        self.count += 1

    def end(self, tag: str) -> None:
        del tag
        if self.within:
            self.within.pop()


def _struck_strings(archive: zipfile.ZipFile) -> set[str]:
    """Return the numbers of the shared texts of which a part is struck out."""
    struck: set[str] = set()
    number = -1

    def begin(tag: str, attributes: Attributes) -> None:
        nonlocal number
        if tag == "si":
            number += 1
        elif tag == "strike" and attributes.get("val", "1") not in OFF:
            struck.add(str(number))

    _parse(archive, STRINGS, begin)
    return struck


class _SheetReader:
    """Follows the rows and cells of one sheet as they stream by.

    struck: the numbers of the styles that are struck out, and of the texts that are so in part.
    """

    def __init__(self, name: str, struck: tuple[set[int], set[str]]) -> None:
        self.name = name
        self.styles, self.strings = struck
        self.marks = Marks()
        self.row = self.column = -1
        self.widest = self.tallest = 0  # of what holds a value
        self.cell: Attributes = {}
        self.formula = False
        self.value: list[str] | None = None
        self.text = ""
        self.has_value = False

    def begin(self, tag: str, attributes: Attributes) -> None:
        if tag == "c":
            self._begin_cell(attributes)
        elif tag in VALUES:
            self.value, self.has_value = [], True
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdecimal() else self.row + 1
            self.column = -1
            if attributes.get("hidden", "0") not in OFF or attributes.get("ht") in NOTHING:
                self.marks.hidden_rows.add(self.row)
        else:
            self._begin_other(tag, attributes)

    def _begin_other(self, tag: str, attributes: Attributes) -> None:
        if tag == "strike":  # in a text that stands in its cell
            if attributes.get("val", "1") not in OFF:
                self.marks.struck_cells.add((self.row, self.column))
        elif tag == "col":
            self._column_group(attributes)
        elif tag == "mergeCell":
            self.marks.merges += 1
            grid.check_merges(self.name, self.marks.merges)

    def _column_group(self, attributes: Attributes) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        hidden = attributes.get("hidden", "0") not in OFF or attributes.get("width") in NOTHING
        if hidden and first.isdecimal() and last.isdecimal():
            self.marks.hidden_columns.append((int(first) - 1, int(last) - 1))

    def _begin_cell(self, attributes: Attributes) -> None:
        place = REFERENCE.fullmatch(attributes.get("r", ""))
        self.column = _column(place[1]) if place else self.column + 1
        self.row = int(place[2]) - 1 if place else self.row
        self.cell, self.formula, self.has_value, self.text = attributes, False, False, ""

    def data(self, text: str) -> None:
        if self.value is not None:
            self.value.append(text[:100])

    def end(self, tag: str) -> None:
        if tag in VALUES:
            self.text, self.value = "".join(self.value or ()), None
        elif tag == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        if self.has_value or self.formula:
            self._reach()
        place, kind = (self.row, self.column), self.cell.get("t")
        if kind == "e":
            self.marks.faults[place] = (Fault.ERROR, self.text or "#N/A")
        elif self.formula and not self.text and kind != "str":
            self.marks.faults[place] = (Fault.NO_RESULT, "")
        if self.text:
            self._strike(place, kind)

    def _reach(self) -> None:
        """Let the sheet be as large as the place of a cell that holds something."""
        if self.column >= self.widest:
            self.widest = self.column + 1
        if self.row >= self.tallest:
            self.tallest = self.row + 1

    def _strike(self, place: Place, kind: str | None) -> None:
        """Say of a cell with a value whether it is struck out, or a part of its text."""
        if kind == "s" and self.text in self.strings:
            self.marks.struck_cells.add(place)
        if self.styles:
            self._count_struck(place)

    def _count_struck(self, place: Place) -> None:
        """Count a cell with a value of a sheet of which some may be struck out."""
        self.marks.filled[self.row] = self.marks.filled.get(self.row, 0) + 1
        style = self.cell.get("s", "")
        if style.isdecimal() and int(style) in self.styles:
            self.marks.struck[self.row] = self.marks.struck.get(self.row, 0) + 1
            self.marks.struck_cells.add(place)


@lru_cache(maxsize=1000)
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _sheet(archive: zipfile.ZipFile, part: str, name: str, struck: tuple[set[int], set[str]]) -> Marks:
    reader = _SheetReader(name, struck)
    _parse(archive, part, reader.begin, reader.end, reader.data)
    grid.check_size(name, reader.tallest, reader.widest)
    return reader.marks


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    begin: Callable[[str, Attributes], Any],
    end: Callable[[str], Any] = lambda tag: None,
    data: Callable[[str], Any] = lambda text: None,
) -> None:
    """Stream a part's XML past the handlers; names come without their namespaces."""
    parser = expat.ParserCreate()

    def refuse(*_about: Any) -> None:
        raise UnreadableFileError("文件含有不允许的 XML 声明，拒绝打开。")

    parser.EntityDeclHandler = refuse
    parser.StartDoctypeDeclHandler = refuse

    def started(tag: str, attributes: Attributes) -> None:
        begin(tag if ":" not in tag else _local(tag), _plain(attributes) if attributes else attributes)

    def ended(tag: str) -> None:
        end(tag if ":" not in tag else _local(tag))

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = data
    parser.buffer_text = True
    fed = 0
    try:
        for chunk in chunks(archive, part):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                raise UnreadableFileError(TOO_LARGE)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableFileError(BROKEN) from error


def chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part unpacked, piece by piece; refuse one that never seems to end."""
    if archive.getinfo(part).file_size > MOST_UNPACKED:
        raise UnreadableFileError(TOO_LARGE)
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > MOST_UNPACKED:
                raise UnreadableFileError(TOO_LARGE)
            yield chunk


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _plain(attributes: Attributes) -> Attributes:
    """Return attributes by their names without namespaces; most have none, and a sheet has many cells."""
    if ":" not in "".join(attributes):
        return attributes
    return {_local(key): value for key, value in attributes.items()}
