"""Agents, guardians and wishes on the forms: folded, refused by line, hidden and shown as the applicant is."""

import re

import pytest

from tests.web.case import test_letter_pages
from tests.web.case.test_joint_pages import value
from tracker.domain.permission import Role
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact

WRONG = "110105194912310021"
LETTER = {**test_letter_pages.LETTER, "person": "欧阳一一", "phone": "13912345678"}
ACTING = {
    "reps": "2",
    "rep_1_role": "guardian",
    "rep_1_name": "欧阳大大",
    "rep_1_address": "中山路1号楼",
    "rep_2_role": "agent",
    "rep_2_name": "王五五",
    "rep_2_phone": "13900001111",
    "rep_2_scope": "special",
    "rep_2_from_on": "2026-01-01",
    "rep_2_gets_letters": "1",
}
WISHES = {"form_wanted": "paper", "way_wanted": "post", "purpose": "写论文用", "help": "请读给我听"}


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.fixture
def case(office) -> int:
    assert office.post("/register", {**LETTER, **ACTING, **WISHES}).status_code == 303
    return db.session.query(Case.id).scalar()


def rows() -> list[tuple[str, str]]:
    db.session.remove()
    return [(row.role, row.name) for row in db.session.query(Applicant).order_by(Applicant.id)]


def test_the_extras_are_folded_until_something_stands_in_them(office):
    page = office.get("/register").text

    assert re.search(r'<details class="field--wide" id="representatives">', page)
    assert re.search(r'<details class="field--wide" id="more-wishes">', page)
    more = office.post("/register", {**LETTER, "reps": "1", "rep_1_name": "王五五", "more": "rep"}).text
    assert re.search(r'<details class="field--wide" id="representatives" open>', more)
    assert (value(more, "rep_1_name"), value(more, "rep_2_name")) == ("王五五", "")
    assert db.session.query(Contact).count() == 0


def test_who_acts_is_registered_hidden_and_shown_when_asked_for(office, case):
    assert rows() == [("", "欧阳一一"), ("guardian", "欧阳大大"), ("agent", "王五五")]
    page = office.get(f"/cases/{case}").text
    for word in ("欧阳大大", "王五五", "中山路1号楼", "13900001111", "写论文用", "请读给我听"):
        assert word not in page
    for word in (
        "法定代理人（监护人）",
        "委托代理人",
        "特别授权",
        "纸质",
        "邮寄",
        "需要帮助",
        "委托书、监护关系的证明",
    ):
        assert word in page

    shown = office.post(f"/cases/{case}/reveal").text
    for word in ("欧阳大大", "王五五", "中山路1号楼", "13900001111", "写论文用", "请读给我听"):
        assert word in shown


def test_a_wrong_number_is_told_beside_its_field_and_kept_with_a_reason(office):
    typed = {**LETTER, "id_kind": "resident_id", "id_number": WRONG}
    refused = office.post("/register", typed)

    assert refused.status_code == 422
    assert "居民身份证号码应为18位，出生日期、校验码相符，请核对" in refused.text
    assert value(refused.text, "id_number") == WRONG
    assert 'name="id_kept"' in refused.text
    assert office.post("/register", {**typed, "id_kept": "证件上如此"}).status_code == 303
    page = office.get(f"/cases/{db.session.query(Case.id).scalar()}").text
    assert "号码校验不符，登记人写明理由后保留" in page
    assert "证件上如此" not in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"rep_1_phone": "139"}, "请填写代理人姓名。"),
        ({"rep_1_scope": "special", "rep_1_to_on": "2026-04-01"}, "请填写代理人姓名。"),
        ({"rep_1_gets_letters": "1"}, "请填写代理人姓名。"),
        ({"rep_1_name": "王五五"}, "请选择代理身份。"),
        ({"rep_1_name": "王五五", "rep_1_role": "agent", "rep_1_for": "3"}, "请选择所代理的申请人。"),
        ({"rep_1_name": "王五五", "rep_1_role": "agent", "rep_1_id_number": WRONG}, "请核对"),
        ({"rep_1_name": "王五五", "rep_1_role": "agent", "rep_1_to_on": "2026-13-01"}, "不是有效日期"),
        (
            {
                "rep_1_name": "王五五",
                "rep_1_role": "agent",
                "rep_1_from_on": "2026-03-02",
                "rep_1_to_on": "2026-03-01",
            },
            "截止日期不能早于起始日期",
        ),
        ({"rep_21_name": "多"}, "至多登记20位"),
    ],
)
def test_a_line_that_cannot_be_is_refused_and_nothing_is_lost(office, typed, words):
    refused = office.post("/register", {**LETTER, "reps": "1", **typed})

    assert refused.status_code == 422
    assert words in refused.text
    assert value(refused.text, "rep_1_phone") == typed.get("rep_1_phone", "")
    assert db.session.query(Contact).count() == 0


def test_an_agent_of_the_third_line_is_his_though_the_second_is_empty(office):
    lines = {"people": "3", "further_3_name": "司徒三三", "further_3_kind": "natural_person"}
    acting = {"rep_1_name": "王五五", "rep_1_role": "agent", "rep_1_for": "3"}
    assert office.post("/register", {**LETTER, **lines, **acting}).status_code == 303

    (agent,) = db.session.query(Applicant).filter(Applicant.role == "agent")
    assert agent.acts_for.name == "司徒三三"


def test_who_filled_an_oral_request_in_is_asked_of_an_oral_request_alone(office):
    filled = {"filled_by": "林静", "read_back_on": "1999-01-01"}
    assert office.post("/register", {**LETTER, **filled}).status_code == 303  # hidden there, and never fails
    assert db.session.query(Applicant.filled_by).scalar() == ""

    oral = {**LETTER, "form": "visit", "channel": "oral", "subject": "另一事项"}
    refused = office.post("/register", {**oral, **filled})
    assert refused.status_code == 422
    assert "读给申请人确认的日期应在来件日期与今天之间" in refused.text
    office.post("/register", {**oral, "filled_by": "林静", "read_back_on": LETTER["arrived_on"]})
    page = office.get("/cases/2").text
    assert "林静" in page
    assert "还没有登记" not in page


def test_a_correction_shows_all_and_changes_what_was_changed(office, case):
    page = office.get(f"/cases/{case}/applicants").text
    typed = {
        name: value(page, name)
        for name in re.findall(r'name="((?:rep_\d+_|further_|version|name|phone|reps|people)[^"]*)"', page)
        if value(page, name) is not None
    }
    assert (typed["rep_1_address"], typed["rep_2_phone"]) == ("中山路1号楼", "13900001111")
    typed |= {"rep_1_role": "guardian", "rep_2_role": "agent", "rep_2_scope": "general", "why": "照委托书"}
    typed |= {"rep_1_removed": "1", **WISHES}
    typed.pop("rep_2_removed", None)

    done = office.post(f"/cases/{case}/applicants", typed)

    assert done.status_code == 303, re.findall(r'class="(?:wrong|trouble)[^>]*>([^<]*)', done.text)
    assert rows() == [("", "欧阳一一"), ("agent", "王五五")]
    shown = office.get(f"/cases/{case}").text
    assert "一般授权" in shown
    assert "法定代理人（监护人）" not in shown


def test_a_letter_that_waits_keeps_them_and_converted_anew_shows_who_acts(office):
    waiting = {**LETTER, "channel": "online", "confirmed_on": ""}
    office.post("/register", {**waiting, **ACTING, **WISHES})
    contact = db.session.query(Contact.id).scalar()

    form = office.get(f"/contacts/{contact}/convert").text
    assert (value(form, "rep_1_name"), value(form, "rep_2_name")) == ("欧阳大大", "王五五")
    assert value(form, "rep_2_phone") == ""
    again = {
        "name": "欧阳一一",
        "subject": LETTER["subject"],
        "kind": "natural_person",
        "channel": "in_person",
    }
    acting = {name: ACTING[name] for name in ACTING if not name.endswith(("phone", "address"))}
    done = office.post(f"/contacts/{contact}/convert", {**again, **acting, **WISHES})

    assert done.status_code == 303, re.findall(r'class="(?:wrong|trouble)[^>]*>([^<]*)', done.text)
    assert rows() == [("", "欧阳一一"), ("guardian", "欧阳大大"), ("agent", "王五五")]
    agent = db.session.query(Applicant).filter(Applicant.role == "agent").one()
    assert agent.phone == "13900001111"
