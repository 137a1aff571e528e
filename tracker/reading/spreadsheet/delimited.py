"""Read a table of text (.csv, .tsv): its encoding and its separator are told by its content."""

import csv
import io
from collections import Counter

from tracker.domain.errors import UnreadableFileError
from tracker.reading.spreadsheet import grid
from tracker.reading.spreadsheet.grid import Sheet

MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
SEPARATORS = "\t;,，；"
NO_TEXT = "不是文本表格，或编码不是 UTF-8、GB18030、UTF-16：请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。"
TRIED_ROWS = 30
FEWEST = 2  # columns of a table


def sheet(content: bytes) -> Sheet:
    """Return the rows of a text; its only sheet is called 表格."""
    text = decoded(content)
    separator = ""
    if text[:4].casefold() == "sep=":  # how Excel is told the separator
        first, _, text = text.partition("\n")
        separator = first[4:5]
    read = Sheet("表格")
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text))
        for row in rows:
            read.rows.append([_plain(cell) for cell in row])
            grid.check_size(read.name, len(read.rows), 1)
    except csv.Error as error:
        raise UnreadableFileError(
            "第%(value)s行不能读取：%(error)s",
            value=len(read.rows) + 1,
            error=error,
        ) from error
    grid.check_size(read.name, len(read.rows), max(map(len, read.rows), default=0))
    return read


def _plain(cell: str) -> str | None:
    """Return what a cell says; ="0012" is how a text is kept from being taken for a number."""
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"') and len(cell) > len('=""'):
        cell = cell[len('="') : -1].replace('""', '"').strip()
    return cell or None


def decoded(content: bytes) -> str:
    """Return the text in the encoding that its mark names, else UTF-8, else GB18030."""
    encodings = [name for mark, name in MARKS if content.startswith(mark)] or _unmarked(content)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFileError(NO_TEXT)


def _unmarked(content: bytes) -> list[str]:
    """Return the encodings of a text without a mark; every second byte of zero tells UTF-16."""
    head = content[:2000]
    if head[1::2].count(0) > len(head) // 8:
        return ["utf-16-le"]
    if head[0::2].count(0) > len(head) // 8:
        return ["utf-16-be"]
    return ["utf-8", "gb18030"]


def _separator(text: str) -> str:
    """Return the sign that parts the rows of the beginning into most columns."""
    lines = text[:200_000].splitlines()[:TRIED_ROWS]
    best, most = ",", 0
    for sign in SEPARATORS:
        rows = list(csv.reader(lines, delimiter=sign))
        widths = Counter(len(row) for row in rows if len(row) >= FEWEST)
        score = max((width * count for width, count in widths.items()), default=0)
        if score > most:
            best, most = sign, score
    return best
