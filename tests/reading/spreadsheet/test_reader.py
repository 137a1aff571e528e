"""Registers as clerks make them: each kind of sheet, word and slip is read right, told, or refused."""

import struct
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.workbooks import file_of
from tracker.domain.errors import DomainError, UnreadableFileError
from tracker.domain.exchange import request_table
from tracker.reading import isolated
from tracker.reading.isolated import Limits
from tracker.reading.spreadsheet import biff, reader, workbook
from tracker.services.exchange.spreadsheet import COLUMNS

DATA = Path(__file__).parents[2] / "data" / "registers"
HEADERS = (
    "序号", "受理编号", "收到日期", "申请人", "申请人类型", "申请方式", "申请内容", "答复类型", "答复日期", "备注",
)  # fmt: skip


def request(number: int, **cells) -> list:
    row = [
        number, f"A-{number}", date(2025, 1, 5 + number), f"甲{number}", "公民", "网络", f"方案{number}",
        "予以公开", date(2025, 1, 20), None,
    ]  # fmt: skip
    return [cells.get(header, value) for header, value in zip(HEADERS, row, strict=True)]


def read(*rows, change=lambda book: None, **options) -> reader.Reading:
    return reader.read(file_of(("2025", rows), change=change), COLUMNS, **options)


def told(found: reader.Reading) -> str:
    return "".join(problem.where + problem.message for problem in (*found.warnings, *found.refusals))


def merged(*ranges):
    def change(book):
        for cells in ranges:
            book.active.merge_cells(cells)

    return change


# -- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sign", ["同上", "〃", "″", '"', "↑", " 同 上 ", "”", "上同", "—〃—", '--"--', "－同上－", "__〃__"]
)
def test_a_sign_for_the_same_holds_the_value_above(sign):
    found = read(HEADERS, request(1), request(2, 申请人=sign), request(3, 申请人=sign))

    assert [line.cells["name"] for line in found.lines] == ["甲1"] * 3


def test_a_sign_for_the_same_with_nothing_above_is_refused_with_its_cell():
    [problem] = read(HEADERS, request(1, 申请人="同上")).refusals

    assert (problem.row, problem.column) == (2, "申请人（D）")


@pytest.mark.parametrize("sign", ["同左", "……", "...", "同第一行", "同3号", "见第2条", "—同前面—", "见上述"])
def test_a_sign_that_does_not_say_which_cell_it_means_is_no_name_but_refused(sign):
    [problem] = read(HEADERS, request(1), request(2, 申请人=sign)).refusals

    assert (problem.row, problem.column) == (3, "申请人（D）")


def test_a_merged_cell_holds_its_value_for_each_of_its_rows():
    rows = [request(1), request(2, 申请人=None, 答复类型=None), request(3, 申请人=None, 答复类型=None)]

    found = read(HEADERS, *rows, change=merged("D2:D4", "H2:H4"))

    assert [(line.cells["name"], line.cells["answer"]) for line in found.lines] == [("甲1", "予以公开")] * 3


@pytest.mark.parametrize(
    ("cell", "said"), [("#REF!", "错误值#REF!"), ("=A1", "没有保存计算结果"), ("#N/A", "#N/A")]
)
def test_an_error_and_a_formula_without_a_result_are_refused(cell, said):
    found = read(HEADERS, request(1, 申请人=cell))

    assert said in found.refusals[0].message
    assert found.refusals[0].column == "申请人（D）"


def test_days_of_a_workbook_that_counts_from_1904_are_its_own():
    def old(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    found = read(HEADERS, request(1), request(2, 收到日期=44202), change=old)

    values = [request_table.values(line.cells)[0]["received_on"] for line in found.lines]
    assert values == [date(2025, 1, 6), date(2025, 1, 7)]


def test_hidden_and_struck_out_rows_are_read_and_told():
    def change(book):
        book.active.row_dimensions[2].hidden = True
        for cell in book.active[3]:
            cell.font = openpyxl.styles.Font(strike=True)

    found = read(HEADERS, request(1), request(2), change=change)

    assert [(problem.row, problem.value) for problem in found.warnings] == [(2, "隐藏"), (3, "删除线")]
    assert len(found.lines) == 2


# -- rows ----------------------------------------------------------------------------------------


def test_titles_sums_periods_headings_again_and_signatures_are_no_rows_and_say_so():
    found = read(
        ["某局登记台账"], HEADERS, [str(place) for place in range(1, 11)], ["一月"], request(1), ["小计", None, "1件"], HEADERS,
        request(2), ["本页合计", 2], ["单位负责人：王", None, "填表人：李", None, "联系电话：12"], ["说明：不含外局。"],
    )  # fmt: skip

    assert [line.row for line in found.lines] == [5, 8]
    assert found.sheets[0].others == [
        (1, "标题"), (3, "列号行"), (4, "分段标题"), (6, "合计行"), (7, "重复的表头"), (9, "合计行"), (10, "落款、说明"), (11, "落款、说明"),
    ]  # fmt: skip


def test_another_order_of_headings_below_is_refused():
    with pytest.raises(UnreadableFileError, match="第3行又有一个表头"):
        read(
            HEADERS,
            request(1),
            ["收到日期", "申请人", "申请人类型", "申请方式", "申请内容", "答复类型", "答复日期"],
        )


def test_a_column_that_no_field_takes_is_a_note():
    found = read([*HEADERS, "归档号"], [*request(1, 备注="电话已联系"), "D-1"])

    assert found.lines[0].notes == {"备注": "电话已联系", "归档号": "D-1"}


# -- headings ------------------------------------------------------------------------------------


def test_headings_in_three_rows_with_groups_are_read():
    found = read(
        ["台账"] + [None] * 8,
        ["基本信息", None, "申请人情况", None, None, None, "答复情况", None, None],
        ["受理编号", "收到日期", "姓名", "类型", "联系电话", "申请方式", "类型", "日期", "文号"],
        ["A-1", "2025.1.6", "甲", "公民", "138", "当面", "公开", "2025.1.20", "某复1号"],
        change=merged("A1:I1", "A2:B2", "C2:F2", "G2:I2"),
    )

    cells = found.lines[0].cells
    assert (cells["name"], cells["kind"], cells["answer"], cells["answered_on"]) == (
        "甲",
        "公民",
        "公开",
        "2025.1.20",
    )
    assert cells["document_number"] == "某复1号"


def test_the_name_of_an_agent_is_not_taken_for_the_applicant():
    found = read(
        ["收到日期", "申请人", None, "申请方式", "代理人", None],
        [None, "姓名", "类型", None, "姓名", "电话"],
        ["2025.1.6", "甲", "公民", "当面", "代", "12"],
        change=merged("B1:C1", "E1:F1"),
    )

    assert found.lines[0].cells["name"] == "甲"
    assert "phone" not in found.lines[0].cells
    assert found.lines[0].notes == {"姓名": "代", "电话": "12"}


@pytest.mark.parametrize("owed", ["答复日期（应答复）", "应答复日期", "答复日期（法定期限）", "答复期限"])
@pytest.mark.parametrize("real", ["答复日期（实际）", "实际答复日期", "答复日期"])
def test_a_day_that_is_owed_is_not_the_day_of_the_answer(owed, real):
    headers = [*HEADERS[:8], owed, real]

    found = read(headers, [*request(1)[:8], date(2025, 2, 8), date(2025, 3, 20)])

    assert request_table.values(found.lines[0].cells)[0]["answered_on"] == date(2025, 3, 20)


@pytest.mark.parametrize("header", ["申请人", "答复日期", "收到日期"])
def test_two_equal_headings_are_refused_and_both_named(header):
    found = read([*HEADERS, header], [*request(1), "2025-01-09"])

    assert found.refusals[0].column.count(header) == 2
    assert "（K）" in found.refusals[0].column


@pytest.mark.parametrize(
    ("ours", "theirs", "read_as"),
    [("收到日期", word, True) for word in ("申请时间", "申请日期", "提交时间", "登记日期", "收件日期")]
    + [
        ("答复日期", "告知时间", True),
        ("备注", "补正时间", False),
        ("备注", "延期时间", False),
        ("备注", "EMS单号", False),
    ],
)
def test_a_heading_that_may_mean_something_else_is_told(ours, theirs, read_as):
    headers = [theirs if header == ours else header for header in HEADERS]

    found = read(headers, request(1, 备注="2025-1-9"))

    assert len(found.lines) == 1
    assert f"“{theirs}”可能是" in told(found)
    assert ("没有采用" in told(found)) is not read_as


# -- sheets and files ----------------------------------------------------------------------------


def test_every_sheet_is_accounted_for():
    def change(book):
        book["草稿"].sheet_state = "hidden"
        book.create_chartsheet("图")

    content = file_of(
        ("2025年", [HEADERS, request(1)]), ("草稿", [HEADERS, request(2)]), ("汇总", [["月份", "件数"], [1, 2]]), ("Sheet3", []),
        change=change,
    )  # fmt: skip
    found = reader.read(content, COLUMNS)

    assert [(sheet.name, sheet.rows, sheet.read, sheet.doubt) for sheet in found.sheets] == [
        ("2025年", 1, 1, False), ("草稿", 2, 0, False), ("汇总", 2, 0, True), ("Sheet3", 0, 0, False), ("图", 0, 0, False),
    ]  # fmt: skip
    assert [sheet.why for sheet in found.sheets][1:] == [
        "隐藏，未读取", "没有收到日期列，也没有申请人类型、申请方式列，未读取", "空表", "图表，未读取",
    ]  # fmt: skip
    assert len(reader.read(content, COLUMNS, hidden=True).lines) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_text_is_read_in_its_encoding_and_with_its_separator(encoding, separator):
    rows = [HEADERS, request(1), request(2, 申请内容='"第一行\n第二行"')]
    text = "\r\n".join(separator.join("" if cell is None else str(cell) for cell in row) for row in rows)

    found = reader.read(text.encode(encoding), COLUMNS)

    assert [line.cells["subject"] for line in found.lines] == ["方案1", "第一行\n第二行"]


def ods(body: str) -> bytes:
    stream = BytesIO()
    names = {
        "office": "office:1.0", "table": "table:1.0", "text": "text:1.0", "style": "style:1.0",
    }  # fmt: skip
    spaces = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{value}"' for key, value in names.items()
    )
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="2025">'
            f"{body}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return stream.getvalue()


def ods_row(cells, attributes="") -> str:
    texts = "".join(
        f'<table:table-cell office:value-type="date" office:date-value="{cell}"/>'
        if isinstance(cell, date)
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        if cell
        else "<table:table-cell/>"
        for cell in cells
    )
    return f"<table:table-row{attributes}>{texts}</table:table-row>"


def test_an_open_document_is_read_with_its_hidden_rows_and_far_blank_cells():
    blank = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row>"
    )
    body = ods_row(HEADERS) + ods_row(request(1)) + ods_row(request(2), ' table:visibility="filter"') + blank

    found = reader.read(ods(body), COLUMNS)

    assert [line.cells["received_on"] for line in found.lines] == [date(2025, 1, 6), date(2025, 1, 7)]
    assert [problem.value for problem in found.warnings] == ["隐藏"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><table><tr><td>x</td></tr></table></html>", "网页或 XML"),
        (b"%PDF-1.7", "这是 PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "去掉打开密码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "已损坏"),
        (b"PK\x03\x04 broken", "已损坏"),
        (b" \r\n", "文件是空的"),
    ],
)
def test_what_is_no_register_is_refused_with_what_it_is_and_what_to_do(content, said):
    with pytest.raises(UnreadableFileError, match=said):
        workbook.sheets(content)


# -- files that are made to harm -----------------------------------------------------------------

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'


def with_parts(**parts: str) -> bytes:
    """Return a workbook with some of its parts put in the place of what they were."""
    stream, named = BytesIO(), {PARTS[name]: text for name, text in parts.items()}
    with (
        zipfile.ZipFile(BytesIO(file_of(("2025", [HEADERS, request(1)])))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.namelist():
            if one not in named:
                new.writestr(one, old.read(one))
        for one, text in named.items():
            new.writestr(one, text)
    return stream.getvalue()


PARTS = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}


def wide_rows() -> str:
    rows = (f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 4001))
    return SHEET.format(f"<sheetData>{''.join(rows)}</sheetData>")


def many_merges() -> str:
    ranges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 300_000))
    return SHEET.format(f'<sheetData/><mergeCells count="1">{ranges}</mergeCells>')


LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + SHEET.format(
    "<sheetData>&b;</sheetData>"
)
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{}</t></si></sst>'


ONE_TEXT = SHEET.format('<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>')


@pytest.mark.parametrize(
    "make",
    [
        lambda: {"sheet": wide_rows()},
        lambda: {"sheet": many_merges()},
        lambda: {"sheet": LAUGHS},
        lambda: {"sheet": "<a>" * 500_000},
        lambda: {"sheet": ONE_TEXT, "strings": STRINGS.format("x" * 400_000_000)},
    ],
    ids=["cells far apart", "merged cells", "entities", "deep", "one long text"],
)
def test_a_workbook_that_is_made_to_harm_is_a_sentence(make):
    content = with_parts(**make())

    with pytest.raises(DomainError) as refused:
        isolated.read(
            reader.read_as_chosen,
            content,
            COLUMNS,
            False,
            reader.NO_CHOICES,
            limits=Limits(memory=512, seconds=60),
        )
    assert str(refused.value).endswith(("。", "再试。", "再导入。"))


# -- what stands beside the cells ----------------------------------------------------------------


def test_a_comment_is_a_note_of_its_row_and_told_where_it_stands_on_no_row():
    def change(book):
        book.active["D2"].comment = openpyxl.comments.Comment("电话\n已联系", "李")
        book.active["C1"].comment = openpyxl.comments.Comment("应为签收日", "李")
        book.active["Z9"].comment = openpyxl.comments.Comment("远处", "李")

    found = read(HEADERS, request(1), change=change)

    assert found.lines[0].notes == {"批注（D2）": "电话 已联系"}
    assert [(problem.row, problem.value) for problem in found.warnings] == [(1, "应为签收日"), (9, "远处")]


def test_a_comment_of_an_open_document_is_a_note_and_no_part_of_its_cell():
    remark = "<office:annotation><text:p>已联系</text:p></office:annotation>"
    row = ods_row(request(1)).replace("<text:p>甲1", f"{remark}<text:p>甲1")

    found = reader.read(ods(ods_row(HEADERS) + row), COLUMNS)

    assert (found.lines[0].cells["name"], found.lines[0].notes) == ("甲1", {"批注（D2）": "已联系"})


def test_an_old_workbook_whose_sectors_turn_in_a_circle_is_refused():
    content = bytearray((DATA / "titled.xls").read_bytes())
    content[76:80] = content[48:52] = b"\x02\x00\x00\x00"

    with pytest.raises(UnreadableFileError, match="已损坏"):
        workbook.sheets(bytes(content))


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def compound(name: str, stream: bytes) -> bytes:
    """Return a compound file of one stream: a header, the table of sectors, the directory, the stream."""
    stream = stream.ljust(4096, b"\0")
    sectors, none, end = len(stream) // 512, 0xFFFFFFFF, 0xFFFFFFFE
    head = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 62, 3, 0xFFFE, 9, 6, b"", 0, 1, 1, 0, 4096, end, 0, end, 0, 0,
    )  # fmt: skip
    follows = [0xFFFFFFFD, end, *range(3, sectors + 2), end]
    table = struct.pack("<128I", *follows, *[none] * (128 - len(follows)))
    entries = b"".join(
        struct.pack("<64sH50xII4x", word.encode("utf-16-le"), 2 * len(word) + 2, start, size)
        for word, start, size in (("Root Entry", end, 0), (name, 2, len(stream)))
    )
    return head + b"\xff" * (512 - len(head)) + table + entries.ljust(512, b"\0") + stream


def test_a_comment_of_a_workbook_of_1995_is_seen():
    words = "已撤回".encode("gb18030")
    named = struct.pack("<IHBB", 24, 0, 1, ord("2"))  # begins behind these three records
    whole = record(0x809, b"\x00\x05\x05\x00") + record(0x85, named) + record(0x0A, b"")
    sheet = record(0x809, b"\x00\x05\x10\x00") + record(0x1C, struct.pack("<HHH", 3, 2, len(words)) + words)

    marks = biff.marks(compound("Book", whole + sheet + record(0x0A, b"")), ["2"])

    assert marks.sheets["2"].comments == {(3, 2): "已撤回"}
