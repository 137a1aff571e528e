"""A request submitted online that nobody confirmed is at risk, not 未起算: both readings are shown."""

import pytest

from tests.histories import line, text
from tests.practice import set_practice
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.duty import OpenDuty
from tracker.services.exchange import importing

ONLINE = {
    "form": "online",
    "arrived_on": "2026-03-02",
    "person": "欧阳一一",
    "triage": "request",
    "kind": "natural_person",
    "channel": "online",
    "subject": "河道整治工程招标文件",
}


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.mark.parametrize("way", ["online", "email"])
def test_what_nobody_confirmed_shows_the_day_of_the_earlier_reading_in_red(office, way):
    """指导案例26号; 207号 of e-mail. 20 working days from 2 March end on 30 March."""
    assert office.post("/register", {**ONLINE, "channel": way}).status_code == 303
    row = db.session.query(Contact).one()

    page, worklist = office.get(f"/contacts/{row.id}").text, office.get("/").text

    assert "照此答复期限于2026年3月30日" in page
    assert "按提交之日起算，2026-03-30届满" in worklist
    assert db.session.query(OpenDuty).filter_by(name="reply_at_risk").count() == 1


def test_a_letter_has_one_reading_only(office):  # 第31条第（二）项
    office.post("/register", {**ONLINE, "form": "letter", "channel": "ordinary_mail"})
    row = db.session.query(Contact).one()

    assert "照此答复期限" not in office.get(f"/contacts/{row.id}").text


def test_a_case_confirmed_late_shows_both_readings(app, clock, sign_in):
    clock.set("2026-03-31")
    days = {"arrived_on": "2026-03-02", "confirmed_on": "2026-03-11"}
    value = {**line("natural_person", "A-1", [{"step": "receive", "on": "2026-03-11", **days}])}
    importing.import_histories(
        text([{**value, "channel": "online"}]).splitlines(), today=clock.today, now=clock()
    )
    case_id = db.session.query(Case).one().id

    page = sign_in(Role.HEAD).get(f"/cases/{case_id}").text

    assert str(db.session.get_one(Case, case_id).due_on) == "2026-04-09"
    reading = page.split('<dd class="wrong">')[1].split("</dd>")[0]
    assert "从提交之日起算的（最高人民法院指导案例26号），答复期限为2026年3月30日（周一）" in reading


def test_an_office_that_counts_from_the_submission_has_nothing_to_wait_for(office):
    set_practice(online_receipt="submitted")

    assert office.post("/register", ONLINE).status_code == 303

    case = db.session.query(Case).one()
    assert (str(case.received_on), str(case.due_on)) == ("2026-03-02", "2026-03-30")
