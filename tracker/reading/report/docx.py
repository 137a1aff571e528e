"""Word (.docx): paragraphs and tables in their order, as Word prints them with all changes accepted.

Not read is what is not printed: hidden text, deleted and moved-away text and rows, the codes of fields,
the second form of what a program may not know (Fallback), reading aids; and text that is struck out.
"""

from collections.abc import Iterator
from typing import Any

from tracker.domain.report.published import raised
from tracker.reading.report.grid import Grid, Piece, Row, cell_text
from tracker.reading.report.package import Package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
DOCUMENT, STYLES = "word/document.xml", "word/styles.xml"
MOST_SPAN = 100
SILENT = frozenset(
    {FALLBACK, *(f"{W}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "rt", "instrText", "delText"))}
)
UNSEEN = ("vanish", "strike", "dstrike")  # marks of a run that is hidden or struck out
SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
TEXT_BOX = f"{W}txbxContent"


def pieces(package: Package) -> list[Piece]:
    """Return the document's lines and tables."""
    return list(_Reading(_hiding_styles(package)).inside(package.part(DOCUMENT)))


def _hiding_styles(package: Package) -> dict[str, bool]:
    """Return of each style whether its text is unseen, by itself or by the style that it is based on."""
    if STYLES not in package.names:
        return {}
    own: dict[str, bool | None] = {}
    base: dict[str, str] = {}
    for style in package.part(STYLES).iter(f"{W}style"):
        name = style.get(f"{W}styleId", "")
        based = style.find(f"{W}basedOn")
        own[name] = _unseen(style.find(f"{W}rPr"))
        base[name] = "" if based is None else based.get(f"{W}val", "")
    return {name: _inherited(name, own, base) for name in own}


def _inherited(name: str, own: dict[str, bool | None], base: dict[str, str]) -> bool:
    for _ in range(MOST_SPAN):  # a chain of styles may be a circle
        value = own.get(name)
        if value is not None:
            return value
        name = base.get(name, "")
    return False


def _unseen(properties: Any) -> bool | None:
    """Return whether the properties of a run hide it; None where they do not say."""
    if properties is None:
        return None
    marks = [mark for name in UNSEEN if (mark := properties.find(f"{W}{name}")) is not None]
    return any(mark.get(f"{W}val", "1") not in ("0", "false", "off") for mark in marks) if marks else None


def _is_raised(element: Any) -> bool:
    """Return whether a run stands raised, as the number of a note does."""
    alignment = element.find(f"{W}rPr/{W}vertAlign")
    return alignment is not None and alignment.get(f"{W}val") == "superscript"


class _Reading:
    """The reading of one document: which styles hide, and how deep in the code of a field it is."""

    def __init__(self, hiding: dict[str, bool]) -> None:
        self.hiding = hiding
        self.codes: list[bool] = []  # of each field that is open: whether its result has begun
        self.boxes: list[Any] = []  # text boxes met in a paragraph, to be read after it

    def inside(self, element: Any) -> Iterator[Piece]:
        for child in element:
            if child.tag == f"{W}p":
                yield self._text(child, hidden=self._style_hides(child, "pPr", "pStyle"))
                yield from self._of_boxes()
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag not in SILENT:
                yield from self.inside(child)

    def _of_boxes(self) -> Iterator[Piece]:
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            yield from self.inside(box)

    def _style_hides(self, element: Any, properties: str, name: str) -> bool:
        style = element.find(f"{W}{properties}/{W}{name}")
        return style is not None and self.hiding.get(style.get(f"{W}val", ""), False)

    def _text(self, element: Any, *, hidden: bool) -> str:
        """Return the text of a paragraph; what a text box holds is read after it, once."""
        texts: list[str] = []
        for child in element:
            if child.tag == TEXT_BOX:
                self.boxes.append(child)
            elif child.tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType", ""))
            elif child.tag == f"{W}t" or child.tag in SIGNS:
                shown = not hidden and all(self.codes)
                texts.append((SIGNS.get(child.tag) or child.text or "") if shown else "")
            elif child.tag not in SILENT:
                text = self._text(child, hidden=self._hides(child, hidden))
                texts.append(raised(text) if _is_raised(child) else text)
        return "".join(texts)

    def _hides(self, element: Any, hidden: bool) -> bool:
        if element.tag != f"{W}r":
            return hidden
        own = _unseen(element.find(f"{W}rPr"))
        if own is not None:
            return own
        return hidden or self._style_hides(element, "rPr", "rStyle")

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self.codes.append(False)
        elif kind == "separate" and self.codes:
            self.codes[-1] = True
        elif kind == "end" and self.codes:
            self.codes.pop()

    def _table(self, table: Any) -> Iterator[Piece]:
        if table.find(f".//{W}tbl") is not None:  # a table that only lays out others
            for cell in table.iter(f"{W}tc"):
                if next(cell.iterancestors(f"{W}tbl")) is table:
                    yield from self.inside(cell)
            return
        grid: Grid = [self._row(row) for row in table.iter(f"{W}tr") if not _is_deleted(row)]
        yield grid
        yield from self._of_boxes()

    def _row(self, row: Any) -> Row:
        cells: Row = [None] * _number(row, "gridBefore")
        for cell in row.iter(f"{W}tc"):
            properties = cell.find(f"{W}tcPr")
            if properties is not None and properties.find(f"{W}cellDel") is not None:
                continue
            merge = None if properties is None else properties.find(f"{W}vMerge")
            covered = merge is not None and merge.get(f"{W}val", "continue") == "continue"
            text = None if covered else self._cell(cell)
            cells += [text, *[None] * (max(1, _number(cell, "gridSpan")) - 1)]
        return cells

    def _cell(self, cell: Any) -> str:
        lines = (self._text(p, hidden=self._style_hides(p, "pPr", "pStyle")) for p in cell.iter(f"{W}p"))
        return cell_text("\n".join(lines))


def _is_deleted(row: Any) -> bool:
    """Return whether a row is struck by a change that waits to be accepted, or hidden."""
    properties = row.find(f"{W}trPr")
    return properties is not None and any(
        properties.find(f"{W}{name}") is not None for name in ("del", "hidden")
    )


def _number(element: Any, name: str) -> int:
    node = element.find(f"./*/{W}{name}")
    value = "" if node is None else node.get(f"{W}val", "")
    return min(int(value), MOST_SPAN) if value.isdecimal() else 0
