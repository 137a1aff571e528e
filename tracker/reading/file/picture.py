"""Pages of a PDF and images as pixels: nothing of the file is handed on but what one sees.

A page is drawn with its annotations, since a reader sees them too. An image is turned as its camera says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from tracker.domain.case.file import PDF
from tracker.domain.errors import UnreadableFileError

Image.MAX_IMAGE_PIXELS = None  # what is too large is refused here, with a sentence
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
MOST_PIXELS = 80_000_000  # an A3 sheet scanned at 600 dots an inch has 70 million
MOST_FRAMES = 500
PREVIEW_WIDTH = 1240  # pixels
POINTS = 72  # an inch
LONGEST_SIDE = 5000  # pixels of a page that is drawn
DAMAGED = "文件已损坏，不能打开，没有保存：请重新扫描，或者另存一份再上传。"
LOCKED = "文件有密码，不能检查密级标志，没有保存：请去掉密码后再上传。"
NO_PAGE = "没有这一页。"


@contextmanager
def opened_pdf(content: bytes) -> Iterator[Any]:
    """Open a PDF. Raises UnreadableFileError where it has a password or is damaged."""
    try:
        document = pypdfium2.PdfDocument(content)
        document.init_forms()  # what is typed into fields is seen too
    except pypdfium2.PdfiumError as error:
        raise UnreadableFileError(LOCKED if "assword" in str(error) else DAMAGED) from error
    try:
        yield document
    finally:
        document.close()


@contextmanager
def opened_image(content: bytes) -> Iterator[Any]:
    """Open an image. Raises UnreadableFileError where it is damaged or too large to be drawn."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnreadableFileError(
                    "图片太大（%(width)s×%(height)s像素），没有保存：请缩小后再上传。",
                    width=image.width,
                    height=image.height,
                )
            yield image
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnreadableFileError(DAMAGED) from error


def count(content: bytes, mime: str) -> int:
    """Return how many pages a PDF or an image has. Raises UnreadableFileError."""
    if mime == PDF:
        with opened_pdf(content) as document:
            return len(document)
    with opened_image(content) as image:
        return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1


def png(content: bytes, mime: str, number: int) -> bytes:
    """Return a page as a PNG for reading on a screen. number: from 1. Raises UnreadableFileError."""
    picture = page(content, mime, number, width=PREVIEW_WIDTH)
    into = BytesIO()
    picture.save(into, "PNG", optimize=False)
    return into.getvalue()


def page(content: bytes, mime: str, number: int, *, dpi: int = 0, width: int = 0) -> Any:
    """Return a page as an RGB image, drawn at so many dots an inch, or no wider than so many pixels."""
    if mime == PDF:
        with opened_pdf(content) as document:
            if not 1 <= number <= len(document):
                raise UnreadableFileError(NO_PAGE)
            sheet = document[number - 1]
            flat = drawn(sheet, dpi=dpi, width=width)
            sheet.close()
            return flat
    with opened_image(content) as image:
        if number > 1:
            _turn_to(image, number)
        turned = ImageOps.exif_transpose(image)
        flat = _on_white(turned)
    most = min(width or LONGEST_SIDE, LONGEST_SIDE)
    flat.thumbnail((most, LONGEST_SIDE))
    return flat


def _turn_to(image: Any, number: int) -> None:
    try:
        image.seek(number - 1)
    except EOFError as error:
        raise UnreadableFileError(NO_PAGE) from error


def drawn(sheet: Any, *, dpi: int = 0, width: int = 0) -> Any:
    """Return a page of a PDF as an RGB image."""
    points = (max(sheet.get_width(), 1), max(sheet.get_height(), 1))
    scale = dpi / POINTS if dpi else width / points[0]
    scale = min(scale, LONGEST_SIDE / max(points))
    bitmap = sheet.render(scale=scale, may_draw_forms=True)
    picture = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return picture


def _on_white(image: Any) -> Any:
    """Return an image without transparency, on white as paper is."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        flat = Image.new("RGB", over.size, "white")
        flat.paste(over, mask=over.getchannel("A"))
        return flat
    if image.mode.startswith("I;16"):  # 16 bits of grey
        image = image.point(lambda value: value / 256).convert("L")
    return image.convert("RGB")


def trailing(content: bytes) -> int:
    """Return how many bytes follow the end of a JPEG or PNG, which no reader shows."""
    for start, end in ((b"\xff\xd8", b"\xff\xd9"), (b"\x89PNG", b"IEND\xaeB`\x82")):
        if content.startswith(start):
            place = content.rfind(end)
            return len(content) - place - len(end) if place >= 0 else 0
    return 0
