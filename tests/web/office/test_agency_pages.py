"""What a handler of another unit finds of a letter that became a case, and what another agency finds."""

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from tests.conftest import PASSWORD, Browser
from tests.histories import line, text
from tests.practice import set_practice
from tests.web.case.test_receipt_pages import LETTER, PNG, SIGNED
from tracker.domain.permission import Role
from tracker.models.agency import Agency, Unit
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.models.job import JobRun
from tracker.services.exchange import importing
from tracker.services.office import user
from tracker.services.office.actor import Actor


@pytest.fixture
def market(app, agency_id) -> Unit:
    with transaction():
        unit = Unit(agency_id=agency_id, name="市场股", kind="股室", active=True)
        db.session.add(unit)
    db.session.refresh(unit)
    db.session.expunge(unit)
    return unit


@pytest.fixture
def assigned(sign_in, planning) -> tuple[int, int, int]:
    """A letter with a photograph that became a case without a unit, assigned to 规划股 since."""
    head = sign_in(Role.REGISTRAR, Role.HEAD)
    assert head.post("/register", SIGNED).status_code == 303
    row, case = db.session.scalars(select(Contact)).unique().one(), db.session.scalars(select(Case)).one()
    file = {"kind": "file", "on": "2026-03-11", "file": (BytesIO(PNG), "信封.png")}
    head.get(f"/contacts/{row.id}/evidence")
    kept = head.post(f"/contacts/{row.id}/evidence", file, content_type="multipart/form-data")
    assert kept.status_code == 303
    assert head.step(case.id, "assign", "2026-03-16", unit="规划股").status_code == 303
    return row.id, case.id, db.session.scalars(select(Evidence.id).where(Evidence.sha256.is_not(None))).one()


def test_a_handler_of_another_unit_finds_nothing_of_the_letter_behind_the_case(assigned, sign_in, market):
    contact_id, case_id, file_id = assigned
    stranger = sign_in(Role.HANDLER, unit=market)

    for address in (
        f"/cases/{case_id}",
        f"/contacts/{contact_id}",
        f"/contacts/{contact_id}/evidence",
        f"/contacts/{contact_id}/evidence/{file_id}/file",
        f"/cases/{case_id}/evidence/{file_id}/file",
    ):
        assert stranger.get(address).status_code == 403, address
    for address in (f"/contacts/{contact_id}/reveal", f"/cases/{case_id}/reveal"):
        answer = stranger.post(address)
        assert answer.status_code == 403
        assert LETTER["phone"] not in answer.text
    assert "河道整治" not in stranger.get("/contacts?year=2026").text
    exported = stranger.get("/contacts/export.xlsx?year=2026")
    words = [
        str(cell) for row in openpyxl.load_workbook(BytesIO(exported.data)).active.values for cell in row
    ]
    assert not [word for word in words if "欧阳" in word]


def test_a_handler_of_the_cases_unit_finds_the_letter(assigned, sign_in, planning):
    contact_id, case_id, file_id = assigned
    ours = sign_in(Role.HANDLER, unit=planning)

    assert ours.get(f"/cases/{case_id}").status_code == 200
    assert ours.get(f"/contacts/{contact_id}").status_code == 200
    assert ours.get(f"/contacts/{contact_id}/evidence/{file_id}/file").data == PNG


def test_another_agencys_administrator_opens_no_page_that_acts_on_all(app, agency_id, clock):
    with transaction():
        other = Agency(code="other", name="别的机关")
        db.session.add(other)
        db.session.flush()
    roles = [Role.ADMINISTRATOR, Role.HEAD]
    row, once = user.create_by_command(
        agency_id=other.id, login="theirs", name="乙", roles=roles, now=clock()
    )
    theirs = Actor(row.name, row.role_set, other.id, row.id)
    user.change_password(row.id, once, PASSWORD, actor=theirs, now=clock())
    browser = Browser(app)
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"login": "theirs", "password": PASSWORD}).status_code == 303
    browser.get("/handbook")

    for address in ("/jobs", "/jobs/close_year", "/calendar/notices/new", "/calendar/local/new"):
        assert browser.get(address).status_code == 403, address
    assert browser.post("/jobs/close_year/run", {"on": "2027-01-02"}).status_code == 403
    assert db.session.scalars(select(JobRun)).all() == []
    assert "/jobs" not in browser.get("/users").text
    assert browser.get("/calendar").status_code == 200
    assert browser.get("/outbox").status_code == 200


def test_the_notice_of_an_answer_names_the_organ_of_the_agency_that_answers(app, agency_id, clock):
    """复议法第24、27条: two agencies in one deployment, each with its own organ and court."""
    own = {"agency_level": "vertical", "upper_organ": "乙市税务局", "court": "乙区人民法院"}
    events = [
        {"step": "receive", "on": "2026-03-02"},
        {"step": "answer", "on": "2026-03-09", "outcome": "disclosed"},
    ]
    lines = [line("business", "A-1", events, agency=code) for code in ("default", "west")]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())
    set_practice(upper_organ="甲县人民政府", court="甲县人民法院")
    set_practice(agency="west", **own)
    cases = dict(db.session.execute(select(Agency.code, Case.id).join(Case)).tuples().all())
    west = db.session.scalars(select(Agency.id).where(Agency.code == "west")).one()

    pages = {
        code: head_of(app, agency, code, clock).get(f"/cases/{cases[code]}").text
        for code, agency in (("default", agency_id), ("west", west))
    }

    assert ("甲县人民政府" in pages["default"], "乙市税务局" in pages["default"]) == (True, False)
    assert ("甲县人民政府" in pages["west"], "乙市税务局" in pages["west"]) == (False, True)
    assert ("甲县人民法院" in pages["west"], "乙区人民法院" in pages["west"]) == (False, True)
    assert not [code for code, page in pages.items() if "名称未设置" in page]


def head_of(app, agency: int, login: str, clock) -> Browser:
    row, once = user.create_by_command(
        agency_id=agency, login=login, name="负责人", roles=[Role.HEAD], now=clock()
    )
    actor = Actor(row.name, row.role_set, agency, row.id)
    user.change_password(row.id, once, PASSWORD, actor=actor, now=clock())
    browser = Browser(app)
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"login": login, "password": PASSWORD}).status_code == 303
    return browser
