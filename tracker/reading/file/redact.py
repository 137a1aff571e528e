"""Make every page of a file anew from pixels, the boxes painted before anything is encoded; then prove it.

What comes out is a PDF with one image a page and nothing else: no text, no vectors, no layers, annotations,
attachments, thumbnails, earlier versions or properties of the source. Runs in a process with limits.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from ctypes import c_double
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageStat
from pypdfium2 import raw

from tracker.domain.case.file import PDF
from tracker.domain.case.redaction import WHOLE
from tracker.domain.errors import UnreadableFileError
from tracker.domain.message import Phrase
from tracker.reading.file import picture
from tracker.reading.file.pixel_pdf import PixelPdf

DPI = 200  # dots an inch of a page that is made anew
MOST_BYTES = 48 * 1024 * 1024  # of what is made
BLACK = 16  # of 255: no darker or lighter sign is seen in a box
ALIKE, FAR, FEW = 6.0, 96, 0.002  # mean difference; a great one; the share of pixels that may have it
EDGE = 2  # pixels around a box in which a JPEG may be grey
FORBIDDEN = (
    b"/Annots", b"/OCProperties", b"/OCG", b"/EmbeddedFile", b"/Metadata", b"/Thumb", b"/AcroForm",
    b"/JavaScript", b"/OpenAction", b"/Font", b"/ToUnicode", b"/Outlines", b"/StructTreeRoot",
    b"/PieceInfo", b"/Prev", b"/Info",
)  # fmt: skip
STREAM = re.compile(rb"stream\r?\n")
CODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
SHORTEST = 8  # bytes of a word that is looked for: fewer stand in any picture by chance
Place = tuple[int, int, int, int, int]  # page, left, top, right, bottom: ten-thousandths


def redacted(content: bytes, mime: str, places: Sequence[Place]) -> bytes:
    """Return the redacted copy as a PDF. Raises UnreadableFileError."""
    document = PixelPdf(DPI)
    for number in range(1, picture.count(content, mime) + 1):
        document.add(painted(content, mime, number, places))
    made = document.content()
    if len(made) > MOST_BYTES:
        raise UnreadableFileError("遮盖后的文件太大，没有保存：请把原文件分成几个再处理。")
    return made


def painted(content: bytes, mime: str, number: int, places: Sequence[Place]) -> Any:
    """Return a page as pixels with its boxes black."""
    sheet = _sheet(content, mime, number)
    brush = ImageDraw.Draw(sheet)
    for edges in _boxes(sheet, number, places):
        brush.rectangle((edges[0], edges[1], edges[2] - 1, edges[3] - 1), fill="black")
    return sheet


def _sheet(content: bytes, mime: str, number: int) -> Any:
    return picture.page(content, mime, number, dpi=DPI if mime == PDF else 0)


def _boxes(sheet: Any, number: int, places: Sequence[Place]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the boxes of a page in pixels, each rounded outwards: no half pixel stays."""
    width, height = sheet.size
    for page, left, top, right, bottom in places:
        if page == number:
            yield (
                left * width // WHOLE,
                top * height // WHOLE,
                -(-right * width // WHOLE),
                -(-bottom * height // WHOLE),
            )


# -- the proof --------------------------------------------------------------------------------------


def faults(content: bytes, mime: str, made: bytes, places: Sequence[Place]) -> list[str]:
    """Return what speaks against a redacted copy; nothing, where it is proved. Raises UnreadableFileError."""
    pages = picture.count(content, mime)
    result: list[str] = [
        Phrase("文件里有不该有的部分（%(name)s）", name=name.decode())
        for name in FORBIDDEN
        if _holds(made, name)
    ]
    with picture.opened_pdf(made) as document:
        if len(document) != pages:
            return ["页数与原文件不同"]
        if document.count_attachments():
            result.append("文件带有附件")
        for number in range(1, pages + 1):
            page = document[number - 1]
            result += _faults_of_page(page, content, mime, number, places)
            page.close()
    under = words_under(content, places) if mime == PDF else set()
    if any(_said(part, word) for part in _parts(made) for word in under):
        result.append("框里的文字还在文件的字节里")
    return result


def _faults_of_page(
    page: Any, content: bytes, mime: str, number: int, places: Sequence[Place]
) -> Iterator[str]:
    kinds = [shown.type for shown in page.get_objects()]
    if kinds != [raw.FPDF_PAGEOBJ_IMAGE] or raw.FPDFPage_GetAnnotCount(page):
        yield Phrase("第%(number)s页不只是一幅图像", number=number)
    reading = page.get_textpage()
    if reading.count_chars():
        yield Phrase("第%(number)s页还有文字", number=number)
    reading.close()
    now = picture.drawn(page, dpi=DPI)
    before = _sheet(content, mime, number)
    if now.size != before.size:
        yield Phrase("第%(number)s页的大小与原文件不同", number=number)
        return
    rest = Image.new("L", before.size, 255)
    for left, top, right, bottom in _boxes(before, number, places):
        if max(high for _low, high in now.crop((left, top, right, bottom)).getextrema()) > BLACK:
            yield Phrase("第%(number)s页有一处没有全部涂黑", number=number)
        around = (left - EDGE, top - EDGE, right - 1 + EDGE, bottom - 1 + EDGE)
        ImageDraw.Draw(rest).rectangle(around, fill=0)
    difference = ImageChops.difference(now, before).convert("L")
    if _differs(difference, rest):
        yield Phrase("第%(number)s页框外的内容与原文件不同", number=number)


def _differs(difference: Any, rest: Any) -> bool:
    """Return whether pixels outside the boxes are others than they were. rest: a mask of them."""
    if rest.getbbox() is None:
        return False
    counts = difference.histogram(rest)
    far = sum(counts[FAR:]) / max(sum(counts), 1)
    return far > FEW or ImageStat.Stat(difference, rest).mean[0] > ALIKE


def _holds(made: bytes, name: bytes) -> bool:
    """Return whether a name of the format stands outside the streams."""
    bare = re.sub(rb"stream\r?\n.*?endstream", b"", made, flags=re.DOTALL)
    return re.search(re.escape(name) + rb"(?![A-Za-z])", bare) is not None


def _parts(made: bytes) -> Iterator[bytes]:
    """Yield a PDF as it is, then each of its streams unpacked."""
    yield made
    for start in STREAM.finditer(made):
        try:
            yield zlib.decompressobj().decompress(made[start.end() :], picture.MOST_PIXELS * 3)
        except zlib.error:
            continue  # a JPEG: its bytes stand in the file as they are


def _said(content: bytes, word: str) -> bool:
    coded = (word.encode(coding) for coding in CODINGS)
    return any(sought in content for sought in coded if len(sought) >= SHORTEST)


def words_under(content: bytes, places: Sequence[Place]) -> set[str]:
    """Return the words of a PDF's text that lie under boxes, each in one piece as it stands there."""
    pieces: set[str] = set()
    with picture.opened_pdf(content) as document:
        for number in sorted({place[0] for place in places}):
            page = document[number - 1]
            reading = page.get_textpage()
            for _page, *edges in (place for place in places if place[0] == number):
                pieces |= set(_bounded(page, reading, edges).split())
            reading.close()
    return pieces


def _bounded(page: Any, reading: Any, edges: Sequence[int]) -> str:
    corners = [on_page(page, edges[0], edges[1]), on_page(page, edges[2], edges[3])]
    across, up = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    return str(reading.get_text_bounded(across[0], up[0], across[1], up[1]))


def on_page(page: Any, across: int, down: int) -> tuple[float, float]:
    """Return where a place of the page as it is shown lies in the space of the format."""
    x, y = c_double(), c_double()
    raw.FPDF_DeviceToPage(page, 0, 0, WHOLE, WHOLE, 0, across, down, x, y)
    return x.value, y.value
