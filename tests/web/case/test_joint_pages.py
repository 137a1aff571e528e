"""Several people on one form: a line each without a script, refused by line, hidden and shown as the first is."""

import re
from datetime import date

import pytest

from tests.web.case import test_letter_pages
from tracker.domain.permission import Role
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.user import AuditEntry
from tracker.services.operations import inspection

LETTER = {**test_letter_pages.LETTER, "person": "欧阳一一", "phone": "13912345678"}
LINES = {
    "people": "3",
    "further_2_name": "诸葛二二",
    "further_2_kind": "natural_person",
    "further_2_id_number": "110101199001010015",
    "further_3_name": "丙公司",
    "further_3_kind": "business",
    "further_3_phone": "62345678",
}


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.fixture
def joint(office) -> int:
    assert office.post("/register", {**LETTER, **LINES}).status_code == 303
    return db.session.query(Case.id).scalar()


def people() -> list[tuple[str, str]]:
    db.session.remove()
    return [(who.name, who.kind) for case in db.session.query(Case) for who in case.applicant.people]


def value(page: str, name: str) -> str | None:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    return found[1] if found else None


# -- the form -----------------------------------------------------------------------------------------


def test_one_more_line_is_given_without_keeping_anything_and_keeps_what_was_typed(office):
    first = office.get("/register").text
    assert "further_2_name" not in first

    one = office.post("/register", {**LETTER, "people": value(first, "people"), "more": "1"})
    typed = {**LETTER, "further_2_name": "诸葛二二", "people": value(one.text, "people")}
    two = office.post("/register", {**typed, "more": "1"})

    assert (one.status_code, two.status_code) == (200, 200)
    assert (value(one.text, "further_2_name"), value(two.text, "further_2_name")) == ("", "诸葛二二")
    assert value(two.text, "further_3_name") == ""
    assert "further_4_name" not in two.text
    assert value(two.text, "person") == "欧阳一一"
    assert db.session.query(Contact).count() == 0


def test_enter_sends_the_form_and_never_asks_for_a_line(office, joint):
    row = db.session.query(Contact.id).scalar()
    for address in ("/register", f"/contacts/{row}/convert", f"/cases/{joint}/applicants"):
        form = re.split(r'<form method="post"[^>]*class="form', office.get(address).text)[1]

        buttons = re.findall(r'<button [^>]*type="submit"[^>]*>', form.partition("</form>")[0])

        assert "button--main" in buttons[0], address
        others = [button for button in buttons if 'name="more"' in button or "data-scan" in button]
        assert others == buttons[1:], address


def test_a_joint_letter_is_one_case_of_the_people_in_their_order(office, joint):
    assert people() == [
        ("欧阳一一", "natural_person"), ("诸葛二二", "natural_person"), ("丙公司", "business"),
    ]  # fmt: skip
    assert db.session.query(Case.applicant_kind).scalar() == "natural_person"


def test_empty_lines_are_nobody(office):
    office.post(
        "/register", {**LETTER, "people": "4", "further_3_name": "诸葛二二", "further_3_kind": "other"}
    )

    assert people() == [("欧阳一一", "natural_person"), ("诸葛二二", "other")]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"further_2_name": " "}, "请填写第2申请人的姓名或者名称。"),
        ({"further_3_name": "", "further_3_phone": "1"}, "请填写第3申请人的姓名或者名称。"),
        ({"further_3_kind": "nobody"}, "请选择第3申请人的类型。"),
        ({"further_2_phone": "1" * 61}, "第2申请人的联系电话不能超过60个字。"),
        ({"person": "", "name": ""}, "多人共同申请的，请填写第一申请人的姓名或者名称。"),
        ({"further_3_name": "欧阳一一"}, "第3申请人与第1申请人的姓名、证件号码相同"),
        ({"further_101_name": "某人"}, "一件申请至多登记100位申请人。"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named_and_everything_typed_is_kept(office, wrong, words):
    refused = office.post("/register", {**LETTER, **LINES, **wrong})

    assert refused.status_code == 422
    assert words in refused.text
    assert value(refused.text, "further_2_id_number") == LINES["further_2_id_number"]
    assert people() == []


def test_a_name_of_several_is_pointed_out_while_one_types_and_with_the_case(office):
    letter = {**LETTER, "person": "欧阳一一、诸葛二二"}

    assert "像是几个人" in office.post("/register/preview", letter).text
    office.post("/register", letter)

    assert "申请人一栏像是写了几个人" in office.get(f"/cases/{db.session.query(Case.id).scalar()}").text


def test_what_is_known_of_each_of_the_people_is_told_while_one_types(office, joint):
    typed = {**LETTER, "person": "某人", "people": "2", "further_2_name": "诸葛二二", "subject": "另一事项"}

    page = office.post("/register/preview", typed).text

    assert "同一申请人本月已有1件" in page


# -- the case -----------------------------------------------------------------------------------------


def test_lists_name_the_first_and_the_number_and_hide_the_names(office, joint):
    for address in ("/", "/cases"):
        page = office.get(address).text

        assert "欧＊＊＊等3人" in page, address
        assert "诸葛二二" not in page, address


@pytest.mark.parametrize("word", ["诸葛二二", "丙公司", "欧阳一一"])
def test_the_list_finds_the_case_by_any_of_the_people(office, joint, word):
    assert f'href="/cases/{joint}"' in office.get(f"/cases?text={word}").text


def test_everybody_is_hidden_until_asked_for_and_the_look_is_logged(office, joint):
    hidden = office.get(f"/cases/{joint}").text
    shown = office.post(f"/cases/{joint}/reveal").text

    assert "诸＊＊＊" in hidden
    assert "诸葛二二" not in hidden
    assert "110101199001010015" not in hidden
    assert "共同申请，共3人" in hidden
    assert "诸葛二二" in shown
    assert "110101199001010015" in shown
    assert db.session.query(AuditEntry).filter_by(act="revealed").count() == 1


def test_the_slip_is_to_everybody(office, joint):
    assert "欧阳一一、诸葛二二、丙公司：" in office.get(f"/cases/{joint}/letters/new/receipt").text


# -- a letter that is converted -------------------------------------------------------------------------


def test_a_letter_that_waits_keeps_its_people_and_becomes_a_case_with_them(office):
    online = {**LETTER, **LINES, "channel": "online", "signed_on": ""}
    office.post("/register", online)
    row = db.session.query(Contact.id).scalar()
    page, form = office.get(f"/contacts/{row}").text, office.get(f"/contacts/{row}/convert").text
    shown = office.post(f"/contacts/{row}/reveal").text

    assert "欧＊＊＊等3人" in page
    assert "欧阳一一、诸葛二二、丙公司" in shown
    assert [value(form, f"further_{place}_name") for place in (2, 3)] == ["诸葛二二", "丙公司"]
    assert value(form, "further_2_id_number") == ""
    confirmed = {"confirmed_on": "2026-03-05", "way": "phone", "version": value(page, "version")}
    assert office.post(f"/contacts/{row}/confirm", confirmed).status_code == 303

    assert [name for name, _ in people()] == ["欧阳一一", "诸葛二二", "丙公司"]


def test_what_the_form_does_not_show_of_a_letters_people_is_kept(office):
    office.post("/register", {**LETTER, **LINES, "channel": "online", "signed_on": ""})
    row = db.session.query(Contact.id).scalar()
    shown = {key: words for key, words in LINES.items() if key.endswith(("name", "kind", "people"))}
    again = {**LETTER, **shown, "name": "欧阳一一", "channel": "online", "confirmed_on": "2026-03-05"}

    assert office.post(f"/contacts/{row}/convert", {**again, "signed_on": ""}).status_code == 303

    second, third = db.session.query(Case).one().applicant.further
    assert (second.id_number, third.phone) == ("110101199001010015", "62345678")


def test_another_request_of_the_letter_begins_with_the_same_people(office, joint):
    row = db.session.query(Contact.id).scalar()

    form = office.get(f"/contacts/{row}/convert").text
    more = office.post(f"/contacts/{row}/convert", {**LETTER, **LINES, "another": "1", "more": "1"})

    assert [value(form, f"further_{place}_name") for place in (2, 3)] == ["诸葛二二", "丙公司"]
    assert value(more.text, "further_4_name") == ""
    assert db.session.query(Case).count() == 1


def test_a_letter_that_waits_and_is_converted_again_leaves_nobody_behind(office):
    online = {**LETTER, **LINES, "channel": "online", "signed_on": ""}
    office.post("/register", online)
    row = db.session.query(Contact.id).scalar()

    again = {**online, "name": "欧阳一一", "further_3_name": "", "further_3_phone": ""}
    assert office.post(f"/contacts/{row}/convert", again).status_code == 303

    db.session.remove()
    assert [who.name for who in db.session.query(Applicant).order_by(Applicant.id)] == [
        "欧阳一一",
        "诸葛二二",
    ]
    held = db.session.query(Contact).one().pending.applicant
    assert [who.name for who in held.people] == ["欧阳一一", "诸葛二二"]
    assert list(inspection.inspect(today=date(2026, 3, 16))) == []


# -- corrected ----------------------------------------------------------------------------------------


def test_the_people_are_corrected_with_a_reason_that_the_case_shows(office, joint):
    form = office.get(f"/cases/{joint}/applicants").text
    fields = (
        "version",
        "people",
        "name",
        "further_2_id",
        "further_2_name",
        "further_2_id_number",
        "further_3_id",
    )
    typed = {name: value(form, name) for name in fields}
    assert typed["further_2_id_number"] == "110101199001010015"
    typed |= {"phone": "13912345678", "further_2_kind": "natural_person", "further_3_kind": "business"}
    typed |= {"further_2_name": "诸葛三三", "further_3_removed": "1", "why": "来件写明"}

    assert office.post(f"/cases/{joint}/applicants", typed).status_code == 303

    page = office.get(f"/cases/{joint}").text
    assert [name for name, _ in people()] == ["欧阳一一", "诸葛三三"]
    assert "更正申请人：来件写明（增加0人，更正1人，删除1人）" in page
    assert "诸葛三三" not in page
    acts = [entry.act for entry in db.session.query(AuditEntry).filter_by(target=page_number(page))]
    assert acts == ["revealed", "applicants_corrected"]  # who opens the form sees everything: a look


def page_number(page: str) -> str:
    return re.search(r"<h1>(\S+)", page)[1]


def test_a_correction_that_is_refused_or_too_late_keeps_what_was_typed(office, joint):
    form = office.get(f"/cases/{joint}/applicants").text
    typed = {"version": value(form, "version"), "people": "3", "name": "欧阳一二"}
    more = {"further_2_name": "公孙四四", "further_2_kind": "natural_person"}

    refused = office.post(f"/cases/{joint}/applicants", {**typed, **more})
    late = office.post(f"/cases/{joint}/applicants", {**typed, **more, "version": "99", "why": "写错"})

    assert (refused.status_code, late.status_code) == (422, 409)
    assert "请填写更正的理由。" in refused.text
    assert value(late.text, "version") == value(form, "version")  # the newest: it may be sent again
    for page in (refused.text, late.text):
        assert (value(page, "name"), value(page, "further_2_name")) == ("欧阳一二", "公孙四四")
    assert [name for name, _ in people()] == ["欧阳一一", "诸葛二二", "丙公司"]


def test_who_may_not_register_sees_the_people_and_no_way_to_correct_them(sign_in, joint):
    auditor = sign_in(Role.AUDITOR)

    assert "诸＊＊＊" in auditor.get(f"/cases/{joint}").text
    assert f"/cases/{joint}/applicants" not in auditor.get(f"/cases/{joint}").text
    assert auditor.get(f"/cases/{joint}/applicants").status_code == 403
