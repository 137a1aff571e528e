"""Word (.docx): paragraphs and tables in their order; merged cells are known by their marks."""

from collections.abc import Iterator
from typing import Any

from tracker.reporting.reader_grid import Grid, Piece, Row, cell_text
from tracker.reporting.reader_package import Package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
DOCUMENT = "word/document.xml"
MOST_SPAN = 100


def pieces(package: Package) -> list[Piece]:
    """Return the document's lines and tables."""
    return list(_inside(package.part(DOCUMENT)))


def _inside(element: Any) -> Iterator[Piece]:
    for child in element:
        if child.tag == f"{W}p":
            yield _text(child)
        elif child.tag == f"{W}tbl":
            yield from _table(child)
        elif child.tag != FALLBACK:
            yield from _inside(child)


def _text(element: Any) -> str:
    """Return the text of a paragraph; what a text box holds is said once."""
    found: list[str] = []
    for child in element:
        if child.tag == f"{W}t":
            found.append(child.text or "")
        elif child.tag == f"{W}tab":
            found.append("\t")
        elif child.tag in (f"{W}br", f"{W}cr"):
            found.append("\n")
        elif child.tag not in (FALLBACK, f"{W}pPr", f"{W}rPr"):
            found.append(_text(child))
    return "".join(found)


def _table(table: Any) -> Iterator[Piece]:
    if table.find(f".//{W}tbl") is not None:  # a table that only lays out others
        for cell in table.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tbl")) is table:
                yield from _inside(cell)
        return
    grid: Grid = [_row(row) for row in table.iter(f"{W}tr")]
    yield grid


def _row(row: Any) -> Row:
    cells: Row = [None] * _number(row, "gridBefore")
    for cell in row.iter(f"{W}tc"):
        properties = cell.find(f"{W}tcPr")
        merge = None if properties is None else properties.find(f"{W}vMerge")
        covered = merge is not None and merge.get(f"{W}val", "continue") == "continue"
        text = None if covered else cell_text("\n".join(_text(p) for p in cell.iter(f"{W}p")))
        cells += [text, *[None] * (max(1, _number(cell, "gridSpan")) - 1)]
    return cells


def _number(element: Any, name: str) -> int:
    found = element.find(f"./*/{W}{name}")
    value = "" if found is None else found.get(f"{W}val", "")
    return min(int(value), MOST_SPAN) if value.isdecimal() else 0
