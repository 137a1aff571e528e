"""Histories made up so that they must count to published tables do count to them, cell by cell."""

import json

import pytest

from tests.histories import counting_to, published, text
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.report.table3 import COLUMNS, ROWS, cells, identities
from tracker.rendering import annual
from tracker.services.office.agency import default_agency
from tracker.services.operations import inspection

LUMPED = "3.6"  # a report that prints its row 3.6 as one: only the sum of 3.6.1 to 3.6.3 is known
PARTS = ("3.6.1", "3.6.2", "3.6.3")


@pytest.fixture
def tracker(app, tmp_path):
    """Run a command of the console script in this office."""

    def run(*arguments: str):
        return app.test_cli_runner().invoke(args=["tracker", *arguments])

    return run


@pytest.fixture
def imported(tracker, tmp_path, clock):
    """Write lines to a file and import it by the command."""
    clock.set("2026-11-20")

    def run(lines) -> None:
        path = tmp_path / "histories.jsonl"
        path.write_text(text(lines), encoding="utf-8")
        result = tracker("import", str(path))
        assert result.exit_code == 0, result.output

    return run


def split(table: dict) -> dict:
    """Return the table with its lumped row put into 3.6.3, to make histories from."""
    if LUMPED not in table:
        return table
    nothing = dict.fromkeys(COLUMNS, 0)
    return {**table, "3.6.1": nothing, "3.6.2": nothing, "3.6.3": table[LUMPED]}


def lumped(table: dict, like: dict) -> dict:
    """Return the counted table with the same rows as the published one."""
    if LUMPED in like:
        table = {**table, LUMPED: {c: sum(table[row][c] for row in PARTS) for c in COLUMNS}}
    return {row: table[row] for row in like}


def count_all(table: dict) -> int:
    return sum(len(row) for row in table.values())


@pytest.mark.parametrize(
    "name",
    [
        "hongze_district_2023",
        "hongze_district_2024",
        "jinhu_county_2023",
        "unnamed_unit_2023_36req",
        "shanghai_general_office_2025",
    ],
)
def test_every_cell_of_a_published_report_is_counted_from_its_cases(name, imported, tracker):
    year, table = published(name)
    imported(counting_to(split(table), year))

    report = json.loads(tracker("report", str(year), "--format", "json").stdout)

    assert lumped(report["table3"], table) == table
    assert report["findings"] == []
    assert tracker("check").exit_code == 0


def test_two_consecutive_published_years_stand_in_one_office(imported, tracker):
    first_year, first = published("hongze_district_2023")
    second_year, second = published("hongze_district_2024")
    imported([*counting_to(split(first), first_year, "A"), *counting_to(split(second), second_year, "B")])

    for year, table in ((first_year, first), (second_year, second)):
        report = json.loads(tracker("report", str(year)).stdout)
        assert lumped(report["table3"], table) == table
        assert report["findings"] == []


def test_an_office_without_a_request_reports_175_zeros(app, clock):
    clock.set("2024-01-15")
    agency = default_agency()

    report = annual.compile_report(agency.id, agency.name, 2023, compiled_on=clock.today)

    assert annual.is_zero(report)
    assert count_all(report.table3) == 175
    assert {number for row in report.table3.values() for number in row.values()} == {0}
    assert report.findings == []


def test_what_is_carried_out_of_one_year_is_carried_into_the_next_in_every_column(imported, tracker, clock):
    kinds = list(ApplicantKind)
    new = {("1", kind): place + 3 for place, kind in enumerate(kinds)}
    out = {("4", kind): place + 1 for place, kind in enumerate(kinds)}
    done = {("3.1", kind): 2 for kind in kinds}
    first = cells({**new, **out, **done})
    carried = {("2", kind): place + 1 for place, kind in enumerate(kinds)}
    ended = {("3.4.1", kind): place + 2 for place, kind in enumerate(kinds)}
    second = cells({**carried, **ended, **{("1", kind): 1 for kind in kinds}})
    assert identities(first) == identities(second) == []

    histories = list(counting_to(first, 2024, "C"))
    histories_of_next = [h for h in counting_to(second, 2025, "D") if h["events"][0]["on"] >= "2025"]
    answers = {"step": "answer", "outcome": "unable_not_held", "on": "2025-02-10", "reason": "未检索到"}
    for history in histories:
        if len(history["events"]) == 1:
            history["events"].append(answers)
    imported([*histories, *histories_of_next])

    before = json.loads(tracker("report", "2024").stdout)
    after = json.loads(tracker("report", "2025").stdout)

    assert before["table3"]["4"] == after["table3"]["2"]
    assert all(before["table3"]["4"][kind] for kind in kinds)
    assert before["table3"] == first
    assert after["table3"] == second
    assert before["findings"] == after["findings"] == []
    assert list(inspection.inspect(today=clock.today)) == []


@pytest.mark.parametrize(("year", "more"), [("2018", ("3.6",)), ("2020", ("3.6",)), ("2021", ())])
def test_the_rows_and_columns_are_always_all_there(tracker, year, more):
    table = json.loads(tracker("report", year).stdout)["table3"]

    assert tuple(table) == (*ROWS, *more)
    assert all(tuple(row) == COLUMNS for row in table.values())


def test_a_year_of_the_trial_form_is_printed_in_it_and_its_cases_keep_their_outcomes(imported, tracker):
    table = cells({("1", "business"): 4, ("3.1", "business"): 1, **{(row, "business"): 1 for row in PARTS}})
    imported(counting_to(table, 2020))

    report = json.loads(tracker("report", "2020").stdout)
    page = tracker("report", "2020", "--format", "html").stdout

    assert report["format"] == "60号/2019"
    assert report["table3"]["3.6"] == {**dict.fromkeys(COLUMNS, 0), "business": 3, "total": 3}
    assert {row: report["table3"][row] for row in ROWS} == table
    assert report["findings"] == []
    assert page.count("（六）其他处理") == 1
    assert "逾期不补正" not in page
