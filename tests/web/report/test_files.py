"""The files of the report, each opened again by a reader of its kind."""

import json
import re
import zlib
from io import BytesIO

import docx
import openpyxl
import pypdfium2
import pytest

from tests.histories import line, text
from tests.web.report.test_report_pages import ANSWERED, RECEIVED, typed
from tracker.domain.permission import Role
from tracker.domain.report.format import SECTIONS
from tracker.services.exchange import importing


@pytest.fixture
def app(on_sqlite):
    """What a file holds does not hang on the database."""
    return on_sqlite


@pytest.fixture
def written(app, clock, sign_in):
    """The office's head, after all three texts are written."""
    lines = [line("natural_person", "A-1", ANSWERED), line("business", "A-2", RECEIVED)]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())
    head = sign_in(Role.HEAD)
    typed(head, "1", part0="公开<信息>&制度。", part1="新收{{依申请公开.新收}}件。", part4="培训到位。")
    typed(head, "5", text="存在问题：时效不高。\n下步措施：按月核对。")
    typed(head, "6", text="本年度未收取信息处理费。")
    return head


def test_the_word_file_reads_again_with_sections_tables_and_fonts(written):
    answer = written.get("/reports/2025/report.docx")

    document = docx.Document(BytesIO(answer.data))
    words = [paragraph.text for paragraph in document.paragraphs]
    assert words[0] == "测试局2025年政府信息公开工作年度报告"
    assert [word for word in words if word in SECTIONS.values()] == list(SECTIONS.values())
    assert "公开<信息>&制度。" in words
    table2, table3, table4 = document.tables
    assert [cell.text for cell in table2.rows[1].cells] == [
        "信息内容",
        "本年制发件数",
        "本年废止件数",
        "现行有效件数",
    ]
    assert [cell.text for cell in table3.rows[3].cells][3:] == ["1", "1", "0", "0", "0", "0", "2"]
    assert [cell.text for cell in table3.rows[-1].cells][3:] == ["0", "1", "0", "0", "0", "0", "1"]
    assert table3.rows[0].cells[0].text == table3.rows[2].cells[2].text  # one merged cell
    assert (len(table3.rows), len(table4.rows[3].cells)) == (28, 15)
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    room = section.page_width.mm - section.left_margin.mm - section.right_margin.mm
    for table in document.tables:
        assert sum(column.width.mm for column in table.columns) <= room + 0.5
    fonts = set(re.findall(r'w:eastAsia="([^"]+)"', document.element.xml))
    assert {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"} <= fonts


def test_the_pdf_reads_again_with_its_fonts_inside(written):
    answer = written.get("/reports/2025/report.pdf")

    document = pypdfium2.PdfDocument(answer.data)
    words = "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
    for heading in SECTIONS.values():
        assert heading in words
    assert "公开<信息>&制度。" in words
    assert "新收2件。" in words
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", answer.data, re.DOTALL)
    assert any(b"/FontFile" in zlib.decompress(s) for s in streams if s[:1] == b"x")
    assert {tuple(round(side) for side in page.get_size()) for page in document} == {(595, 842)}  # A4


def test_the_workbook_reads_again_with_three_tables_texts_and_findings(written):
    book = openpyxl.load_workbook(BytesIO(written.get("/reports/2025/report.xlsx").data))

    assert book.sheetnames == [SECTIONS["2"], SECTIONS["3"], SECTIONS["4"], "文字部分", "核对"]
    table2 = list(book.worksheets[0].iter_rows(values_only=True))
    assert ("行政许可", 0, None, None) in table2
    assert [cell.value for cell in book.worksheets[2][5]] == [0] * 15
    assert "新收2件。" in [row[0] for row in book["文字部分"].iter_rows(values_only=True)]
    assert book["核对"]["B1"].value == "核对一致"


def test_the_page_for_the_web_site_stands_alone(written):
    page = written.get("/reports/2025/report.html").text

    assert "公开&lt;信息&gt;&amp;制度。" in page
    assert not re.search(r"(src|href)=|<script", page)


def test_the_json_carries_the_texts_as_printed(written):
    report = json.loads(written.get("/reports/2025/report.json").text)

    assert report["sections"]["1"].splitlines()[:4] == [
        "（一）主动公开",
        "公开<信息>&制度。",
        "（二）依申请公开",
        "新收2件。",
    ]
    assert (report["published"], report["findings"]) == (False, [])


def test_an_unknown_kind_of_file_is_told(on_sqlite, sign_in):
    assert sign_in(Role.HEAD).get("/reports/2025/report.odt").status_code == 404
