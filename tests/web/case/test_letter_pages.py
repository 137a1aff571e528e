"""A letter without a name, a letter with several requests, a request of several people (第29、30条)."""

import pytest

from tracker.domain.case.channel import lacking
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.services.operations import inspection

LETTER = {
    "form": "letter",
    "arrived_on": "2026-03-02",
    "triage": "request",
    "kind": "natural_person",
    "channel": "registered_mail",
    "signed_on": "2026-03-02",
    "subject": "河道整治工程招标文件",
}
NAMED = {**LETTER, "person": "欧阳一一、诸葛二二", "phone": "13912345678"}


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


def test_a_nameless_letter_is_registered_and_asked_for_what_it_lacks(office):
    assert office.post("/register", LETTER).status_code == 303
    case = db.session.query(Case).one()

    page = office.get(f"/cases/{case.id}").text
    form = office.get(f"/cases/{case.id}/steps/ask_supplement").text

    assert "来件缺少：申请人的姓名或者名称、联系方式、身份证明" in page
    assert "请补充：申请人的姓名或者名称、联系方式、身份证明。" in form
    assert str(case.received_on) == "2026-03-02"
    assert (
        office.step(
            case.id, "ask_supplement", "2026-03-04", items="姓名", deadline_on="2026-03-25"
        ).status_code
        == 303
    )


def test_two_nameless_letters_are_not_of_one_person(office):
    office.post("/register", LETTER)
    office.post("/register", {**LETTER, "subject": "另一份文件"})
    first, second = (case.id for case in db.session.query(Case).order_by(Case.id))

    page = office.get(f"/cases/{second}").text

    assert f'href="/cases/{first}"' not in page


def test_one_letter_may_hold_several_requests_each_with_its_number(office, clock):
    """109号第4条: each is a piece; all are linked with the letter that brought them."""
    office.post("/register", NAMED)
    row = db.session.query(Contact).one()
    form = office.get(f"/contacts/{row.id}/convert").text
    assert "欧阳一一、诸葛二二" in form
    more = {**NAMED, "another": "1", "name": "欧阳一一、诸葛二二", "subject": "年度预算"}

    assert office.post(f"/contacts/{row.id}/convert", more).status_code == 303
    assert office.post(f"/contacts/{row.id}/convert", more).status_code == 422  # a second click

    first, second = db.session.query(Case).order_by(Case.id)
    page = office.get(f"/contacts/{row.id}").text
    assert first.number != second.number
    assert (first.received_on, second.received_on) == (second.received_on, first.received_on)
    assert all(f'href="/cases/{case.id}">{case.number}' in page for case in (first, second))
    assert all(row.number in office.get(f"/cases/{case.id}").text for case in (first, second))
    assert list(inspection.inspect(today=clock.today)) == []


def test_a_further_request_that_lacks_its_subject_keeps_what_was_typed(office):
    office.post("/register", NAMED)
    row = db.session.query(Contact).one()

    refused = office.post(
        f"/contacts/{row.id}/convert", {**NAMED, "another": "1", "name": "欧阳一一", "subject": ""}
    )

    assert refused.status_code == 422
    assert 'value="欧阳一一"' in refused.text
    assert db.session.query(Case).count() == 1


def test_a_joint_request_is_one_request(office):
    """One form, several people: one count, in the column of the first named (practice)."""
    office.post("/register", NAMED)

    assert [case.applicant_kind for case in db.session.query(Case)] == ["natural_person"]


@pytest.mark.parametrize(
    ("name", "identity", "contacts", "lacks"),
    [
        ("", "", ["", ""], ["申请人的姓名或者名称", "联系方式", "身份证明"]),
        ("张三", "", ["", " "], ["联系方式", "身份证明"]),
        (" ", "1101", ["139"], ["申请人的姓名或者名称"]),
        ("张三", "", ["139"], []),
    ],
)
def test_what_a_letter_lacks_is_named_at_once(name, identity, contacts, lacks):  # 第30条: 一次性告知
    assert lacking(name, identity, contacts) == lacks
