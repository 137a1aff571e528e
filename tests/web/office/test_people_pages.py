"""A pasted list of people on its page: looked at, then kept as it was looked at."""

import re

from tracker.domain.permission import Role


def test_who_was_looked_at_is_made_and_nobody_else(sign_in):
    browser = sign_in(Role.ADMINISTRATOR)
    browser.get("/users/paste")
    looked = browser.post("/users/paste", {"people": "周明\tzhouming\t承办人", "act": "look"}).text
    seen = re.search(r'name="seen" value="(\w+)"', looked)[1]

    other = browser.post(
        "/users/paste", {"people": "赵坏\tzhaohuai\t系统管理员", "act": "keep", "seen": seen}
    )
    made = browser.post("/users/paste", {"people": "周明\tzhouming\t承办人", "act": "keep", "seen": seen})

    assert other.status_code == 422
    assert "刚刚变了" in other.text
    assert re.findall(r"<code>(\w+)</code>", made.text)[0] == "zhouming"
    assert "zhaohuai" not in browser.get("/users").text


def test_a_list_that_is_too_long_is_said(sign_in):
    browser = sign_in(Role.ADMINISTRATOR)
    browser.get("/users/paste")

    answer = browser.post("/users/paste", {"people": "周明\tzhou\t承办人\n" * 4000, "act": "look"})

    assert answer.status_code == 422
    assert "一次至多40000字" in answer.text
