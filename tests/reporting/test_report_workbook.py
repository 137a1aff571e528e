"""Reports in a workbook: what Excel prints is read, with its merged cells; what it hides is not."""

import re
import zipfile
from io import BytesIO

import pytest
from xlsxwriter import Workbook

from tests.report_forms import _placed, parts, title
from tests.report_layouts import BREAKS, sound
from tracker.reporting import reader
from tracker.services import report_check

AT = 6  # of the column that is put among the figures of table 3
DRAFT = ["", "", "（一）予以公开", 90, 0, 0, 0, 0, 0, 90]


def workbook(report: dict, *, column: dict | None = None, row: dict | None = None) -> bytes:
    """Return a workbook with a column of drafts among the figures, and a row of drafts below table 3.

    column, row: how the two are hidden, as the writer names it; None where there is none.
    """
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True, "strings_to_numbers": True}) as book:
        sheet, top = book.add_worksheet("年度报告"), 2
        sheet.write(0, 0, title(report))
        for part in parts(report):
            if isinstance(part, str):
                sheet.write(top, 0, part)
                top += 1
                continue
            for line, place, words, wide, high in _placed(part):
                first, last = (end + (column is not None and end >= AT) for end in (place, place + wide - 1))
                bottom = min(line + high, len(part)) - 1
                if (first, line) != (last, bottom):
                    sheet.merge_range(top + line, first, top + bottom, last, "")
                sheet.write(top + line, first, words)
            sheet.write_column(top + 2, AT, [7] * (len(part) - 2 if column is not None else 0))
            top += len(part)
            if row is not None and len(part) > len(DRAFT):
                sheet.write_row(top, 0, DRAFT)
                sheet.set_row(top, row.get("height"), None, row.get("options", {}))
                top += 1
        if column is not None:
            sheet.set_column(AT, AT, column.get("width"), None, column.get("options", {}))
    return stream.getvalue()


def found(content: bytes) -> list:
    one = report_check.check([("a.xlsx", content)])[0]
    assert one.refusal == ""
    return one.findings


def kinds(content: bytes) -> set[str]:
    return {finding.check for finding in found(content)}


def wheres(content: bytes) -> list[str]:
    return [finding.where for finding in found(content)]


HIDDEN = {"options": {"hidden": True}}


@pytest.mark.parametrize("how", [HIDDEN, {"height": 0}], ids=["hidden", "without height"])
def test_a_row_that_excel_hides_is_not_read(how):
    content = workbook(sound(), row=how)

    assert kinds(content) == set()
    assert reader.read(content).report.table3 == sound()["table3"]


def test_the_same_row_is_read_where_it_is_shown():
    assert reader.read(workbook(sound(), row={})).report.table3["3.1"]["natural_person"] == DRAFT[3]


@pytest.mark.parametrize("how", [HIDDEN, {"width": 0}], ids=["hidden", "without width"])
def test_a_column_that_excel_hides_is_not_read(how):
    content = workbook(sound(), column=how)

    assert kinds(content) == set()
    assert reader.read(content).report.table3 == sound()["table3"]


@pytest.mark.parametrize("kind", BREAKS)
def test_what_breaks_beside_hidden_rows_and_columns_is_found(kind):
    assert kind in kinds(workbook(BREAKS[kind](sound()), row=HIDDEN, column=HIDDEN))


@pytest.mark.parametrize("label", ["2.重复申请", "1.属于国家秘密"])  # the second begins a merged heading
def test_a_row_of_the_form_that_is_hidden_is_missing(label):
    shared = part(workbook(sound()), "xl/sharedStrings.xml")
    place = [re.sub("<[^>]+>", "", one) for one in re.findall("<si>.*?</si>", shared)].index(label)
    content = changed(
        workbook(sound()), rf'<row ([^>]*>(?:(?!</row>).)*t="s"><v>{place}</v>)', r'<row hidden="1" \1'
    )

    assert wheres(content) == [f"表三 {label}"]


def test_cells_that_do_not_name_their_place_stand_one_behind_the_other():
    content = changed(workbook(sound()), r'<c r="[A-Z]+\d+"', "<c")

    assert reader.read(content).tables == ("2", "3", "4")


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(name).decode()


def changed(content: bytes, old: str, new: str) -> bytes:
    """Return the workbook with its sheet's text changed."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            words = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                made = re.sub(old, new, words.decode(), flags=re.DOTALL)
                assert made.encode() != words
                words = made.encode()
            target.writestr(name, words)
    return stream.getvalue()
