"""The annual report as a Word file in the layout of official documents (GB/T 9704—2012)."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from tracker.rendering.annual import AnnualReport
from tracker.rendering.dateless import dateless
from tracker.rendering.document import NUMBER, Cell, Grid, ReportHeading, pieces, title
from tracker.rendering.html import DRAFT

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# GB/T 9704—2012: A4, margins, title 2号小标宋, text 3号仿宋, headings 3号黑体 and 3号楷体, 28 pt of line.
PAPER, MARGINS = (Mm(210), Mm(297)), (Mm(37), Mm(26), Mm(35), Mm(28))
TITLE, BODY, HEADING, PART, FOOT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
LINE = Pt(28)
INDENT = Pt(32)  # two characters of size 3


def report(compiled: AnnualReport) -> bytes:
    """Return the file: title, six sections, page numbers."""
    document = Document()
    _page(document, compiled)
    line(document, title(compiled), TITLE, SIZE_2, centred=True)
    if not compiled.edition:
        line(document, DRAFT.format(day=compiled.compiled_on.isoformat()), BODY, SIZE_4, centred=True)
    for piece in pieces(compiled):
        if isinstance(piece, Grid):
            _grid(document, piece)
        elif isinstance(piece, ReportHeading):
            heading = line(document, piece.text, HEADING if piece.level == 1 else PART, SIZE_3, indent=True)
            heading.style = document.styles[f"Heading {piece.level}"]
            heading.paragraph_format.keep_with_next = True
        else:
            line(document, piece.text, BODY, SIZE_3, indent=True)
    stream = BytesIO()
    document.save(stream)
    return dateless(stream.getvalue())


def _page(document: Any, compiled: AnnualReport) -> None:
    paper(document, ("Normal", "Heading 1", "Heading 2"))
    made = compiled.published_on or compiled.compiled_on
    properties(document, title(compiled), compiled.agency, made)


def paper(document: Any, styles: Sequence[str]) -> None:
    """Lay out the page and the styles as official documents have them, with page numbers at the foot."""
    section = document.sections[0]
    section.page_width, section.page_height = PAPER
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = MARGINS
    for name in styles:
        style = document.styles[name]
        font(style, BODY, SIZE_3)
        style.font.bold = style.font.italic = False
        style.font.color.rgb = None
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    page_number(section.footer.paragraphs[0])


def properties(document: Any, title: str, author: str, made: date) -> None:
    """Say what the file is: nothing of the machine that made it."""
    core = document.core_properties
    core.title, core.author, core.language = title, author, "zh-CN"
    core.created = core.modified = datetime(made.year, made.month, made.day)  # noqa: DTZ001


def font(styled: Any, name: str, size: Any) -> None:
    """Set the font for Latin and, which Word keeps apart, for Chinese."""
    styled.font.name, styled.font.size = name, size
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), name)


def line(
    document: Any, text: str, face: str, size: Any, *, centred: bool = False, indent: bool = False
) -> Any:
    """Add a paragraph in the layout of official documents."""
    paragraph = document.add_paragraph()
    font(paragraph.add_run(text), face, size)
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.space_before = form.space_after = Pt(0)
    if centred:
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indent:
        form.first_line_indent = INDENT
    return paragraph


def page_number(paragraph: Any) -> None:
    """Write — 1 — at the foot, which Word counts."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        font(run, FOOT, SIZE_4)
        if text is None:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            paragraph._p.append(field)
            field.append(run._r)


# -- tables ---------------------------------------------------------------------------------------
# Written as XML: a table has hundreds of cells of the same form, which python-docx would form one by one.

CELL_FONT = (
    f'<w:rPr><w:rFonts w:ascii="{BODY}" w:hAnsi="{BODY}" w:eastAsia="{BODY}"/><w:sz w:val="18"/></w:rPr>'
)
CENTRED = '<w:spacing w:line="240" w:lineRule="auto" w:before="20" w:after="20"/><w:jc w:val="center"/>'
# A number uses the whole cell: six digits stand on one line.
TIGHT = '<w:tcMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tcMar>'
MIDDLE = '<w:vAlign w:val="center"/>'


def _grid(document: Any, grid: Grid) -> None:
    table = document.add_table(rows=0, cols=len(grid.widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, grid.widths, strict=True):
        column.width = Mm(width)
    spanning: dict[int, Cell] = {}  # by column: the cell that begins there in this line or one above
    for place, begins in enumerate(grid.lines):
        begun = {cell.column: cell for cell in begins}
        spanning |= begun
        kept, column, cells = place < len(grid.lines) - 1, 0, []
        while column < len(grid.widths):
            cell = spanning[column]
            width = sum(Mm(each).twips for each in grid.widths[column : column + cell.columns])
            cells.append(_cell(cell, width, begins=column in begun, kept=kept))
            column += cell.columns
        # A line stays whole on one page; the headings are repeated on the next.
        head = "<w:tblHeader/>" if place < grid.head else ""
        row = f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>"
        table._tbl.append(parse_xml(row))


def _cell(cell: Cell, width: int, *, begins: bool, kept: bool) -> str:
    """Return a cell, or what stands for it in a further line that it spans.

    width: in twentieths of a point. kept: on one page with the line below.
    """
    span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    merged = "" if cell.rows == 1 else '<w:vMerge w:val="restart"/>' if begins else "<w:vMerge/>"
    margins = TIGHT if cell.kind == NUMBER else ""
    form = f"{'<w:keepNext/>' if kept else ''}{CENTRED if begins else ''}"
    run = f"<w:r>{CELL_FONT}<w:t>{escape(cell.text)}</w:t></w:r>" if begins else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/>{span}{merged}{margins}{MIDDLE}</w:tcPr>'
        f"<w:p><w:pPr>{form}</w:pPr>{run}</w:p></w:tc>"
    )
