"""Plain text in the encodings that people save it in."""

from tracker.domain.errors import UnreadableReportError
from tracker.reading.report.grid import Piece
from tracker.reading.report.line import unwrapped
from tracker.reading.report.part import check_length

MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def decoded(content: bytes) -> str:
    """Return the text of a file in the encoding that fits: UTF-8, UTF-16 with a mark, GB 18030."""
    encodings = [name for mark, name in MARKS if content.startswith(mark)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableReportError(
        "不是文本文件，或编码不是 UTF-8、GB 18030：请另存为 UTF-8 文本、Word（.docx）或网页。"
    )


def pieces(text: str) -> list[Piece]:
    """Return the lines; what the width of a page broke is put together; too many are refused."""
    lines = text.splitlines()
    check_length(lines)
    return list(unwrapped(lines))
