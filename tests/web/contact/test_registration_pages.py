"""The page that registers: what is typed once becomes a contact and, where it is one, a request."""

import pytest

from tests.web.page.test_pages import REQUEST
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


def test_a_letter_becomes_a_contact_and_a_request_in_one_go(office):
    answer = office.post("/register", REQUEST)

    contact, case = db.session.query(Contact).one(), db.session.query(Case).one()
    assert answer.location == f"/cases/{case.id}"
    assert (contact.number, contact.case_id, contact.arrived_on.isoformat()) == (
        "LXF-2026-0001",
        case.id,
        "2026-03-10",
    )
    assert case.received_on.isoformat() == "2026-03-11"  # 第31条第（二）项: the day it was signed for


def test_the_same_page_sent_twice_registers_once(office):
    words = {**REQUEST, "token": "of-this-page"}

    first, second = office.post("/register", words), office.post("/register", words)

    assert first.location == second.location
    assert db.session.query(Contact).count() == db.session.query(Case).count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"signed_on": ""}, "签收日期"),
        ({"arrived_on": "31.12.2026"}, "不是有效日期"),
        ({"arrived_on": "2026-02-30"}, "不是有效日期"),
        ({"arrived_on": "2026-04-01"}, "晚于今天"),
        ({"kind": "martian"}, "申请人类型"),
        ({"channel": ""}, "申请方式"),
        ({"subject": ""}, "申请内容"),
        ({"signed_on": "2026-03-17"}, "晚于今天"),
        ({"channel": "online", "confirmed_on": "2026-03-09"}, "不能早于来件日期"),
    ],
)
def test_what_cannot_be_registered_is_said_and_nothing_typed_is_lost(office, change, said):
    answer = office.post("/register", {**REQUEST, **change})

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="13912345678"' in answer.text
    assert db.session.query(Contact).count() == db.session.query(Case).count() == 0


@pytest.mark.parametrize("typed", ["2026/3/10", "2026年3月10日", "2026.3.10", "20260310"])
def test_days_are_read_in_the_forms_that_people_type(office, typed):
    office.post("/register", {**REQUEST, "arrived_on": typed})

    assert db.session.query(Contact).one().arrived_on.isoformat() == "2026-03-10"


def test_the_preview_shows_the_due_day_its_reasons_and_earlier_requests_alike(office):
    office.post("/register", REQUEST)

    answer = office.post("/register/preview", REQUEST)

    assert "2026年3月11日（周三）" in answer.text
    assert "2026年4月9日（周四）" in answer.text
    assert "第31条" in answer.text
    assert "YSQ-2026-0001" in answer.text
    assert db.session.query(Case).count() == 1
