"""Plain text: lines, and tables flattened with tabs, bars or blanks between their cells."""

from tracker.domain.annual_report import COLUMNS
from tracker.domain.errors import UnreadableReportError
from tracker.domain.report_label import block4_of, table2_row
from tracker.reporting.reader_grid import Piece, Row, is_number

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
    """Return the lines, those that are rows of a table as such."""
    found: list[Piece] = []
    for line in text.splitlines():
        row = _row(line)
        found.append([row] if row else line)
    return found


def _row(line: str) -> Row | None:
    if "\t" in line:
        return list(line.split("\t"))
    if line.count("|") > 1:
        return [cell.strip() for cell in line.strip().strip("|").split("|")]
    words = line.split()
    count = 0
    while count < len(words) and is_number(words[-1 - count]):
        count += 1
    named = " ".join(words[: len(words) - count])
    if count >= len(COLUMNS) or (count and (table2_row(named) or block4_of(named))):
        return [named, *words[len(words) - count :]]
    return None
