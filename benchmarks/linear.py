"""Time the readers of foreign text on crafted texts of n, 2n and 4n: time may only grow as the text does.

Each text is one unit over and over and then a sign that is none of it: what reads on in hope gives up there.
Another program on the machine can only add time: a text that seems slow is read again and the least counts.
"""

import json
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from html import escape
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tracker.domain import reading  # noqa: E402
from tracker.domain.calendar import notice  # noqa: E402
from tracker.domain.errors import DomainError  # noqa: E402
from tracker.domain.exchange import header, outcome_words, request_remark, request_table  # noqa: E402
from tracker.domain.exchange.request_column import LABELS  # noqa: E402
from tracker.domain.report import identity, label  # noqa: E402
from tracker.domain.report.published import number_of  # noqa: E402
from tracker.reading.report import reader  # noqa: E402
from tracker.reading.spreadsheet.grid import LONGEST_CELL  # noqa: E402

WHOLE = 1_000_000  # bytes of the longest text
SHORT = 0.2  # seconds below which a ratio says nothing
MOST_SECONDS = 2.0  # for 1 MB
MOST_RATIO = 3.0  # for twice the text: twice the time, and the noise of a machine
TRIES = 4  # at a text that seems slow
END = "甲"  # a sign that no unit begins with
HEAD = "某市某局2024年政府信息公开工作年度报告\n一、总体情况\n"
ROW = "\n三、收到和处理政府信息公开申请情况\n一、本年新收政府信息公开申请数量\t0\t0\t0\t0\t0\t0\t0\n"
NOTICE = "国务院办公厅关于2027年部分节假日安排的通知\n各省、自治区：\n"
CRAFTED = (
    "一", "1", "-", "(", "（", "()", "(1件", "，", "。", "\n", "\t", " ", "|", ",",
    "比上年增长1%，", "同比", "申请同比增长", "1件", "收到申请1件，", "1月1日", "1月1日至", "1月1日-", "一、",
    "一、元旦：", "元旦、", "占1%", "2024年", "百分之一", "行政复议", "予以公开、", "2024年政府信息公开",
    "1 ", "1,000", "上年结转", "未收到申请", "制发规范性文件", "行政事业性收费共", "国务院办公厅关于",
    "12月31日",
    "延长2027年春节假期", "①", "分别为1件、", "转下年度", "<td>", "x",
    "1\n", "甲\t1\n", "，\n", "1 2 3\n", "收到申请1件，\n", "予以公开 1 2 3 4 5 6 7\n", "２", "㈠", "/*",
    "其余1件", "1件因", "{a}", "省政府办公厅关于", "五月一日", "分别", "2024年某局政府信息公开工作年度报告\n",
    "的", "信息", "申请", "属于", "合计", "〃 ", "共", "[", "【",
)  # fmt: skip


def report(text: str) -> None:
    """Read a report of plain text and look for what breaks."""
    identity.findings(reader.read(f"{HEAD}{text}{ROW}".encode(), "x.txt").report)


def page(text: str) -> None:
    """Read a report of a web page."""
    reader.read(f"<html><body><p>{text}</p></body></html>".encode(), "x.html")


def sentences(text: str) -> None:
    """Read the sentences of a report."""
    document = {"year": 2024, "table3": {"1": {"total": text}}, "sections": {"1": text}}
    identity.findings(reader.read(json.dumps(document).encode()).report)


def holiday(text: str) -> None:
    """Read a notice."""
    notice.read(NOTICE + text)


def day(text: str) -> None:
    """Read a day of a notice."""
    notice.read(f"{NOTICE}一、元旦：1月1日{text}放假。")


def cell(text: str) -> None:
    """Read a cell and a label."""
    number_of(text)
    label.row_of(text)
    label.section_of(text)
    label.table2_row(text)


def word(text: str) -> None:
    """Read a report of Word, the text in a paragraph and in a cell."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    run = f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"
    body = f"{run}<w:tbl><w:tr><w:tc>{run}</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
        )
    identity.findings(reader.read(stream.getvalue(), "x.docx").report)


def style(text: str) -> None:
    """Read a page whose style sheet the text is."""
    reader.read(f"<html><style>{text}</style><p>a</p></html>".encode(), "x.html")


def register(text: str) -> None:
    """Read headings, outcomes, remarks and every column of a register, in cells as long as they may be."""
    size = LONGEST_CELL - len(END)
    for words in (text[start : start + size] + END for start in range(0, len(text), size)):
        header.normal(words)
        dict.fromkeys(request_remark.pointed_out({"备注": words}))
        cells = dict.fromkeys(LABELS, words)
        request_table.values(cells)
        dict.fromkeys(request_remark.marks(cells, is_natural=False))
        for read in (outcome_words.ending, reading.day, reading.fen_of_wan, reading.whole):
            with suppress(ValueError):
                read(words)


READERS: tuple[Callable[[str], None], ...] = (
    report, page, sentences, holiday, day, cell, word, style, register,
)  # fmt: skip


def seconds(read: Callable[[str], None], text: str) -> float:
    """Return the processor time that the reader takes."""
    start = time.process_time()
    with suppress(DomainError):  # refused is read too
        read(text)
    return time.process_time() - start


def thrice(read: Callable[[str], None], unit: str) -> list[float]:
    """Return the processor time for a quarter, a half and the whole of a text."""
    count = WHOLE // len(unit.encode())
    return [seconds(read, unit * (count // part) + END) for part in (4, 2, 1)]


def steepness(times: list[float]) -> float:
    """Return how many times as long twice the text takes."""
    return max(times[1] / max(times[0], SHORT / 4), times[2] / max(times[1], SHORT / 2))


def least(read: Callable[[str], None], unit: str) -> list[float]:
    """Return the least times of a text, of one try where that is good."""
    times = thrice(read, unit)
    for _ in range(TRIES - 1):
        if times[2] <= MOST_SECONDS and steepness(times) <= MOST_RATIO:
            break
        times = [min(pair) for pair in zip(times, thrice(read, unit), strict=True)]
    return times


def measure() -> tuple[bool, str]:
    """Return whether all is as it should be, and the slowest texts in words."""
    slow: list[str] = []
    longest, steepest = 0.0, 0.0
    for read in READERS:
        for unit in CRAFTED:
            times = least(read, unit)
            ratio = steepness(times)
            longest, steepest = max(longest, times[2]), max(steepest, ratio)
            if times[2] > MOST_SECONDS or ratio > MOST_RATIO:
                slow.append(f"{read.__name__} {unit!r}: {times[2]:.1f} s, ratio {ratio:.1f}")
    tried = f"{len(READERS)} readers on {len(CRAFTED)} texts of 1 MB"
    words = f"{tried}: the longest {longest:.1f} s, the steepest ratio {steepest:.1f}"
    return not slow, "; ".join([words, *slow])


if __name__ == "__main__":
    print(measure())
