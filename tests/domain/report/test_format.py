"""The forms of the annual report: which rows stand in which year's report (rulebook of both circulars)."""

import pytest

from tracker.domain.case.outcome import BY_CODE, OUTCOMES
from tracker.domain.report import format as report_format
from tracker.domain.report.table3 import COLUMNS, ROWS, cells

TRIAL, NOW = report_format.FORMATS


@pytest.mark.parametrize(
    ("year", "code"),
    [
        (2008, "60号/2019"),  # shown in the trial form, marked as such
        (2019, "60号/2019"),
        (2020, "60号/2019"),
        (2021, "30号/2021"),
        (2025, "30号/2021"),
        (2031, "30号/2021"),
    ],
)
def test_every_year_has_its_form(year, code):
    assert report_format.of_year(year).code == code


def test_the_forms_follow_one_another_without_a_gap():
    assert TRIAL.last_year + 1 == NOW.first_year
    assert NOW.last_year is None


def test_the_form_of_2021_prints_every_row_that_cases_are_counted_in():  # 国办公开办函〔2021〕30号
    assert tuple(row.code for row in NOW.rows) == ROWS
    assert len(NOW.results) == 21
    assert all(row.leaves == (row.code,) for row in NOW.rows)


def test_the_trial_form_prints_other_closings_as_one_row():  # 国办公开办函〔2019〕60号
    codes = [row.code for row in TRIAL.rows]

    assert len(TRIAL.rows) == 23
    assert len(TRIAL.results) == 19  # 20 lines of 本年度办理结果 with the total
    assert codes[-3:] == ["3.6", "3.7", "4"]
    assert report_format.LABELS["3.6"] == "（六）其他处理"
    assert report_format.LEAVES["3.6"] == ("3.6.1", "3.6.2", "3.6.3")


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.code)
@pytest.mark.parametrize("form", report_format.FORMATS, ids=lambda form: form.code)
def test_every_outcome_has_one_row_in_every_form(outcome, form):
    row = outcome.row_in(form.first_year)
    holding = [line.code for line in form.rows if outcome.row in line.leaves]

    assert holding == [row]


def test_an_outcome_knows_from_which_year_it_has_a_row_of_its_own():
    lapsed = BY_CODE["closed_supplement_lapsed"]

    assert (lapsed.since, lapsed.row_in(2020), lapsed.row_in(2021)) == (2021, "3.6", "3.6.1")
    assert BY_CODE["disclosed"].row_in(2019) == "3.1"


def test_a_row_of_its_own_begins_with_a_form():
    assert {outcome.since for outcome in OUTCOMES} <= {form.first_year for form in report_format.FORMATS}


def test_a_printed_table_has_the_sum_and_keeps_what_it_sums():
    table = cells({("3.6.1", "business"): 2, ("3.6.3", "business"): 3, ("3.6.2", "ngo"): 1})

    printed = TRIAL.printed(table)

    assert {row: printed[row] for row in ROWS} == table
    assert printed["3.6"] == {**dict.fromkeys(COLUMNS, 0), "business": 5, "ngo": 1, "total": 6}
    assert NOW.printed(table) == table


@pytest.mark.parametrize(
    ("form", "labels", "keys"),
    [
        (NOW, ["规章", "行政规范性文件", "行政许可", "行政处罚", "行政强制", "行政事业性收费"], 10),
        (
            TRIAL,
            ["规章", "规范性文件", "行政许可", "其他对外管理服务事项", "行政处罚", "行政强制", "行政事业性收费", "政府集中采购"],
            22,
        ),
    ],
)  # fmt: skip
def test_table_2_has_the_rows_and_columns_of_its_form(form, labels, keys):
    rows = [row for block in form.table2 for row in block.rows]

    assert [label for label, _ in rows] == labels
    assert sum(len(names) for _, names in rows) == keys
    assert all(len(names) == len(block.columns) for block in form.table2 for _, names in block.rows)
    assert {"licences", "penalties", "coercion"} <= {key for _, names in rows for key in names}
