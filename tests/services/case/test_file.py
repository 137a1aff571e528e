"""Files of a case: kept once, stopped by a mark of secrecy, each look logged, loss found and mended."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests import case_files
from tests.histories import line
from tests.jobs.test_jobs import load, received
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.case_file import files_of
from tracker.models.user import AuditEntry
from tracker.services.case import file
from tracker.services.case.evidence import Upload
from tracker.services.contact import contact, registration
from tracker.services.copy.limit import BadBackupError
from tracker.services.office import store
from tracker.services.operations import backup, inspection


@pytest.fixture
def cases(app):
    load(received("2026-03-02", "A-1"), received("2026-03-03", "A-2"))
    return list(db.session.scalars(select(Case).order_by(Case.id)))


@pytest.fixture
def send(actor, clock):
    def sending(target, *uploads: Upload, purpose: str = "information", role: Role = Role.HEAD, **more):
        return file.keep(target, purpose, uploads, actor=actor(role), now=clock(), **more)

    return sending


def noted(act: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id)))


def test_several_files_are_kept_and_one_that_is_none_does_not_hold_up_the_others(cases, send):
    pdf, page = Upload("合同.pdf", case_files.pdf()), Upload("网页.pdf", b"<html>")

    results = send(cases[0], pdf, page, Upload("表", case_files.excel()))

    assert [bool(result.row) for result in results] == [True, False, True]
    assert "按内容检查" in results[1].why
    assert [row.name for row in files_of(cases[0])] == ["表.xlsx", "合同.pdf"]
    assert store.get(results[0].row.sha256) == pdf.content
    assert [entry.details["sha256"] for entry in noted("case_file_kept")] == [
        results[0].row.sha256,
        results[2].row.sha256,
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("机密★10年通知.pdf", case_files.pdf),
        ("通知.pdf", lambda: case_files.pdf("机密★10年\n通知")),
        ("通知.docx", lambda: case_files.word(header="机密★10年")),
    ],
)
def test_a_mark_of_secrecy_stops_a_file_and_nothing_of_it_is_kept(cases, send, name, content):
    """保密法第31条第（三）项."""
    whole = content()

    (result,) = send(cases[0], Upload(name, whole))

    assert "保密法第31条第（三）项" in result.why
    assert "没有保存" in result.why
    assert files_of(cases[0]) == []
    assert list(store.files()) == []
    (entry,) = noted("file_refused")
    assert (entry.target, entry.succeeded, entry.details["level"]) == ("A-1", False, "机密")
    assert "通知" not in str(entry.details)


def test_urgency_is_no_secrecy(cases, send):
    (result,) = send(cases[0], Upload("特急.docx", case_files.word("特急\n通知")))

    assert result.row is not None


def test_equal_files_are_kept_by_each_of_their_names_and_said_where_they_are(cases, send):
    pdf = case_files.pdf()
    send(cases[0], Upload("甲.pdf", pdf))
    (again,) = send(cases[0], Upload("甲.pdf", pdf))
    (named,) = send(cases[0], Upload("乙.pdf", pdf))
    (other,) = send(cases[1], Upload("丙.pdf", pdf))
    (as_proof,) = send(cases[0], Upload("丁.pdf", pdf), purpose="proof")

    assert (again.again, again.row.name) == (True, "甲.pdf")
    assert other.notes == ("内容相同的文件在A-1中也有。",)
    assert "内容相同的文件“甲.pdf”，另存一条" in "".join(named.notes)
    assert "内容相同的文件“乙.pdf”，另存一条" in "".join(as_proof.notes)
    assert sorted(row.name for row in files_of(cases[0])) == ["丁.pdf", "乙.pdf", "甲.pdf"]


def test_a_case_of_another_unit_is_not_named_to_a_handler(cases, actor, clock, send):
    pdf = case_files.pdf()
    with_unit = line("business", "B-1", [{"step": "receive", "on": "2026-03-02"}, {"step": "assign", "on": "2026-03-03", "unit": "执法队"}])  # fmt: skip
    load(with_unit)
    theirs = db.session.scalar(select(Case).where(Case.number == "B-1"))
    send(theirs, Upload("甲.pdf", pdf))

    (result,) = file.keep(cases[0], "other", [Upload("乙.pdf", pdf)], actor=actor(Role.HANDLER), now=clock())

    assert result.notes == ("内容相同的文件在其他单位的案件等1件中也有。",)


def test_files_of_a_letter_are_those_of_the_case_that_it_became(app, actor, clock, send):
    data = contact.ContactData(form="letter", arrived_on=clock.today, person="王五", summary="申请")
    row = registration.register(data, actor=actor(Role.HEAD), today=clock.today, now=clock())
    (result,) = send(row, Upload("信.pdf", case_files.scanned_pdf()), purpose="application")
    load(received("2026-03-02", "A-1"))
    case = db.session.scalar(select(Case))

    assert files_of(case, [row]) == [result.row]
    assert files_of(case) == []


def test_who_may_not_register_keeps_nothing_and_who_names_no_purpose_neither(cases, send):
    upload = Upload("甲.pdf", case_files.pdf())
    with pytest.raises(NotPermittedError):
        send(cases[0], upload, role=Role.AUDITOR)
    for purpose in ("redacted", "x", ""):
        with pytest.raises(InvalidDetailError, match="用途"):
            send(cases[0], upload, purpose=purpose)
    with pytest.raises(InvalidDetailError, match="一次最多上传20个文件"):
        send(cases[0], *[upload] * 21)
    with pytest.raises(InvalidDetailError, match="请选择文件"):
        send(cases[0])

    assert files_of(cases[0]) == []


def test_a_file_over_the_limit_is_refused_before_it_is_read(cases, send):
    (result,) = send(cases[0], Upload("大.pdf", b"%PDF-" + b"x" * 10 * 1024 * 1024))

    assert "文件超过10MB" in result.why


def test_each_look_is_logged_with_who_when_and_how(cases, send, actor, clock):
    (result,) = send(cases[0], Upload("甲.pdf", case_files.pdf()))
    who = {"actor": actor(Role.AUDITOR), "now": clock()}
    file.read(result.row, "download", **who)
    drawn = file.page(result.row, 1, **who)

    assert drawn.startswith(b"\x89PNG")
    looks = noted("case_file_seen")
    assert [(each.actor, each.details["how"]) for each in looks] == [("许审", "download"), ("许审", "page 1")]
    assert {(each.target, each.details["file"]) for each in looks} == {(cases[0].number, result.row.id)}
    with pytest.raises(NotFoundError):
        file.page(result.row, 2, **who)


def test_a_lost_file_is_found_by_the_check_and_comes_back_from_a_copy(
    cases, send, actor, clock, app, tmp_path
):
    content = case_files.pdf()
    (result,) = send(cases[0], Upload("甲.pdf", content))
    digest = result.row.sha256
    backup.make(tmp_path / "copy.zip", now=clock())
    lose(digest)

    found = [each.message for each in inspection.inspect(today=clock.today)]
    assert any("甲.pdf" in message and "已丢失或被改动" in message for message in found)
    with pytest.raises(NotFoundError, match="从备份恢复"):
        file.read(result.row, "view", actor=actor(Role.HEAD), now=clock())

    db.session.remove()
    clock.forward(minutes=1)
    done = app.test_cli_runner().invoke(args=["tracker", "restore", str(tmp_path / "copy.zip"), "--replace"])
    assert done.exit_code == 0, done.stderr
    assert store.get(digest) == content
    assert list(inspection.inspect(today=clock.today)) == []


def test_a_copy_is_refused_where_a_file_of_a_case_is_not_in_it(cases, send, clock, tmp_path):
    (result,) = send(cases[0], Upload("甲.pdf", case_files.pdf()))
    lose(result.row.sha256)

    with pytest.raises(BadBackupError, match=r"案件文件第\d+条的文件“甲.pdf”不在了"):
        backup.make(tmp_path / "copy.zip", now=clock())


def test_the_same_file_sent_again_mends_what_was_lost(cases, send):
    content = case_files.pdf()
    (result,) = send(cases[0], Upload("甲.pdf", content))
    lose(result.row.sha256)

    (again,) = send(cases[0], Upload("甲.pdf", content))

    assert again.again
    assert store.get(result.row.sha256) == content


def lose(digest: str) -> None:
    """Take a file away below the program, wherever it lies."""
    if db.engine.dialect.name == "sqlite":
        store.path_of(digest).unlink()
    else:
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM uploads WHERE sha256 = :it"), {"it": digest})


def test_no_row_of_a_file_is_changed_or_removed(cases, send):
    send(cases[0], Upload("甲.pdf", case_files.pdf()))
    for statement in ("UPDATE case_files SET name = 'x'", "DELETE FROM case_files"):
        with pytest.raises(DBAPIError), db.engine.begin() as connection:
            connection.execute(text(statement))
