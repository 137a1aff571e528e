"""Reports as people pass them on: read in every layout, sound ones left alone, what breaks or is missing said."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from tests.reading.report.test_check import flat, trial
from tests.report_forms import as_docx, as_html, as_text
from tests.report_layouts import BREAKS, LAYOUTS, by, sound
from tracker.reading.report import reader
from tracker.services.report import check


def found(content: bytes, name: str = "a.txt") -> list:
    one = check.check([(name, content)])[0]
    assert one.refusal == ""
    return one.findings


def kinds(content: bytes) -> set[str]:
    return {finding.check for finding in found(content)}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_sound_report_is_read_whole_in_every_layout(layout):
    given = sound()

    assert found(LAYOUTS[layout](given)) == []
    read = reader.read(LAYOUTS[layout](given)).report
    assert read.table3 == given["table3"]
    assert read.table4 == given["table4"]


@pytest.mark.parametrize("kind", BREAKS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_breaks_is_found_in_every_layout(layout, kind):
    assert kind in kinds(LAYOUTS[layout](BREAKS[kind](sound())))


# -- what was not read, and what is not printed ---------------------------------------------------


def text_of(**more: object) -> str:
    return as_text(sound(**more)).decode()


def test_a_file_that_ends_in_the_middle_of_table_3_is_incomplete():
    text = text_of()
    cut = text[: text.index("（三）不予公开")]

    missing = [f.where for f in found(cut.encode()) if f.check == "incomplete"]

    assert "表三 1.属于国家秘密" in missing
    assert "表四" in missing


@pytest.mark.parametrize(
    "label", ["6.属于四类过程性信息", "（七）总计", "四、结转下年度继续办理", "行政处罚"]
)
def test_a_row_that_is_missing_is_named(label):
    lines = [line for line in text_of().split("\n") if label not in line]

    assert any(f.check == "incomplete" and label in f.where for f in found("\n".join(lines).encode()))


def test_a_report_without_table_4_is_incomplete():
    text = re.sub(r"行政复议\t.*?(?=## 五)", "", text_of(), flags=re.DOTALL)

    assert [f.where for f in found(text.encode()) if f.check == "incomplete"] == ["表四"]


@pytest.mark.parametrize("sign", ["", "/", "—", "－", "无", "−", "‑", "～", "×", "（）", "空", "暂无", "N/A"])
def test_a_cell_printed_without_a_figure_is_named_by_row_and_column(sign):
    text = re.sub(r"(2\.重复申请\t\d+\t)0", rf"\g<1>{sign}", text_of())

    blanks = [f for f in found(text.encode()) if f.check == "blank"]

    assert [f.where for f in blanks] == ["表三 2.重复申请"]
    assert blanks[0].message.startswith("商业企业")


def test_a_row_of_blanks_is_blank_and_not_missing():
    text = re.sub(r"(2\.重复申请)(?:\t\d+){7}", r"\1" + "\t" * 7, text_of())

    assert [(f.check, f.where) for f in found(text.encode())] == [("blank", "表三 2.重复申请")]


@pytest.mark.parametrize("sign", ["  ", " ", ",", "\n\n", "\t"])
def test_table_2_of_the_trial_form_is_read_without_columns(sign):
    given = {**trial(), "table4": sound()["table4"], "sections": {"1": "总体平稳。"}}
    for row in ("services", "penalties", "coercion"):
        given["table2"] |= {row: 3, f"{row}_items": {"last_year": 5, "change": -2}}
    given["table2"] |= {"fee_items": {"last_year": 2, "change": 0}}

    content = by(sign)(given)

    assert found(content) == []
    assert {key: str(cell) for key, cell in reader.read(content).report.table2.items()} == flat(given)


def test_the_trial_form_is_whole_with_one_row_of_other_closings():
    given = sound()
    given["table3"]["3.6"] = {
        column: sum(given["table3"][f"3.6.{n}"][column] for n in (1, 2, 3)) for column in given["table3"]["1"]
    }
    for n in (1, 2, 3):
        del given["table3"][f"3.6.{n}"]

    assert found(as_docx(given), "a.docx") == []


def test_a_table_4_that_goes_downwards_is_said_and_no_row_of_table_3():
    text = re.sub(r"行政复议\t.*?(?=## 五)", "", text_of(), flags=re.DOTALL)
    below = "行政复议\t行政诉讼\n结果维持\t1\n总计\t\t\t\t\t\t\t2\n"

    content = text.replace("## 五", f"{below}## 五").encode()

    assert [f.where for f in found(content) if f.check == "incomplete"] == ["表四"]
    assert reader.read(content).report.table3 == sound()["table3"]


# -- two reports in one file ----------------------------------------------------------------------


def two(first: dict, second: dict) -> bytes:
    return b"\n\n".join([as_text(first), as_text(second)])


def test_two_reports_in_one_file_are_both_checked_and_named():
    wrong = BREAKS["row_sum"](sound())

    told = found(two(sound(), {**wrong, "year": 2020}))

    assert told[0].check == "two_reports"
    assert "2023年" in told[0].message
    assert "2020年" in told[0].message
    assert {f.check for f in told if "2020年" in f.where} >= {"row_sum"}
    assert not [f for f in told[1:] if f.where.startswith("2023年")]


def test_two_pages_pasted_into_one_are_two_reports():
    one, other = as_html(sound()).decode("gb18030"), as_html(sound(year=2020)).decode("gb18030")
    both = one.replace("</body>", other[other.index("<h1>") :].replace("2023年本机关", "2020年本机关"))

    assert kinds(both.encode("gb18030")) == {"two_reports"}


def test_a_title_that_is_only_named_again_begins_no_second_report():
    text = text_of() + "\n附：2022年政府信息公开工作年度报告"

    assert "two_reports" not in kinds(text.encode())


@pytest.mark.parametrize("join", ["\n\n", "\n附\n"])
def test_a_second_report_is_known_by_a_title_broken_over_lines(join):
    second = as_text(sound(agency="某县水务局")).decode()
    title = "# 某县水务局2023年政府信息公开工作年度报告"
    for broken in (
        "某县水务局\n2023年政府信息公开工作年度报告",
        "某县水务局2023年政府信息\n公开工作年度报告",
    ):
        one = check.check([("a.txt", f"{text_of()}{join}{second.replace(title, broken)}".encode())])[0]
        assert [read.report.agency for read in one.reads] == [sound()["agency"], "某县水务局"]
        assert {f.check for f in one.findings} == {"two_reports"}


@pytest.mark.parametrize("line", ["甲\t1\n", "一\n", "1 2 3\n", "甲，\n"])
def test_a_text_of_more_lines_than_reports_have_is_refused_in_words(line):
    one = check.check([("a.txt", (text_of() + "\n" + line * 20_000).encode())])[0]

    assert (one.read, "不像年度报告" in one.refusal) == (None, True)


# -- what Word does not print ---------------------------------------------------------------------

RUN = "<w:r><w:t>7</w:t></w:r>"
UNPRINTED = {
    "hidden": "<w:r><w:rPr><w:vanish/></w:rPr><w:t>7</w:t></w:r>",
    "deleted": '<w:del w:id="1"><w:r><w:delText>7</w:delText></w:r></w:del>',
    "deleted, its text kept": f'<w:del w:id="1">{RUN}</w:del>',
    "moved away": f'<w:moveFrom w:id="1">{RUN}</w:moveFrom>',
    "struck out": "<w:r><w:rPr><w:strike/></w:rPr><w:t>7</w:t></w:r>",
    "code of a field": '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>7</w:instrText></w:r>'
    f'{RUN}<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>',
    "fallback": '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    f"<mc:Fallback>{RUN}</mc:Fallback></mc:AlternateContent>",
    "reading aid": f"<w:ruby><w:rt>{RUN}</w:rt></w:ruby>",
}  # fmt: skip


def rewritten(change: Callable[[str], str]) -> bytes:
    """Return a sound report as Word keeps it, its document changed."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(as_docx(sound()))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change(part.decode()) if name == "word/document.xml" else part)
    return stream.getvalue()


def put_into_cells(more: str) -> bytes:
    """Put words behind every figure of the tables."""
    return rewritten(lambda words: re.sub(r"(<w:t>\d+</w:t></w:r>)", rf"\1{more}", words))


@pytest.mark.parametrize("kind", UNPRINTED)
def test_what_word_does_not_print_is_not_read(kind):
    assert found(put_into_cells(UNPRINTED[kind]), "a.docx") == []


def test_a_cell_that_a_change_deletes_is_not_read():
    cell = '<w:tc><w:tcPr><w:cellDel w:id="1"/></w:tcPr><w:p><w:r><w:t>7</w:t></w:r></w:p></w:tc>'
    content = rewritten(lambda words: words.replace("<w:tc>", f"{cell}<w:tc>"))

    assert found(content, "a.docx") == []


def test_what_word_prints_after_a_change_is_read():
    inserted = f'<w:ins w:id="1">{RUN}</w:ins>'

    assert reader.read(put_into_cells(inserted)).report.table3["1"]["research"] == 7


# -- sentences ------------------------------------------------------------------------------------

CARRIED_OUT = (
    "转下年度办理{}件", "转下一年度{}件", "转2024年继续办理{}件", "跨年办理{}件", "待答复{}件", "正在办理中{}件",
    "尚在办理{}件", "未办结{}件", "延至次年办理{}件", "下年度继续办理{}件", "2024年继续办理{}件", "仍在办理{}件",
    "顺延至下年度{}件", "其余{}件转下年度继续办理", "剩余{}件转入2024年办理", "另有{}件正在办理", "还有{}件未办结",
    "截至年底尚有{}件未办结", "{}件因征求第三方意见尚未办结", "结转到下一年度继续办理{}件", "下转{}件", "在办{}件",
)  # fmt: skip
RESULTS = {
    "其中予以公开{a}件、部分公开{b}件": True,
    "予以公开、部分公开分别为{a}件、{b}件": True,
    "予以公开、部分公开、不予公开依次为{a}件、{b}件和{c}件": True,
    "予以公开{a}件（占{share}%），同比增长12%": True,
    "其中，予以公开{wide_a}件": True,
    "部分公开和重复申请各99件": False,
    "予以公开、部分公开分别为{b}件、{a}件": False,
    "予以公开9{a}件": False,
}


def told(words: str) -> list:
    given = sound()
    table = given["table3"]
    new = table["1"]["total"]
    a, b, c = (
        table["3.1"]["total"],
        table["3.2"]["total"],
        sum(table[f"3.3.{n}"]["total"] for n in range(1, 9)),
    )
    done = table["3.7"]["total"]
    wide = str(a).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    words = words.format(a=a, b=b, c=c, wide_a=wide, share=round(a * 100 / done, 2))
    given["sections"] = {"1": f"2023年本机关收到政府信息公开申请{new}件，{words}。"}
    return found(as_text(given))


@pytest.mark.parametrize("words", CARRIED_OUT)
def test_what_goes_into_the_next_year_is_read_in_the_words_people_use(words):
    out = sound()["table3"]["4"]["total"]

    assert told(words.replace("{}", str(out))) == []
    assert {f.check for f in told(words.replace("{}", str(out + 3)))} & {"section1_vs_table", "section1_self"}


@pytest.mark.parametrize("words", RESULTS)
def test_a_sentence_of_several_figures_is_read_figure_by_figure(words):
    assert (told(words) == []) is RESULTS[words]
