"""Letters and visits, and the registers, come in by the page on which requests do: seen, kept, undone."""

from contextlib import suppress
from io import BytesIO

import pytest
from sqlalchemy import func, select

from tests.conftest import Browser
from tests.workbooks import file_of
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.contact import Contact, ContactAct
from tracker.models.imported import ImportedFile
from tracker.models.supervision import Training
from tracker.services.contact import importing
from tracker.services.exchange import waiting
from tracker.services.operations import inspection

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
HEADS = [
    "信访件编号",
    "信访形式",
    "来访日期",
    "来访人",
    "来电号码",
    "反映问题",
    "甄别",
    "转往处",
    "办结日期",
    "办理情况",
    "信访人数",
]
CLOSED = [
    "信1",
    "走访",
    "2025年3月3日 9:05",
    "王一",
    "13900000001",
    "噪声",
    "投诉",
    "某股",
    "2025-03-10",
    "已答复",
    3,
]
OPEN = ["", "12345热线", "2025-03-04", "张三", "", "问13900000002何时施工", "", "", "", "", ""]
WRONG = ["信3", "飞鸽", "2025-03-05", "李四", "", "路灯", "", "", "", "", ""]


def book(heads: list, *rows: list) -> bytes:
    return file_of(("台账", [heads, *rows]))


def upload(head: Browser, name: str, content: bytes, file: str = "台账.xlsx"):
    head.get("/imports")
    sent = {"file": (BytesIO(content), file), "book": name}
    return head.post("/imports", sent, content_type="multipart/form-data")


def look_of(file_id: int) -> dict:
    db.session.rollback()
    look = waiting.look_of(db.session.get(ImportedFile, file_id))
    assert look is not None
    return look


def contacts() -> dict[str, Contact]:
    db.session.rollback()
    return {row.number: row for row in db.session.scalars(select(Contact)).unique()}


def test_a_register_of_letters_and_visits_is_seen_kept_and_undone(app, sign_in, clock):
    head, content = sign_in(Role.HEAD), book(HEADS, CLOSED, OPEN, WRONG)

    upload(head, "contacts", content)

    rows = look_of(1)["rows"]
    assert [row[2] for row in rows] == ["doubtful", "new", "refused"]
    assert [row[4] for row in rows] == ["王＊", "张＊", "李＊"]
    assert "某股" in rows[0][7][0]
    head.act("/imports/1", "keep")
    kept = contacts()
    assert set(kept) == {"信1", "LXF-2025-0001"}
    first = kept["信1"]
    assert (first.form, first.arrived_time, first.triage) == ("visit", "09:05", "complaint")
    assert (first.phone, first.closed_on.isoformat(), first.result) == ("13900000001", "2025-03-10", "已答复")
    acts = dict(
        db.session.execute(
            select(ContactAct.act, ContactAct.note).where(ContactAct.contact_id == first.id)
        ).all()
    )
    assert acts == {"log": "信访人数：3\n转办单位：某股", "triage": "投诉举报", "close": "已答复"}
    assert b"PK" in head.get("/imports/1/rest.xlsx").data

    upload(head, "contacts", content)
    assert look_of(2)["counts"] == {"unchanged": 2, "refused": 1}

    head.act("/imports/1", "undo", reason="导错了")
    assert contacts() == {}
    upload(head, "contacts", content)
    assert look_of(3)["counts"]["new"] == 1
    db.session.rollback()
    assert list(inspection.inspect(today=clock.today)) == []


@pytest.mark.parametrize("ends", ["error", "kill"])
def test_letters_of_a_file_that_was_cut_off_are_counted_and_undone(app, sign_in, monkeypatch, clock, ends):
    head = sign_in(Role.HEAD)
    monkeypatch.setattr(importing, "PORTION", 1)
    written, done = importing._written, []

    def cut_off(rows, agency_id):
        done.append(rows)
        if len(done) > 1:
            raise {"error": RuntimeError, "kill": KeyboardInterrupt}[ends]
        return written(rows, agency_id)

    upload(head, "contacts", book(HEADS, CLOSED, OPEN))
    with monkeypatch.context() as broken:
        broken.setattr(importing, "_written", cut_off)
        with suppress(RuntimeError, KeyboardInterrupt):
            head.act("/imports/1", "keep")
    clock.forward(minutes=11)
    if ends == "kill":
        page = head.get("/imports/1").text
        assert "导入中断了：已登记1件" in page
        assert "接着导入其余的1行" in page
        answer = head.act("/imports/1", "drop")
        assert "已登记1件" in head.get(answer.location).text

    db.session.rollback()
    file = db.session.get(ImportedFile, 1)
    assert (file.state, file.added) == ("kept", 1)
    head.act("/imports/1", "undo", reason="导错了")
    assert contacts() == {}


def test_letters_of_a_file_that_was_cut_off_are_finished_by_one_click(app, sign_in, monkeypatch, clock):
    head = sign_in(Role.HEAD)
    monkeypatch.setattr(importing, "PORTION", 1)
    written, done = importing._written, []

    def cut_off(rows, agency_id):
        done.append(rows)
        if len(done) > 1:
            raise KeyboardInterrupt
        return written(rows, agency_id)

    upload(head, "contacts", book(HEADS, CLOSED, OPEN))
    with monkeypatch.context() as broken, suppress(KeyboardInterrupt):
        broken.setattr(importing, "_written", cut_off)
        head.act("/imports/1", "keep")
    assert "已写入1件，共2行" in head.get("/imports/1").text
    clock.forward(minutes=11)

    head.act("/imports/1", "keep")

    assert "新增2件" in head.get("/imports/1").text
    assert len(contacts()) == 2


def test_letters_on_which_something_stands_are_not_taken_out(app, sign_in):
    head = sign_in(Role.HEAD)
    upload(head, "contacts", book(HEADS, OPEN))
    head.act("/imports/1", "keep")
    head.act("/contacts/1", "triage", triage="consultation")

    refused = head.act("/imports/1", "undo", reason="导错了")

    assert refused.status_code == 422
    assert "后来的办理记录" in refused.text
    assert len(contacts()) == 1


def test_an_office_s_own_list_of_letters_comes_back_in_as_unchanged(app, sign_in):
    head = sign_in(Role.HEAD)
    upload(head, "contacts", book(HEADS, CLOSED, OPEN))
    head.act("/imports/1", "keep")
    typed = {
        "form": "call",
        "arrived_on": "2026-03-10",
        "person": "赵六",
        "summary": "询问",
        "phone": "13900000009",
    }
    head.get("/register")
    head.post("/register", typed)
    plain = head.get("/contacts/export.xlsx").data
    whole = head.post("/contacts/export.xlsx", {"why": "核对"}).data

    for number, content in enumerate((plain, whole), 2):
        upload(head, "contacts", content)
        assert look_of(number)["counts"] == {"unchanged": 3}


def test_the_rows_of_a_register_have_their_fates_on_the_page_and_are_undone(app, sign_in):
    head = sign_in(Role.HEAD)
    heads = ["培训日期", "培训内容", "参加人数"]
    content = book(heads, ["2026-03-02", "条例", 12], ["某日", "案例", 3])

    upload(head, "trainings", content)

    assert [row[2] for row in look_of(1)["rows"]] == ["new", "refused"]
    head.act("/imports/1", "keep")
    db.session.rollback()
    assert db.session.scalar(select(func.count(Training.id))) == 1
    upload(head, "trainings", content)
    assert look_of(2)["counts"] == {"unchanged": 1, "refused": 1}
    head.act("/imports/1", "undo", reason="导错了")
    db.session.rollback()
    assert db.session.scalar(select(Training.withdrawn_at)) is not None


def test_a_file_of_no_book_waits_nowhere(app, sign_in):
    assert upload(sign_in(Role.HEAD), "nothing", book(HEADS, OPEN)).status_code == 422
