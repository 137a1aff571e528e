"""One box on every page: what was typed is found in every list that the person may read."""

from types import SimpleNamespace
from urllib.parse import quote

import pytest
from sqlalchemy import select

from tests.letters import set_up, typed, worked
from tests.statements import listened
from tests.web.page.test_statements import add
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.case_file import CaseFile
from tracker.models.contact import Contact
from tracker.services.case import file, note
from tracker.services.contact import registration
from tracker.services.contact.contact import ContactData
from tracker.services.letter import letter
from tracker.services.office import store
from tracker.services.register import register as registers

PARTIAL = {"X-Partial": "1"}


@pytest.fixture
def case(app, actor, clock):
    """The key and the numbers of a request about 桥梁检测 and its receipt; a visit and an item are about the same."""
    by, words = actor(Role.HEAD, Role.REGISTRAR), {"today": clock.today, "now": clock()}
    set_up()
    kind = index.BY_KEY["receipt"]
    made = worked(kind, by=by, **words)
    number = letter.make(made.id, typed(kind), actor=by, **words).number
    visit = ContactData(form="visit", arrived_on=clock.today, person="丁一", summary="询问桥梁检测")
    registration.register(visit, actor=by, **words)
    item = {
        "title": "桥梁检测结果",
        "category": "guide",
        "unit": "规划股",
        "drafted_by": "周明",
        "created_on": "2026-03-10",
    }
    registers.keep(BY_NAME["publications"], item, by=registers.By(actor=by, **words))
    db.session.refresh(made)
    return SimpleNamespace(id=made.id, number=made.number, letter=number, agency_id=made.agency_id)


def test_a_word_is_found_in_requests_visits_and_registers_each_with_its_page(case, sign_in):
    page = sign_in(Role.HEAD).get("/search?text=桥梁").text

    assert f'href="/cases/{case.id}"' in page
    assert "询问桥梁检测" in page
    assert "桥梁检测结果" in page


def test_a_sign_that_stands_for_any_in_the_database_is_found_as_itself_in_a_register(
    case, sign_in, actor, clock
):
    row = {"held_on": "2026-03-02", "topic": "50%_条/例培训", "attendees": "12"}
    by = registers.By(actor=actor(Role.HEAD), today=clock.today, now=clock())
    registers.keep(BY_NAME["trainings"], row, by=by)
    head = sign_in(Role.HEAD)

    found = {
        asked: "条/例培训" in head.get("/search", query_string={"text": asked}, headers=PARTIAL).text
        for asked in ("50%", "%_条/例", "0_条", "0%条", "50%训")
    }

    assert found == {"50%": True, "%_条/例": True, "0_条": False, "0%条": False, "50%训": False}


def test_a_whole_number_opens_its_page_however_it_is_typed(case, sign_in):
    head = sign_in(Role.HEAD)

    for number in (case.number, case.number.lower(), case.number.replace("-", "－")):
        answer = head.get("/search", query_string={"text": number})
        assert (answer.status_code, answer.headers.get("Location")) == (302, f"/cases/{case.id}")


def test_a_document_number_finds_its_letter_with_any_brackets(case, sign_in):
    head = sign_in(Role.HEAD)
    number = case.letter

    for asked in (number, number.replace("〔", "[").replace("〕", "]"), number[number.index("〔") :]):
        assert number in head.get("/search", query_string={"text": asked}).text
    assert number not in head.get(f"/search?text={quote('别局' + number)}", headers=PARTIAL).text


def test_a_handler_finds_nothing_of_another_unit(case, sign_in, planning, actor, clock):
    numbers = (case.number, case.letter)
    handler = sign_in(Role.HANDLER, unit=planning)
    assert all(
        number in handler.get(f"/search?text={quote(number)}", headers=PARTIAL).text for number in numbers
    )

    with transaction():
        other = Unit(agency_id=case.agency_id, name="执法一队", kind="股室", active=True)
        db.session.add(other)
        db.session.flush()
        db.session.get(Case, case.id).unit_id = other.id

    assert not any(
        number in handler.get(f"/search?text={quote(number)}", headers=PARTIAL).text for number in numbers
    )


def test_nothing_found_says_what_is_not_searched_and_an_empty_question_asks_for_words(case, sign_in):
    head = sign_in(Role.HEAD)

    assert "个人信息不能这样查找" in head.get("/search?text=没有这个词").text
    assert "请写要找的字" in head.get("/search").text


def test_who_may_not_read_finds_no_box_and_no_page(app, sign_in):
    administrator = sign_in(Role.ADMINISTRATOR)

    assert "data-search" not in administrator.get("/users").text
    assert administrator.get("/search?text=桥").status_code == 403


def test_the_search_asks_as_much_for_ninety_requests_as_for_thirty(app, sign_in, clock):
    head, asked = sign_in(Role.HEAD), []
    for first, last in ((0, 30), (30, 90)):
        add(first, last, clock)
        head.get("/search?text=规划", headers=PARTIAL)
        with listened(db.engine) as statements:
            page = head.get("/search?text=规划", headers=PARTIAL).text
        asked.append(len(statements.asked))

    assert "全部结果" in page
    assert "<html" not in page
    assert asked[0] == asked[1] <= 40


def test_a_result_says_where_the_words_stand_with_personal_data_hidden(case, sign_in, actor, clock):
    head, phone = sign_in(Role.HEAD), "13912345678"
    words = {"actor": actor(Role.HEAD), "now": clock()}
    note.write(case.id, f"桥墩图纸由李先生保管，电话{phone}，可到档案室查阅", **words)
    name = db.session.get(Case, case.id).applicant.name

    noted = head.get("/search?text=图纸", headers=PARTIAL).text
    by_phone = head.get(f"/search?text={phone}", headers=PARTIAL).text
    by_name = head.get(f"/search?text={quote(name)}", headers=PARTIAL).text
    by_subject = head.get("/search?text=桥梁检测", headers=PARTIAL).text

    assert "备注：…桥墩<mark>图纸</mark>由李先生保管,电话＊＊＊＊＊＊＊…" in noted
    assert phone not in noted
    assert f"<mark>{phone}</mark>" in by_phone
    assert "申请人、代理人或者来件人" in by_name
    assert name not in by_name
    assert "found__where" not in by_subject.split("来信来访来电")[0]


def test_a_visit_is_found_by_the_name_of_its_file_which_the_result_shows(case, sign_in, actor, clock):
    visit = db.session.scalars(select(Contact).where(Contact.summary == "询问桥梁检测")).one()
    address = f"/contacts/{visit.id}"
    photograph = CaseFile(purpose="other", name="裂缝照片.jpg", type="image/jpeg", told=[])
    with store.ready(b"jpeg") as stored, transaction():
        file.add(visit, photograph, stored, actor=actor(Role.HEAD), now=clock())

    page = sign_in(Role.HEAD).get("/search?text=裂缝", headers=PARTIAL).text

    assert f'href="{address}"' in page
    assert "附件：…<mark>裂缝</mark>照片.jpg" in page
