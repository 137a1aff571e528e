"""Requests that wait for their confirmation, on the pages (第31条): no clock runs before it."""

import re
from datetime import date

import pytest

from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.services.job import unconfirmed
from tracker.services.job.job import AlarmError

LETTER = {
    "form": "letter",
    "arrived_on": "2026-03-10",
    "person": "欧阳一一",
    "phone": "13912345678",
    "triage": "request",
    "kind": "natural_person",
    "channel": "ordinary_mail",
    "id_number": "11010519491231002X",
    "subject": "河道整治工程招标文件",
}
ALL = (Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.fixture
def office(sign_in):
    return sign_in(*ALL)


def tell(office, address: str, **fields):
    """Send the form of evidence to a case or a contact."""
    return office.post(f"{address}/evidence", fields, content_type="multipart/form-data")


def waiting(office) -> Contact:
    assert office.post("/register", LETTER).status_code == 303
    return db.session.query(Contact).one()


def test_a_letter_that_nobody_confirmed_is_kept_and_has_no_day_of_receipt(office):
    """第31条第（二）项: the office confirms on the day it gets the letter; until then no clock runs."""
    row = waiting(office)
    page = office.get(f"/contacts/{row.id}").text

    assert db.session.query(Case).count() == 0
    assert (row.triage, row.next_action, str(row.next_action_on)) == ("request", "confirmation", "2026-03-10")
    assert "等待与申请人确认" in page
    assert "已超期" in page
    assert "欧阳一一" not in page
    worklist = office.get("/").text
    assert "与申请人确认的期限" in worklist
    assert f"/contacts/{row.id}" in worklist


def test_the_night_names_the_requests_whose_confirmation_is_due(office, clock):
    row = waiting(office)

    assert unconfirmed.run(on=date(2026, 3, 9), now=clock()) == "等待确认1件，均未到期"
    with pytest.raises(AlarmError, match=f"1件申请.*第31条.*{row.number}"):
        unconfirmed.run(on=date(2026, 3, 10), now=clock())


def test_every_try_to_reach_the_applicant_is_logged_before_there_is_a_case(office):
    """Edge case 15: telephone dead, a P.O. box: each attempt with its time, way, result and by whom."""
    row = waiting(office)
    address = f"/contacts/{row.id}"

    tried = {"kind": "attempt", "on": "2026-03-10", "time": "15:20", "way": "phone", "result": "dead"}
    assert tell(office, address, **tried, person="林静").status_code == 303
    wrote = {
        "kind": "attempt",
        "on": "2026-03-11",
        "way": "letter",
        "result": "no_answer",
        "note": "寄往信箱",
    }
    assert tell(office, address, **wrote).status_code == 303

    page = office.get(address).text
    for words in ("15:20", "停机、空号、地址有误", "林静", "寄往信箱"):
        assert words in page
    assert db.session.query(Contact).one().next_action == "confirmation"


def test_the_confirmation_makes_the_case_with_its_legal_day(office):
    row = waiting(office)
    tried = {"kind": "attempt", "on": "2026-03-10", "way": "phone", "result": "no_answer"}
    tell(office, f"/contacts/{row.id}", **tried)

    answer = office.act(f"/contacts/{row.id}", "confirm", confirmed_on="2026-03-13", way="phone")

    case = db.session.query(Case).one()
    assert answer.location == f"/cases/{case.id}"
    assert str(case.received_on) == "2026-03-13"
    assert dict(case.events[0].details) == {
        "arrived_on": "2026-03-10",
        "confirmed_on": "2026-03-13",
        "applicant_kind": "natural_person",
        "channel": "ordinary_mail",
    }
    assert (case.applicant.name, case.applicant.phone) == ("欧阳一一", "13912345678")
    assert case.applicant.id_number == "11010519491231002X"
    page = office.get(f"/cases/{case.id}").text
    assert "无人接听" in page  # the try that was logged before there was a case
    assert "才与申请人确认" in page  # an irregularity: three days after it came
    assert db.session.query(Contact).one().next_action_on is None
    assert office.act(f"/contacts/{row.id}", "confirm", confirmed_on="2026-03-13").status_code == 422
    assert db.session.query(Case).count() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"confirmed_on": "2026-03-09", "way": "phone"}, "不能早于来件日期"),
        ({"confirmed_on": "2026-03-17", "way": "phone"}, "晚于今天"),
        ({"confirmed_on": "", "way": "phone"}, "确认日期"),
        ({"confirmed_on": "2026-03-13", "way": ""}, "确认方式"),
    ],
)
def test_an_impossible_confirmation_leaves_the_request_waiting(office, words, said):
    row = waiting(office)

    answer = office.act(f"/contacts/{row.id}", "confirm", **words)

    assert answer.status_code == 422
    assert said in re.sub(r"<[^>]+>", "", answer.text) + answer.text
    assert db.session.query(Case).count() == 0
    assert db.session.query(Evidence).count() == 0


def test_an_online_request_alerts_after_one_working_day(office, clock, sign_in):
    """Practice, a setting: 第31条第（三）项 names no day (rulebook 1.4.1)."""
    office.post("/register", {**LETTER, "form": "online", "arrived_on": "2026-03-15", "channel": "online"})
    assert str(db.session.query(Contact).one().next_action_on) == "2026-03-16"  # sent on a Sunday
    assert "tile--late" not in office.get("/").text

    clock.set("2026-03-17")
    page = sign_in(*ALL).get("/?only=contacts").text
    assert "tile--late" in page
    assert 'class="late"' in page


def test_a_contact_turned_into_a_request_waits_too(office):
    office.post("/register", {**LETTER, "triage": "consultation", "summary": "来信"})
    words = {"kind": "business", "name": "某公司", "channel": "fax", "subject": "规划图"}

    answer = office.post("/contacts/1/convert", words)

    assert answer.location == "/contacts/1"
    assert db.session.query(Contact).one().pending.applicant.name == "某公司"
    office.post("/contacts/1/convert", {**words, "confirmed_on": "2026-03-12", "confirm_way": "phone"})
    assert str(db.session.query(Case).one().received_on) == "2026-03-12"


def test_a_waiting_request_opened_anew_keeps_what_it_holds(office):
    row = waiting(office)
    page = office.get(f"/contacts/{row.id}/convert").text
    assert '<option value="ordinary_mail" selected>' in page
    assert "11010519491231002X" not in page

    words = {"kind": "natural_person", "name": "欧阳一一", "channel": "online", "subject": "改为网络提交"}
    office.post(f"/contacts/{row.id}/convert", words)

    held = db.session.query(Contact).one().pending
    assert (held.channel, held.applicant.id_number) == ("online", "11010519491231002X")
    assert db.session.query(Case).count() == 0
