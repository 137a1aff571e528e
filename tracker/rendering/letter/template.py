"""Our own templates: one Word file a kind of letter, made from the lines of ``domain/letter/kind``.

Layout: GB/T 9704—2012 (A4, title 2号小标宋, text 3号仿宋, page numbers). An office opens one in Word, changes
it and gives it back as its own.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO
from itertools import groupby
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from tracker.domain.letter.index import TEMPLATED
from tracker.domain.letter.kind import CLOSED, Addressee, LetterLine, LineRole, lines
from tracker.rendering import word
from tracker.rendering.dateless import dateless

ROW_LABEL, ROW_TEXT = Mm(46), Mm(110)
ROW_SIZE = Pt(14)  # 4号
ROW_HEIGHT = Mm(13)
HALF_LINE = Pt(14)
LEAFLET_LINE = Pt(21)  # a card is one page
MADE = date(2026, 1, 1)  # what every template of ours says of itself
DATE_INDENT = Pt(64)  # four characters of size 3
# The day never stands alone on a page, nor with the organ alone: words of the letter stand above them.
KEPT_WITH_NEXT = (LineRole.ORGAN, LineRole.TITLE, LineRole.NUMBER, LineRole.ADDRESSEE, LineRole.SIGNED)
# What stands in for a font that a machine lacks (Word and WPS read ``altName``).
INSTEAD = {
    word.TITLE: "Noto Serif CJK SC",
    word.BODY: "FangSong",
    word.HEADING: "SimHei",
    word.PART: "KaiTi",
}
CENTRED = (LineRole.ORGAN, LineRole.TITLE, LineRole.NUMBER, LineRole.SLIP)


@cache
def shipped(key: str) -> bytes:
    """Return our own template of the kind."""
    kind = TEMPLATED[key]
    document = Document()
    word.paper(document, ("Normal",))
    word.properties(document, kind.label, "", MADE)
    for is_row, group in groupby(lines(kind), lambda line: line.role is LineRole.ROW):
        if is_row:
            _rows(document, group)
        else:
            for line in group:
                _paragraph(document, line, is_leaflet=kind.to is Addressee.PUBLIC)
    _fall_back(document)
    stream = BytesIO()
    document.save(stream)
    return dateless(stream.getvalue())


def _paragraph(document: Any, line: LetterLine, *, is_leaflet: bool) -> None:
    role = line.role
    is_title = role in (LineRole.ORGAN, LineRole.TITLE, LineRole.SLIP)
    paragraph = word.line(
        document,
        line.text,
        word.TITLE if is_title else word.BODY,
        word.SIZE_2 if is_title else ROW_SIZE if is_leaflet else word.SIZE_3,
        centred=role in CENTRED,
        indent=role is LineRole.BODY,
    )
    form = paragraph.paragraph_format
    if is_leaflet and not is_title:
        form.line_spacing = LEAFLET_LINE
    form.page_break_before = role is LineRole.SLIP
    form.keep_with_next = (role in KEPT_WITH_NEXT or line in CLOSED) and line is not CLOSED[-1]
    if role is LineRole.SIGNED:
        form.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        form.right_indent = DATE_INDENT  # 成文日期右空四字
    if role in (LineRole.TITLE, LineRole.NUMBER, LineRole.SLIP):
        form.space_after = HALF_LINE


def _rows(document: Any, rows: Iterator[LetterLine]) -> None:
    table = document.add_table(rows=0, cols=2)
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, (ROW_LABEL, ROW_TEXT), strict=True):
        column.width = width
    for line in rows:
        row = table.add_row()
        row.height = ROW_HEIGHT
        for cell, width, text in zip(row.cells, (ROW_LABEL, ROW_TEXT), (line.label, line.text), strict=True):
            cell.width, cell.vertical_alignment = width, WD_CELL_VERTICAL_ALIGNMENT.CENTER
            word.font(cell.paragraphs[0].add_run(text), word.BODY, ROW_SIZE)


def _fall_back(document: Any) -> None:
    """Name for each font of official documents what a machine without it takes."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in INSTEAD.items()
    )
    table = next(
        part for part in document.part.package.iter_parts() if part.partname.endswith("fontTable.xml")
    )
    table._blob = table.blob.replace(b"</w:fonts>", f"{fonts}</w:fonts>".encode())
