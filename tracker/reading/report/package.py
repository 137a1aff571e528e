"""Office packages (zip with XML) from anybody: bounded in size, no entities, no macros.

Only the parts that are asked for are unpacked.
"""

import zipfile
import zlib
from io import BytesIO
from typing import Any

from lxml import etree

from tracker.domain.errors import UnreadableReportError

MOST_BYTES = 50 * 1024 * 1024  # of a file, and of one part of it unpacked
MOST_PARTS = 5000
STRICT = tuple(  # the namespaces of the strict form of both standards, and the ones that are read
    (f"http://purl.oclc.org/ooxml/{strict}".encode(), f"http://schemas.openxmlformats.org/{usual}".encode())
    for strict, usual in (
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("spreadsheetml/main", "spreadsheetml/2006/main"),
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
    )
)
BROKEN = "文件已损坏，不能打开：请用 Word、Excel 或 WPS 打开后另存一份再试。"
TOO_BIG = "文件解开后超过50 MB：请删去图片等无关内容，另存一份再试。"


class Package:
    """A zip file that is read part by part."""

    def __init__(self, content: bytes) -> None:
        try:
            self.archive = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise UnreadableReportError(BROKEN) from error
        self.names = set(self.archive.namelist())
        if len(self.names) > MOST_PARTS:
            raise UnreadableReportError(TOO_BIG)

    def part(self, name: str) -> Any:
        """Return the root of a part's XML."""
        try:
            info = self.archive.getinfo(name)
            if info.file_size > MOST_BYTES:
                raise UnreadableReportError(TOO_BIG)
            if info.flag_bits & 1:
                raise UnreadableReportError("文件有密码：请去掉密码后另存一份再试。")
            with self.archive.open(info) as stream:
                content = stream.read(MOST_BYTES + 1)
        except (KeyError, zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
            raise UnreadableReportError(BROKEN) from error
        if len(content) > MOST_BYTES:
            raise UnreadableReportError(TOO_BIG)
        return xml(content)


def xml(content: bytes) -> Any:
    """Return the root of an XML text; entities and document types are refused."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableReportError("文件含有不允许的 XML 声明，拒绝打开。")
    for strict, usual in STRICT:
        content = content.replace(strict, usual)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableReportError(BROKEN) from error
