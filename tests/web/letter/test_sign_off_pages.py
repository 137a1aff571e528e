"""Sign-offs at the pages: sent from the letter's form, signed by two clicks, made, recorded as its step."""

import re

import pytest

from tests.letters import set_up, stated, worked
from tests.practice import set_practice
from tracker.domain.letter import index
from tracker.domain.permission import Role

GIVEN = index.BY_KEY["disclosed.given"]


@pytest.fixture
def app(on_sqlite):
    """What differs between the databases is tested below the pages."""
    return on_sqlite


@pytest.fixture
def case(app, actor, clock) -> int:
    set_up()
    return worked(GIVEN, by=actor(Role.HEAD, Role.REGISTRAR), today=clock.today, now=clock()).id


@pytest.fixture
def people(case, sign_in):
    return {role: sign_in(role) for role in (Role.HANDLER, Role.REVIEWER, Role.HEAD, Role.AUDITOR)}


def send(browser, case, **more):
    """Write the letter of an answer and send it for signature."""
    address = f"/cases/{case}/letters/new/{GIVEN.key}"
    version = re.search(r'name="version" value="(\d+)"', browser.get(address).text)[1]
    fields = {
        "version": version,
        "act": "sign",
        "on": "2026-03-16",
        **stated(GIVEN),
        "note": "拟予公开",
        **more,
    }
    return browser.post(address, fields)


def opinion(browser, station, act="agreed", **more):
    """Open the first draft that waits, by the link of the list, and say something."""
    page = re.search(r'href="(/sign-offs/\d+)"', browser.get("/sign-offs").text)[1]
    assert "送审的文书" in browser.get(page).text
    return browser.post(f"{page}/opinion", {"station": station, "act": act, **more})


def test_one_reviewer_and_one_head_sign_by_two_clicks_and_what_they_signed_is_recorded(people, case):
    set_practice(sign_off="required")
    handler, reviewer, head = (people[role] for role in (Role.HANDLER, Role.REVIEWER, Role.HEAD))
    sent = send(handler, case)
    assert sent.status_code == 303
    assert "等您签批" in handler.get("/sign-offs").text
    assert "待我签批" in reviewer.get("/").text
    assert opinion(reviewer, "secrecy", words="可以公开").status_code == 303
    assert opinion(head, "head").status_code == 303

    page = sent.headers["Location"]
    assert "已签发" in handler.get(page).text
    seen = re.search(r'name="version" value="(\d+)"', handler.get(page).text)[1]
    clicks = [handler.post(f"{page}/letter", {"on": "2026-03-16", "version": seen}) for _ in range(2)]
    assert [click.status_code for click in clicks] == [303, 409]  # a second click takes no second number
    assert "第1号" in handler.get(f"/cases/{case}/letters").text
    assert "第2号" not in handler.get(f"/cases/{case}/letters").text
    form = handler.get(f"/cases/{case}/steps/disclosed").text
    fields = dict(re.findall(r'name="(basis_given_\w+)"[^>]*value="([^"]*)"', form))
    assert fields["basis_given_reviewer"] == "何法"
    assert fields["basis_given_reviewed_on"] == "2026-03-16"
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    answer = {"version": version, "act": "take", "on": "2026-03-16", "end": "given", "method": "post",
              "decided_on": "2026-03-16", **fields}  # fmt: skip
    assert handler.post(f"/cases/{case}/steps/disclosed", answer).status_code == 303
    assert "已签发" in handler.get(f"/cases/{case}").text


def test_an_answer_that_was_not_signed_is_refused_with_where_to_send_it(people, case):
    set_practice(sign_off="required")
    refused = people[Role.HANDLER].step(case, "disclosed", "2026-03-16")

    assert refused.status_code == 422
    assert "须先在系统中审批签发" in refused.text
    assert "仍要办理的理由" not in refused.text


def test_a_returned_draft_is_opened_again_with_what_was_typed(people, case):
    handler, reviewer = people[Role.HANDLER], people[Role.REVIEWER]
    send(handler, case, form="纸质3页")
    assert opinion(reviewer, "secrecy", "returned").status_code == 422
    assert opinion(reviewer, "secrecy", "returned", words="有个人隐私").status_code == 303

    page = re.search(r'href="(/sign-offs/\d+)"', handler.get("/sign-offs").text)[1]
    shown = handler.get(page).text
    assert "有个人隐私" in shown
    again = re.search(rf'href="(/cases/{case}/letters/new/[^"]+round=\d+)"', shown)[1]
    assert "纸质3页" in handler.get(again).text
    assert send(handler, case, form="纸质2页").status_code == 303
    assert "第2轮" in handler.get(f"/cases/{case}").text


def test_who_may_not_sign_there_is_refused_and_who_comes_second_is_told(people, case):
    page = send(people[Role.HANDLER], case).headers["Location"]
    said = {"station": "secrecy", "act": "agreed"}

    assert people[Role.HANDLER].post(f"{page}/opinion", said).status_code == 403
    assert people[Role.AUDITOR].post(f"{page}/opinion", said).status_code == 403
    opinion(people[Role.REVIEWER], "secrecy")
    late = people[Role.REVIEWER].post(f"{page}/opinion", {**said, "words": "写了很久"})
    assert late.status_code == 409
    assert "写了很久" in late.text


def test_a_draft_is_taken_back_with_a_reason_and_no_list_shows_it_any_more(people, case):
    page = send(people[Role.HANDLER], case).headers["Location"]
    people[Role.HANDLER].get(page)
    people[Role.HANDLER].post(f"{page}/withdraw", {"reason": "申请人改变了请求"})

    assert "申请人改变了请求" in people[Role.HANDLER].get(page).text
    assert "没有等您签批的文书" in people[Role.REVIEWER].get("/sign-offs").text


# -- somebody who is away, and what only others may do ---------------------------------------------------


def test_a_head_who_is_away_lets_a_clerk_sign_and_takes_it_back(people, case, sign_in):
    head, clerk = people[Role.HEAD], sign_in(Role.REGISTRAR)
    page = head.get("/delegations").text
    deputy = re.search(r'<option value="(\d+)">林静</option>', page)[1]
    given = {
        "deputy": deputy,
        "station": "head",
        "first_on": "2026-03-16",
        "last_on": "2026-03-20",
        "reason": "出差",
    }

    refused = head.post("/delegations", {**given, "last_on": "2026-03-01"})
    assert refused.status_code == 422
    assert re.findall(r'name="station" value="(\w+)" checked', refused.text) == ["head"]  # no more than asked
    assert head.post("/delegations", given).status_code == 303
    send(people[Role.HANDLER], case)
    opinion(people[Role.REVIEWER], "secrecy")
    waiting = re.search(r'href="(/sign-offs/\d+)"', clerk.get("/sign-offs").text)[1]
    assert "您代陈立签批" in clerk.get(waiting).text
    clerk.get("/delegations")
    end = re.search(r"/delegations/\d+/end", clerk.get("/delegations").text)[0]
    assert people[Role.HANDLER].post(end).status_code == 403
    assert clerk.post(end).status_code == 303
    assert "没有等您签批的文书" in clerk.get("/sign-offs").text


def test_a_clerk_asks_the_head_for_an_extension_from_the_page_of_the_case(people, case):
    handler, head = people[Role.HANDLER], people[Role.HEAD]
    page = handler.get(f"/cases/{case}").text
    assert "可以办理：陈立" in page
    assert handler.post(f"/cases/{case}/asks/extend", {"note": "对方未回函"}).status_code == 303

    assert "周明 2026-03-16 已请求办理" in handler.get(f"/cases/{case}").text
    listed = head.get("/").text
    assert "对方未回函" in listed
    assert f"/cases/{case}/steps/extend" in listed
    end = re.search(rf"/cases/{case}/asks/\d+/end", listed)[0]
    assert head.post(end, {"reason": "期限足够"}).status_code == 303
    assert "请您办理" not in head.get("/").text


def test_the_sheet_lists_every_round_with_its_opinions_and_days(people, case):
    handler = people[Role.HANDLER]
    send(handler, case)
    opinion(people[Role.REVIEWER], "secrecy", "returned", words="有个人隐私")
    send(handler, case, form="纸质2页")
    opinion(people[Role.REVIEWER], "secrecy", words="可以公开")
    form = handler.get(f"/cases/{case}/letters/new/approval").text

    assert "予以公开告知书第1轮：退回，有个人隐私　何法　2026年3月16日" in form
    assert "予以公开告知书第2轮：同意，可以公开　何法　2026年3月16日" in form
    assert "周明于2026年3月16日拟稿送审。拟予公开" in form


def test_a_reason_that_is_refused_is_still_there_to_be_changed(people, case):
    page = send(people[Role.HANDLER], case).headers["Location"]
    long = people[Role.HANDLER].post(f"{page}/withdraw", {"reason": "申请人改变了请求" + "。" * 1000})
    assert long.status_code == 422
    assert "不能超过1000个字" in long.text
    assert re.search(r'<details[^>]* open>.*value="申请人改变了请求', long.text, re.DOTALL)

    people[Role.HANDLER].post(f"{page}/withdraw", {"reason": "申请人改变了请求"})
    late = people[Role.HANDLER].post(f"{page}/withdraw", {"reason": "写了很久"})
    assert late.status_code == 422
    assert "写了很久" in late.text


def test_a_letter_without_its_day_is_refused_beside_the_field(people, case):
    page = send(people[Role.HANDLER], case).headers["Location"]
    opinion(people[Role.REVIEWER], "secrecy")
    opinion(people[Role.HEAD], "head")

    refused = people[Role.HANDLER].post(f"{page}/letter", {"on": ""})
    assert refused.status_code == 422
    assert 'id="on-wrong"' in refused.text
