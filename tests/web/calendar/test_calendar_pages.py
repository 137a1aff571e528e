"""The calendar's pages: paste a notice, see what was understood, keep it, take it back."""

import pytest

from tests.services.calendar.test_calendar import OF_2027
from tracker.domain.permission import Role


@pytest.fixture
def head(sign_in):
    return sign_in(Role.HEAD)


def read(head, act: str = "read", text: str = OF_2027):
    head.get("/calendar/notices/new")
    return head.post("/calendar/notices/new", {"text": text, "act": act})


def test_the_page_shows_what_was_understood_and_keeps_nothing_yet(app, head):
    answer = read(head)

    assert answer.status_code == 200
    for words in ("国办发明电〔2026〕9号", "2027年2月5日（周五）", "2027年1月31日（周日）", "未采用的句子"):
        assert words in answer.text
    assert "暂定" in head.get("/calendar?year=2027").text


def test_a_kept_notice_stands_on_the_calendar_with_its_text(app, head):
    answer = read(head, "keep")

    assert answer.status_code == 303
    page = head.get("/calendar?year=2027").text
    assert "国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕9号）" in page
    assert "转自门户网站" in head.get("/calendar/notices/1").text


def test_a_contradiction_is_shown_before_anything_is_kept(app, head):
    answer = read(head, text=OF_2027.replace("1月31日（周日）", "1月31日（周六）"))

    assert "原文写作星期六" in answer.text


def test_an_unreadable_text_stays_in_the_form_with_its_sentence(app, head):
    answer = read(head, text="2027年的安排\n一、元旦：放假若干。")

    assert answer.status_code == 422
    assert "一、元旦：放假若干。" in answer.text


def test_an_empty_text_is_asked_for(app, head):
    assert "请填写通知原文" in read(head, text="  ").text


def test_a_notice_is_taken_back_with_a_reason(app, head):
    read(head, "keep")

    assert "请填写撤回的理由" in head.post("/calendar/notices/1/withdraw", {"why": ""}).text
    assert head.post("/calendar/notices/1/withdraw", {"why": "贴错了"}).status_code == 303
    assert "贴错了" in head.get("/calendar/notices/1").text
    assert head.post("/calendar/notices/1/withdraw", {"why": "再来"}).status_code == 422


def test_a_local_holiday_is_previewed_and_kept(app, head):
    head.get("/calendar/local/new")
    words = {"name": "古尔邦节", "on": "2026-05-27", "until": "2026-05-28", "reason": "自治区政府令第1号"}

    assert "2天与现有日历不同" in head.post("/calendar/local/new", {**words, "act": "read"}).text
    assert head.post("/calendar/local/new", {**words, "act": "keep"}).status_code == 303
    assert "古尔邦节" in head.get("/calendar?year=2026").text


@pytest.mark.parametrize("until", ["2026-05-01", "2027-05-27"])
def test_a_local_holiday_that_ends_before_it_begins_or_never_is_refused(app, head, until):
    head.get("/calendar/local/new")
    words = {"name": "节", "on": "2026-05-27", "until": until, "reason": "令", "act": "keep"}

    assert head.post("/calendar/local/new", words).status_code == 422
