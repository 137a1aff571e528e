"""Archiving as a clerk does it: the list, the page of a case, the ZIP, the transfer."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from tests.jobs.test_jobs import at, load, received
from tracker.domain.case.event import Entry
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.user import AuditEntry
from tracker.services.case import step
from tracker.services.office.actor import COMMAND, system

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
ANSWERED = {"step": "answer", "on": "2026-02-12", "outcome": "disclosed", "document_number": "测〔2026〕1号"}


@pytest.fixture
def clerk(app, sign_in):
    load(received("2026-02-02", "A-1", {"step": "accept", "on": "2026-02-03"}, ANSWERED))
    load(received("2026-02-02", "A-2"))
    return sign_in(Role.REGISTRAR)


def typed(**more):
    return {
        "number": "WS·2026·1", "on": "2026-03-16", "retention": "10", "despite": "纸质材料另存", "version": "2", **more,
    }  # fmt: skip


def version(browser, case_id=1) -> str:
    page = browser.get(f"/cases/{case_id}/archive").text
    return page.split('name="version" value="', 1)[1].split('"', 1)[0]


def test_a_clerk_finds_what_is_to_be_archived_is_told_what_it_lacks_and_archives_it(clerk):
    listed = clerk.get("/archive").text
    page = clerk.get("/cases/1/archive").text
    without = clerk.post("/cases/1/archive", typed(despite="", version=version(clerk)))
    kept = clerk.post("/cases/1/archive", typed(version=version(clerk)))
    after = clerk.get(kept.location).text

    assert "A-1" in listed
    assert "A-2" not in listed
    assert "系统中没有本件答复的文书" in page
    assert without.status_code == 422
    assert "WS·2026·1" in without.text
    assert kept.status_code == 303
    assert all(word in after for word in ("WS·2026·1", "至2036-12-31", "纸质材料另存", "下载案卷"))
    assert "没有待归档的案卷" in clerk.get("/archive").text
    assert "WS·2026·1" in clerk.get("/cases/1").text
    assert "WS·2026·1" in clerk.get("/archive?part=kept").text


def test_the_zip_is_handed_over_for_a_reason_and_logged(clerk):
    clerk.post("/cases/1/archive", typed(version=version(clerk)))
    without = clerk.post("/cases/1/archive/file", {"why": ""})
    given = clerk.post("/cases/1/archive/file", {"why": "审计调阅"})

    assert without.status_code == 422
    assert "请填写下载事由" in without.text
    with given:
        assert int(given.headers["Content-Length"]) == len(given.data)
        assert zipfile.ZipFile(BytesIO(given.data)).testzip() is None
    (entry,) = db.session.query(AuditEntry).filter(AuditEntry.act == "case_file_made")
    assert (entry.target, entry.details["reason"]) == ("A-1", "审计调阅")


def test_an_old_page_and_an_open_case_are_refused_and_what_was_typed_stays(clerk):
    old = clerk.post("/cases/1/archive", typed(version="0"))
    opened = clerk.get("/cases/2/archive")

    assert old.status_code == 409
    assert "WS·2026·1" in old.text
    assert "尚未办结" in opened.text


def test_files_are_handed_over_and_the_list_goes_out_as_excel(clerk):
    load(received("2014-02-10", "A-0", {"step": "answer", "on": "2014-02-20", "outcome": "disclosed"}))
    clerk.post("/cases/1/archive", typed(version=version(clerk)))
    clerk.post("/cases/3/archive", typed(number="WS·2014·1", version=version(clerk, 3)))
    due = clerk.get("/archive?part=due").text
    rows = load_workbook(BytesIO(clerk.get("/archive/export.xlsx?part=due").data)).active
    nobody = clerk.post("/archive/transfer", {"on": "2026-03-16", "receiver": "测区档案馆"})
    gone = clerk.post("/archive/transfer", {"on": "2026-03-16", "receiver": "测区档案馆", "case": "3"})

    assert "期满，待鉴定" in due
    assert [cell.value for cell in rows[2]][:1] == ["A-0"]
    assert nobody.status_code == 422
    assert gone.status_code == 303
    assert "没有到移交年限的案卷" in clerk.get("/archive?part=due").text
    assert "测区档案馆" in clerk.get("/cases/3/archive").text


def test_whoever_only_reads_has_no_file(app, sign_in):
    load(received("2026-02-02", "A-1", {"step": "accept", "on": "2026-02-03"}, ANSWERED))
    reader = sign_in(Role.AUDITOR)

    assert [reader.get(page).status_code for page in ("/archive", "/cases/1/archive")] == [403, 403]
    assert "/archive" not in reader.get("/cases/1").text


def test_a_file_whose_answer_was_taken_back_is_listed_as_worked_on_again(clerk):
    clerk.post("/cases/1/archive", typed(version=version(clerk)))
    case = db.session.get_one(Case, 1)
    seq = next(event.seq for event in case.events if event.step == "disclosed")
    took = Entry("correct", date(2026, 3, 16), {"replaces": seq, "with": None, "reason": "误录"})
    step.take(1, took, actor=system(case.agency_id, COMMAND), today=date(2026, 3, 16), now=at("2026-03-16"))
    pages = [clerk.get(address) for address in ("/archive?part=kept", "/cases/1/archive")]
    rows = load_workbook(BytesIO(clerk.get("/archive/export.xlsx?part=kept").data)).active

    assert [page.status_code for page in pages] == [200, 200]
    assert all("已重新办理" in page.text for page in pages)
    assert "已重新办理" in [cell.value for cell in rows[2]]
    with clerk.post("/cases/1/archive/file", {"why": "审计调阅"}) as given:
        assert given.status_code == 200


def test_a_class_that_cannot_be_read_stops_no_page(clerk):
    clerk.post("/cases/1/archive", typed(version=version(clerk)))
    db.session.execute(text("DROP TRIGGER archivings_no_UPDATE"))
    db.session.execute(text("UPDATE archivings SET retention = 'zz'"))
    db.session.commit()

    for address in ("/archive?part=kept", "/archive/export.xlsx?part=kept", "/cases/1/archive"):
        assert clerk.get(address).status_code == 200
    with clerk.post("/cases/1/archive/file", {"why": "审计调阅"}) as given:
        assert given.status_code == 200


@pytest.mark.parametrize("case_id", ["9" * 30, "2147483648", "x", "-1"])
def test_a_tick_that_is_no_file_is_refused(clerk, case_id):
    typed = {"on": "2026-03-16", "receiver": "测区档案馆", "case": case_id}
    answer = clerk.post("/archive/transfer", typed)

    assert answer.status_code == 422
    assert "没有归档，请重新打开列表" in answer.text
