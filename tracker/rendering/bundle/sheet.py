"""Put the papers of a bundle together, page after page, each page with its number.

Runs in the process for foreign files: scans and photographs come from outside.
"""

import ctypes
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

A4 = (595.28, 841.89)  # points
MARGIN = 42.0
NUMBER_SIZE = 10.0
MOST_PIXELS = 60_000_000
IMAGES = ("jpg", "jpeg", "png", "webp")


@dataclass(frozen=True, slots=True)
class Sheets:
    """The pages of all papers as one PDF, the first and last page of each, and what could not be taken."""

    pdf: bytes
    pages: list[tuple[int, int]]
    refused: list[int]


def together(papers: list[tuple[str, bytes]]) -> Sheets:
    """Return the papers as one PDF with continuous page numbers; what cannot be taken is left out and named.

    papers: ending and content of each.
    """
    whole = pdfium.PdfDocument.new()
    pages: list[tuple[int, int]] = []
    refused: list[int] = []
    for place, (ending, content) in enumerate(papers):
        first = len(whole) + 1
        if not _append(whole, ending, content):
            refused.append(place)
        pages.append((first, len(whole)))
    _number(whole)
    out = BytesIO()
    whole.save(out)
    return Sheets(out.getvalue(), pages, refused)


def joined(*files: bytes) -> bytes:
    """Return PDF files of ours one after the other."""
    whole = pdfium.PdfDocument.new()
    for file in files:
        whole.import_pages(pdfium.PdfDocument(file))
    out = BytesIO()
    whole.save(out)
    return out.getvalue()


def _append(whole: Any, ending: str, content: bytes) -> bool:
    """Put a paper at the end; return whether it could be."""
    before = len(whole)
    try:
        if ending in IMAGES:
            _image(whole, content)
        else:
            paper = pdfium.PdfDocument(content)
            whole.import_pages(paper)
    except (pdfium.PdfiumError, OSError, ValueError, Image.DecompressionBombError):
        while len(whole) > before:
            whole.del_page(len(whole) - 1)
        return False
    return len(whole) > before


def _image(whole: Any, content: bytes) -> None:
    """Put a photograph on a page of A4, as large as its margins let it."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(BytesIO(content)) as opened:
        flat = opened.convert("RGB")
    jpeg = BytesIO()
    flat.save(jpeg, "JPEG", quality=88)
    jpeg.seek(0)
    page = whole.new_page(*A4)
    image = pdfium.PdfImage.new(whole)
    image.load_jpeg(jpeg, pages=[page], inline=True)
    room = [side - 2 * MARGIN for side in A4]
    scale = min(room[0] / flat.width, room[1] / flat.height)
    width, height = flat.width * scale, flat.height * scale
    left, bottom = (A4[0] - width) / 2, (A4[1] - height) / 2
    image.set_matrix(pdfium.PdfMatrix().scale(width, height).translate(left, bottom))
    page.insert_obj(image)
    page.gen_content()


def _number(whole: Any) -> None:
    """Write the number of each page, and of how many, into its lower right corner."""
    font = raw.FPDFText_LoadStandardFont(whole, b"Helvetica")
    for place in range(len(whole)):
        page = whole[place]
        _left, bottom, right, _top = page.get_cropbox()
        text = f"{place + 1} / {len(whole)}"
        drawn = raw.FPDFPageObj_CreateTextObj(whole, font, NUMBER_SIZE)
        raw.FPDFText_SetText(drawn, _utf16(text))
        width = len(text) * NUMBER_SIZE / 2
        raw.FPDFPageObj_Transform(drawn, 1, 0, 0, 1, right - MARGIN - width, bottom + MARGIN / 2)
        raw.FPDFPage_InsertObject(page, drawn)
        page.gen_content()


def _utf16(text: str) -> Any:
    coded = (text + "\0").encode("utf-16-le")
    return ctypes.cast(ctypes.create_string_buffer(coded, len(coded)), raw.FPDF_WIDESTRING)
