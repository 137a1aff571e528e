"""HTML pages: tables that hold figures apart from those that only lay out the page."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from tracker.domain.errors import UnreadableReportError
from tracker.domain.report.published import raised
from tracker.reading.report.grid import Grid, Piece, cell_text
from tracker.reading.report.style import mark_hidden

SILENT = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "select",
        "option",
        "head",
        "title",
        "svg",
        "iframe",
        "del",
        "s",
        "strike",
    }
)
HIDING = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:font-size|opacity)\s*:\s*0(?![.\d])|"
    r"text-decoration(?:-line)?\s*:[^;]{0,60}line-through)",
    re.IGNORECASE,
)
CELL = "\ue000"  # between the cells of a line, where white space means nothing else
INLINE = frozenset(
    {"a", "abbr", "b", "big", "em", "font", "i", "label", "mark", "o:p", "q", "small", "span", "strong",
     "sub", "sup", "u"}
)  # fmt: skip
MOST_SPAN, MOST_ROWS, MOST_HELD = 40, 3000, 200_000
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
# The parser leaves out what stands behind them: a page pasted into a page, a second report.
ENDING = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)


def charset(content: bytes) -> str | None:
    """Return the encoding that the page names."""
    match = CHARSET.search(content[:4096])
    return match[1].decode("ascii", "replace").lower() if match else None


def pieces(text: str) -> list[Piece]:
    """Return the page's title, lines and tables; raise UnreadableReportError where it is no page."""
    try:
        root = html.document_fromstring(ENDING.sub("", DECLARED.sub("", text)))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableReportError("网页是空的或已损坏：请重新保存网页再试。") from error
    mark_hidden(root)
    _mark_raised(root)
    page_pieces: list[Piece] = [cell_text(str(root.findtext(".//title") or ""))]
    line: list[str] = []
    for token in _walk(root):
        if isinstance(token, str):
            line.append(token)
            continue
        page_pieces += _lines(line)
        line = []
        if token:
            page_pieces.append(token)
    return [*page_pieces, *_lines(line)]


def _mark_raised(root: Any) -> None:
    """Write what stands raised in signs that are no part of the figure before it."""
    for element in root.iter("sup"):
        for part in element.iter():
            part.text = raised(part.text or "")
            if part is not element:
                part.tail = raised(part.tail or "")


def _is_hidden(element: Any) -> bool:
    """Return whether a browser does not show the element, or shows it struck out."""
    if element.tag in SILENT or element.get("hidden") is not None:
        return True
    return bool(HIDING.search(element.get("style") or ""))


def _seen_text(element: Any) -> str:
    """Return the text of an element as a browser shows it."""
    if not isinstance(element.tag, str) or _is_hidden(element):
        return ""
    inner = [f"{_seen_text(child)}{child.tail or ''}" for child in element]
    return "".join([element.text or "", *inner])


def _lines(parts: list[str]) -> list[Piece]:
    text = cell_text("".join(parts)).replace(CELL, "\t")
    return [text] if text else []


def _walk(element: Any) -> Iterator[str | Grid]:
    """Yield texts, tables, and an empty table wherever a line ends."""
    if not isinstance(element.tag, str) or _is_hidden(element):
        return
    if element.tag == "pre":
        for line in _seen_text(element).split("\n"):
            yield from (line.replace("\t", CELL), [])
        return
    block = element.tag not in INLINE
    if block:
        yield []
    if element.tag == "table" and element.find(".//table") is None:
        yield _grid(element)
        return
    yield element.text or ""
    for child in element:
        yield from _walk(child)
        yield child.tail or ""
    if block:
        yield []


def _grid(table: Any) -> Grid:
    """Return the rows with the cells that others span as None."""
    rows: Grid = []
    held: dict[tuple[int, int], None] = {}
    shown = (row for row in table.iter("tr") if not (_is_hidden(row) or _is_hidden(row.getparent())))
    for place, row in enumerate(shown):
        if place >= MOST_ROWS or len(held) > MOST_HELD:
            break
        cells: list[str | None] = []
        for cell in row.iter("td", "th"):
            if _is_hidden(cell):
                continue
            while (place, len(cells)) in held:
                cells.append(None)
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            for down in range(1, high):
                held.update({(place + down, len(cells) + right): None for right in range(wide)})
            cells += [cell_text(_seen_text(cell)), *[None] * (wide - 1)]
        while (place, len(cells)) in held:
            cells.append(None)
        rows.append(cells)
    return rows


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return max(1, min(int(value), MOST_SPAN)) if value.isdecimal() else 1
