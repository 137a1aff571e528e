"""What a scan of a letter says is shown beside the form, and nothing of it is kept before the form is sent."""

import sys
from io import BytesIO

import pytest
from sqlalchemy import select

from tests import case_files
from tests.domain.contact.test_scan import LETTER
from tests.web.page.test_pages import REQUEST
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.contact import Contact
from tracker.models.user import AuditEntry
from tracker.services.office import store

TYPED = {"form": "letter", "arrived_on": "2026-03-10", "phone": "13900000000", "summary": "打字中"}


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


def scan(content: bytes | None = None, name: str = "来信.pdf"):
    return (BytesIO(case_files.pdf(LETTER) if content is None else content), name)


def noted(act: str) -> list[AuditEntry]:
    db.session.remove()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id)))


def test_what_was_read_stands_beside_what_was_typed_and_nothing_is_kept(office):
    answer = office.post("/register/scan", {**TYPED, "scan": scan()})

    assert answer.status_code == 200
    assert 'data-into="person" data-text="王晓明"' in answer.text
    assert "云溪市青云区人民路12号3栋2单元501室" in answer.text
    assert "不是收到申请之日" in answer.text
    assert 'value="13900000000"' in answer.text  # typed, and not written over
    assert 'value="2026-03-10"' in answer.text
    assert 'value="王晓明"' not in answer.text
    assert '<form method="post" action="/register"' in answer.text  # what is sent next is logged, not read
    assert db.session.query(Contact).count() == 0
    assert list(store.files()) == []
    (entry,) = noted("scan_read")
    assert entry.details == {"pages": 1, "recognised": 0}
    assert "王晓明" not in f"{entry.target}{entry.details}"


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "", "请选择照片或扫描件"),
        (case_files.picture("JPEG")[:300], "a.jpg", "损坏"),
        (case_files.word(), "信.docx", "只能识别图片和 PDF"),
        (b"<html>", "a.jpg", "按内容检查"),
        (case_files.pdf("机密★10年\n通知"), "a.pdf", "保密法第31条第（三）项"),
    ],
    ids=["no file", "cut off", "Word", "a page", "marked"],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(office, content, name, why):
    answer = office.post("/register/scan", {**TYPED, "scan": scan(content, name)})

    assert answer.status_code == 422
    assert why in answer.text
    assert 'value="13900000000"' in answer.text
    assert noted("scan_read") == []


def test_a_file_that_hangs_on_the_letter_is_read_beside_the_form_that_makes_it_a_request(office):
    office.post("/register", {**REQUEST, "triage": "", "summary": "要许可证"})
    proof = {"kind": "file", "on": "2026-03-10", "file": scan()}
    office.post("/contacts/1/evidence", proof)

    form = office.get("/contacts/1/convert")
    answer = office.post("/contacts/1/scan", {"kept": "evidence-1", "subject": "打字中"})

    assert '<option value="evidence-1">来信.pdf</option>' in form.text
    assert 'data-into="name" data-text="王晓明"' in answer.text
    assert 'data-into="subject"' in answer.text
    assert "打字中</textarea>" in answer.text
    assert len(noted("file_seen")) == 1
    assert office.post("/contacts/1/scan", {"kept": "evidence-2"}).status_code == 422


def test_without_the_packages_there_is_no_button_and_the_settings_say_how_to_have_it(
    office, sign_in, monkeypatch
):
    assert "读出来信内容" in office.get("/register").text

    monkeypatch.setitem(sys.modules, "rapidocr", None)  # as where it is not installed

    assert "读出来信内容" not in office.get("/register").text
    assert office.post("/register/scan", {**TYPED, "scan": scan()}).status_code == 404
    assert '-e ".[ocr]"' in sign_in(Role.ADMINISTRATOR).get("/settings").text
