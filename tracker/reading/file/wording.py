"""The whole text of an Office package or an OFD, with what stands in heads, feet, notes and text boxes.

Hidden and deleted text is read too: it is looked through for marks, and must not be given to anybody unseen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tracker.domain.errors import UnreadableFileError, UnreadableReportError
from tracker.reading.report.package import BROKEN, MOST_BYTES, Package

MOST_UNPACKED = 200 * 1024 * 1024  # bytes of all parts together
MOST_TEXT = 4_000_000  # characters of a file
BLOCKS = frozenset({"p", "si", "is", "comment", "TextCode", "oddHeader", "oddFooter", "evenHeader",
                    "evenFooter", "firstHeader", "firstFooter", "title", "subject", "keywords",
                    "description", "category"})  # fmt: skip
EDGES = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
EDGE_PARTS = re.compile(r"(^|/)(header|footer|comments|footnotes|endnotes)\d*\.xml$|^docProps/")
CODES = re.compile(r'&"[^"]*"|&K[0-9A-F]{6}|&\d+|&[A-Za-z]')  # how a sheet's head is set
SHEET = re.compile(r"(^|/)workbook\.xml$")
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".jb2", ".emf", ".wmf")
MACROS = ("vbaproject.bin", "vbadata.xml")


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file says: its text, and what stands in the heads and feet of pages, in notes and properties."""

    body: str
    edges: str


def opened(content: bytes) -> Package:
    """Return the package. Raises UnreadableFileError: it is damaged, has macros, is too large unpacked."""
    try:
        package = Package(content)
    except UnreadableReportError as error:
        raise UnreadableFileError(*error.args) from error
    if sum(info.file_size for info in package.archive.infolist()) > MOST_UNPACKED:
        raise UnreadableFileError(
            "文件解开后太大（可能是压缩炸弹），没有保存：请删去无关内容，另存一份再试。"
        )
    if len(package.archive.infolist()) != len(package.names):
        raise UnreadableFileError(
            "文件里有同名的部分，不同的程序会读出不同的内容，没有保存：请另存一份再试。"
        )
    if any(name.lower().endswith(MACROS) for name in package.names):
        raise UnreadableFileError("文件含有宏，不保存：请另存为不带宏的文档（.docx、.xlsx）再上传。")
    if any(info.flag_bits & 1 for info in package.archive.infolist()):
        raise UnreadableFileError("文件有密码，不能检查密级标志，没有保存：请去掉密码后再上传。")
    return package


def wording(package: Package) -> FileText:
    """Return what the parts of a package say. Raises UnreadableFileError."""
    body: list[str] = []
    edges: list[str] = []
    length = 0
    for name in sorted(package.names):
        for text, is_edge in _lines(package, name) if name.lower().endswith(".xml") else ():
            (edges if is_edge else body).append(text)
            length += len(text)
            if length > MOST_TEXT:
                raise UnreadableFileError("文件的文字太多，不能检查：请分成几个文件再上传。")
    return FileText("\n".join(body), "\n".join(edges))


def _lines(package: Package, name: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a part, and whether each stands at the edge of pages or beside the text."""
    try:
        root = package.part(name)
    except UnreadableReportError as error:
        raise UnreadableFileError(*error.args) from error
    if SHEET.search(name):
        yield from ((str(sheet.get("name") or ""), False) for sheet in root.iter("{*}sheet"))
    beside = EDGE_PARTS.search(name) is not None
    for element in root.iter():
        if isinstance(element.tag, str) and (kind := etree.QName(element).localname) in BLOCKS:
            yield CODES.sub("", _text(element)) if kind in EDGES else _text(element), beside or kind in EDGES


def _text(element: Any) -> str:
    return "".join(str(part) for part in element.itertext()).strip()


def raw_parts(package: Package) -> Iterator[tuple[str, bytes]]:
    """Yield the documents that are embedded in a package, each with its name. Raises UnreadableFileError."""
    for info in package.archive.infolist():
        if "/embeddings/" in f"/{info.filename}" and not info.is_dir():
            if info.file_size > MOST_BYTES:
                raise UnreadableFileError(BROKEN)
            with package.archive.open(info) as stream:
                yield info.filename, stream.read(MOST_BYTES + 1)


def has_pictures(package: Package) -> bool:
    """Return whether the text has pictures: what they show is not read."""
    return any("/media/" in f"/{name}" or name.lower().endswith(PICTURES) for name in package.names)
