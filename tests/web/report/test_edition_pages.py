"""Publishing at the pages: what is open, what was approved, what would change."""

import re

import pytest

from tests.histories import line
from tests.histories import text as lines_of
from tests.services.report.test_edition import ANSWERED, OPEN, write
from tracker.domain.permission import Role
from tracker.services.exchange import importing
from tracker.services.report import edition


@pytest.fixture
def office(app, actor, sign_in, clock):
    """The head in January, with a year that is written and ready."""
    clock.set("2026-01-12")
    lines = [line("natural_person", "A-1", ANSWERED), line("business", "A-2", OPEN)]
    importing.import_histories(lines_of(lines).splitlines(), today=clock.today, now=clock())
    write(actor(Role.HEAD), clock)
    return sign_in(Role.HEAD)


def publish(browser, **more: str):
    page = browser.get("/reports/2025/publication").text
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    words = {"seen": seen, "approved_by": "陈立", "published_on": "2026-01-12", **more}
    return browser.post("/reports/2025/publication", words)


def test_a_year_is_published_and_its_numbers_open_the_frozen_cases(office, sign_in):
    assert publish(office).status_code == 303

    page = office.get("/reports/2025").text
    assert "第1版，2026-01-12公布" in page
    behind = office.get("/reports/2025/cells/1/total").text
    assert "固定下来的案件" in behind
    assert "A-1" in behind
    assert "A-2" in behind
    assert "发布更正版" not in office.get("/reports/2025/publication").text
    assert "2026-01-12" in sign_in(Role.AUDITOR).get("/reports").text


def test_what_changed_since_is_refused_with_what_was_typed(office, clock):
    office.get("/reports/2025/publication")
    answer = office.post(
        "/reports/2025/publication",
        {"seen": "0" * 64, "approved_by": "王局长", "published_on": "2026-01-12"},
    )

    assert answer.status_code == 409
    assert "王局长" in answer.text


def test_a_missing_approver_is_told_and_nothing_is_published(office, agency_id):
    answer = publish(office, approved_by="", published_on="2026-01-1x")

    assert answer.status_code == 422
    assert "请填写批准人" in answer.text
    assert edition.editions(agency_id, 2025) == []


def test_a_correction_after_publication_is_shown_with_its_case(office, clock, sign_in):
    publish(office)
    clock.set("2026-02-10")
    office = sign_in(Role.HEAD)
    case_id = re.search(r'href="/cases/(\d+)">A-1', office.get("/reports/2025/cells/3.1/total").text)[1]
    office.get(f"/cases/{case_id}")
    version = re.search(r'name="version" value="(\d+)"', office.get(f"/cases/{case_id}/corrections/1").text)[
        1
    ]
    office.post(f"/cases/{case_id}/corrections/1", {"version": version, "act": "void", "why": "重复登记"})

    assert "台账在发布后有更正" in office.get("/reports/2025").text
    page = office.get("/reports/2025/publication").text
    assert "减少的案件" in page
    assert "A-1" in page
    corrected = publish(office, reason="A-1 重复登记", published_on="2026-02-10")
    assert corrected.status_code == 303
    assert "第2版" in office.get("/reports/2025").text
    assert "第1版" in office.get("/reports/2025?edition=1").text
    assert office.get("/reports/2025?edition=3").status_code == 404


@pytest.mark.parametrize("year", [1999, 2300])
def test_a_year_that_has_no_report_is_told(on_sqlite, sign_in, year):
    assert sign_in(Role.HEAD).get(f"/reports/{year}/publication").status_code == 404
