"""Reports in a workbook: what Excel prints is read, with its merged cells; what it hides is not."""

import re
import zipfile
from io import BytesIO

import openpyxl
import pytest
from openpyxl.styles import Font

from tests.report_forms import DRAFT, as_xlsx
from tests.report_layouts import BREAKS, sound
from tracker.reading.report import reader
from tracker.services.report import check


def found(content: bytes) -> list:
    one = check.check([("a.xlsx", content)])[0]
    assert one.refusal == ""
    return one.findings


def test_a_figure_in_a_struck_out_cell_is_not_counted_and_is_blank():
    book, stream = openpyxl.load_workbook(BytesIO(as_xlsx(sound()))), BytesIO()
    row = next(
        row for sheet in book for row in sheet.iter_rows() if "重复申请" in str([c.value for c in row])
    )
    [*filter(lambda cell: cell.value is not None, row)][-1].font = Font(strike=True)
    book.save(stream)

    [told] = found(stream.getvalue())

    assert (told.check, told.where) == ("blank", "表三 2.重复申请")


def kinds(content: bytes) -> set[str]:
    return {finding.check for finding in found(content)}


def wheres(content: bytes) -> list[str]:
    return [finding.where for finding in found(content)]


HIDDEN = {"options": {"hidden": True}}


@pytest.mark.parametrize("how", [HIDDEN, {"height": 0}], ids=["hidden", "without height"])
def test_a_row_that_excel_hides_is_not_read(how):
    content = as_xlsx(sound(), row=how)

    assert kinds(content) == set()
    assert reader.read(content).report.table3 == sound()["table3"]


def test_the_same_row_is_read_where_it_is_shown():
    assert reader.read(as_xlsx(sound(), row={})).report.table3["3.1"]["natural_person"] == DRAFT[3]


@pytest.mark.parametrize("how", [HIDDEN, {"width": 0}], ids=["hidden", "without width"])
def test_a_column_that_excel_hides_is_not_read(how):
    content = as_xlsx(sound(), column=how)

    assert kinds(content) == set()
    assert reader.read(content).report.table3 == sound()["table3"]


@pytest.mark.parametrize("kind", BREAKS)
def test_what_breaks_beside_hidden_rows_and_columns_is_found(kind):
    assert kind in kinds(as_xlsx(BREAKS[kind](sound()), row=HIDDEN, column=HIDDEN))


@pytest.mark.parametrize("label", ["2.重复申请", "1.属于国家秘密"])  # the second begins a merged heading
def test_a_row_of_the_form_that_is_hidden_is_missing(label):
    shared = part(as_xlsx(sound()), "xl/sharedStrings.xml")
    place = [re.sub("<[^>]+>", "", one) for one in re.findall("<si>.*?</si>", shared)].index(label)
    content = changed(
        as_xlsx(sound()), rf'<row ([^>]*>(?:(?!</row>).)*t="s"><v>{place}</v>)', r'<row hidden="1" \1'
    )

    assert wheres(content) == [f"表三 {label}"]


def test_cells_that_do_not_name_their_place_stand_one_behind_the_other():
    content = changed(as_xlsx(sound()), r'<c r="[A-Z]+\d+"', "<c")

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
