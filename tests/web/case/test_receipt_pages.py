"""Receipt on the pages: requests that wait for their confirmation, evidence, gaps, dates of petitions."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tracker.domain.case.evidence import Fact
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.duty import OpenDuty
from tracker.models.evidence import Evidence
from tracker.models.user import AuditEntry
from tracker.services.case import evidence
from tracker.services.exchange import exporting, importing
from tracker.services.job import unconfirmed
from tracker.services.job.job import AlarmError
from tracker.services.office import office as offices
from tracker.services.office import store
from tracker.services.operations import inspection, setup

LETTER = {
    "form": "letter",
    "arrived_on": "2026-03-10",
    "person": "欧阳一一",
    "phone": "13912345678",
    "triage": "request",
    "kind": "natural_person",
    "channel": "ordinary_mail",
    "id_number": "11010119900101001X",
    "subject": "河道整治工程招标文件",
}
SIGNED = {**LETTER, "channel": "registered_mail", "signed_on": "2026-03-11", "signed_by": "收发室赵六"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30
ALL = (Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.fixture
def office(sign_in):
    return sign_in(*ALL)


def waiting(office) -> Contact:
    assert office.post("/register", LETTER).status_code == 303
    return db.session.query(Contact).one()


def tell(office, address: str, **words):
    """Send the form of evidence to a case or a contact."""
    return office.post(f"{address}/evidence", words, content_type="multipart/form-data")


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

    answer = office.post(f"/contacts/{row.id}/confirm", {"confirmed_on": "2026-03-13", "way": "phone"})

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
    assert case.applicant.id_number == "11010119900101001X"
    page = office.get(f"/cases/{case.id}").text
    assert "无人接听" in page  # the try that was logged before there was a case
    assert "才与申请人确认" in page  # an irregularity: three days after it came
    assert db.session.query(Contact).one().next_action_on is None
    assert office.post(f"/contacts/{row.id}/confirm", {"confirmed_on": "2026-03-13"}).status_code == 422
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

    answer = office.post(f"/contacts/{row.id}/confirm", words)

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


def test_the_gap_between_signing_and_registration_is_red_on_the_case_and_in_the_register(office):
    """Offices have lost cases on it: the term runs from the signing (第31条第（二）项)."""
    office.post("/register", SIGNED)  # signed on Wednesday, registered on Monday
    page, listed = office.get("/cases/1").text, office.get("/cases").text

    assert "相隔3个工作日" in page
    assert "收发室赵六" in page
    assert "晚登记3日" in listed


def test_what_is_registered_on_its_day_and_what_a_file_brought_show_no_gap(office, clock):
    office.post("/register", {**SIGNED, "signed_on": "2026-03-16"})
    line = '{"applicant": {"kind": "natural_person"}, "channel": "online", "events": [{"step": "receive", "on": "2026-01-05"}]}'
    importing.import_histories([line], today=clock.today, now=clock())

    assert "晚登记" not in office.get("/cases").text
    assert "相隔" not in office.get("/cases/1").text
    assert "登记时间不明" in office.get("/cases/2").text


def test_a_letter_to_the_director_keeps_the_later_day_as_a_note(office, clock, sign_in):
    """Edge case 16."""
    clock.set("2026-04-17")
    words = {**SIGNED, "arrived_on": "2026-04-13", "signed_on": "2026-04-13"}
    sign_in(*ALL).post("/register", {**words, "forwarded_on": "2026-04-17", "addressee": "局长"})

    case = db.session.query(Case).one()
    page = sign_in(*ALL).get(f"/cases/{case.id}").text
    assert str(case.received_on) == "2026-04-13"
    assert "局长" in page
    assert "按较早的签收之日从严计算" in page


def test_evidence_leaves_what_is_exported_as_it_was(office, clock, tmp_path):
    """Nothing of it stands in the ledger: a history goes out and comes in as before."""
    office.post("/register", {**SIGNED, "forwarded_on": "2026-03-12", "addressee": "局长"})

    (_header, line) = exporting.histories(now=clock())
    assert line["events"] == [
        {"step": "receive", "on": "2026-03-11", "arrived_on": "2026-03-10", "signed_on": "2026-03-11"}
    ]


# -- photographs and scans ---------------------------------------------------------------------------


def photo(office, address: str, content: bytes = PNG, name: str = "信封.png"):
    words = {"kind": "file", "on": "2026-03-11", "file": (BytesIO(content), name)}
    return tell(office, address, **words)


@pytest.fixture
def case_id(office) -> int:
    return int(office.post("/register", SIGNED).location.rsplit("/", 1)[1])


def test_a_photograph_is_kept_by_its_hash_and_every_look_is_logged(office, case_id):
    assert photo(office, f"/cases/{case_id}").status_code == 303
    row = db.session.query(Evidence).filter_by(kind="file").one()

    shown = office.get(f"/cases/{case_id}/evidence/{row.id}/file")

    assert (shown.data, shown.mimetype) == (PNG, "image/png")
    assert store.get(row.sha256) == PNG
    assert "信封.png" in office.get(f"/cases/{case_id}").text
    acts = [entry.act for entry in db.session.query(AuditEntry)]
    assert acts.count("file_seen") == 1
    assert "evidence_kept" in acts


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"<html><script>alert(1)</script>", "a.png", "按内容检查"),
        (b"", "a.png", "文件是空的"),
    ],
)
def test_a_file_of_another_kind_is_refused_and_leaves_nothing(office, case_id, content, name, said):
    before = db.session.query(Evidence).count()

    answer = photo(office, f"/cases/{case_id}", content, name)

    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.query(Evidence).count() == before


def test_a_file_that_is_too_large_is_refused(office, case_id, actor, clock):
    case, fact = db.session.get_one(Case, case_id), Fact(kind="file", on=clock.today)
    upload = evidence.Upload("big.png", PNG + b"0" * 11 * 1024 * 1024)

    with pytest.raises(InvalidDetailError, match="超过10MB"):
        evidence.add(case, fact, upload, actor=actor(Role.HEAD), today=clock.today, now=clock())


def test_a_file_cannot_leave_its_folder_by_its_name(office, case_id):
    photo(office, f"/cases/{case_id}", name="../../secret.key")

    row = db.session.query(Evidence).filter_by(kind="file").one()
    assert row.file_name == "secret.key.png"
    assert store.get(row.sha256) == PNG


def test_a_scan_is_handed_over_and_never_run_in_the_page(office, case_id):
    photo(office, f"/cases/{case_id}", b"%PDF-1.7 x", "扫描.pdf")
    row = db.session.query(Evidence).filter_by(kind="file").one()

    answer = office.get(f"/cases/{case_id}/evidence/{row.id}/file")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_seen_by_who_may_see_its_case_alone(office, case_id, sign_in, planning):
    photo(office, f"/cases/{case_id}")
    row = db.session.query(Evidence).filter_by(kind="file").one()
    office.step(case_id, "assign", "2026-03-16", unit="规划股")
    other = sign_in(Role.HANDLER)

    assert other.get(f"/cases/{case_id}/evidence/{row.id}/file").status_code == 403
    assert office.get(f"/cases/{case_id}/evidence/{row.id + 1}/file").status_code == 404
    office.post("/register", {**SIGNED, "subject": "另一件"})
    assert office.get(f"/cases/{case_id + 1}/evidence/{row.id}/file").status_code == 404


def damage(digest: str) -> None:
    """Change the kept file where it lies: on the disk, or in the database."""
    if (path := store.path_of(digest)).exists():
        path.write_bytes(PNG + b"x")
        return
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE uploads SET content = :c WHERE sha256 = :d"), {"c": PNG + b"x", "d": digest}
        )


def test_a_file_that_was_changed_is_neither_shown_nor_overlooked(office, case_id, clock):
    photo(office, f"/cases/{case_id}")
    row = db.session.query(Evidence).filter_by(kind="file").one()
    assert list(inspection.inspect(today=clock.today)) == []

    damage(row.sha256)

    assert office.get(f"/cases/{case_id}/evidence/{row.id}/file").status_code == 404
    assert ["信封.png" in found.message for found in inspection.inspect(today=clock.today)] == [True]


@pytest.mark.parametrize(
    "statement", ["UPDATE receipt_evidence SET note = 'x'", "DELETE FROM receipt_evidence"]
)
def test_the_database_itself_keeps_evidence_as_it_was(office, case_id, statement):
    with pytest.raises(DBAPIError, match="only ever added to"):
        db.session.execute(text(statement))
    db.session.rollback()


# -- petitions ---------------------------------------------------------------------------------------


def test_a_petition_has_its_two_dates_until_it_is_told_and_closed(office, clock):
    """信访工作条例第23、34条: 15 and 60 natural days."""
    office.post(
        "/register", {**LETTER, "triage": "petition", "summary": "要求处理违建", "arrived_on": "2026-03-02"}
    )
    page = office.get("/contacts/1").text
    assert "2026年3月17日（周二）" in page
    assert "2026年5月1日（周五）" in page
    assert "信访事项书面告知期限" in office.get("/?only=contacts").text

    assert [(d.kind, d.name) for d in db.session.query(OpenDuty)] == [
        ("contact", "petition_notice"),
        ("contact", "petition"),
    ]

    office.post("/contacts/1/tell", {"told": "书面告知已受理"})
    assert db.session.query(Contact).one().next_action == "petition"
    assert "信访事项办结期限" in office.get("/contacts?order=due").text

    office.post("/contacts/1/close", {"on": "2026-03-16", "result": "已拆除"})
    assert db.session.query(Contact).one().next_action is None
    assert db.session.query(OpenDuty).count() == 0
    assert "没有待确认的申请" in office.get("/?only=contacts").text


def test_petition_days_are_natural_days(office):
    """15 days from Monday 2 March end on 17 March: tomorrow, in natural days."""
    office.post("/register", {**LETTER, "triage": "petition", "summary": "违建", "arrived_on": "2026-03-02"})

    assert "还有1天" in office.get("/contacts/1").text
    assert "还有46天" in office.get("/contacts/1").text


# -- what leaves the program, and what watches over it -----------------------------------------------


def sheet(answer) -> list[dict]:
    rows = list(openpyxl.load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_the_exported_registers_say_how_a_request_came_in_and_what_is_due(office):
    office.post("/register", {**SIGNED, "tracking_number": "XA1"})
    office.post("/register", LETTER)

    (case,) = sheet(office.get("/cases/export.xlsx"))
    waiting_on = {
        row["登记编号"]: (row["下一期限"], row["期限事由"])
        for row in sheet(office.get("/contacts/export.xlsx"))
    }

    assert (case["签收日期"].date().isoformat(), case["邮件号"]) == ("2026-03-11", "XA1")
    assert (case["登记人"], case["登记时间"], case["收到至登记（工作日）"]) == ("林静", "2026-03-16 10:00", 3)
    assert waiting_on["LXF-2026-0001"] == (None, None)
    assert waiting_on["LXF-2026-0002"][1] == "与申请人确认的期限"


def test_a_waiting_request_opened_anew_keeps_what_it_holds(office):
    row = waiting(office)
    page = office.get(f"/contacts/{row.id}/convert").text
    assert '<option value="ordinary_mail" selected>' in page
    assert "11010119900101001X" not in page

    words = {"kind": "natural_person", "name": "欧阳一一", "channel": "online", "subject": "改为网络提交"}
    office.post(f"/contacts/{row.id}/convert", words)

    held = db.session.query(Contact).one().pending
    assert (held.channel, held.applicant.id_number) == ("online", "11010119900101001X")
    assert db.session.query(Case).count() == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE contacts SET next_action_on = '2027-01-01'", "DELETE FROM duties"]
)
def test_check_finds_a_contact_whose_date_left_its_facts(office, clock, statement):
    waiting(office)
    assert list(inspection.inspect(today=clock.today)) == []

    db.session.execute(text(statement))
    db.session.commit()

    assert ["下一期限" in found.message for found in inspection.inspect(today=clock.today)] == [True]


def test_a_changed_practice_moves_the_dates_of_contacts(office, clock, agency_id, monkeypatch):
    """The office gives itself three working days: counted again on the next start."""
    office.post("/register", {**LETTER, "form": "online", "channel": "online"})
    setup.recount(now=clock())
    assert str(db.session.query(Contact).one().next_action_on) == "2026-03-11"
    db.session.rollback()

    monkeypatch.setitem(offices.current, "settings", replace(offices.settings(), confirmation_days=3))
    setup.recount(now=clock())

    assert str(db.session.query(Contact).one().next_action_on) == "2026-03-13"
