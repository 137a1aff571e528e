"""An old register on a page: read as a person chooses, every row's fate first, kept, undone, taken again."""

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select

from tests.services.register.test_importing import file_of
from tracker.domain.message import CHINESE
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.evidence import Evidence
from tracker.models.imported import ImportedFile
from tracker.models.register import StagedFile
from tracker.models.user import AuditEntry
from tracker.services.exchange import waiting
from tracker.services.operations import leftover
from tracker.web.exchange import imported

HEADERS = ("收到日期", "申请人", "申请人类型", "申请方式", "申请内容", "答复类型", "答复日期", "受理编号")
GOOD = ["2025/1/6", "张小三", "自然人", "当面", "某规划图", "予以公开", "2025年1月20日", "旧-1"]
UNSAID = ["2025/2/6", "李小四", "公民", "网上", "某批复", "已办结", "2025/2/20", "旧-2"]
ALSO_UNSAID = ["2025/3/6", "某公司", "企业", "信函", "某合同", "已办结", "2025/3/20", "旧-3"]
ROWS = (GOOD, UNSAID, ALSO_UNSAID)
QUOTED = re.compile(r"“[^”]*”|&#34;[^&]*&#34;|\"[^\"]*\"")


@pytest.fixture
def head(sign_in):
    return sign_in(Role.HEAD)


def book(*rows, headers=HEADERS, name="台账") -> bytes:
    return file_of((name, [headers, *rows]))


def upload(browser, content: bytes, name: str = "旧台账.xlsx"):
    browser.get("/imports")
    return browser.post("/imports", {"file": (BytesIO(content), name)}, content_type="multipart/form-data")


def field_of(page: str, word: str) -> str:
    """Return the name of the choice beside a word."""
    place = re.search(rf'id="said-(\d+)">{word}<', page)[1]
    return f"word-{place}"


def cases() -> dict[str, str]:
    db.session.rollback()
    return dict(db.session.execute(select(Case.number, Case.state).order_by(Case.id)).tuples().all())


def test_why_a_row_is_refused_is_said_in_the_reader_s_language(head):
    """Beside what stands in the file: a heading, a cell's own words."""
    wrong = (["年初", *GOOD[1:]], [*GOOD[:2], "法人", *GOOD[3:]], [*GOOD[:3], "邮寄/网络", *GOOD[4:]])
    rows = [[*row, "20"] for row in wrong] + [[*GOOD, "延期至5月1日"]]
    upload(head, book(*rows, headers=(*HEADERS, "延期天数")))
    head.get("/account/preferences?language=en")

    page = head.get("/imports/1").text

    reasons = re.findall(r'<td class="wide">(.*?)</td>', page, re.S)
    assert len(reasons) == 4
    assert [reason for reason in reasons if CHINESE.search(QUOTED.sub("", reason))] == []
    assert "Number" in page


def test_every_fate_is_shown_before_anything_is_kept_and_a_word_is_decided_once_for_all_rows(head):
    shown = upload(head, book(*ROWS))
    assert (shown.status_code, shown.location) == (303, "/imports/1")
    page = head.get("/imports/1").text
    assert cases() == {}
    assert ">1</a> 行" in page
    assert "没有说明怎样答复" in page
    assert ("张＊＊" in page, "张小三" in page) == (True, False)

    head.act("/imports/1", "choices", **{field_of(page, "已办结"): "unable_not_held"})

    page = head.get("/imports/1").text
    assert "已按所作的选择读取" in page
    kept = head.act("/imports/1", "keep")
    assert kept.location == "/imports/1"
    assert cases() == {"旧-1": "disclosed", "旧-2": "unable_not_held", "旧-3": "unable_not_held"}
    notes = db.session.scalars(select(Evidence.note)).all()
    assert len([note for note in notes if "答复类型（台账原文）：已办结" in note]) == 2
    assert "新增3件，续记0件，未变0件，没有导入0行" in head.get("/imports/1").text


def test_what_was_chosen_is_known_again_when_the_same_file_comes_back(head):
    content = book(*ROWS)
    upload(head, content)
    head.act("/imports/1", "choices", **{field_of(head.get("/imports/1").text, "已办结"): "closed_other"})
    head.act("/imports/1", "drop")
    assert cases() == {}

    upload(head, content)

    page = head.get("/imports/2").text
    assert "同一文件下次上传时仍按这些选择" in page
    head.act("/imports/2", "keep")
    assert cases()["旧-2"] == "closed_other"


def test_the_rest_comes_as_a_workbook_with_the_reasons_and_no_formula(head):
    formula = ["2025/5/6", "=HYPERLINK(1)", "自然人", "当面", "+1+1", "已办结", "2025/5/20", "旧-9"]
    content = book(GOOD, [*formula[:1], "钱某", *formula[2:4], "'=1+1", *formula[5:]])
    upload(head, content)
    head.act("/imports/1", "keep")

    answer = head.get("/imports/1/rest.xlsx")

    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    header, row = sheet.iter_rows(values_only=True)
    assert (header[-1], row[1], row[-2]) == ("未导入的原因", "钱某", "旧-9")
    assert "没有说明怎样答复" in row[-1]
    assert [cell.data_type for cell in sheet[2] if cell.data_type == "f"] == []
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "import_rest")) == 1


def test_an_import_is_undone_by_the_head_and_the_same_file_is_taken_again(head, sign_in):
    clerk = sign_in(Role.REGISTRAR)
    upload(clerk, book(GOOD))
    clerk.act("/imports/1", "keep")
    assert "撤销这次导入" not in clerk.get("/imports/1").text
    assert clerk.act("/imports/1", "undo", reason="错了").status_code == 403

    assert head.act("/imports/1", "undo", reason="列错了").status_code == 303

    page = head.get("/imports/1").text
    assert ("已撤销" in page, "列错了" in page) == (True, True)
    assert cases() == {"旧-1": "void"}
    upload(clerk, book(GOOD))
    clerk.act("/imports/2", "keep")
    assert cases() == {"旧-1（撤销导入1）": "void", "旧-1": "disclosed"}
    noted = select(AuditEntry.act).where(AuditEntry.target.startswith("导入")).order_by(AuditEntry.id)
    acts = db.session.scalars(noted).all()
    assert acts == ["import_uploaded", "imported", "import_undone", "import_uploaded", "imported"]


def test_what_stands_against_an_undoing_is_named_row_by_row(head):
    upload(head, book(["2026/3/2", "张小三", "自然人", "当面", "某规划图", "办理中", None, "旧-1"]))
    head.act("/imports/1", "keep")
    head.step(1, "accept", "2026-03-16")

    refused = head.act("/imports/1", "undo", reason="列错了")

    assert refused.status_code == 422
    assert "后来的办理记录" in refused.text
    assert cases() == {"旧-1": "processing"}


def test_the_choice_of_somebody_who_saw_an_older_page_is_refused_and_a_second_click_told(head, sign_in):
    upload(head, book(*ROWS))
    old = re.search(r'name="version" value="(\d+)"', head.get("/imports/1").text)[1]
    head.act("/imports/1", "choices", **{field_of(head.get("/imports/1").text, "已办结"): "closed_other"})

    assert head.post("/imports/1/keep", {"version": old}).status_code == 409
    assert cases() == {}
    head.act("/imports/1", "keep")
    again = head.post("/imports/1/keep", {"version": "3"})
    assert (again.status_code, "已经导入" in again.text) == (422, True)
    assert len(cases()) == 3


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"%PDF-1.7 x", "a.xlsx", "这是 PDF"),
        (b"", "a.xlsx", "文件是空的"),
        (b"PK\x03\x04broken", "a.xlsx", "文件已损坏"),
        (b"\x89PNG\r\n", "a.xls", "这是图片"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_the_words_of_the_command(head, content, name, words):
    answer = upload(head, content, name)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert db.session.scalar(select(func.count(ImportedFile.id))) == 0


def test_columns_and_headings_that_nobody_knows_are_chosen(head):
    headers = ("何时", "何人", *HEADERS[2:])
    upload(head, book(GOOD, headers=headers))
    page = head.get("/imports/1").text
    assert "没有收到日期" in page

    head.act("/imports/1", "choices", **{"column-0-0": "received_on", "column-0-1": "name"})

    head.act("/imports/1", "keep")
    assert cases() == {"旧-1": "disclosed"}


def test_a_sheet_is_left_out_and_a_hidden_one_is_read_as_chosen(head):
    def hide(made) -> None:
        made["草稿"].sheet_state = "hidden"

    other = [*GOOD[:-1], "旧-7"]
    upload(head, file_of(("正式", [HEADERS, GOOD]), ("草稿", [HEADERS, other]), change=hide))

    head.act("/imports/1", "choices", **{"taken-0": "no", "taken-1": "yes"})

    head.act("/imports/1", "keep")
    assert cases() == {"旧-7": "disclosed"}


def test_thousands_of_rows_come_a_page_at_a_time_and_by_fate(head):
    rows = [[*GOOD[:-1], f"旧-{n}"] for n in range(60)]
    upload(head, book(*rows, UNSAID))

    page = head.get("/imports/1?page=2").text
    refused = head.get("/imports/1?fate=refused").text

    assert "第52行" in page
    assert ("第62行" in refused, "第2行" in refused) == (True, False)


def test_a_long_import_is_kept_beside_the_page_which_tells_how_far_it_is(head, monkeypatch):
    begun = []
    monkeypatch.setattr(imported, "AT_ONCE", 0)
    monkeypatch.setattr(imported.background, "begin", lambda act, long: begun.append((act, long)))
    upload(head, book(*ROWS))
    head.act("/imports/1", "keep")

    running = head.get("/imports/1")
    assert ("正在导入" in running.text, running.headers["Refresh"]) == (True, "3")
    again = head.act("/imports/1", "keep")
    assert (again.status_code, "正在导入" in again.text) == (422, True)

    ((act, is_long),) = begun
    assert is_long
    act()
    done = head.get("/imports/1")
    assert ("新增1件" in done.text, "Refresh" in done.headers) == (True, False)


def test_who_was_cut_off_before_anything_was_written_may_begin_again(head, monkeypatch, clock):
    monkeypatch.setattr(imported.background, "begin", lambda act, long: None)
    upload(head, book(GOOD))
    head.act("/imports/1", "keep")
    clock.forward(minutes=11)
    monkeypatch.undo()

    head.act("/imports/1", "keep")

    assert cases() == {"旧-1": "disclosed"}


def test_a_file_that_nobody_kept_is_gone_after_a_week(head, clock):
    upload(head, book(GOOD))
    assert db.session.scalar(select(func.count(StagedFile.id))) == 2
    clock.forward(days=8)

    leftover.run(on=clock.today, now=clock())

    db.session.rollback()
    assert db.session.scalar(select(func.count(StagedFile.id))) == 0
    assert db.session.scalar(select(ImportedFile.state)) == "dropped"


def test_an_office_s_own_export_comes_back_in_as_unchanged(head):
    upload(head, book(*ROWS[:1], [*UNSAID[:5], "信息不存在", *UNSAID[6:]]))
    head.act("/imports/1", "keep")
    exported = head.get("/cases/export.xlsx")

    upload(head, exported.data, "申请台账.xlsx")

    look = waiting.look_of(db.session.get(ImportedFile, 2))
    assert look["counts"] == {"unchanged": 2}


def test_another_role_and_another_office_see_no_import(head, sign_in):
    upload(head, book(GOOD))

    assert sign_in(Role.HANDLER).get("/imports").status_code == 403
    assert head.get("/imports/9").status_code == 404
