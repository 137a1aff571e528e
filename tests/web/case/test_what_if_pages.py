"""Dates without a case, their reasons on the page, in JSON, in English."""

import pytest
from sqlalchemy import func, select

from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case


@pytest.fixture
def app(on_sqlite):
    return on_sqlite


@pytest.fixture
def clerk(sign_in):
    return sign_in(Role.REGISTRAR)


CASES = [
    ("rulebook 2.6", "arrived_on=2025-12-30", ["2026年1月9日", "2026年1月28日"]),
    ("第30条: anew from the supplement", "arrived_on=2025-12-30&asked_on=2026-01-06&supplemented_on=2026-01-08",
     ["2026年2月5日", "重新计算"]),
    ("第33条第2款", "arrived_on=2026-05-11&extended_on=2026-06-08&extension_days=20", ["2026年7月7日"]),
    ("第32条", "arrived_on=2026-03-02&party_1=third_party&sent_on_1=2026-03-09&received_on_1=2026-03-11",
     ["2026年4月1日", "2026年4月23日"]),
    ("第33条第3款: overlapping",
     "arrived_on=2026-03-02&sent_on_1=2026-03-09&ended_on_1=2026-03-18&sent_on_2=2026-03-12&ended_on_2=2026-03-20",
     ["2026年4月13日"]),
    ("109号", "arrived_on=2026-06-01&charged_on=2026-06-08&charge_received_on=2026-06-10", ["2026年7月9日"]),
    ("109号: paid", "arrived_on=2026-06-01&charged_on=2026-06-08&paid_on=2026-06-30", ["2026年7月28日"]),
    ("第35条", "arrived_on=2026-03-02&delayed_on=2026-03-20&delayed_until=2026-05-29", ["2026年5月29日"]),
    ("signed for", "channel=registered_mail&signed_on=2026-03-02", ["2026年3月30日"]),
    ("both confirm", "channel=online&arrived_on=2026-03-01&confirmed_on=2026-03-02", ["2026年3月30日"]),
    ("not published yet", "arrived_on=2026-12-15", ["2027年1月13日", "暂定"]),
    ("as people type", "arrived_on=2026年3月2日", ["2026年3月30日"]),
]  # fmt: skip


@pytest.mark.parametrize(("law", "asked", "words"), CASES, ids=[case[0] for case in CASES])
def test_the_address_alone_gives_every_date_with_its_reason(clerk, law, asked, words):
    answer = clerk.get(f"/what-if?{asked}")

    assert answer.status_code == 200
    assert [word for word in words if word not in answer.text] == []
    assert "民法典第201条" in answer.text or law == "第35条"


WRONG = [
    ("", 200, "填写来件日期后"),
    ("channel=in_person", 422, "请填写来件日期"),
    ("channel=registered_mail&arrived_on=2026-03-02", 422, "请填写签收日期"),
    ("channel=pigeon&arrived_on=2026-03-02", 422, "请选择申请方式"),
    ("arrived_on=2026-02-30", 422, "不是有效日期"),
    ("arrived_on=2026-03-02&supplemented_on=2026-03-09", 422, "收到补正"),
    ("arrived_on=2026-03-02&asked_on=2026-03-01", 422, "早于收到申请之日"),
    ("arrived_on=2026-03-02&asked_on=2026-03-09&supplemented_on=2026-03-05", 422, "不能早于补正告知日期"),
    ("arrived_on=2026-03-02&ended_on_1=2026-03-05", 422, "请填写征求意见书发出日期"),
    ("arrived_on=2026-03-02&sent_on_1=2026-03-05&ended_on_1=2026-03-04", 422, "不能早于征求意见书发出日期"),
    ("arrived_on=2026-03-02&sent_on_1=2026-03-05&party_1=aunt", 422, "请选择征求对象"),
    ("arrived_on=2026-03-02&extended_on=2026-03-05", 422, "请填写延长天数"),
    ("arrived_on=2026-03-02&extended_on=2026-03-05&extension_days=21", 422, "延长天数应在1与20之间"),
    ("arrived_on=2026-03-02&paid_on=2026-03-05", 422, "缴费"),
    ("arrived_on=2026-03-02&delayed_on=2026-03-05", 422, "请填写延迟至"),
    ("arrived_on=1990-03-02", 422, "1990"),
    ("arrived_on=9999-12-31", 422, "9999"),
]


@pytest.mark.parametrize(("asked", "status", "words"), WRONG, ids=[case[0] for case in WRONG])
def test_an_impossible_order_is_said_in_words_and_never_breaks_the_page(clerk, asked, status, words):
    answer = clerk.get(f"/what-if?{asked}")

    assert (answer.status_code, words in answer.text) == (status, True)


def test_nothing_is_kept(clerk, app):
    clerk.get("/what-if?arrived_on=2026-03-02&asked_on=2026-03-05")

    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_a_late_notice_is_pointed_out(clerk):
    page = clerk.get("/what-if?arrived_on=2026-03-02&asked_on=2026-03-12").text

    assert "迟于第7个工作日" in page


# -- the same on a case -----------------------------------------------------------------------------------


def request_of(clerk) -> int:
    sent = clerk.post("/register", {
        "form": "visit", "arrived_on": "2026-03-02", "person": "丁某", "summary": "某路段改造的批复",
        "triage": "request", "kind": "natural_person", "channel": "in_person", "subject": "某路段改造的批复",
    })  # fmt: skip
    assert sent.status_code == 303
    return int(sent.location.rsplit("/", 1)[1])


@pytest.fixture
def case_id(sign_in):
    return request_of(sign_in(Role.HEAD))


def test_a_case_gives_its_dates_with_reasons_in_both_languages(sign_in, case_id):
    found = sign_in(Role.HEAD).get(f"/cases/{case_id}/dates.json").json

    by_name = {item["name"]: item for item in found["dates"]}
    assert by_name["reply"]["on"] == "2026-03-30"
    assert by_name["supplement_notice"]["on"] == "2026-03-11"
    assert found["paragraph"]["zh"] == "".join(by_name["reply"]["explanation"]["zh"])
    assert found["paragraph"]["en"].endswith("The term ends on 30 March 2026 (Mon).")


def test_the_case_page_has_a_paragraph_to_quote(sign_in, case_id):
    page = sign_in(Role.HEAD).get(f"/cases/{case_id}").text

    assert "readonly" in page
    assert "2026年3月2日（周一）收到申请" in page
    assert "The term ends on 30 March 2026" in page


def test_a_step_shows_every_date_before_it_is_done(sign_in, case_id):
    head = sign_in(Role.HEAD)
    typed = {"act": "preview", "on": "2026-03-09", "party": "third_party", "name": "甲公司",
             "received_on": "2026-03-11"}  # fmt: skip

    page = head.post(f"/cases/{case_id}/steps/consult", typed).text

    assert "2026年4月1日" in page
    assert "2026年4月23日" in page


# -- English ------------------------------------------------------------------------------------------------


def test_the_reader_changes_the_language_and_it_is_remembered(clerk):
    english = clerk.get("/what-if?arrived_on=2026-03-02&language=en")
    later = clerk.get("/what-if?arrived_on=2026-03-02")

    assert '<html lang="en">' in english.text
    assert "The term ends on 30 March 2026 (Mon)." in later.text
    assert "2 March 2026 (Mon): request received, in person" in later.text
    back = clerk.get("/what-if?arrived_on=2026-03-02&language=zh").text
    assert '<html lang="zh-CN">' in back
    assert "期限届满日为2026年3月30日（周一）。" in back


def test_an_unknown_language_and_a_stale_cookie_leave_the_page_chinese(clerk):
    clerk.client.set_cookie("language", "xx")

    assert '<html lang="zh-CN">' in clerk.get("/what-if?language=tlh").text
