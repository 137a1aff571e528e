"""The page of a year in the form of its year: 60号 for 2019 and 2020, 30号 from 2021."""

import pytest

from tests.histories import counting_to, text
from tracker.domain.permission import Role
from tracker.domain.report.table3 import cells


@pytest.fixture
def auditor(app, sign_in, tmp_path, clock):
    """Somebody who reads an office with closings of 2020, one of each kind."""
    clock.set("2026-11-20")
    counts = {("1", "business"): 4, ("3.1", "business"): 1}
    table = cells({**counts, **{(f"3.6.{number}", "business"): 1 for number in (1, 2, 3)}})
    path = tmp_path / "histories.jsonl"
    path.write_text(text(counting_to(table, 2020)), encoding="utf-8")
    assert app.test_cli_runner().invoke(args=["tracker", "import", str(path)]).exit_code == 0
    return sign_in(Role.AUDITOR)


def test_a_year_of_the_trial_form_has_one_row_for_other_closings_and_opens_their_cases(app, auditor):
    page = auditor.get("/reports/2020")

    assert page.status_code == 200
    assert "（六）其他处理" in page.text
    assert "逾期不补正" not in page.text.partition("<table")[2].partition("</table>")[0]
    assert 'href="/reports/2020/cells/3.6/business"' in page.text
    behind = auditor.get("/reports/2020/cells/3.6/business")
    assert "（六）其他处理 · 商业企业：3" in behind.text
    assert behind.text.count('href="/cases/') == 3


def test_a_year_of_the_form_of_2021_has_them_apart(app, auditor):
    assert (
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"
        in auditor.get("/reports/2021").text
    )


def test_an_older_year_says_that_it_had_another_form(app, auditor):
    assert "2018年及以前的年度报告另有格式" in auditor.get("/reports/2017").text
