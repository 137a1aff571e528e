"""The pages of files: sent together or one by one, shown, handed over; who may see them."""

import re
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from tests import case_files
from tests.jobs.test_jobs import load, received
from tests.services.case.test_file import lose
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case_file import CaseFile

FILES = "/cases/1/files"


@pytest.fixture
def office(sign_in):
    load(received("2026-03-02", "A-1"))
    return sign_in(Role.HEAD)


def send(
    office, *sent: tuple[bytes, str], at: str = FILES, purpose: str = "information", headers=None, **fields
):
    files = [(BytesIO(content), name) for content, name in sent]
    words = {"purpose": purpose, "checked": "1", "file": files, **fields}
    return office.post(at, words, content_type="multipart/form-data", headers=headers or {})


def test_several_files_are_sent_together_without_a_script(office):
    answer = send(office, (case_files.pdf(), "合同.pdf"), (case_files.word(), "说明.docx"), note="第一批")

    page = office.get(FILES).text
    assert answer.status_code == 200
    assert answer.text.count("已保存。") == 2
    assert all(name in page for name in ("合同.pdf", "说明.docx", "拟提供的信息", "第一批"))
    assert f'href="{FILES}"' in office.get("/cases/1").text


def test_what_is_refused_is_said_beside_what_was_kept(office):
    answer = send(office, (case_files.pdf(), "合同.pdf"), (case_files.pdf("机密★10年"), "密件.pdf"))

    assert answer.status_code == 422
    assert "已保存。" in answer.text
    assert "保密法第31条第（三）项" in answer.text
    assert db.session.scalars(select(CaseFile.name)).all() == ["合同.pdf"]


def test_a_script_gets_the_result_of_its_file_alone(office):
    kept = send(office, (case_files.pdf(), "合同.pdf"), headers={"X-Partial": "1"})
    refused = send(office, (b"x", "x.txt"), headers={"X-Partial": "1"})
    unsaid = send(office, (case_files.pdf(), "合同.pdf"), headers={"X-Partial": "1"}, checked="")

    assert [answer.status_code for answer in (kept, refused, unsaid)] == [200, 422, 422]
    assert all(answer.headers["X-Results"] == "1" for answer in (kept, refused, unsaid))
    assert all("<html" not in answer.text for answer in (kept, refused, unsaid))
    assert "请先核对" in unsaid.text


def test_nothing_is_kept_before_somebody_says_that_it_is_no_state_secret(office):
    answer = send(office, (case_files.pdf(), "合同.pdf"), checked="")

    assert answer.status_code == 422
    assert "请先核对" in answer.text
    assert db.session.scalars(select(CaseFile)).all() == []


def test_a_page_of_a_pdf_is_shown_as_a_picture_and_the_file_is_handed_over_as_it_is(office):
    content = case_files.pdf("第一页\n" + "行\n" * 90)
    send(office, (content, "合同.pdf"))
    page = office.get(f"{FILES}/1?page=2").text
    drawn = office.get(f"{FILES}/1/pages/2.png")
    handed = office.get(f"{FILES}/1/original")

    assert f"{FILES}/1/pages/2.png" in page
    assert re.search("第2页，共[34]页", page)
    assert Image.open(BytesIO(drawn.data)).size[0] == 1240
    assert handed.data == content
    assert "attachment" in handed.headers["Content-Disposition"]
    assert office.get(f"{FILES}/1/pages/9.png").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "shown"),
    [
        (lambda: case_files.word("正文<b>一</b>", header="页眉"), "a.docx", "正文&lt;b&gt;一&lt;/b&gt;\n"),
        (lambda: case_files.excel("项目甲"), "a.xlsx", "【表1】\n项目甲"),
        (case_files.ofd, "a.ofd", "不能在页面上预览"),
        (lambda: case_files.old("通知"), "a.doc", "不能在页面上预览"),
    ],
)
def test_words_of_word_and_excel_are_shown_and_ofd_as_a_file_only(office, content, name, shown):
    send(office, (content(), name))

    page = office.get(f"{FILES}/1").text

    assert shown in page
    assert office.get(f"{FILES}/1/pages/1.png").status_code == 404


def test_a_reader_sees_but_sends_nothing_and_the_administrator_sees_nothing(office, sign_in):
    send(office, (case_files.pdf(), "合同.pdf"))
    reader, boss = sign_in(Role.AUDITOR), sign_in(Role.ADMINISTRATOR)

    assert "合同.pdf" in reader.get(FILES).text
    assert 'type="file"' not in reader.get(FILES).text
    assert send(reader, (case_files.pdf(), "b.pdf")).status_code == 403
    assert boss.get(f"{FILES}/1/original").status_code == 403


def test_files_of_a_letter_are_reached_by_the_letter_and_by_the_case_that_it_became(sign_in):
    office = sign_in(Role.HEAD, Role.REGISTRAR)
    letter = {
        "form": "letter", "arrived_on": "2026-03-10", "person": "丁一", "phone": "13912345678", "summary": "申请",
    }  # fmt: skip
    office.post("/register", letter)
    send(office, (case_files.scanned_pdf(), "信.pdf"), at="/contacts/1/files", purpose="application")
    assert "信.pdf" in office.get("/contacts/1/files").text
    request = {"kind": "natural_person", "channel": "in_person", "subject": "招标文件", "name": "丁一"}
    office.act("/contacts/1", "convert", **request)

    assert "信.pdf" in office.get(FILES).text
    assert office.get(f"{FILES}/1/original").status_code == 200
    assert office.get("/contacts/2/files/1/original").status_code == 404


def test_a_lost_file_is_said_on_its_page(office):
    send(office, (case_files.pdf(), "合同.pdf"))
    lose(db.session.scalar(select(CaseFile.sha256)))

    page = office.get(f"{FILES}/1").text

    assert "已丢失或被改动" in page
    assert "从备份恢复" in page
