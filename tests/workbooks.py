"""Workbooks as a person makes them, for the tests of everything that reads one."""

from collections.abc import Callable
from io import BytesIO

import openpyxl


def file_of(*sheets: tuple[str, list], change: Callable = lambda book: None) -> bytes:
    """Return a workbook of sheets: a name and rows each; change: what is done to it before it is saved."""
    book, stream = openpyxl.Workbook(), BytesIO()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    change(book)
    book.save(stream)
    return stream.getvalue()


HEADERS = (
    "序号",
    "编号",
    "收到时间",
    "申请人姓名",
    "申请人类别",
    "渠道",
    "所需信息",
    "结果",
    "答复时间",
    "备注",
)
WORDS = ("公开", "信息不存在", "已办结", "不予公开（商业秘密）")


def messy_register() -> bytes:
    """Return forty rows under a title, with a word that says nothing, a day that is none and a signature below."""
    rows: list[list] = [["某局2025年依申请公开台账"], list(HEADERS)]
    for n in range(40):
        day = f"2025年{n % 9 + 1}月{n % 28 + 1}日" if n % 2 else f"2025/{n % 9 + 1}/{n % 28 + 1}"
        day = "二月三十日" if n == 9 else day
        who, kind = (f"某公司{n}", "企业") if n % 3 else (f"张{n}", "公民")
        way, what = ("信函", "网上", "当面", "EMS")[n % 4], WORDS[n // 3 % 4]
        rows.append(
            [n + 1, f"旧〔2025〕{n + 1}号", day, who, kind, way, f"第{n}号地块", what, "2025-12-01", None]
        )
    return file_of(("2025年", [*rows, ["填报人：某某", None, None, None, "审核人：某某"]]))
