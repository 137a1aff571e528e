"""A request about one's own data as a clerk works it: logged, what is held collected, answered by a letter."""

import re
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import delete

from tests import registering
from tests.jobs.test_jobs import load, received
from tests.letters import text_of
from tests.services.case.test_together import at_once
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RepresentativeData, RequestData
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db, transaction
from tracker.models.follow_up import PersonalAnswer, PersonalRequest
from tracker.models.upload import UploadedFile
from tracker.models.user import AuditEntry
from tracker.services.office import store
from tracker.services.operations import inspection
from tracker.services.register import held
from tracker.services.register import register as registers

ID_NUMBER = "110101199003070000"
CONSULTED = {"step": "consult", "on": "2026-03-04", "party": "third_party", "name": "丁一"}
ROW = {"received_on": "2026-03-03", "kind": "deletion", "asked": "删除我的申请和电话"}


@pytest.fixture
def clerk(app, sign_in):
    who = {"kind": "natural_person", "name": "丁一", "phone": "13900001234", "id_number": ID_NUMBER}
    other = {**who, "name": "丁　一"}
    load(
        {**received("2026-03-02", "A-1"), "applicant": who},
        {**received("2026-03-02", "A-2"), "applicant": {**other, "name": "李四", "id_number": "1"}},
        received("2026-03-02", "A-3", {"step": "accept", "on": "2026-03-03"}, CONSULTED),
    )
    browser = sign_in(Role.REGISTRAR)
    letter = {
        "form": "letter",
        "arrived_on": "2026-03-03",
        "person": "丁一",
        "summary": "请求删除",
        "triage": "other",
    }
    assert browser.post("/register", letter).status_code == 303
    number = db.session.scalar(db.text("SELECT number FROM contacts"))
    assert browser.post("/books/personal-requests", {**ROW, "contact_number": number}).status_code == 303
    return browser


def look(browser, **typed):
    return browser.post("/books/personal-requests/1/held", {"why": "本人请求", **typed})


def entries(act):
    return db.session.query(AuditEntry).filter(AuditEntry.act == act).all()


def test_what_is_held_is_found_by_name_and_by_number_and_the_look_is_logged_without_them(clerk):
    by_name, by_number = look(clerk, name="丁一").text, look(clerk, id_number=ID_NUMBER).text

    assert all(word in by_name for word in ("A-1", "A-3", "被征求意见的第三方", "来信来访来电人", "联系电话"))
    assert "A-2" not in by_name
    assert "13900001234" not in by_name
    assert "A-1" in by_number
    assert "A-3" not in by_number
    logged = entries("personal_data_collected")
    assert [entry.details["rows"] for entry in logged] == [3, 1]
    told = " ".join(f"{entry.target} {entry.details}" for entry in logged)
    assert "本人请求" in told
    assert "丁一" not in told
    assert ID_NUMBER not in told


def test_the_list_goes_out_as_excel_and_nobody_looks_without_a_reason_or_a_name(clerk):
    sheet = load_workbook(BytesIO(look(clerk, name="丁一", way="excel").data)).active

    assert {row[1].value for row in sheet.iter_rows(min_row=2)} >= {"A-1", "A-3"}
    assert look(clerk, name="丁一", why="").status_code == 422
    assert "请填写姓名或者证件号码" in look(clerk).text
    assert "没有找到这个人的信息" in look(clerk, name="无此人").text


def test_a_deletion_is_refused_in_words_and_the_answer_says_why_and_what_remains(clerk):
    page = "/books/personal-requests/1"
    early = clerk.post(f"{page}/answer", {})
    done = {
        "version": "1",
        "answered_on": "2026-03-10",
        "kind": "deletion",
        **ROW,
        "document_number": "测个答〔2026〕1号",
    }
    number = db.session.scalar(db.text("SELECT number FROM contacts"))
    done |= {"contact_number": number, "case_number": "A-1"}
    refused = clerk.post(f"{page}/edit", {**done, "result": "granted"})
    kept = clerk.post(f"{page}/edit", {**done, "result": "bound"})
    letter = clerk.post(f"{page}/answer", {})

    assert early.status_code == 422
    assert "还没有办理结果" in early.text
    assert refused.status_code == 422
    assert "档案法第13、14条" in refused.text
    assert kept.status_code == 303
    text = text_of(letter.data)
    for part in (
        "丁一：",
        "测个答〔2026〕1号",
        "关于删除个人信息请求的答复",
        "保管期限未满不得删除",
        "提起诉讼",
        "2026年3月10日",
    ):
        assert part in text, part
    assert Document(BytesIO(letter.data)).core_properties.title == "关于删除个人信息请求的答复"
    assert len(entries("personal_answer_made")) == 1

    again = clerk.post(f"{page}/answer", {})
    assert again.data == letter.data
    assert (len(entries("personal_answer_made")), len(entries("personal_answer_seen"))) == (1, 1)
    version = re.search(r'name="version" value="(\d+)"', clerk.get(f"{page}/edit").text)[1]
    fixed = {**done, "version": version, "result": "bound", "document_number": "测个答〔2026〕2号"}
    assert clerk.post(f"{page}/edit", fixed).status_code == 303
    assert "测个答〔2026〕2号" in text_of(clerk.post(f"{page}/answer", {}).data)
    shown = clerk.get(page).text
    assert re.findall(rf'action="{page}/answers/(\d)"', shown) == ["2", "1"]
    first = clerk.post(f"{page}/answers/1", {})
    assert first.data == letter.data
    assert sha256(letter.data).hexdigest()[:16] in shown
    assert list(inspection.inspect(today=date(2026, 3, 16))) == []
    with transaction():
        db.session.execute(delete(UploadedFile))
    for place in store.files():
        place.unlink()
    assert any("个人信息请求答复第1条" in each.where for each in inspection.inspect(today=date(2026, 3, 16)))
    assert clerk.post(f"{page}/answers/1", {}).status_code == 404


@pytest.mark.both
def test_two_clicks_on_the_answer_make_one(app, clerk, actor, clock):
    typed = {**ROW, "result": "bound", "answered_on": "2026-03-10", "contact_number": "LXF-2026-0001"}
    head = actor(Role.HEAD, Role.REGISTRAR)
    by = registers.By(actor=head, today=clock.today, now=clock())
    registers.keep(BY_NAME["personal-requests"], {**typed, "kind": "access", "result": "granted"}, by=by)

    def act() -> str:
        row = db.session.get(PersonalRequest, 2)
        return sha256(held.answer(row, actor=head, today=clock.today, now=clock())).hexdigest()

    assert len(set(at_once(app, act, 3))) == 1
    assert db.session.query(PersonalAnswer).count() == 1


def test_an_answer_is_written_to_who_asked_and_to_nobody_of_the_request_it_is_about(clerk):
    third = {
        **ROW,
        "case_number": "A-3",
        "result": "refused",
        "reason": "不属实",
        "answered_on": "2026-03-10",
    }
    assert clerk.post("/books/personal-requests", third).status_code == 303

    refused = clerk.post("/books/personal-requests/2/answer", {})
    assert refused.status_code == 422
    assert "不知道答复书写给谁" in refused.text


def test_who_acts_for_somebody_is_listed_as_that_with_the_data_that_are_his(clerk, actor, clock):
    applicant = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name="李四", phone="13900001111")
    agent = RepresentativeData(role="agent", person=replace(applicant, name="王五", phone=""))
    request = RequestData(
        applicant=applicant,
        arrival=Arrival(channel=Channel.IN_PERSON, arrived_on=clock.today),
        subject="规划图",
        representatives=(agent,),
    )
    case = registering.register(request, actor=actor(Role.REGISTRAR), today=clock.today, now=clock())
    row = re.search(
        rf"<tr>\s*<td>代理人、监护人</td>.*?{case.number}.*?</tr>", look(clerk, name="王五").text, re.DOTALL
    )

    assert "联系电话" not in row[0]
    assert "申请内容" not in row[0]


def test_who_only_reads_collects_nothing(clerk, sign_in):
    reader = sign_in(Role.AUDITOR)

    assert [
        reader.get("/books/personal-requests/1/held").status_code,
        look(reader, name="丁一").status_code,
    ] == [403, 403]
    assert "汇集本机关保存的个人信息" not in reader.get("/books/personal-requests/1").text
