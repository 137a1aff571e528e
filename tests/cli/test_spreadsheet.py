"""Registers as offices have them, through the command: each is read right, or told, or refused (exchange.md 4)."""

import csv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from docx import Document
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from tests.reading.spreadsheet.test_reader import ods, ods_row
from tests.workbooks import file_of
from tracker.services.exchange import exporting

DATA = Path(__file__).parents[1] / "data" / "registers"
HEADERS = (
    "序号", "受理编号", "收到日期", "申请人", "申请人类型", "申请方式", "申请内容", "答复类型", "答复日期", "备注",
)  # fmt: skip
ZHANG = [
    1,
    "2025-1",
    date(2025, 1, 6),
    "张三",
    "公民",
    "当面",
    "某规划图",
    "予以公开",
    date(2025, 1, 20),
    None,
]
FIRM = [
    2,
    "2025-2",
    date(2025, 2, 10),
    "某公司",
    "企业",
    "EMS",
    "某批复",
    "政府信息不存在",
    date(2025, 3, 3),
    None,
]
READ = {"2025-1": ("张三", "2025-01-06", "2025-01-20"), "2025-2": ("某公司", "2025-02-10", "2025-03-03")}


def but(row: list, **cells) -> list:
    return [cells.get(header, value) for header, value in zip(HEADERS, row, strict=True)]


def table(*rows, change: Callable = lambda book: None) -> bytes:
    return file_of(("台账", rows), change=change)


def text(*rows, encoding="utf-8", separator=",", before="") -> bytes:
    stream = StringIO()
    csv.writer(stream, delimiter=separator).writerows(rows)
    return (before + stream.getvalue()).encode(encoding)


def merged(*ranges) -> Callable:
    def change(made) -> None:
        for cells in ranges:
            made.active.merge_cells(cells)

    return change


def hide(name: str, state: str) -> Callable:
    def change(made) -> None:
        made[name].sheet_state = state

    return change


def strict(content: bytes) -> bytes:
    """Return a workbook with the names of the strict form (ISO/IEC 29500-1)."""
    names = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for one in old.namelist():
            part = old.read(one)
            for theirs, ours in names.items():
                part = part.replace(theirs, ours)
            new.writestr(one, part)
    return stream.getvalue()


def zipped(**parts: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), part)
    return stream.getvalue()


def locked_ods() -> bytes:
    return zipped(content_xml=b"\x00\x01", **{"META-INF__manifest_xml": b"<manifest:encryption-data/>"})


def word_table() -> bytes:
    document, stream = Document(), BytesIO()
    grid = document.add_table(rows=2, cols=len(HEADERS))
    for place, header in enumerate(HEADERS):
        grid.cell(0, place).text, grid.cell(1, place).text = header, str(ZHANG[place])
    document.save(stream)
    return stream.getvalue()


def old_word() -> bytes:
    return (
        (DATA / "titled.xls")
        .read_bytes()
        .replace("Workbook".encode("utf-16-le"), "WordDoc\0".encode("utf-16-le"))
    )


def with_formula() -> bytes:
    """Return a workbook one of whose names is a formula that nobody saved the result of."""
    stream = BytesIO()
    made = xlsxwriter.Workbook(stream)
    sheet, day = made.add_worksheet("台账"), made.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate((HEADERS, ZHANG, FIRM)):
        for place, cell in enumerate(row):
            sheet.write(at, place, cell, day if isinstance(cell, date) else None)
    sheet.write_formula(2, 3, "=D2&D1", None, "")
    made.close()
    return stream.getvalue()


def old_days(made) -> None:
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904


def struck(made) -> None:
    for cell in made.active[3]:
        cell.font = Font(strike=True)
    made.active.row_dimensions[2].hidden = True


def commented(made) -> None:
    made.active["D2"].comment = Comment("此件已撤回", "李")


def hidden_column(made) -> None:
    made.active.column_dimensions["J"].hidden = True
    made.active.column_dimensions["G"].hidden = True


def hide_empty(made) -> None:
    made.active.column_dimensions["J"].hidden = True


def struck_cell(made) -> None:
    made.active["D2"].font = Font(strike=True)


def struck_in_part(made) -> None:
    gone = TextBlock(InlineFont(strike=True), "某规划图")
    made.active["G2"] = CellRichText(gone, "某批复")


def shared_in_part() -> bytes:
    """A workbook whose struck-out text stands in the table of shared texts, as Excel writes it."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        sheet, gone = made.add_worksheet("2025年"), made.add_format({"font_strikeout": True})
        for at, row in enumerate([HEADERS, ZHANG]):
            sheet.write_row(at, 0, [str(cell) if isinstance(cell, date) else cell for cell in row])
        sheet.write_rich_string("G2", gone, "某规划图", "某批复")
    return stream.getvalue()


def with_part(content: bytes, part: str, *changes: tuple[str, str]) -> bytes:
    """Return a workbook in which words of a part are replaced."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for one in old.namelist():
            words = old.read(one).decode()
            for theirs, ours in changes if one == part else ():
                assert theirs in words
                words = words.replace(theirs, ours)
            new.writestr(one, words)
    return stream.getvalue()


SHEET1 = "xl/worksheets/sheet1.xml"


def narrow() -> bytes:
    """Return a workbook with a row and a column so narrow that nobody sees them."""
    column = '<cols><col min="7" max="7" width="0" customWidth="1"/></cols><sheetData>'
    row = ('<row r="3">', '<row r="3" ht="0" customHeight="1">')
    return with_part(table(HEADERS, ZHANG, FIRM), SHEET1, ("<sheetData>", column), row)


def covered() -> bytes:
    """Return a workbook with a merged cell that hides another value, as one that a program wrote."""
    merge = '</sheetData><mergeCells count="1"><mergeCell ref="D2:D3"/></mergeCells>'
    return with_part(table(HEADERS, ZHANG, but(FIRM, 申请人类型="公民")), SHEET1, ("</sheetData>", merge))


def with_box() -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        sheet = made.add_worksheet("2025年")
        for at, row in enumerate([HEADERS, ZHANG]):
            sheet.write_row(at, 0, [str(cell) if isinstance(cell, date) else cell for cell in row])
        sheet.insert_textbox(5, 3, "2025-1作废")
    return stream.getvalue()


def struck_open_document() -> bytes:
    """Return a document with a cell struck out by the style of its column, and one of which a part is."""
    line = '<style:text-properties style:text-line-through-style="solid"/>'
    style = '<style:style style:name="gone" style:family="table-cell"/>'.replace(
        "/>", f">{line}</style:style>"
    )
    columns = '<table:table-column table:number-columns-repeated="3"/><table:table-column table:default-cell-style-name="gone"/>'
    row = ods_row(ZHANG).replace("某规划图", '某<text:span text:style-name="gone">规划</text:span>图')
    box = "<table:shapes><draw:frame><draw:text-box><text:p>作废</text:p></draw:text-box></draw:frame></table:shapes>"
    content = ods(
        columns
        + box
        + ods_row(HEADERS).replace("<table:table-cell", '<table:table-cell table:style-name="plain"')
        + row
    )
    space = '<office:document-content xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    return with_part(
        content, "content.xml", ("<office:document-content", space),
        ("<office:body>", f"<office:automatic-styles>{style}</office:automatic-styles><office:body>"),
    )  # fmt: skip


def exported() -> bytes:
    """Return a text as a system exports it: numbers kept from Excel, columns too many, a sum below."""
    rows = [
        [f'="{cell}"' if place == 1 else cell for place, cell in enumerate(row)] + ["", ""]
        for row in (ZHANG, FIRM)
    ]
    return text(HEADERS, *rows, ["合计", "共2件"], encoding="gbk")


def noted_heading(made) -> None:
    merged("A1:H1", "A2:A3", "B2:C2", "D2:F2", "G2:H2")(made)
    made.active["D4"].comment = Comment("签收单在档案里", "李")


def far_format(made) -> None:
    made.active.cell(60_000, 12).font = Font(bold=True)


GROUPS = [
    ["某局依申请公开台账"],
    ["受理编号", "申请人情况", None, "受理情况", None, None, "答复情况", None],
    [None, "姓名", "类型", "收到日期", "申请方式", "申请内容", "类型", "日期"],
    ["2025-1", "张三", "公民", "2025.1.6", "当面", "某规划图", "予以公开", "2025.1.20"],
]
BRACKETS = [
    "序号", "受理编号", "收到日期（年-月-日）", "申请人（姓名或名称）", "申请人类型【公民/法人】", "申请方式", "申请内容[摘要]",
    "答复类型（见表三）", "答复日期（应答复）", "答复日期（实际）",
]  # fmt: skip
QUARTER = ["季度", "收到", "办结"]
CONTINUED = [
    *GROUPS, ["第1页  共2页"], ["续表"], *GROUPS[1:3],
    ["2025-2", "某公司", "企业", "2025.2.10", "EMS", "某批复", "政府信息不存在", "2025.3.3"], ["（转下页）"],
]  # fmt: skip
SPLIT = [*HEADERS[:8], "答复日期", None, None]  # a group over year, month and day
TICKS = [*HEADERS[:7], "答复类型", None, None, "答复日期"]
NUMBERLESS = [HEADERS[0], *HEADERS[2:]]


@dataclass(frozen=True)
class Kind:
    """A file and what must become of it: exit status, cases kept, words said. other: arguments more."""

    name: str
    content: bytes | Callable[[], bytes]
    status: int
    cases: dict[str, tuple] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


def fixture(name: str) -> bytes:
    return (DATA / name).read_bytes()


ONE = {"2025-1": READ["2025-1"]}
TYPED = [
    "2025/1/6", "2025年1月6日", "2025.01.06", "2025-1-6", "20250106", 20250106, 45663, "45663", "2025年1月6号", "２０２５年１月６日",
    "2025年1月6日星期一", "2025/1/6（周一）", "二〇二五年一月六日", "二○二五年一月六日", "2025年1月6日上午", "2025-01-06 09:30:00",
    "2025 年 1 月 6 日", "2025—1—6", "2025–01–06", "二O二五年一月六日",
    datetime(2025, 1, 6, 23, 59),  # noqa: DTZ001
]  # fmt: skip
UNREADABLE = [
    "25/1/6",
    "1月6日",
    "2025-02-30",
    "2025年1月",
    "2025年1月6日星期二",
    "2025-1-6、2025-1-9",
    "1/6/2025",
    "年初",
]

KINDS = [
    Kind("a.xlsx", lambda: table(HEADERS, ZHANG, FIRM), 0, READ, ("台账：读取2行",)),
    Kind(
        "all_refused.xlsx", lambda: table(HEADERS, but(ZHANG, 收到日期="年初"), but(FIRM, 答复类型="已办")), 1, {},
        ("拒绝2行", "all_refused.rejected.xlsx"), ("--keep-going",),
    ),
    Kind("strict.xlsx", lambda: strict(table(HEADERS, ZHANG, FIRM)), 0, READ),
    Kind("macros.xlsm", lambda: table(HEADERS, ZHANG, FIRM), 0, READ),
    Kind(
        "titled.xls", lambda: fixture("titled.xls"), 2, {}, ("第4行“申请人类型（E）”列：请填写", "草稿：隐藏，未读取", "合计行（第5行）")
    ),
    Kind(
        "merged.et", lambda: fixture("merged.et"), 0,
        {f"2025-{n}": ("张三", "2025-01-06", "2025-01-20") for n in (1, 2, 3)},
    ),
    Kind("of_1904.xls", lambda: fixture("of_1904.xls"), 0, READ),
    Kind(
        "rows.xls", lambda: fixture("rows.xls"), 1, {**READ, "2025-3": ("张三", "2025-01-07", "2025-01-20")}, ("删除线", "第4行：请核对：这一行被隐藏")
    ),
    Kind("error.xls", lambda: fixture("error.xls"), 2, {}, ("第3行“申请人（D）”列：单元格是错误值#N/A",)),
    Kind("error.xls", lambda: fixture("error.xls"), 1, ONE, ("台账：读取1行；1行不能导入",), ("--keep-going",)),
    Kind("password.xls", lambda: fixture("password.xls"), 2, {}, ("去掉打开密码",)),
    Kind("password.et", lambda: fixture("password.et"), 2, {}, ("去掉打开密码",)),
    Kind("password.ods", locked_ods, 2, {}, ("去掉打开密码",)),
    Kind("open.ods", lambda: ods("".join(ods_row(row) for row in (HEADERS, ZHANG, FIRM))), 0, READ),
    Kind("excel.csv", lambda: text(HEADERS, ZHANG, FIRM, encoding="utf-8-sig"), 0, READ),
    Kind("wps.csv", lambda: text(["某局台账"], HEADERS, ZHANG, FIRM, encoding="gb18030"), 0, READ, ("标题（第1行）",)),
    Kind("unicode.csv", lambda: text(HEADERS, ZHANG, FIRM, encoding="utf-16", separator="\t"), 0, READ),
    Kind("unmarked.csv", lambda: text(HEADERS, ZHANG, FIRM, encoding="utf-16-le"), 0, READ),
    Kind("tabs.tsv", lambda: text(HEADERS, ZHANG, FIRM, separator="\t"), 0, READ),
    Kind("semicolons.csv", lambda: text(HEADERS, ZHANG, FIRM, separator=";", before="sep=;\r\n"), 0, READ),
    Kind("word.xls", word_table, 2, {}, ("这不是电子表格",)),
    Kind("oldword.xls", old_word, 2, {}, ("已损坏",)),
    Kind("page.xls", "<html><table><tr><td>收到日期</td></tr></table></html>".encode(), 2, {}, ("网页或 XML",)),
    Kind(
        "xml2003.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', 2, {}, ("另存为 .xlsx",)
    ),
    Kind("scan.xlsx", b"%PDF-1.7\n", 2, {}, ("这是 PDF",)),
    Kind("packed.xlsx", lambda: zipped(register_xlsx=table(HEADERS, ZHANG)), 2, {}, ("这不是电子表格",)),
    Kind("cut.xlsx", lambda: table(HEADERS, ZHANG)[:3000], 2, {}, ("已损坏",)),
    Kind("old_days.xlsx", lambda: table(HEADERS, ZHANG, but(FIRM, 收到日期=44236), change=old_days), 0, READ),
    Kind("formula.xlsx", with_formula, 2, {}, ("没有保存计算结果",)),
    Kind(
        "merged.xlsx",
        lambda: table(
            HEADERS, ZHANG, *(but(ZHANG, 受理编号=f"2025-{n}", 申请人=None, 申请内容=f"第{n}件", 答复类型="同上", 答复日期="〃") for n in (2, 3)),
            change=merged("D2:D4"),
        ),
        0, {f"2025-{n}": ("张三", "2025-01-06", "2025-01-20") for n in (1, 2, 3)},
    ),
    Kind("ditto.xlsx", lambda: table(HEADERS, but(ZHANG, 申请人="同上")), 2, {}, ("上面一行没有内容",)),
    Kind(
        "groups.xlsx", lambda: table(*GROUPS, change=merged("A1:H1", "A2:A3", "B2:C2", "D2:F2", "G2:H2")), 0, ONE, ("标题（第1行）",)
    ),
    Kind("brackets.xlsx", lambda: table(BRACKETS, [*ZHANG[:8], date(2025, 2, 7), date(2025, 1, 20)]), 0, ONE),
    Kind("doubled.xlsx", lambda: table([*HEADERS, "答复日期"], [*ZHANG, "2025-1-25"]), 2, {}, ("答复日期（I）、答复日期（K）",)),
    Kind(
        "footers.xlsx",
        lambda: table(
            ["某局台账"], HEADERS, ["第一季度"], ZHANG, ["小计", None, "1件"], HEADERS, FIRM, ["合计", "2件"],
            ["填报人：李", None, None, "审核人：王"], ["注：以上不含外局。"],
        ),
        0, READ, ("合计行（第5、8行）", "重复的表头（第6行）", "分段标题（第3行）", "落款、说明（第9、10行）"),
    ),
    Kind(
        "hidden.xlsx", lambda: file_of(("2025", [HEADERS, ZHANG]), ("草稿", [HEADERS, FIRM]), change=hide("草稿", "hidden")), 0, ONE, ("草稿：隐藏，未读取",)
    ),
    Kind(
        "veryhidden.xlsx",
        lambda: file_of(("2025", [HEADERS, ZHANG]), ("旧", [HEADERS, FIRM]), change=hide("旧", "veryHidden")),
        0, READ, ("旧：读取1行",), ("--hidden-sheets",),
    ),
    Kind("hidden_rows.xlsx", lambda: table(HEADERS, ZHANG, FIRM, change=struck), 1, READ, ("第2行：请核对：这一行被隐藏", "第3行：请核对：这一行画了删除线")),
    Kind("years.xlsx", lambda: file_of(("2024年", [HEADERS, ZHANG]), ("2025年", [HEADERS, FIRM])), 1, READ, ("不在工作表名所说的2024年",)),
    Kind(
        "months.xlsx", lambda: file_of(("1月", [HEADERS, ZHANG]), ("2月", [HEADERS, FIRM]), ("3月", [HEADERS])), 0, READ, ("1月：读取1行", "2月：读取1行", "3月：")
    ),
    Kind(
        "quarters.xlsx", lambda: file_of(("第一季度", [HEADERS, ZHANG, FIRM]), ("汇总", [QUARTER, ["一", 2, 2]])), 1, READ, ("汇总：没有收到日期列",)
    ),
    Kind(
        "typed_days.xlsx",
        lambda: table(HEADERS, *(but(ZHANG, 受理编号=f"T-{n}", 收到日期=cell) for n, cell in enumerate(TYPED))),
        0, {f"T-{n}": READ["2025-1"] for n in range(len(TYPED))},
    ),
    Kind(
        "unreadable_days.xlsx",
        lambda: table(HEADERS, *(but(ZHANG, 受理编号=f"T-{n}", 收到日期=cell) for n, cell in enumerate(UNREADABLE))),
        2, {}, tuple(f"第{n}行“收到日期（C）”列：“{cell}”不是有效日期" for n, cell in enumerate(UNREADABLE, 2)),
    ),
    Kind("remarks.xlsx", lambda: table(HEADERS, but(ZHANG, 备注="申请人已撤回"), FIRM), 1, READ, ("写有“撤回”：只作备注保留",)),
    Kind(
        "old_years.xlsx", lambda: table(HEADERS, but(ZHANG, 收到日期="2009-3-2", 答复日期="2009-3-20")), 0, {"2025-1": ("张三", "2009-03-02", "2009-03-20")}
    ),
    Kind("too_old.xlsx", lambda: table(HEADERS, but(ZHANG, 收到日期="1999-3-2")), 2, {}, ("早于《条例》施行的2008年",)),
    Kind("blank.xlsx", lambda: file_of(("Sheet1", []), ("Sheet2", [])), 2, {}, ("没有找到可以导入的内容", "空表")),
    Kind("far.xlsx", lambda: table(HEADERS, ZHANG, change=far_format), 0, ONE),
    Kind("comment.xlsx", lambda: table(HEADERS, ZHANG, change=commented), 1, ONE, ("“批注（D2）”列：请核对：写有“撤回”",)),
    Kind(
        "hidden_column.xlsx", lambda: table(HEADERS, but(ZHANG, 备注="归档"), change=hidden_column), 1, ONE,
        ("“备注（J）”列：请核对：这一列被隐藏，已记入备注", "“申请内容（G）”列：请核对：这一列被隐藏，已照常读取"),
    ),
    Kind("hidden_and_empty.xlsx", lambda: table(HEADERS, ZHANG, change=hide_empty), 0, ONE),
    Kind("struck_cell.xlsx", lambda: table(HEADERS, ZHANG, change=struck_cell), 1, ONE, ("“申请人（D）”列：请核对：“张三”（或其中一部分）画了删除线",)),
    Kind("struck_in_part.xlsx", lambda: table(HEADERS, ZHANG, change=struck_in_part), 1, ONE, ("“申请内容（G）”列：请核对：“某规划图某批复”（或其中一部分）画了删除线",)),
    Kind("shared_in_part.xlsx", shared_in_part, 1, ONE, ("“某规划图某批复”（或其中一部分）画了删除线",)),
    Kind(
        "hidden_column.ods",
        lambda: ods(
            '<table:table-column table:number-columns-repeated="6"/><table:table-column table:visibility="collapse"/>'
            + ods_row(HEADERS) + ods_row(ZHANG)
        ),
        1, ONE, ("“申请内容（G）”列：请核对：这一列被隐藏，已照常读取",),
    ),
    Kind("binary.xlsx", lambda: zipped(xl__workbook_bin=b"x"), 2, {}, ("二进制工作簿",)),
    Kind("trader.xlsx", lambda: table(HEADERS, but(ZHANG, 申请人类型="个体户")), 1, ONE, ("按自然人登记",)),
    Kind(
        "lost_digits.xlsx", lambda: table([*HEADERS[:9], "身份证号"], [*ZHANG[:9], 410105199003070000]), 2, {}, ("15位以后的数字已经丢失",)
    ),
    Kind("said_only.xlsx", lambda: table(HEADERS, but(ZHANG, 答复类型="已办结")), 2, {}, ("没有说明怎样答复",)),
    Kind(
        "owed.xlsx", lambda: table([*HEADERS[:9], "是否延期"], [*ZHANG[:9], "是"]), 1, ONE, ("没有登记延期",)
    ),
    Kind("headings.xlsx", lambda: table(HEADERS), 2, {}, ("没有找到可以导入的内容",)),
    Kind(
        "beside.xls", lambda: fixture("beside.xls"), 1, READ,
        ("文本框“2025-2作废”没有读取", "第1行“收到日期（C）”列：请核对：批注“以签收为准”没有读取", "“批注（D2）”列：请核对：写有“撤回”", "“某规划草图及说明”（或其中一部分）画了删除线"),
    ),
    Kind("beside.et", lambda: fixture("beside.xls"), 1, READ, ("“批注（D2）”列：请核对：写有“撤回”",)),
    Kind(
        "struck.ods", struck_open_document, 1, ONE,
        ("第2行“申请人（D）”列：请核对：“张三”（或其中一部分）画了删除线", "“某规划图”（或其中一部分）画了删除线", "文本框“作废”没有读取"),
    ),
    Kind("box.xlsx", with_box, 1, ONE, ("工作表“2025年”：请核对：文本框“2025-1作废”没有读取",)),
    Kind(
        "narrow.xlsx", narrow, 1, READ, ("第3行：请核对：这一行被隐藏", "“申请内容（G）”列：请核对：这一列被隐藏"),
    ),
    Kind(
        "covered.xlsx", covered, 1, {"2025-1": READ["2025-1"], "2025-2": ("张三", *READ["2025-2"][1:])},
        ("第3行“申请人（D）”列：请核对：被合并单元格遮住的“某公司”没有读取",),
    ),
    Kind(
        "continued.xlsx",
        lambda: table(*CONTINUED, change=merged(*(f"{a}{n}:{b}{m}" for top in (2, 7) for a, n, b, m in (
            ("A", top, "A", top + 1), ("B", top, "C", top), ("D", top, "F", top), ("G", top, "H", top)
        ))),),
        0, READ, ("续表、页码（第5、6、10行）", "重复的表头（第7、8行）"),
    ),
    Kind(
        "told_sums.xlsx",
        lambda: table(
            HEADERS, ZHANG, ["1月小计", "1件"], FIRM, ["2月份合计：1件"], ["截至2月底累计", 2], ["本年度共收到2件，办结2件"], ["合计：2件（其中网络0件）"],
        ),
        0, READ, ("合计行（第3、5、6、7、8行）",),
    ),
    Kind("exported.csv", exported, 0, READ, ("合计行（第4行）",)),
    Kind(
        "said_below.xlsx", lambda: table(HEADERS, ZHANG, ["备注：本件延期20个工作日"], FIRM, ["注：不含外局。"]), 1, READ,
        ("第3行：请核对：这一行未作为申请读取：“备注：本件延期20个工作日”", "落款、说明（第3、5行）"),
    ),
    Kind(
        "two_rows.xlsx",
        lambda: table(
            NUMBERLESS, [1, *ZHANG[2:]], [None] * 6 + ["部分公开", date(2025, 1, 24), None], change=merged(*(f"{c}2:{c}3" for c in "BCDEF")),
        ),
        1, {"YSQ-2025-0001": READ["2025-1"], "YSQ-2025-0002": (*READ["2025-1"][:2], "2025-01-24")},
        ("第3行“申请人（C）”列：请核对：与第2行的申请人、收到日期、申请内容相同，都没有编号",),
    ),
    Kind(
        "split_day.xlsx",
        lambda: table(SPLIT, [None] * 8 + ["年", "月", "日"], [*ZHANG[:8], 2025, 1, 20], change=merged(*(f"{c}1:{c}2" for c in "ABCDEFGH"), "I1:K1")),
        2, {}, ("有3列都是“答复日期”：答复日期（I）、答复日期（J）、答复日期（K）",),
    ),
    Kind(
        "ticks.xlsx",
        lambda: table(TICKS, [None] * 7 + ["予以公开", "部分公开", "不予公开", None], [*ZHANG[:7], "√", None, None, ZHANG[8]], change=merged(*(f"{c}1:{c}2" for c in "ABCDEFGK"), "H1:J1")),
        2, {}, ("有3列都是“答复类型”",),
    ),
    Kind(
        "side_by_side.xlsx", lambda: table([*HEADERS, None, *HEADERS], [*ZHANG, None, *FIRM]), 2, {}, ("收到日期（C）、收到日期（N）",)
    ),
    Kind(
        "two_tables.xlsx",
        lambda: table(HEADERS, ZHANG, [None], ["二、上年结转"], ["编号", "申请人", "收到日期", "申请人类型", "申请方式"], ["2024-9", "旧", "2024-12-20", "公民", "当面"]),
        2, {}, ("第5行又有一个表头",),
    ),
    Kind(
        "summary_below.xlsx", lambda: table(HEADERS, ZHANG, [None], ["月份", None, "收到数"], ["1月", None, 1]), 2, {},
        ("第4行“收到日期（C）”列：“收到数”不是有效日期", "第5行“收到日期（C）”列：“1”不是有效日期"),
    ),
    Kind(
        "months_without_year.xlsx",
        lambda: file_of(("1月", [["2025年1月登记表"], HEADERS, but(ZHANG, 收到日期="1月6日")]), ("2月", [HEADERS, but(FIRM, 答复日期="3月3日")])),
        2, {}, ("工作表“1月”第3行“收到日期（C）”列：“1月6日”不是有效日期", "工作表“2月”第2行“答复日期（I）”列：“3月3日”不是有效日期"),
    ),
    Kind("sideways.xlsx", lambda: table(*zip(HEADERS, ZHANG, FIRM, strict=True)), 2, {}, ("没有收到日期列",)),
    Kind("strict_groups.xlsx", lambda: strict(table(*GROUPS, change=noted_heading)), 0, ONE, ("标题（第1行）",)),
    Kind(
        "several_in_a_cell.xlsx",
        lambda: table(HEADERS, but(ZHANG, 答复类型="1.予以公开 2.不予公开（国家秘密）"), but(FIRM, 答复日期="2025-3-3\n2025-3-9")), 2, {},
        ("第2行“答复类型（H）”列：不认识答复类型", "第3行“答复日期（I）”列："),
    ),
    Kind(
        "turned.xlsx",
        lambda: table(
            HEADERS, but(ZHANG, 受理编号=date(2025, 1, 1)), but(ZHANG, 受理编号=2025.1, 申请人=date(2025, 1, 6)), but(ZHANG, 受理编号="2025-3\n2025-4"),
            but(FIRM, 申请人="\u200b"),
        ),
        1, {"2025-01-01": READ["2025-1"], "2025.1": ("2025-01-06", *READ["2025-1"][1:]), "2025-3\n2025-4": READ["2025-1"], "2025-2": (None, *READ["2025-2"][1:])},
        ("第2行“受理编号（B）”列：请核对：受理编号单元格是日期", "第3行“受理编号（B）”列：请核对：受理编号单元格是数字", "第3行“申请人（D）”列：请核对：申请人单元格是日期", "第4行“受理编号（B）”列：请核对：“2025-3\n2025-4”像是几个编号", "第5行“申请人（D）”列：请核对：申请人空白"),
    ),
    Kind(
        "signed_by_the_applicant.xlsx",
        lambda: table([*HEADERS, "签收日期"], [*ZHANG, date(2025, 1, 23)], [*FIRM, date(2025, 2, 10)]),
        1, READ, ("签收日期2025-01-23晚于收到日期2025-01-06：可能是申请人签收答复的日期",),
    ),
    Kind(
        "yes_and_no.xlsx",
        lambda: table([*HEADERS, "是否答复", "是否公开"], [*but(ZHANG, 答复类型=None, 答复日期=None), "是", None], [*but(FIRM, 答复类型="予以公开"), "是", "否"]),
        1, {"2025-1": (*READ["2025-1"][:2], None), "2025-2": READ["2025-2"]},
        ("第2行“是否答复”列：请核对：“是否答复”写“是”，而没有答复日期", "第3行“是否公开”列：请核对：“是否公开”写“否”，而答复类型是公开"),
    ),
    Kind("yes_and_yes.xlsx", lambda: table([*HEADERS, "是否答复", "是否公开"], [*ZHANG, "是", "是"], [*FIRM, "是", "否"]), 0, READ),
    Kind(
        "acts_beside_a_name.xlsx",
        lambda: table(HEADERS, but(ZHANG, 申请人="张三（撤回）", 申请内容="某规划图（延期至2月20日）"), but(FIRM, 受理编号="2025-2（作废）", 申请人="某公司（代理人李四）")),
        1, {"2025-1": ("张三（撤回）", *READ["2025-1"][1:]), "2025-2（作废）": ("某公司（代理人李四）", *READ["2025-2"][1:])},
        ("第2行“申请人（D）”列：请核对：写有“撤回”", "第2行“申请内容（G）”列：请核对：写有“延期", "第3行“受理编号（B）”列：请核对：写有“作废”", "第3行“申请人（D）”列：请核对：写有“代理人”"),
    ),
    Kind(
        "words_of_bodies.xlsx", lambda: table(HEADERS, but(ZHANG, 申请内容="某小区延期交房的信访答复（复印件）"), but(FIRM, 申请人="某诉讼服务公司（有限合伙）")),
        0, {"2025-1": READ["2025-1"], "2025-2": ("某诉讼服务公司（有限合伙）", *READ["2025-2"][1:])},
    ),
    Kind(
        "unknown_headings.xlsx", lambda: table([{"申请人": "Who", "申请内容": "What"}.get(h, h) for h in HEADERS], ZHANG),
        1, {"2025-1": (None, *READ["2025-1"][1:])}, ("没有认出申请人一列；“Who”“What”只作备注保留", "没有认出申请内容一列"),
    ),
    Kind(
        "ticks_of_their_own.xlsx",
        lambda: table([*HEADERS[:7], "予以公开", "不予公开", "信息处理费（元）"], [*ZHANG[:7], "√", "", 120]),
        1, {"2025-1": (*READ["2025-1"][:2], None)}, ("“予以公开”列：请核对：写有“予以公开”", "“信息处理费（元）”列：请核对：写有“信息处理费（元）”"),
    ),
    Kind(
        "body_and_person.xlsx",
        lambda: table([*({"申请人": "申请单位"}.get(h, h) for h in HEADERS), "姓名"], [*but(ZHANG, 申请人=None), "张三"], [*FIRM, "李四"]),
        1, {"2025-1": (None, *READ["2025-1"][1:]), "2025-2": READ["2025-2"]},
        ("第2行“姓名（K）”列：请核对：“申请单位（D）”为空，这一列为张三，都可能是申请人", "第3行“姓名（K）”列：请核对：“申请单位（D）”为某公司，这一列为李四"),
    ),
    Kind("beside.xlsx", lambda: table(HEADERS, but(ZHANG, 申请内容="同左")), 2, {}, ("第2行“申请内容（G）”列：写“同左”，不能确定指哪一格",)),
    Kind(
        "hints.xlsx",
        lambda: table(["季度", *HEADERS], [None, None, "（自动）", "（必填）", "（填全称）"], ["一季度", *ZHANG], [None, "小计", None, "1件"], ["二季度", *FIRM], change=merged("A3:A4")),
        0, READ, ("落款、说明（第2行）", "合计行（第4行）"),
    ),
    Kind("register.pdf", b"%PDF-1.7\n", 2, {}, ("请提供案件历史",)),
]  # fmt: skip


def told(case: dict) -> tuple:
    """Return what a case says: the name, the day of receipt, the day of the answer."""
    days = {event["step"]: event["on"] for event in case["events"]}
    return case["applicant"]["name"], days["receive"], days.get("answer")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "".join([kind.name, *kind.other]))
def test_a_register_is_read_right_or_told_or_refused(on_sqlite, clock, tmp_path, kind):
    path = tmp_path / kind.name
    path.write_bytes(kind.content if isinstance(kind.content, bytes) else kind.content())

    result = on_sqlite.test_cli_runner().invoke(args=["tracker", "import", str(path), *kind.other])

    kept = exporting.histories(now=clock())
    assert (result.exit_code, result.stdout) == (kind.status, ""), result.stderr
    assert {case["number"]: told(case) for case in kept if "events" in case} == kind.cases
    assert [words for words in kind.said if words not in result.stderr] == []
    assert "Traceback" not in result.stderr
    assert kind.status or "请核对" not in result.stderr
