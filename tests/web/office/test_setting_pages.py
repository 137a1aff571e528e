"""The pages of the office, its settings and its practice: kept, refused in words, with history."""

import re
from dataclasses import replace
from datetime import date

import pytest

from tests import mail_server
from tests.settings import set_to
from tracker.domain.permission import Role
from tracker.services.office import office


@pytest.fixture
def administrator(sign_in):
    browser = sign_in(Role.ADMINISTRATOR)
    browser.get("/settings")
    return browser


@pytest.fixture
def server(app):
    boxes = mail_server.Mailboxes()
    running = mail_server.start(boxes, authenticator=mail_server.sign_in, auth_require_tls=False)
    set_to(smtp_ports=f"1 2525 {running.port}")
    yield boxes, str(running.port)
    running.stop(no_assert=True)


def seen_on(browser, path: str) -> str:
    """Return the mark that a page's form carries."""
    return re.search(r'name="seen" value="(\w*)"', browser.get(path).text)[1]


def set_up(browser, port: str, **more: str):
    words = {
        "seen": seen_on(browser, "/settings"),
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "mail_from": "ysq@example.org",
    }
    return browser.post("/settings", {**words, "smtp_login": "office", "smtp_password": "secret-1", **more})


def test_a_test_says_what_the_server_answered_to_each_step_and_no_secret(administrator, server):
    boxes, port = server
    assert set_up(administrator, port).status_code == 303

    page = administrator.post("/settings/test", {"to": "me@example.org"}).text

    for step in ("连接服务器", '登录 <small class="muted">235', '传送邮件 <small class="muted">250 taken'):
        assert step in page
    assert "服务器已接受" in page
    assert "secret-1" not in page
    assert str(boxes.taken[0]["From"]) == "测试局 <ysq@example.org>"


def test_a_wrong_password_and_a_refused_recipient_are_explained(administrator, server):
    boxes, port = server
    set_up(administrator, port, smtp_password="wrong-1")
    wrong = administrator.post("/settings/test", {"to": "me@example.org"})
    set_up(administrator, port, why="更正")
    boxes.refuse["me@example.org"] = "550 5.1.1 No such user"
    refused = administrator.post("/settings/test", {"to": "me@example.org"})

    assert (wrong.status_code, refused.status_code) == (422, 422)
    assert "用户名或者密码不对" in wrong.text
    assert "550 5.1.1 No such user" in refused.text
    assert "服务器不接受这个收件人或者发件人" in refused.text
    assert not any(secret in wrong.text + refused.text for secret in ("wrong-1", "secret-1"))


def test_no_server_behind_the_port_is_said(administrator, server):
    set_up(administrator, "1")

    page = administrator.post("/settings/test", {"to": "me@example.org"}).text

    assert "这个端口没有邮件服务" in page


def test_what_was_set_is_shown_with_who_when_and_why_and_the_password_is_not(administrator, server):
    set_up(administrator, "2525")

    page = administrator.get("/settings").text

    assert "首次填写" in page
    assert "（已更换，不显示）" in page
    assert "已设置。" in page
    assert "secret-1" not in page


def test_what_is_typed_wrong_stays_on_the_form(administrator):
    words = {"smtp_host": "mail.example.org", "smtp_port": "99999", "smtp_password": "secret-1"}
    answer = administrator.post("/settings", {**words, "seen": seen_on(administrator, "/settings")})

    assert answer.status_code == 422
    assert "secret-1" not in answer.text
    assert "没有保存，页面不显示它：请再填写一次。" in answer.text
    assert "端口：应为 1 与 65535 之间的整数" in answer.text
    assert 'value="mail.example.org"' in answer.text


@pytest.mark.parametrize("path", ["/settings", "/office"])
def test_a_page_of_before_keeps_nothing_and_what_was_typed_stays(sign_in, path):
    browser = sign_in(Role.ADMINISTRATOR)
    first = {
        "/settings": {"smtp_host": "first.example.org"},
        "/office": {"name": "测试局", "agency_level": "department", "court": "甲法院"},
    }
    later = {
        "/settings": {"mail_until_hour": "17"},
        "/office": {**first["/office"], "letter_contact": "某路1号"},
    }
    old = seen_on(browser, path)
    assert browser.post(path, {**first[path], "seen": old}).status_code == 303

    answers = [browser.post(path, {**later[path], "why": "更正", "seen": mark}) for mark in (old, "")]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "刚刚被他人改过" in answers[0].text
    assert 'value="更正"' in answers[0].text
    fresh = re.search(r'name="seen" value="(\w+)"', answers[0].text)[1]
    assert browser.post(path, {**later[path], "why": "更正", "seen": fresh}).status_code == 303


def test_what_the_machine_says_is_shown_as_its_own(administrator, app):
    ours = office.settings()
    given = {"smtp_host": "环境变量 TRACKER_SMTP_HOST", "smtp_password": "环境变量 TRACKER_SMTP_PASSWORD"}
    smtp = replace(ours.smtp, host="env.example.org", password="of-the-machine")
    office.current["settings"] = replace(ours, smtp=smtp, given=given)

    page = administrator.get("/settings").text

    assert "由服务器配置决定：环境变量 TRACKER_SMTP_HOST" in page
    assert 'name="smtp_host"' not in page
    assert "of-the-machine" not in page


def test_the_practice_is_decided_on_a_page_with_its_day_and_its_reason(sign_in):
    head = sign_in(Role.HEAD)
    assert "没有改过，按默认做法办理。" in head.get("/practice/supplement_days").text
    words = {"value": "10", "valid_from": "2026-03-16", "why": "局务会议定", "act": "preview"}

    looked = head.post("/practice/supplement_days", words).text
    kept = head.post("/practice/supplement_days", {**words, "act": "keep"})
    again = head.post("/practice/supplement_days", {**words, "act": "keep"})

    assert "还没有保存。保存后0件申请的日期随之重算" in looked
    assert kept.status_code == 303
    assert "已经是这样办理" in again.text
    page = head.get("/practice/supplement_days").text
    assert "局务会议定" in page
    assert head.get("/practice").text.count("局务会议定") == 1


@pytest.mark.parametrize(
    ("key", "words", "said"),
    [
        ("supplement_days", {"value": "0", "valid_from": "2026-03-16", "why": "x"}, "应在 1 与 120 之间"),
        ("supplement_days", {"value": "10", "valid_from": "2026-03-16", "why": ""}, "请填写理由"),
        ("supplement_days", {"value": "10", "valid_from": "x", "why": "x"}, "不是有效日期"),
        ("main_order", {"value": "3.3", "valid_from": "2026-03-16", "why": "x"}, "各写一次"),
    ],
)
def test_an_impossible_practice_is_refused_and_stays_on_the_form(on_sqlite, sign_in, key, words, said):
    head = sign_in(Role.HEAD)
    head.get(f"/practice/{key}")

    answer = head.post(f"/practice/{key}", words)

    assert answer.status_code == 422
    assert said in answer.text


def test_who_is_told_is_said_in_words(on_sqlite, sign_in, agency_id):
    head = sign_in(Role.HEAD)
    assert 'value="承办人、单位联络员、公开机构负责人"' in head.get("/practice/reminder_to").text

    words = {"value": "公开机构负责人，承办人", "valid_from": "2026-03-16", "why": "x"}
    assert head.post("/practice/reminder_to", words).status_code == 303

    assert office.rules(date(2026, 3, 16)).reminder_to == "head handler"


@pytest.mark.parametrize("key", ["court", "nothing", "delay_days%00"])
def test_what_is_no_practice_of_these_pages_is_no_page(on_sqlite, sign_in, key):
    assert sign_in(Role.HEAD).get(f"/practice/{key}").status_code == 404


def test_every_practice_has_a_page(on_sqlite, sign_in):
    head = sign_in(Role.HEAD)
    keys = re.findall(r'href="/practice/(\w+)"', head.get("/practice").text)

    assert len(set(keys)) > 30
    assert {key: head.get(f"/practice/{key}").status_code for key in keys} == dict.fromkeys(keys, 200)


def test_a_change_of_the_name_without_a_reason_stays_on_the_form(sign_in):
    head = sign_in(Role.HEAD)
    head.get("/office")

    answer = head.post("/office", {
        "name": "另一名称", "agency_level": "department", "court": "某法院", "seen": seen_on(head, "/office"),
    })  # fmt: skip

    assert answer.status_code == 422
    assert "修改时请写明理由" in answer.text
    assert 'value="某法院"' in answer.text
