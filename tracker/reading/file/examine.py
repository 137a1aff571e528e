"""Look at a file that is to be kept: what it is, whether it is whole, whether it bears a mark of secrecy.

What cannot be looked through is refused (a password, macros, a package inside a picture), or told (pictures
of words, an old format). Runs in a process with limits (isolated.py).
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdfium2 import raw

from tracker.domain.case.evidence import file_type
from tracker.domain.case.file import BMP, DOC, DOCX, IMAGES, OFD, PDF, TIFF, XLS, XLSX
from tracker.domain.errors import UnreadableFileError
from tracker.domain.law import secrecy
from tracker.domain.message import Phrase, worded
from tracker.reading.file import picture, wording
from tracker.reading.spreadsheet import biff

MOST_PAGES = 1000
MOST_CHARACTERS = 4_000_000
SPARE = 1024  # bytes after the end of a file that count as nothing
DEEPEST = 2  # documents within documents
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR = 512
LOCKED_BIT = 0x100
WORD_HEAD = b"\xec\xa5"
BODY, EDGE, ATTACHED = "正文", "页眉、页脚、批注或者属性", "内嵌的文件"
CODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
MARKS = tuple(
    (f"{level}{star}".encode(coding), level)
    for level in ("绝密", "机密", "秘密")
    for star in "★☆"
    for coding in CODINGS
)
SIGNS = (
    (b"PK\x03\x04", worded("这是压缩包：请先解压，再逐个上传其中的文件。")),
    (b"Rar!", worded("这是压缩包：请先解压，再逐个上传其中的文件。")),
    (b"7z\xbc\xaf", worded("这是压缩包：请先解压，再逐个上传其中的文件。")),
    (b"{\\rtf", worded("这是 RTF 文档：请另存为 .docx 或者 PDF 再上传。")),
    (b"MZ", worded("这是程序文件，不保存。")),
    (b"GIF8", worded("这是 GIF 图片：请另存为 PNG 再上传。")),
)
UNKNOWN = worded(
    "只收 PDF、图片（JPEG、PNG、WebP、TIFF、BMP）、Word、Excel 和 OFD；按内容检查，改文件名没有用。"
)
HIDDEN = worded("文件里夹带着另一个文件（既是图片或者 PDF，又是压缩包），没有保存：请重新扫描或者另存一份。")


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file is. mark: the level of its mark of secrecy, and where it stands; then nothing is kept.

    pages: of a PDF or an image; 0 of what has none that can be shown. told: what could not be looked at.
    """

    mime: str
    pages: int = 0
    mark: str = ""
    where: str = ""
    told: tuple[str, ...] = ()


class _MarkedError(Exception):
    """The file bears a mark: nothing more of it is looked at."""

    def __init__(self, mark: str, where: str) -> None:
        super().__init__(mark)
        self.mark, self.where = mark, where


def examined(content: bytes) -> Examined:
    """Return what a file is. Raises UnreadableFileError where it cannot be taken, with what to do."""
    mime = mime_of(content)
    try:
        pages, told = _looked_through(content, mime, 0)
    except _MarkedError as error:
        return Examined(mime, mark=error.mark, where=error.where)
    return Examined(mime, pages, told=tuple(told))


def glance(content: bytes) -> Examined:
    """Return what a photograph or scan is, and its mark; one that is damaged is taken, as evidence is.

    The type is empty where it is none of those.
    """
    mime = file_type(content)
    if mime is None:
        return Examined("")
    try:
        return examined(content)
    except UnreadableFileError:
        return Examined(mime)


def mime_of(content: bytes) -> str:
    """Return the type of a file by its content. Raises UnreadableFileError where it is none that is taken."""
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableFileError("文件是空的，没有保存：请重新选择。")
    simple = file_type(content)
    if simple is None and content[:4] in (b"II*\x00", b"MM\x00*"):
        simple = TIFF
    if simple is None and content.startswith(b"BM") and len(content) > 26:  # noqa: PLR2004 (its two heads)
        simple = BMP
    if simple is not None:
        _refuse_two_in_one(content, simple)
        return simple
    if content.startswith(b"PK\x03\x04"):
        return _package_type(content)
    if content.startswith(OLD):
        return _old_type(content)
    raise UnreadableFileError(next((message for sign, message in SIGNS if content.startswith(sign)), UNKNOWN))


def _refuse_two_in_one(content: bytes, mime: str) -> None:
    ends_as_package = zipfile.is_zipfile(BytesIO(content)) and b"PK\x05\x06" in content[-(SPARE * 66) :]
    after = content[content.rfind(b"%%EOF") :] if mime == PDF else b""
    if ends_as_package and (mime != PDF or b"PK\x05\x06" in after):
        raise UnreadableFileError(HIDDEN)
    if mime != PDF and b"%PDF-" in content[:SPARE]:
        raise UnreadableFileError(HIDDEN)
    if mime == PDF and len(after.rstrip(b"\x00 \t\r\n")) > SPARE:
        raise UnreadableFileError("PDF 的结尾后面还有不属于它的内容，没有保存：请打开后另存一份再上传。")


def _package_type(content: bytes) -> str:
    names = wording.opened(content).names
    for name, mime in (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("OFD.xml", OFD)):
        if name in names:
            return mime
    raise UnreadableFileError(SIGNS[0][1])


def _old_type(content: bytes) -> str:
    """Return the type of a compound file. Raises UnreadableFileError: a password, macros, not ours."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage") or biff.is_locked(content) or _locked_word(content):
        raise UnreadableFileError(picture.LOCKED)
    if holds("_VBA_PROJECT"):
        raise UnreadableFileError("文件含有宏，不保存：请另存为不带宏的文档（.docx、.xlsx）再上传。")
    if holds("WordDocument"):
        return DOC
    if holds("Workbook") or holds("Book"):
        return XLS
    raise UnreadableFileError(UNKNOWN)


def _locked_word(content: bytes) -> bool:
    for place in range(SECTOR, len(content) - SECTOR, SECTOR):
        if content[place : place + 2] == WORD_HEAD:
            return bool(int.from_bytes(content[place + 10 : place + 12], "little") & LOCKED_BIT)
    return False


# -- what it says -------------------------------------------------------------------------------------


def _looked_through(content: bytes, mime: str, depth: int) -> tuple[int, list[str]]:
    """Return the number of pages and what could not be looked at. Raises _MarkedError among others."""
    if mime == PDF:
        return _pdf(content, depth)
    if mime in IMAGES:
        return _image(content)
    if mime in (DOC, XLS):
        return 0, _old(content, mime)
    package = wording.opened(content)
    text = wording.wording(package)
    _stop(secrecy.mark_in(text.body), BODY)
    _stop(secrecy.mark_at_edge(text.edges), EDGE)
    told: list[str] = (
        [Phrase("文中图片里的文字不能检查密级标志，请自行核对。")] if wording.has_pictures(package) else []
    )
    for _name, embedded in wording.raw_parts(package):
        told += _embedded(embedded, depth)
    return 0, told


def _stop(mark: str, where: str) -> None:
    if mark:
        raise _MarkedError(mark, where)


def _embedded(content: bytes, depth: int) -> list[str]:
    """Look through a document within another; return what could not be looked at."""
    _stop(_mark_of_bytes(content), ATTACHED)
    try:
        mime = mime_of(content) if depth < DEEPEST else ""
        told = _looked_through(content, mime, depth + 1)[1] if mime else ["x"]
    except UnreadableFileError:
        told = ["x"]
    return [Phrase("内嵌的文件有不能检查的内容，请自行核对它没有密级标志。")] if told else []


def _image(content: bytes) -> tuple[int, list[str]]:
    told: list[str] = [Phrase("图片里的文字不能检查密级标志，请自行核对。")]
    _stop(_mark_of_bytes(content), EDGE)  # what it carries beside its pixels
    with picture.opened_image(content) as image:
        pages = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
        if pages > picture.MOST_FRAMES:
            raise UnreadableFileError("图片的页数太多，没有保存：请分成几个文件再上传。")
        image.load()  # a file that was cut off shows it here
    if (extra := picture.trailing(content)) > SPARE:
        told.append(
            Phrase(
                "图片后面还有%(value)s KB 不显示的数据（例如动态照片的录像），原样保存。",
                value=extra // SPARE,
            )
        )
    return pages, told


def _old(content: bytes, mime: str) -> list[str]:
    _stop(_mark_of_bytes(content), BODY)
    for start in (0, 1):
        text = content[start:].decode("utf-16-le", "ignore")
        _stop(_starred(text), BODY)
    label = ".doc" if mime == DOC else ".xls"
    return [
        Phrase(
            "旧格式（%(label)s）只按字节检查了密级标志：请自行核对，最好另存为新格式或者 PDF 再上传。",
            label=label,
        )
    ]


def _mark_of_bytes(content: bytes) -> str:
    """Return the level of a mark that stands among the bytes of a file that is not read otherwise."""
    return next((level for sign, level in MARKS if sign in content), "")


def _starred(text: str) -> str:
    """Return the level of a mark in text that was cut out of a file byte by byte: with its star alone."""
    match = secrecy.STARRED.search(re.sub(r"[ \t\u3000\r\n]", "", text))
    return match["level"] if match else ""


def _pdf(content: bytes, depth: int) -> tuple[int, list[str]]:
    with picture.opened_pdf(content) as document:
        pages, silent, length = len(document), 0, 0
        if not pages:
            raise UnreadableFileError(picture.DAMAGED)
        if pages > MOST_PAGES:
            raise UnreadableFileError(
                "PDF 超过%(most_pages)s页，没有保存：请分成几个文件再上传。",
                most_pages=MOST_PAGES,
            )
        properties = "\n".join(filter(None, document.get_metadata_dict().values()))
        _stop(secrecy.mark_in(properties), EDGE)
        for number in range(pages):
            text, notes = page_texts(document[number])
            _stop(secrecy.mark_in(text) or secrecy.mark_at_edge(_first_and_last(text)), BODY)
            _stop(secrecy.mark_in(notes), EDGE)
            silent += not text.strip()
            length += len(text)
            if length > MOST_CHARACTERS:
                raise UnreadableFileError("PDF 的文字太多，不能检查：请分成几个文件再上传。")
        told: list[str] = (
            [
                Phrase(
                    "有%(silent)s页没有文字（扫描件），不能检查密级标志，请自行核对。",
                    silent=silent,
                )
            ]
            if silent
            else []
        )
        for place in range(document.count_attachments()):
            told += _attached(document.get_attachment(place), depth)
    return pages, list(dict.fromkeys(told))


def _attached(attachment: Any, depth: int) -> list[str]:
    _stop(secrecy.mark_of_name(attachment.get_name()), ATTACHED)
    return [Phrase("PDF 带有附件。"), *_embedded(bytes(attachment.get_data()), depth)]


def _first_and_last(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join([*lines[:2], *lines[-2:]])


def page_texts(sheet: Any) -> tuple[str, str]:
    """Return the text of a page of a PDF, and what its annotations say."""
    reading = sheet.get_textpage()
    text = reading.get_text_range()
    reading.close()
    notes = "\n".join(_notes(sheet))
    sheet.close()
    return text, notes


def _notes(sheet: Any) -> Iterator[str]:
    for place in range(raw.FPDFPage_GetAnnotCount(sheet)):
        note = raw.FPDFPage_GetAnnot(sheet, place)
        for key in (b"Contents", b"V", b"T"):
            size = raw.FPDFAnnot_GetStringValue(note, key, None, 0)
            held = (raw.FPDF_WCHAR * (size // 2))()
            raw.FPDFAnnot_GetStringValue(note, key, held, size)
            yield bytes(held).decode("utf-16-le", "ignore").rstrip("\x00")
        raw.FPDFPage_CloseAnnot(note)
