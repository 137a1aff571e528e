"""What must hold of a 22nd outcome once its recipe was followed; run in a copy of the program (test_recipes)."""

import json
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

import tracker
from tests.histories import answered, line, text
from tests.services.register.test_importing import file_of
from tracker.domain.case.outcome import BY_CODE, OUTCOMES
from tracker.domain.errors import DomainError
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.table3 import table3_counts
from tracker.services.exchange import exporting, importing, spreadsheet
from tracker.services.operations import inspection

CODE = "refused_made_up"
OUTCOME = BY_CODE[CODE]
LETTER = {
    "form": "letter", "arrived_on": "2027-03-01", "person": "欧阳一一", "triage": "request", "kind": "natural_person",
    "channel": "in_person", "subject": "招标文件",
}  # fmt: skip


@pytest.fixture
def app(on_sqlite, clock):
    clock.set("2027-03-16")
    return on_sqlite


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.fixture
def case(office) -> Case:
    """A request that was registered, and answered with the outcome, on the pages."""
    case_id = int(office.post("/register", LETTER).location.rsplit("/", 1)[1])
    assert f"/cases/{case_id}/steps/{CODE}" in office.get(f"/cases/{case_id}").text
    answer = office.step(case_id, CODE, "2027-03-10", reason="属于虚构的事项", decided_on="2027-03-09")
    assert answer.status_code == 303, answer.text
    return db.session.get_one(Case, case_id)


def test_this_is_the_copy():
    assert Path(tracker.__file__).parent.parent == Path.cwd()
    assert len(OUTCOMES) == 22


def test_a_case_ends_with_it_and_nothing_is_found_wrong(case, clock):
    assert (case.state, case.events[-1].step) == (CODE, CODE)
    assert list(inspection.inspect(today=clock.today)) == []


def test_it_is_counted_in_its_cell_and_shown_in_the_report_of_its_year(case, office, agency_id):
    assert table3_counts(agency_id, 2027)[OUTCOME.row, "natural_person"] == 1

    page = office.get("/reports/2027").text
    assert OUTCOME.label in page
    assert f"/reports/2027/cells/{OUTCOME.row}/natural_person" in page
    assert case.number in office.get(f"/reports/2027/cells/{OUTCOME.row}/natural_person").text
    assert OUTCOME.label not in office.get("/reports/2026").text
    sheet = openpyxl.load_workbook(BytesIO(office.get("/reports/2027/report.xlsx").data)).active
    assert any(OUTCOME.label in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_the_register_and_its_pages_name_it(case, office):
    assert OUTCOME.label in office.get(f"/cases/{case.id}").text
    assert OUTCOME.label in office.get(f"/cases/{case.id}?language=en").text
    assert case.number in office.get(f"/cases?state={CODE}").text
    assert OUTCOME.label in office.get("/handbook/outcomes").text
    assert OUTCOME.label.partition(".")[2] in office.get("/statistics?year=2027").text
    rows = openpyxl.load_workbook(BytesIO(office.get("/cases/export.xlsx").data)).active
    headers, row = rows.iter_rows(values_only=True)
    assert dict(zip(headers, row, strict=True))["答复类型"] == OUTCOME.label


def test_a_file_of_histories_leaves_with_it_and_is_read_in(case, clock):
    header, line = exporting.histories(now=clock())
    line |= {"number": "A-1"}

    importing.import_histories(map(json.dumps, (header, line)), today=clock.today, now=clock())

    assert line["events"][-1] == {**line["events"][-1], "step": "answer", "outcome": CODE}
    assert [case.state for case in db.session.query(Case).order_by(Case.id)] == [CODE, CODE]


def test_a_register_of_clerks_is_read_in_with_its_words(app, clock):
    headers = ("收到日期", "申请人", "申请人类型", "申请方式", "申请内容", "答复类型", "答复日期")
    words = (OUTCOME.label, "不予公开（属于虚构事项）", CODE)
    rows = [
        ("2027-03-01", f"张{n}", "自然人", "当面", f"图{n}", told, "2027-03-10")
        for n, told in enumerate(words)
    ]

    spreadsheet.import_spreadsheet(file_of(("台账", [headers, *rows])), today=clock.today, now=clock())

    assert [case.state for case in db.session.query(Case).order_by(Case.id)] == [CODE] * len(words)


def test_a_year_whose_form_has_no_row_for_it_refuses_it(app, clock):
    made = line("business", "A-1", answered(CODE, clock.today.replace(year=2026)))

    with pytest.raises(DomainError, match="自2027年起"):
        importing.import_histories(text([made]).splitlines(), today=clock.today, now=clock())
