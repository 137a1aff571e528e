"""Files as offices keep them, of every book, through the page of the real server: each row is read, said or refused."""

import csv
import re
from io import StringIO

import pytest

from tests.server.test_imports import counts
from tests.workbooks import file_of

BOOKS = {
    "contacts": (
        ["编号", "来访形式", "来访日期", "来访人", "电话", "反映内容", "甄别", "办结日期", "办理结果"],
        lambda n, day: [f"信{n}", "来访", day, f"王{n}", "13900000001", f"反映噪声{n}", "投诉举报", "2025-03-10", "已答复"],
        2,
    ),
    "publications": (
        ["标题", "文号", "成文日期", "拟稿人", "审核人", "审核日期", "审核意见", "审核依据", "发布时间", "发布渠道"],
        lambda n, day: [
            f"公告{n}", f"某发〔2025〕{n}号", day, "林静", "何法", "2025-03-05", "同意公开", "不涉密", "2025-03-06", "网站",
        ],
        2,
    ),
    "normative-documents": (
        ["文件名称", "文号", "制定机关", "发布日期", "有效性"],
        lambda n, day: [f"办法{n}", f"某规〔2025〕{n}号", "某局", day, "有效"],
        3,
    ),
    "remedies": (
        ["类型", "案号", "复议机关或者法院", "立案日期", "结果", "结案日期"],
        lambda n, day: ["行政复议", f"某政复〔2025〕{n}号", "区政府", day, "维持", "2025-05-04"],
        3,
    ),
}  # fmt: skip
DAY = "2025-03-04"


def messy(heads: list, row, at: int) -> bytes:
    """Return two years under titles and merged groups, with a merged day, sums, a signature, empty columns."""
    blank = [None] * 50

    def merge(made) -> None:
        for sheet in made.worksheets[:2]:
            sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heads))
            sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=3)
            sheet.merge_cells(start_row=4, start_column=at + 1, end_row=5, end_column=at + 1)

    sheets = []
    for year in (2024, 2025):
        first, second = row(year * 10, DAY), row(year * 10 + 1, None)
        above = [[f"某局{year}年登记台账"], ["基本情况", None, None, "办理情况"], [*heads, *blank, "附注"]]
        below = [["小计", 2], ["合计：2件"], ["填表人：张三", None, None, "审核人：李四"]]
        sheets.append((f"第{year - 2023}册", [*above, [*first, *blank, "移交档案"], second, *below]))
    return file_of(*sheets, ("汇总", [["年份", "件数"], [2024, 2]]), change=merge)


def of_days(heads: list, row, at: int) -> bytes:
    """Return rows whose days are typed in ten ways, four of which name no day."""
    days = [
        "2025.3.4", "2025/3/4 9:30", "20250304", 45720, "二〇二五年三月四日", "2025年3月4日",
        "3月4日", "25年3月4日", "2025-13-40", "2025年3月",
    ]  # fmt: skip
    return file_of(("台账", [heads, *(row(n, day) for n, day in enumerate(days, 100))]))


def of_wps(heads: list, row, at: int) -> bytes:
    """Return a text file as WPS writes it."""
    lines = StringIO()
    csv.writer(lines).writerows([heads, row(201, DAY), row(202, DAY)])
    return lines.getvalue().encode("gb18030")


SHAPES = {
    "messy.xlsx": (messy, {"taken": 4, "refused": 0}),
    "days.xlsx": (of_days, {"taken": 6, "refused": 4}),
    "wps.csv": (of_wps, {"taken": 2, "refused": 0}),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("book", BOOKS)
def test_each_row_of_an_odd_file_is_read_or_refused_by_its_place(open_demo, book, name):
    make, wanted = SHAPES[name]
    visitor = open_demo.visit("head")
    shown = visitor.form("/imports", "/imports")

    answer = visitor.send("/imports", shown, {"book": book}, files={"file": (name, make(*BOOKS[book]))})

    fates = counts(answer.text)
    assert {"taken": fates["new"] + fates["doubtful"], "refused": fates["refused"]} == wanted
    assert len(re.findall("不是有效日期", answer.text)) >= wanted["refused"]


def test_two_equal_rows_of_a_register_are_said_to_be_two(open_demo):
    heads, row, _at = BOOKS["publications"]
    visitor = open_demo.visit("head")
    shown = visitor.form("/imports", "/imports")
    content = file_of(("台账", [heads, row(301, DAY), row(301, DAY)]))

    answer = visitor.send("/imports", shown, {"book": "publications"}, files={"file": ("a.xlsx", content)})

    assert "第2行各栏相同：按两条登记" in answer.text
    assert counts(answer.text) == {"new": 1, "doubtful": 1, "refused": 0}
