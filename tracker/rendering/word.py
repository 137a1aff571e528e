"""The annual report as a Word file in the layout of official documents (GB/T 9704—2012)."""

import zipfile
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tracker.rendering.annual import AnnualReport
from tracker.rendering.document import NUMBER, Cell, Grid, ReportHeading, pieces, title
from tracker.rendering.html import DRAFT

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# GB/T 9704—2012: A4, margins, title 2号小标宋, text 3号仿宋, headings 3号黑体 and 3号楷体, 28 pt of line.
PAPER, MARGINS = (Mm(210), Mm(297)), (Mm(37), Mm(26), Mm(35), Mm(28))
TITLE, BODY, HEADING, PART, FOOT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
LINE = Pt(28)
INDENT = Pt(32)  # two characters of size 3
CELL = Pt(9)
FIXED = (1980, 1, 1, 0, 0, 0)  # the time of every part of the file: the same report gives the same bytes


def report(compiled: AnnualReport) -> bytes:
    """Return the file: title, six sections, page numbers."""
    document = Document()
    _page(document, compiled)
    _line(document, title(compiled), TITLE, SIZE_2, centred=True)
    if not compiled.edition:
        _line(document, DRAFT.format(day=compiled.compiled_on.isoformat()), BODY, SIZE_4, centred=True)
    for piece in pieces(compiled):
        if isinstance(piece, Grid):
            _grid(document, piece)
        elif isinstance(piece, ReportHeading):
            heading = _line(document, piece.text, HEADING if piece.level == 1 else PART, SIZE_3, indent=True)
            heading.style = document.styles[f"Heading {piece.level}"]
            heading.paragraph_format.keep_with_next = True
        else:
            _line(document, piece.text, BODY, SIZE_3, indent=True)
    stream = BytesIO()
    document.save(stream)
    return _dateless(stream.getvalue())


def _page(document: Any, compiled: AnnualReport) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAPER
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = MARGINS
    for name in ("Normal", "Heading 1", "Heading 2"):
        style = document.styles[name]
        _font(style, BODY, SIZE_3)
        style.font.bold = style.font.italic = False
        style.font.color.rgb = None
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    properties = document.core_properties
    properties.title, properties.author, properties.language = title(compiled), compiled.agency, "zh-CN"
    made = compiled.published_on or compiled.compiled_on
    properties.created = properties.modified = datetime(made.year, made.month, made.day)  # noqa: DTZ001
    _page_number(section.footer.paragraphs[0])


def _font(styled: Any, name: str, size: Any) -> None:
    """Set the font for Latin and, which Word keeps apart, for Chinese."""
    styled.font.name, styled.font.size = name, size
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), name)


def _line(
    document: Any, text: str, font: str, size: Any, *, centred: bool = False, indent: bool = False
) -> Any:
    paragraph = document.add_paragraph()
    _font(paragraph.add_run(text), font, size)
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.space_before = form.space_after = Pt(0)
    if centred:
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indent:
        form.first_line_indent = INDENT
    return paragraph


def _page_number(paragraph: Any) -> None:
    """Write — 1 — at the foot, which Word counts."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        _font(run, FOOT, SIZE_4)
        if text is None:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            paragraph._p.append(field)
            field.append(run._r)


# -- tables ---------------------------------------------------------------------------------------


def _grid(document: Any, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.lines), cols=len(grid.widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, grid.widths, strict=True):
        column.width = Mm(width)
    rows = [list(row.cells) for row in table.rows]
    for row in rows:
        for cell, width in zip(row, grid.widths, strict=True):
            cell.width = Mm(width)
    for place, line in enumerate(grid.lines):
        for cell in line:
            _cell(rows, place, cell)
    for place, row in enumerate(table.rows):
        _row(row, repeated=place < grid.head)
    for cell in {id(cell): cell for row in rows[:-1] for cell in row}.values():
        cell.paragraphs[0].paragraph_format.keep_with_next = True  # the table stays on one page


def _cell(rows: list[list[Any]], place: int, cell: Cell) -> None:
    first, last = rows[place][cell.column], rows[place + cell.rows - 1][cell.column + cell.columns - 1]
    target = first if first is last else first.merge(last)
    target.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = target.paragraphs[0]
    _font(paragraph.add_run(cell.text), BODY, CELL)
    form = paragraph.paragraph_format
    form.line_spacing, form.space_before, form.space_after = 1.0, Pt(1), Pt(1)
    form.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if cell.kind == NUMBER:
        _tight(target)


def _tight(cell: Any) -> None:
    """Let a number use the whole cell: six digits stand on one line."""
    margins = OxmlElement("w:tcMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "0")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    cell._tc.get_or_add_tcPr().append(margins)


def _row(row: Any, *, repeated: bool) -> None:
    """Keep the line whole on one page; let the headings be repeated on the next."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if repeated else ())):
        properties.append(OxmlElement(name))


def _dateless(content: bytes) -> bytes:
    """Return the package with one fixed time on its parts."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, FIXED), old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
