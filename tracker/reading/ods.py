"""Read an OpenDocument spreadsheet (.ods): values, merged cells, hidden and struck-out rows, hidden sheets.

Read as a stream and sparsely: repeated cells and rows without content cost nothing.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from lxml import etree

from tracker.domain.errors import UnreadableFileError
from tracker.reading import grid, xlsx
from tracker.reading.grid import PASSWORD, Fault, Merge, Sheet

CONTENT, STYLES, MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
X = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
S = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
C = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
ERROR = re.compile(r"#\S+[!?]|#N/A|Err:\d+|错误:\d+")
MOST_REPEATED = 1000  # times that a row with content is repeated
NUMBERS = ("float", "percentage", "currency")


def sheets(archive: zipfile.ZipFile) -> list[Sheet]:
    """Return the sheets of the document."""
    if MANIFEST in archive.namelist() and b"encryption-data" in b"".join(xlsx.chunks(archive, MANIFEST)):
        raise UnreadableFileError(PASSWORD)
    document = _root(archive, CONTENT)
    struck, hidden = _styles(document)
    if STYLES in archive.namelist():
        more, _tables = _styles(_root(archive, STYLES))
        struck |= more
    return [_sheet(table, struck, hidden) for table in document.iter(f"{T}table")]


def _root(archive: zipfile.ZipFile, part: str) -> Any:
    content = b"".join(xlsx.chunks(archive, part))
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableFileError("文件含有不允许的 XML 声明，拒绝打开。")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFileError(xlsx.BROKEN) from error


def _styles(document: Any) -> tuple[set[str], set[str]]:
    """Return the names of the cell styles that are struck out, and of the tables that are not shown."""
    struck, hidden = set(), set()
    for style in document.iter(f"{S}style"):
        name = style.get(f"{S}name", "")
        text = style.find(f"{S}text-properties")
        table = style.find(f"{S}table-properties")
        if text is not None and text.get(f"{S}text-line-through-style", "none") != "none":
            struck.add(name)
        if table is not None and table.get(f"{T}display", "true") == "false":
            hidden.add(name)
    return struck, hidden


def _sheet(table: Any, struck: set[str], hidden: set[str]) -> Sheet:
    found = Sheet(table.get(f"{T}name", ""), hidden=table.get(f"{T}style-name", "") in hidden)
    found.hidden_columns = list(_hidden_columns(table))
    merges: list[Merge] = []
    at = 0
    for row in table.iter(f"{T}table-row"):
        repeated = _count(row, "number-rows-repeated")
        cells, styles = _row(row, at, found, merges)
        if not any(cell is not None for cell in cells) and not any(place[0] == at for place in found.faults):
            at += repeated
            continue
        if repeated > MOST_REPEATED:
            raise UnreadableFileError(f"工作表“{found.name}”第{at + 1}行重复{repeated}次：请删去多余的行。")
        grid.check_size(found.name, at + repeated, len(cells))
        found.rows.extend([] for _ in range(at - len(found.rows)))
        found.rows += [list(cells) for _ in range(repeated)]
        places = set(range(at, at + repeated))
        if row.get(f"{T}visibility", "visible") != "visible":
            found.hidden_rows |= places
        if styles and sum(style in struck for style in styles) * 2 > len(styles):
            found.struck_rows |= places
        at += repeated
    found.merges = grid.merges_of(found.name, merges)
    return found


def _hidden_columns(table: Any) -> Iterator[tuple[int, int]]:
    place = 0
    for column in table.iter(f"{T}table-column"):
        repeated = _count(column, "number-columns-repeated")
        if column.get(f"{T}visibility", "visible") != "visible":
            yield place, place + repeated - 1
        place += repeated


def _row(row: Any, at: int, sheet: Sheet, merges: list[Merge]) -> tuple[list[object], list[str]]:
    """Return the cells of a row without the empty ones at its end, and the styles of those with content."""
    cells: list[object] = []
    styles: list[str] = []
    empty = 0
    for cell in row.iterchildren(f"{T}table-cell", f"{T}covered-table-cell"):
        repeated = _count(cell, "number-columns-repeated")
        value, fault = _value(cell)
        place = len(cells) + empty
        down, right = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if down > 1 or right > 1:
            merges.append(Merge(at, place, at + down - 1, place + right - 1))
        if value is None and fault is None:
            empty += repeated
            continue
        grid.check_size(sheet.name, 1, place + repeated)
        cells += [None] * empty + [value] * repeated
        empty = 0
        styles.append(cell.get(f"{T}style-name", ""))
        if fault is not None:
            sheet.faults[at, place] = fault
        remark = cell.find(f"{OFFICE}annotation")
        if remark is not None:
            words = " ".join(_text(part) for part in remark.iterchildren(f"{X}p"))
            sheet.comments[at, place] = words[: grid.LONGEST_COMMENT]
    return cells, styles


def _count(element: Any, name: str) -> int:
    value = element.get(f"{T}{name}", "1")
    return max(1, int(value)) if value.isdecimal() else 1


def _value(cell: Any) -> tuple[object, tuple[Fault, str] | None]:
    """Return the value of a cell, or what is wrong with it."""
    kind = cell.get(f"{OFFICE}value-type") or cell.get(f"{C}value-type") or ""
    words = "\n".join(_text(part) for part in cell.iterchildren(f"{X}p")).strip()
    if cell.get(f"{C}value-type") == "error" or ERROR.fullmatch(words):
        return None, (Fault.ERROR, words or "#N/A")
    if cell.get(f"{T}formula") and not kind and not words:
        return None, (Fault.NO_RESULT, "")
    if kind in NUMBERS:
        return _number(cell.get(f"{OFFICE}value", "")), None
    if kind == "date":
        return _day(cell.get(f"{OFFICE}date-value", "")), None
    return words or cell.get(f"{OFFICE}string-value") or None, None


def _text(part: Any) -> str:
    """Return the text of a paragraph: blanks, tabs and breaks as such, remarks of people left out."""
    found = [part.text or ""]
    for child in part:
        if child.tag == f"{X}s":
            count = child.get(f"{X}c", "1")
            found.append(" " * min(int(count) if count.isdecimal() else 1, MOST_REPEATED))
        elif child.tag in (f"{X}line-break", f"{X}tab"):
            found.append(" ")
        elif child.tag != f"{OFFICE}annotation":
            found.append(_text(child))
        found.append(child.tail or "")
    return "".join(found)


def _number(words: str) -> object:
    try:
        return float(words)
    except ValueError:
        return words or None


def _day(words: str) -> object:
    try:
        return datetime.fromisoformat(words) if "T" in words else date.fromisoformat(words)
    except ValueError:
        return words or None
