"""The report as its writer works on it: six sections, figures chosen from a list, nothing typed lost."""

import re

import pytest

from tests.histories import line, text
from tracker.domain.permission import Role
from tracker.domain.report.format import SECTIONS
from tracker.services.exchange import importing
from tracker.services.report import report as reports
from tracker.services.report import text as texts

RECEIVED = [{"step": "receive", "on": "2025-03-03"}]
ANSWERED = [*RECEIVED, {"step": "answer", "on": "2025-03-20", "outcome": "disclosed", "method": "post"}]


@pytest.fixture
def year_of_two(app, clock):
    """An office with one request of 2025 answered and one still open."""
    lines = [line("natural_person", "A-1", ANSWERED), line("business", "A-2", RECEIVED)]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())


def typed(browser, section: str, act: str = "save", **fields: str):
    """Open the page of a section, change fields of it and send it."""
    page = browser.get(f"/reports/2025/texts/{section}").text
    base = re.search(r'name="base" value="(\d+)"', page)[1]
    return browser.post(f"/reports/2025/texts/{section}", {"base": base, "act": act, **fields})


def test_the_page_has_the_six_sections_and_both_other_tables(year_of_two, sign_in):
    page = sign_in(Role.AUDITOR).get("/reports/2025").text

    for heading in SECTIONS.values():
        assert heading in page
    for words in ("本年制发件数", "行政事业性收费", "未经复议直接起诉", "尚未审结", "尚未填写"):
        assert words in page
    assert "编写</a>" not in page


def test_a_draft_is_offered_bound_to_the_tables_and_kept_only_when_saved(
    year_of_two, sign_in, agency_id, clock
):
    head = sign_in(Role.HEAD)

    offered = typed(head, "1", "draft", part0="我写的一段").text

    assert "我写的一段" in offered
    assert "{{依申请公开.新收}}" in offered
    assert "本年新收政府信息公开申请2件" in offered  # as it will be printed
    assert texts.latest(agency_id, 2025)["1"].version == 0
    saved = typed(head, "1", part0="我写的一段", part1="新收{{依申请公开.新收}}件。")
    assert saved.status_code == 303
    assert "新收2件。" in head.get("/reports/2025").text
    assert texts.latest(agency_id, 2025)["1"].text.startswith(
        "（一）主动公开\n我写的一段\n（二）依申请公开\n"
    )


def test_a_figure_chosen_from_the_list_stands_behind_the_text(year_of_two, sign_in):
    page = typed(
        sign_in(Role.REGISTRAR), "1", "insert", part1="新收", figure="依申请公开.新收", field="part1"
    ).text

    assert "新收{{依申请公开.新收}}</textarea>" in page
    assert "<p>新收2</p>" in page


def test_a_figure_typed_by_hand_that_contradicts_is_a_finding(year_of_two, sign_in, agency_id, clock):
    head = sign_in(Role.HEAD)

    shown = typed(head, "1", "preview", part1="本年收到政府信息公开申请17件。").text
    typed(head, "1", part1="本年收到政府信息公开申请17件。")

    assert "核对发现" in shown
    found = reports.current(agency_id, 2025, today=clock.today).findings
    assert [finding.check for finding in found if "17" in finding.message]
    typed(head, "1", part1="本年收到政府信息公开申请{{依申请公开.新收}}件。")
    assert reports.current(agency_id, 2025, today=clock.today).findings[1:] == []  # section 六 is missing


def test_a_stale_save_is_refused_with_both_texts(year_of_two, sign_in, agency_id):
    first, second = sign_in(Role.HEAD), sign_in(Role.REGISTRAR)
    first.get("/reports/2025/texts/5")
    second.get("/reports/2025/texts/5")
    second.post("/reports/2025/texts/5", {"base": "0", "act": "save", "text": "乙先保存"})

    answer = first.post("/reports/2025/texts/5", {"base": "0", "act": "save", "text": "甲后保存"})

    assert answer.status_code == 409
    assert "乙先保存" in answer.text
    assert "甲后保存</textarea>" in answer.text
    assert texts.latest(agency_id, 2025)["5"].text == "乙先保存"
    base = re.search(r'name="base" value="(\d+)"', answer.text)[1]
    merged = first.post("/reports/2025/texts/5", {"base": base, "act": "save", "text": "合并"})
    assert merged.status_code == 303
    assert "乙先保存" in first.get("/reports/2025/texts/5").text  # the versions are kept


def test_last_years_text_stands_beside_and_a_copied_paragraph_is_a_finding(
    year_of_two, sign_in, agency_id, clock
):
    old = "一是公开时效有待提高，部分股室报送信息不够及时，个别栏目更新较慢，工作机制还要理顺。"
    head = sign_in(Role.HEAD)
    head.get("/reports/2024/texts/5")
    head.post("/reports/2024/texts/5", {"base": "0", "act": "save", "text": old})

    page = head.get("/reports/2025/texts/5").text

    assert old in page
    assert f"{old}</textarea>" not in page
    typed(head, "5", text=old)
    found = reports.current(agency_id, 2025, today=clock.today).findings
    assert "copied" in {finding.check for finding in found}


@pytest.mark.parametrize("section", ["2", "3", "4", "7", "x"])
def test_the_tables_are_not_written_by_hand(on_sqlite, sign_in, section):
    assert sign_in(Role.HEAD).get(f"/reports/2025/texts/{section}").status_code == 404
