"""The organ as respondent and defendant, as clerks use its pages."""

import re
from datetime import datetime

import pytest

from tests.jobs.test_jobs import load, received
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import ZONE
from tracker.models.duty import REGISTERS
from tracker.services.job.reminder import PATHS
from tracker.services.office import unit
from tracker.services.office.actor import Actor

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
NUMBER = "（2026）测01行初8号"


@pytest.fixture
def clerk(sign_in):
    browser = sign_in(Role.REGISTRAR)
    words = {"kind": "direct_litigation", "number": NUMBER, "organ": "测区法院", "filed_on": "2026-03-02"}
    assert browser.post("/books/remedies", words).status_code == 303
    return browser


def step(browser, name, on, **more):
    words = {"remedy_number": NUMBER, "step": name, "happened_on": on, "instance": "first", **more}
    return browser.post("/books/remedy-steps", words)


def test_a_copy_that_nobody_recorded_is_asked_for_and_then_sets_the_day_with_its_reasons(clerk):
    before = clerk.get("/books/remedies/1").text
    kept = step(clerk, "copy_received", "2026-03-03")
    after = clerk.get(kept.location).text

    assert "收到副本的日期没有记录" in before
    assert kept.location.startswith("/books/remedies/1")
    for words in ("2026年3月18日", "行政诉讼法第67条第1款", "视为没有证据", "收到副本（答复通知、应诉通知）"):
        assert words in after


def test_a_day_of_a_year_without_a_calendar_is_none_and_the_page_says_why(clerk):
    words = {"kind": "direct_litigation", "number": "旧1号", "organ": "测区法院", "filed_on": "2007-03-02"}
    suit = clerk.post("/books/remedies", words).location
    step(clerk, "copy_received", "2007-03-05", remedy_number="旧1号")
    guide = clerk.post(
        "/books/guides", {"changed_on": "2007-03-05", "change": "办公地址", "kind": "guide"}
    ).location

    assert ["没有2007年的工作日历" in clerk.get(page).text for page in (suit, guide)] == [True, True]
    assert "没有应对期限" not in clerk.get(suit).text
    assert "的工作日历" not in clerk.get("/books/remedies/1").text


def test_the_worklist_lists_the_day_until_the_reply_is_sent(clerk):
    step(clerk, "copy_received", "2026-03-03")
    listed, alone = clerk.get("/").text, clerk.get("/?only=registers").text
    step(clerk, "replied", "2026-03-12")

    assert all(NUMBER in page and "复议答复、应诉举证期限" in page for page in (listed, alone))
    assert "登记簿里没有期限" in clerk.get("/?only=registers").text
    assert NUMBER not in clerk.get("/").text


def test_a_hearing_ahead_is_listed_with_its_place(clerk):
    step(clerk, "hearing", "2026-04-02", time="9:30", place="第三审判庭")

    page = clerk.get("/books/remedies/1").text
    assert "开庭（第三审判庭）" in page
    assert "行政诉讼法第3条第3款" in page
    assert "听证、开庭" in clerk.get("/").text


def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(clerk):
    refused = step(clerk, "decision_received", "2026-03-10", note="电话通知")

    assert refused.status_code == 422
    assert "上诉期限不同" in refused.text
    assert "电话通知" in refused.text


def test_a_case_without_a_number_is_given_one_first(clerk):
    clerk.post("/books/remedies", {"kind": "reconsideration", "organ": "区政府", "filed_on": "2026-03-02"})

    assert "先填写案号" in clerk.get("/books/remedies/2").text


def test_what_a_reminder_links_to_is_a_page(app):
    routes = app.url_map.bind("")

    assert [kind for kind, path in PATHS.items() if not routes.test(path.format(1), "GET")] == []
    named = {kind: path.split("/")[2] for kind, path in PATHS.items() if path.startswith("/books/")}
    assert named == REGISTERS
    assert set(named.values()) <= BY_NAME.keys()


def test_a_handler_is_shown_no_day_of_another_unit_s_suit(clerk, sign_in, planning, agency_id):
    theirs = unit.create(
        name="执法队",
        kind="队",
        liaison_name="",
        liaison_email="",
        actor=Actor("安", frozenset(Role), agency_id),
        now=datetime(2026, 3, 16, tzinfo=ZONE),
    )
    for number, name in (("A-1", "规划股"), ("A-2", "执法队")):
        taken = {"step": "assign", "on": "2026-03-04", "unit": name, "handler": "周明"}
        load(received("2026-03-03", number, {"step": "accept", "on": "2026-03-04"}, taken))
    assert theirs.id != planning.id
    for number in ("A-1", "A-2"):
        words = {
            "kind": "direct_litigation",
            "number": f"案{number}",
            "organ": "法院",
            "filed_on": "2026-03-03",
        }
        clerk.post("/books/remedies", {**words, "case_number": number})
        step(clerk, "hearing", "2026-04-02", remedy_number=f"案{number}")

    page = sign_in(Role.HANDLER, unit=planning).get("/?only=registers").text

    assert ("案A-1" in page, "案A-2" in page) == (True, False)


def test_the_papers_are_listed_and_handed_over_as_pdf_or_archive(clerk):
    load(received("2026-02-03", "A-1", {"step": "accept", "on": "2026-02-04"}))
    words = {"kind": "reconsideration", "number": "复7号", "organ": "区政府", "filed_on": "2026-03-02"}
    made = clerk.post("/books/remedies", {**words, "case_number": "A-1"})
    page = f"{made.location}/bundle"

    assert page in clerk.get(made.location).text
    assert "办理经过（台账）" in clerk.get(page).text
    papers = re.findall('name="paper" value="([^"]+)" checked', clerk.get(page).text)
    assert clerk.post(page, {"way": "pdf", "paper": papers}).data.startswith(b"%PDF")
    assert clerk.post(page, {"way": "zip", "paper": papers[:2]}).data.startswith(b"PK")
    refused = clerk.post(page, {"way": "exe", "paper": papers[:2]})
    assert refused.status_code == 422
    assert re.findall('name="paper" value="([^"]+)" checked', refused.text) == papers[:2]  # as it was chosen
    assert "至少一件材料" in clerk.post(page, {"way": "pdf"}).text


def test_a_suit_about_no_request_of_ours_says_what_to_fill_in(clerk):
    page = clerk.get("/books/remedies/1/bundle")

    assert (page.status_code, "关联受理编号" in page.text) == (200, True)
