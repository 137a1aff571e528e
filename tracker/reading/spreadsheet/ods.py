"""Read an OpenDocument spreadsheet (.ods): values, merged cells, what is hidden or struck out, remarks.

Read as a stream and sparsely: repeated cells and rows without content cost nothing.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lxml import etree

from tracker.domain.errors import UnreadableFileError
from tracker.reading.spreadsheet import grid, xlsx
from tracker.reading.spreadsheet.grid import PASSWORD, Fault, Merge, Place, Sheet

CONTENT, STYLES, MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
X = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
S = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
D = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
C = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
ERROR = re.compile(r"#\S+[!?]|#N/A|Err:\d+|错误:\d+")
MOST_REPEATED = 1000  # times that a row with content is repeated
NUMBERS = ("float", "percentage", "currency")


def sheets(archive: zipfile.ZipFile) -> list[Sheet]:
    """Return the sheets of the document."""
    if MANIFEST in archive.namelist() and b"encryption-data" in b"".join(xlsx.chunks(archive, MANIFEST)):
        raise UnreadableFileError(PASSWORD)
    document = _root(archive, CONTENT)
    common = _root(archive, STYLES).iter(f"{S}style") if STYLES in archive.namelist() else ()
    struck, hidden = _styles([*common, *document.iter(f"{S}style")])
    tables = document.iterfind(f"{OFFICE}body/{OFFICE}spreadsheet/{T}table")  # none that a link keeps
    return [_sheet(table, struck, hidden) for table in tables]


def _root(archive: zipfile.ZipFile, part: str) -> Any:
    content = b"".join(xlsx.chunks(archive, part))
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableFileError("文件含有不允许的 XML 声明，拒绝打开。")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFileError(xlsx.BROKEN) from error


def _styles(styles: Iterable[Any]) -> tuple[set[str], set[str]]:
    """Return the names of the styles that are struck out, and of the tables that are not shown.

    A style that says nothing of it is as the one that it is derived from, which stands before it.
    """
    struck, hidden = set(), set()
    for style in styles:
        name = style.get(f"{S}name", "")
        text = style.find(f"{S}text-properties")
        line = None if text is None else _line_through(text)
        table = style.find(f"{S}table-properties")
        if line != "none" and (line or style.get(f"{S}parent-style-name") in struck):
            struck.add(name)
        if table is not None and table.get(f"{T}display", "true") == "false":
            hidden.add(name)
    return struck, hidden


def _line_through(text: Any) -> str | None:
    """Return which line goes through a text; None where the style says nothing of it."""
    line: str | None = text.get(f"{S}text-line-through-style") or text.get(f"{S}text-line-through-type")
    return line


def _sheet(table: Any, struck: set[str], hidden: set[str]) -> Sheet:
    sheet = Sheet(table.get(f"{T}name", ""), hidden=table.get(f"{T}style-name", "") in hidden)
    sheet.hidden_columns = list(_hidden_columns(table))
    sheet.boxes = _boxes(table)
    merges: list[Merge] = []
    defaults = _column_styles(table)
    at = 0
    for row in table.iter(f"{T}table-row"):
        repeated = _count(row, "number-rows-repeated")
        cells, gone = _row(row, at, sheet, merges, _Look(struck, defaults))
        if not any(cell is not None for cell in cells) and not any(place[0] == at for place in sheet.faults):
            at += repeated
            continue
        if repeated > MOST_REPEATED:
            raise UnreadableFileError(
                "工作表“%(name)s”第%(value)s行重复%(repeated)s次：请删去多余的行。",
                name=sheet.name,
                value=at + 1,
                repeated=repeated,
            )
        grid.check_size(sheet.name, at + repeated, len(cells))
        sheet.rows.extend([] for _ in range(at - len(sheet.rows)))
        sheet.rows += [list(cells) for _ in range(repeated)]
        places = set(range(at, at + repeated))
        if row.get(f"{T}visibility", "visible") != "visible":
            sheet.hidden_rows |= places
        if len(gone) * 2 > sum(cell is not None for cell in cells):
            sheet.struck_rows |= places
        sheet.struck_cells |= {(line, place) for line in places for place in gone}
        at += repeated
    sheet.merges = grid.merges_of(sheet.name, merges)
    return sheet


def _hidden_columns(table: Any) -> Iterator[tuple[int, int]]:
    place = 0
    for column in table.iter(f"{T}table-column"):
        repeated = _count(column, "number-columns-repeated")
        if column.get(f"{T}visibility", "visible") != "visible":
            yield place, place + repeated - 1
        place += repeated


@dataclass(frozen=True, slots=True)
class _Look:
    """How cells look. struck: the styles that are struck out; columns: the style of each column."""

    struck: set[str]
    columns: list[str]

    def is_struck(self, cell: Any, place: int) -> bool:
        """Return whether a cell, or a part of its text, is struck out."""
        column = self.columns[place] if place < len(self.columns) else ""
        row = cell.getparent().get(f"{T}default-cell-style-name")
        if (cell.get(f"{T}style-name") or row or column) in self.struck:
            return True
        return bool(self.struck) and any(
            part.get(f"{X}style-name") in self.struck
            for line in cell.iterchildren(f"{X}p")
            for part in line.iter(f"{X}span")
        )


def _column_styles(table: Any) -> list[str]:
    styles: list[str] = []
    for column in table.iter(f"{T}table-column"):
        times = min(_count(column, "number-columns-repeated"), MOST_REPEATED)
        styles += [column.get(f"{T}default-cell-style-name", "")] * times
    return styles


def _boxes(table: Any) -> list[str]:
    """Return the texts that lie over the cells."""
    shapes = (" ".join(_text(part) for part in shape.iterchildren(f"{X}p")) for shape in table.iter(f"{D}*"))
    return [remark for remark in map(grid.remark, shapes) if remark]


def _row(row: Any, at: int, sheet: Sheet, merges: list[Merge], look: _Look) -> tuple[list[object], list[int]]:
    """Return the cells of a row without the empty ones at its end, and the places of those struck out."""
    cells: list[object] = []
    gone: list[int] = []
    empty = 0
    for cell in row.iterchildren(f"{T}table-cell", f"{T}covered-table-cell"):
        repeated = _count(cell, "number-columns-repeated")
        value, fault = _value(cell)
        place = len(cells) + empty
        down, right = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if down > 1 or right > 1:
            merges.append(Merge(at, place, at + down - 1, place + right - 1))
        _take_remark(cell, (at, place), sheet)
        if value is None and fault is None:
            empty += repeated
            continue
        grid.check_size(sheet.name, 1, place + repeated)
        cells += [None] * empty + [value] * repeated
        empty = 0
        if look.is_struck(cell, place):
            gone += range(place, place + repeated)
        if fault is not None:
            sheet.faults[at, place] = fault
    return cells, gone


def _take_remark(cell: Any, place: Place, sheet: Sheet) -> None:
    for note in cell.iterchildren(f"{OFFICE}annotation"):
        remark = grid.remark(" ".join(_text(part) for part in note.iterchildren(f"{X}p")))
        if remark:
            sheet.comments[place] = remark


def _count(element: Any, name: str) -> int:
    value = element.get(f"{T}{name}", "1")
    return max(1, int(value)) if value.isdecimal() else 1


def _value(cell: Any) -> tuple[object, tuple[Fault, str] | None]:
    """Return the value of a cell, or what is wrong with it."""
    kind = cell.get(f"{OFFICE}value-type") or cell.get(f"{C}value-type") or ""
    text = "\n".join(_text(part) for part in cell.iterchildren(f"{X}p")).strip()
    if fault := _fault(cell, kind, text):
        return None, fault
    if kind in NUMBERS:
        return _number(cell.get(f"{OFFICE}value", "")), None
    if kind == "date":
        return _day(cell.get(f"{OFFICE}date-value", "")), None
    return text or cell.get(f"{OFFICE}string-value") or None, None


def _fault(cell: Any, kind: str, text: str) -> tuple[Fault, str] | None:
    if cell.get(f"{C}value-type") == "error" or ERROR.fullmatch(text):
        return Fault.ERROR, text or "#N/A"
    without = cell.get(f"{T}formula") and not kind and not text
    return (Fault.NO_RESULT, "") if without else None


def _text(part: Any) -> str:
    """Return the text of a paragraph: blanks, tabs and breaks as such, remarks of people left out."""
    parts = [part.text or ""]
    for child in part:
        if child.tag == f"{X}s":
            count = child.get(f"{X}c", "1")
            parts.append(" " * min(int(count) if count.isdecimal() else 1, MOST_REPEATED))
        elif child.tag in (f"{X}line-break", f"{X}tab"):
            parts.append(" ")
        elif child.tag != f"{OFFICE}annotation":
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text or None


def _day(text: str) -> object:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return text or None
