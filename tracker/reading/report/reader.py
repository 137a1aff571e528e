"""Read anybody's annual report: what a file is, is told by its content and not by its name."""

import json
import re
from dataclasses import replace

from tracker.domain.errors import InvalidDetailError, UnreadableReportError, message_of
from tracker.domain.message import worded
from tracker.domain.report import published
from tracker.reading.report import docx, html, pdf, xlsx
from tracker.reading.report import text as report_text
from tracker.reading.report.assembly import Read, build
from tracker.reading.report.package import MOST_BYTES, Package

PAGE = re.compile(r"<(?:!doctype\s+html|html|body|table|div|p|head|meta)\b", re.IGNORECASE)
NO_SIGN = re.compile("[\\x00\\ud800-\\udfff]")  # a NUL, half of a sign
FIRST = 4096  # characters in which a page shows that it is one
REFUSED = (
    (
        b"\xd0\xcf\x11\xe0",
        worded(
            "这是旧版（.doc、.xls、.wps）或加密的文件：请用 Word、Excel 或 WPS 打开，去掉密码，"
            "另存为 .docx 或 .xlsx。"
        ),
    ),
    (b"{\\rtf", worded("这是 RTF 文件：请用 Word 打开后另存为 .docx。")),
    (b"\xff\xd8\xff", worded("这是图片：请提供 Word（.docx）、带文字的 PDF、网页、Excel 或文本。")),
    (b"\x89PNG", worded("这是图片：请提供 Word（.docx）、带文字的 PDF、网页、Excel 或文本。")),
)


def read(content: bytes, name: str = "") -> Read:
    """Return the report of a file; raise UnreadableReportError with the reason and what to do."""
    _check(content)
    for mark, reads in ((b"%PDF", _pdf), (b"PK", _package)):
        if content.startswith(mark):
            return reads(content, name)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return _json(report_text.decoded(content))
    text = _page(content)
    if text is not None:
        return _without_menus(build(html.pieces(text), aligned=True, name=name))
    return build(report_text.pieces(report_text.decoded(content)), aligned=False, name=name)


def _without_menus(read: Read) -> Read:
    """Return the report without what stands before it on the page: links to reports of other years.

    Where the page heads no section, all of it is the report.
    """
    sections = dict(read.report.sections)
    before = sections.pop("0", "")
    sections.setdefault("1", before)
    others = tuple(_without_menus(other) for other in read.others)
    return replace(read, report=replace(read.report, sections=sections), others=others)


def _check(content: bytes) -> None:
    """Raise UnreadableReportError for what is empty, too large or of a kind that is not read."""
    if not content.strip():
        raise UnreadableReportError("文件是空的。")
    if len(content) > MOST_BYTES:
        raise UnreadableReportError("文件超过50 MB：请删去图片等无关内容后再试。")
    for mark, message in REFUSED:
        if content.startswith(mark):
            raise UnreadableReportError(message)


def _pdf(content: bytes, name: str) -> Read:
    return build(pdf.pieces(content), aligned=False, name=name)


def _package(content: bytes, name: str) -> Read:
    package = Package(content)
    if docx.DOCUMENT in package.names:
        return build(docx.pieces(package), aligned=True, name=name)
    if xlsx.WORKBOOK in package.names:
        return build(xlsx.pieces(package), aligned=True, name=name)
    raise UnreadableReportError("压缩包里没有 Word 或 Excel 文档：请先解压，再逐个检查。")


def _page(content: bytes) -> str | None:
    """Return the text of an HTML page; None where the file is none."""
    encoding = html.charset(content)
    try:
        text = content.decode("gb18030") if encoding in ("gb2312", "gbk") else report_text.decoded(content)
    except UnicodeDecodeError:
        text = report_text.decoded(content)
    return text if PAGE.search(text[:FIRST]) else None


def _json(text: str) -> Read:
    try:
        data = json.loads(text.lstrip("\ufeff"))
        _check_signs(data)
        report = published.of_exchange(data)
    except json.JSONDecodeError as error:
        raise UnreadableReportError(
            "不是有效的 JSON：第%(lineno)s行，%(msg)s",
            lineno=error.lineno,
            msg=error.msg,
        ) from error
    except (InvalidDetailError, ValueError, RecursionError) as error:
        message = message_of(error)
        raise UnreadableReportError(message) from error
    tables = [
        number
        for number, table in (("2", report.table2), ("3", report.table3), ("4", report.table4))
        if table
    ]
    return Read(report, tuple(tables))


def _check_signs(data: object) -> None:
    """Raise UnreadableReportError where JSON spells signs that no page and no database takes as text."""
    waiting = [data]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and NO_SIGN.search(one):
            raise UnreadableReportError("文件里有残缺的字符（如 \\u0000、\\ud800）：请重新导出后再试。")
