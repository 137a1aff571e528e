"""The QR code of a leaflet: drawn by segno, put into the filled Word file where its place is."""

from base64 import b64encode
from io import BytesIO
from typing import Any

import segno
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm

from tracker.domain.letter.leaflet import QR_PLACE
from tracker.rendering.dateless import dateless

SIDE = Mm(34)
SCALE, QUIET = 8, 4  # dots of a module; modules of white around, which a scanner needs (ISO/IEC 18004)


def png(address: str) -> bytes:
    """Return the QR code of an address; a tenth of it may be smudged (level M)."""
    stream = BytesIO()
    segno.make(address, error="m", micro=False).save(stream, kind="png", scale=SCALE, border=QUIET)
    return stream.getvalue()


def image(address: str) -> str:
    """Return the QR code as it stands in a page from which a PDF is made."""
    content = b64encode(png(address)).decode()
    style = f"display:block;margin:0 auto;width:{SIDE.mm}mm"
    return f'<img alt="" style="{style}" src="data:image/png;base64,{content}">'


def put(file: bytes, picture: bytes) -> bytes:
    """Return the Word file with the picture in the place of every paragraph that holds the mark alone."""
    document = Document(BytesIO(file))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    for paragraph in [*document.paragraphs, *(each for cell in cells for each in cell.paragraphs)]:
        if QR_PLACE in paragraph.text:
            _put(paragraph, picture)
    stream = BytesIO()
    document.save(stream)
    return dateless(stream.getvalue())


def _put(paragraph: Any, picture: bytes) -> None:
    for run in list(paragraph.runs):
        run.text = run.text.replace(QR_PLACE, "")
    form = paragraph.paragraph_format
    form.line_spacing = 1.0  # an exact line would cut the picture off
    form.alignment, form.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, 0
    paragraph.add_run().add_picture(BytesIO(picture), width=SIDE)
