"""Excel (.xlsx, .xlsm): the sheets' cells as last calculated, merged ones known; macros are not read."""

import re
from posixpath import join, normpath
from typing import Any

from tracker.reporting.reader_grid import Grid, Piece, Row
from tracker.reporting.reader_package import Package

M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WORKBOOK, RELATIONS, STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, MOST_COVERED = 20, 1000, 200, 300_000
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def pieces(package: Package) -> list[Piece]:
    """Return each sheet that is shown as its name and a table."""
    strings = _strings(package)
    targets = {r.get("Id"): r.get("Target", "") for r in package.part(RELATIONS)}
    found: list[Piece] = []
    for sheet in list(package.part(WORKBOOK).iter(f"{M}sheet"))[:MOST_SHEETS]:
        target = targets.get(sheet.get(f"{R}id"), "")
        name = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        if sheet.get("state", "visible") == "visible" and name in package.names:
            found += [sheet.get("name", ""), _grid(package.part(name), strings)]
    return found


def _strings(package: Package) -> list[str]:
    if STRINGS not in package.names:
        return []
    return [_text(item) for item in package.part(STRINGS).iter(f"{M}si")]


def _text(item: Any) -> str:
    """Return a text, its runs together, without the reading aids beside it."""
    reading = {id(t) for aid in item.iter(f"{M}rPh") for t in aid.iter(f"{M}t")}
    return "".join(t.text or "" for t in item.iter(f"{M}t") if id(t) not in reading)


def _grid(sheet: Any, strings: list[str]) -> Grid:
    cells: dict[tuple[int, int], str] = {}
    for cell in sheet.iter(f"{M}c"):
        place = _place(cell.get("r", ""))
        if place and place[0] < MOST_ROWS and place[1] < MOST_COLUMNS:
            cells[place] = _value(cell, strings)
    covered = _covered(sheet)
    height = max((row for row, _ in cells), default=-1) + 1
    width = max((column for _, column in cells), default=-1) + 1
    rows: Grid = []
    for row in range(height):
        line: Row = [
            None if (row, column) in covered else cells.get((row, column), "") for column in range(width)
        ]
        rows.append(line)
    return rows


def _value(cell: Any, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text(cell)
    value = cell.find(f"{M}v")
    text = "" if value is None else value.text or ""
    if cell.get("t") == "s":
        return strings[int(text)] if text.isdecimal() and int(text) < len(strings) else ""
    return text


def _place(reference: str) -> tuple[int, int] | None:
    found = REFERENCE.fullmatch(reference)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _covered(sheet: Any) -> set[tuple[int, int]]:
    """Return the cells that a merged one covers, its first left out."""
    found: set[tuple[int, int]] = set()
    for merge in list(sheet.iter(f"{M}mergeCell"))[:MOST_ROWS]:
        ends = [_place(end) for end in merge.get("ref", "").split(":")]
        if len(found) > MOST_COVERED:
            break
        if len(ends) != len(("first", "last")) or ends[0] is None or ends[1] is None:
            continue
        (top, left), (bottom, right) = ends[0], ends[1]
        rows = range(top, min(bottom, MOST_ROWS) + 1)
        found |= {(row, column) for row in rows for column in range(left, min(right, MOST_COLUMNS) + 1)}
        found.discard((top, left))
    return found
