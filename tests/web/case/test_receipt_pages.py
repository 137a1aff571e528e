"""Receipt on the pages: how it is proved, and how late it was registered."""

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import case_files
from tests.practice import set_practice
from tracker.domain.case.evidence import Fact
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.models.user import AuditEntry
from tracker.services.case import evidence
from tracker.services.exchange import exporting, importing
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
    "id_number": "11010519491231002X",
    "subject": "河道整治工程招标文件",
}
SIGNED = {**LETTER, "channel": "registered_mail", "signed_on": "2026-03-11", "signed_by": "收发室赵六"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30
ALL = (Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.fixture
def office(sign_in):
    return sign_in(*ALL)


def tell(office, address: str, **fields):
    """Send the form of evidence to a case or a contact."""
    return office.post(f"{address}/evidence", fields, content_type="multipart/form-data")


def test_a_scan_with_a_mark_of_secrecy_is_no_evidence(office):
    """保密法第31条第（三）项: nothing of it is kept."""
    office.post("/register", LETTER)
    scan = (BytesIO(case_files.pdf("机密★10年")), "信封.pdf")

    answer = tell(office, "/contacts/1", kind="file", on="2026-03-12", file=scan)

    assert answer.status_code == 422
    assert "保密法第31条第（三）项" in answer.text
    assert db.session.query(Evidence).filter(Evidence.sha256.is_not(None)).all() == []
    assert list(store.files()) == []


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


def test_a_changed_practice_moves_the_dates_of_contacts(office, clock, agency_id):
    """The office gives itself three working days."""
    office.post("/register", {**LETTER, "form": "online", "channel": "online"})
    setup.recount(now=clock())
    assert str(db.session.query(Contact).one().next_action_on) == "2026-03-11"
    db.session.rollback()

    set_practice(confirmation_days=3)

    assert str(db.session.query(Contact).one().next_action_on) == "2026-03-13"
