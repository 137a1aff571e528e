"""Excel (.xlsx, .xlsm): the sheets' cells as last calculated, merged ones known; macros are not read.

Hidden sheets, rows and columns are not read: Excel prints none of them. Nor is what is struck out.
"""

import re
from collections.abc import Iterator
from posixpath import join, normpath
from typing import Any

from tracker.domain.report.published import raised
from tracker.reading.report.grid import Grid, Piece
from tracker.reading.report.package import Package

M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WORKBOOK, RELATIONS, STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, MOST_COVERED = 20, 1000, 200, 300_000
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
NUMBER, ZERO = re.compile(r"[1-9]\d{0,6}"), re.compile(r"0(?:\.0*)?")
Place = tuple[int, int]


def pieces(package: Package) -> list[Piece]:
    """Return each sheet that is shown as its name and a table."""
    strings, struck = _strings(package), _struck(package)
    targets = {r.get("Id"): r.get("Target", "") for r in package.part(RELATIONS)}
    sheet_pieces: list[Piece] = []
    for sheet in list(package.part(WORKBOOK).iter(f"{M}sheet"))[:MOST_SHEETS]:
        target = targets.get(sheet.get(f"{R}id"), "")
        name = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        if sheet.get("state", "visible") == "visible" and name in package.names:
            sheet_pieces += [sheet.get("name", ""), _grid(package.part(name), strings, struck)]
    return sheet_pieces


def _strings(package: Package) -> list[str]:
    if STRINGS not in package.names:
        return []
    return [_text(item) for item in package.part(STRINGS).iter(f"{M}si")]


def _struck(package: Package) -> set[str]:
    """Return the numbers of the styles of cells whose font is struck out."""
    if STYLES not in package.names:
        return set()
    styles = package.part(STYLES)
    fonts = {str(n) for n, font in enumerate(styles.iterfind(f"{M}fonts/{M}font")) if _is_struck(font)}
    cells = enumerate(styles.iterfind(f"{M}cellXfs/{M}xf"))
    return {str(number) for number, style in cells if style.get("fontId") in fonts}


def _is_struck(properties: Any) -> bool:
    return any(_is_on(mark, "val", "1") for mark in properties.iterchildren(f"{M}strike"))


def _text(item: Any) -> str:
    """Return a text, its runs together, without the reading aids beside it; raised numbers as such."""
    texts: list[str] = []
    for text in item.iter(f"{M}t"):
        run = text.getparent()
        properties = run.find(f"{M}rPr")
        if run.tag == f"{M}rPh" or (properties is not None and _is_struck(properties)):
            continue
        place = None if properties is None else properties.find(f"{M}vertAlign")
        run_text = text.text or ""
        texts.append(
            raised(run_text) if place is not None and place.get("val") == "superscript" else run_text
        )
    return "".join(texts)


def _grid(sheet: Any, strings: list[str], struck: set[str]) -> Grid:
    cells = {
        place: "" if cell.get("s") in struck else _value(cell, strings) for place, cell in _placed(sheet)
    }
    rows, columns = _hidden_rows(sheet), _hidden_columns(sheet)
    covered = _covered(sheet, cells, rows, columns)
    height = max((row for row, _ in cells), default=-1) + 1
    width = max((column for _, column in cells), default=-1) + 1
    shown = [column for column in range(width) if column not in columns]
    return [
        [None if (row, column) in covered else cells.get((row, column), "") for column in shown]
        for row in range(height)
        if row not in rows
    ]


def _placed(sheet: Any) -> Iterator[tuple[Place, Any]]:
    """Yield the cells with their places; one that names none stands behind the cell before it."""
    row = -1
    for line in sheet.iter(f"{M}row"):
        row, column = _row_of(line, row + 1), -1
        for cell in line.iter(f"{M}c"):
            place = _place(cell.get("r", "")) or (row, column + 1)
            column = place[1]
            if place[0] < MOST_ROWS and column < MOST_COLUMNS:
                yield place, cell


def _row_of(line: Any, otherwise: int) -> int:
    number = line.get("r", "")
    return int(number) - 1 if NUMBER.fullmatch(number) else otherwise


def _hidden_rows(sheet: Any) -> set[int]:
    """Return the rows that are hidden or have no height."""
    numbers: set[int] = set()
    row = -1
    for line in sheet.iter(f"{M}row"):
        row = _row_of(line, row + 1)
        if _is_on(line, "hidden") or ZERO.fullmatch(line.get("ht", "")):
            numbers.add(row)
    return numbers


def _hidden_columns(sheet: Any) -> set[int]:
    """Return the columns that are hidden or have no width."""
    numbers: set[int] = set()
    for span in sheet.iter(f"{M}col"):
        first, last = span.get("min", ""), span.get("max", "")
        unseen = _is_on(span, "hidden") or ZERO.fullmatch(span.get("width", ""))
        if unseen and NUMBER.fullmatch(first) and NUMBER.fullmatch(last):
            numbers |= set(range(int(first) - 1, min(int(last), MOST_COLUMNS)))
    return numbers


def _is_on(element: Any, name: str, otherwise: str = "0") -> bool:
    return element.get(name, otherwise) not in ("0", "false", "off")


def _value(cell: Any, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text(cell)
    value = cell.find(f"{M}v")
    text = "" if value is None else value.text or ""
    if cell.get("t") == "s":
        return strings[int(text)] if text.isdecimal() and int(text) < len(strings) else ""
    return text


def _place(reference: str) -> tuple[int, int] | None:
    match = REFERENCE.fullmatch(reference)
    if not match:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def _covered(sheet: Any, cells: dict[Place, str], rows: set[int], columns: set[int]) -> set[Place]:
    """Return the cells that a merged one covers, its first left out.

    Where the first is hidden, its text moves to the first that is shown, as Excel shows it.
    """
    places: set[Place] = set()
    for merge in list(sheet.iter(f"{M}mergeCell"))[:MOST_ROWS]:
        ends = [_place(end) for end in merge.get("ref", "").split(":")]
        if len(places) > MOST_COVERED:
            break
        if len(ends) != len(("first", "last")) or ends[0] is None or ends[1] is None:
            continue
        (top, left), (bottom, right) = ends[0], ends[1]
        across = range(left, min(right, MOST_COLUMNS) + 1)
        places |= {(row, column) for row in range(top, min(bottom, MOST_ROWS) + 1) for column in across}
        row = next((row for row in range(top, min(bottom, MOST_ROWS) + 1) if row not in rows), top)
        first = (row, next((column for column in across if column not in columns), left))
        places.discard(first)
        if first != (top, left):
            cells[first] = cells.get((top, left), "")
    return places
