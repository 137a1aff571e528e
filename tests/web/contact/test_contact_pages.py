"""The pages of letters, visits and calls: sorted, referred, told, closed, turned into a request."""

import pytest

from tests.web.page.test_pages import REQUEST
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.duty import OpenDuty


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


def test_a_contact_becomes_a_request_with_its_arrival_day_once(office):
    plain = {**REQUEST, "triage": "consultation", "summary": "来信咨询"}
    office.post("/register", plain)
    words = {"kind": "business", "name": "某公司", "channel": "ordinary_mail", "subject": "规划图"}

    made = office.post("/contacts/1/convert", {**words, "confirmed_on": "2026-03-12"})
    again = office.post("/contacts/1/convert", {**words, "confirmed_on": "2026-03-12"})

    case = db.session.query(Case).one()
    assert (made.status_code, again.status_code) == (303, 422)
    assert case.events[0].details["arrived_on"] == "2026-03-10"
    assert case.received_on.isoformat() == "2026-03-12"
    assert case.applicant.phone == "13912345678"


def test_a_contact_is_sorted_referred_told_and_closed(office, planning):
    office.post("/register", {**REQUEST, "triage": "", "summary": "路灯不亮"})

    assert office.act("/contacts/1", "close", on="2026-03-12", result="x").status_code == 422
    assert office.act("/contacts/1", "triage", triage="suggestion").status_code == 303
    assert office.act("/contacts/1", "refer", unit=str(planning.id)).status_code == 303
    assert office.act("/contacts/1", "tell", told="告知拨打热线").status_code == 303
    assert office.act("/contacts/1", "close", on="2026-03-12", result="已修复").status_code == 303
    assert office.act("/contacts/1", "triage", triage="other").status_code == 422

    contact = db.session.query(Contact).one()
    assert [act.act for act in contact.acts] == ["log", "triage", "refer", "tell", "close"]
    assert (contact.triage, contact.result) == ("suggestion", "已修复")


def test_a_contact_that_somebody_else_changed_is_shown_anew(office):
    office.post("/register", {**REQUEST, "triage": "", "summary": "x"})
    office.post("/contacts/1/triage", {"triage": "suggestion", "version": "1"})

    assert office.post("/contacts/1/triage", {"triage": "other", "version": "1"}).status_code == 409
    assert db.session.query(Contact).one().triage == "suggestion"


# -- petitions: 信访工作条例第23、34条 ------------------------------------------------------------------


def test_a_petition_has_its_two_dates_until_it_is_told_and_closed(office, clock):
    """信访工作条例第23、34条: 15 and 60 natural days."""
    office.post(
        "/register", {**REQUEST, "triage": "petition", "summary": "要求处理违建", "arrived_on": "2026-03-02"}
    )
    page = office.get("/contacts/1").text
    assert "2026年3月17日（周二）" in page
    assert "2026年5月1日（周五）" in page
    assert "信访事项书面告知期限" in office.get("/?only=contacts").text

    assert [(d.kind, d.name) for d in db.session.query(OpenDuty).order_by(OpenDuty.id)] == [
        ("contact", "petition_notice"),
        ("contact", "petition"),
    ]

    office.act("/contacts/1", "tell", told="书面告知已受理")
    assert db.session.query(Contact).one().next_action == "petition"
    assert "信访事项办结期限" in office.get("/contacts?order=due").text

    office.act("/contacts/1", "close", on="2026-03-16", result="已拆除")
    assert db.session.query(Contact).one().next_action is None
    assert db.session.query(OpenDuty).count() == 0
    assert "没有待确认的申请" in office.get("/?only=contacts").text


def test_petition_days_are_natural_days(office):
    """15 days from Monday 2 March end on 17 March: tomorrow, in natural days."""
    office.post("/register", {**REQUEST, "triage": "petition", "summary": "违建", "arrived_on": "2026-03-02"})

    assert "还有1天" in office.get("/contacts/1").text
    assert "还有46天" in office.get("/contacts/1").text


def test_an_act_that_does_not_say_which_version_was_seen_is_refused_in_words(office):
    office.post("/register", {**REQUEST, "triage": "", "summary": "路灯不亮"})

    refused = office.post("/contacts/1/triage", {"triage": "other"})

    assert refused.status_code == 422
    assert "请重新打开这一页再办理" in refused.text
    assert db.session.query(Contact).one().triage is None
