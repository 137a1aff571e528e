"""Files sent by mistake or found secret leave lawfully; what a letter or an archived file rests on stays."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests import case_files
from tests.jobs.test_jobs import load, received
from tracker.domain.case.redaction import RedactionBox
from tracker.domain.case.withdrawal import MASK
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError, StepNotAllowedError
from tracker.domain.permission import Role
from tracker.models.archiving import Archiving
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.case_file import CaseFile
from tracker.models.reads.case_file import files_of, holders, withdrawn_of
from tracker.models.upload import UploadedFile
from tracker.models.user import AuditEntry
from tracker.services.case import file, redaction, withdrawal
from tracker.services.case.evidence import Upload
from tracker.services.case.withdrawal import Withdrawal
from tracker.services.office import store
from tracker.services.operations import backup, inspection, leftover
from tracker.services.register import paper

SECRET = Withdrawal("secret", "保密审查发现", is_masked=True)
MISTAKE = Withdrawal("mistake", "是另一件的")
ANSWERED = {"step": "answer", "outcome": "disclosed", "on": "2026-03-10"}


@pytest.fixture
def cases(app):
    load(
        received("2026-03-02", "A-1"), received("2026-03-02", "A-2"), received("2026-03-02", "A-3", ANSWERED)
    )
    return list(db.session.scalars(select(Case).order_by(Case.id)))


@pytest.fixture
def keep(actor, clock):
    def keeping(case, content: bytes = b"", purpose: str = "information", name: str = "名单.pdf") -> CaseFile:
        upload = Upload(name, content or case_files.pdf())
        (result,) = file.keep(case, purpose, [upload], actor=actor(Role.HEAD), now=clock())
        assert result.row, result.why
        return result.row

    return keeping


@pytest.fixture
def withdraw(actor, clock):
    def withdrawing(row, case, typed: Withdrawal = MISTAKE, role: Role = Role.HEAD):
        return withdrawal.withdraw(row, case, typed, actor=actor(role), now=clock())

    return withdrawing


def test_a_secret_found_later_is_destroyed_its_hash_size_day_and_reason_stay_and_nobody_sends_it_again(
    cases, keep, withdraw, actor, clock, tmp_path
):
    row = keep(cases[0])
    before = backup.make(tmp_path / "before.zip", now=clock())
    withdraw(row, cases[0], SECRET)

    assert (files_of(cases[0]), store.get(row.sha256)) == ([], None)
    assert not store.path_of(row.sha256).exists()
    assert db.session.scalars(select(UploadedFile)).all() == []
    (gone,) = withdrawn_of(cases[0])
    assert (gone.name, gone.why, gone.reason) == ("（文件名已隐去）.pdf", "secret", "保密审查发现")
    assert (gone.file.sha256, gone.file.size) == (row.sha256, len(case_files.pdf()))
    (noted,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "case_file_withdrawn"))
    assert noted.target == "A-1"
    assert noted.details["destroyed"]
    with pytest.raises(NotFoundError, match="已经撤回"):
        file.find(row.id, files_of(cases[0]))
    again = Upload("名单.pdf", case_files.pdf())
    (refused,) = file.keep(cases[1], "other", [again], actor=actor(Role.HEAD), now=clock())
    assert "发现属于国家秘密" in refused.why

    assert list(inspection.inspect(today=clock.today)) == []  # withdrawn is not lost
    backup.make(tmp_path / "after.zip", now=clock())
    assert before.made_at >= gone.file.kept_at - timedelta(seconds=1)
    (sheet,) = (one for one in paper.held(cases[0], lambda *_: []) if one.name == "已撤回的文件")
    assert row.sha256 in sheet.content.decode()
    assert "名单" not in sheet.content.decode()


def test_a_content_that_another_request_holds_goes_with_the_last_of_them(cases, keep, withdraw):
    first, second = keep(cases[0]), keep(cases[1])

    assert not withdrawal.is_destroyed(withdraw(first, cases[0]))
    assert store.get(second.sha256) == case_files.pdf()
    assert [case.number for case in holders(cases[0].agency_id, first.sha256)[0]] == ["A-2"]
    assert withdrawal.is_destroyed(withdraw(second, cases[1]))
    assert store.get(second.sha256) is None


def test_what_a_served_answer_or_an_archived_file_rests_on_stays_and_a_draft_may_go(
    cases, keep, withdraw, clock
):
    early = clock()
    clock.set("2026-03-10")
    answered = cases[2]
    basis, draft = keep(answered), keep(answered, case_files.pdf("底稿"), "draft")
    clock.set("2026-03-16")
    late = keep(answered, case_files.pdf("后来"), "evidence")
    with pytest.raises(StepNotAllowedError, match=r"答复已于2026-03-10送达.*报告本机关保密工作机构"):
        withdraw(basis, answered, SECRET)
    assert store.get(basis.sha256) is not None
    withdraw(draft, answered)
    withdraw(late, answered)

    row = keep(cases[0])
    with transaction():
        act = {"act": "archived", "number": "归-1", "retention": "permanent", "recorded_by": "陈立"}
        db.session.add(
            Archiving(agency_id=row.agency_id, case_id=cases[0].id, on=clock.today, recorded_at=early, **act)
        )
    with pytest.raises(StepNotAllowedError, match=r"已归档（归-1，.*档案法第14条"):
        withdraw(row, cases[0])


def test_only_the_head_withdraws_with_a_reason_once_and_no_row_is_changed(cases, keep, withdraw):
    row = keep(cases[0])
    with pytest.raises(NotPermittedError):
        withdraw(row, cases[0], role=Role.HANDLER)
    with pytest.raises(InvalidDetailError, match="撤回的理由"):
        withdraw(row, cases[0], Withdrawal("mistake", " "))
    with pytest.raises(InvalidDetailError, match="缘由"):
        withdraw(row, cases[0], Withdrawal("whim", "不想要了"))
    withdraw(row, cases[0])
    with pytest.raises(NotFoundError):
        withdraw(row, cases[0])
    with pytest.raises(DBAPIError, match="only ever added"), transaction():
        db.session.execute(text("DELETE FROM withdrawn_files"))


def test_a_name_that_is_the_secret_goes_with_the_content_and_stands_nowhere_any_more(
    cases, keep, withdraw, actor, clock
):
    """保密法第31条第（三）项: the name too; who, when and why stay."""
    head, told = actor(Role.HEAD), "潜艇基地选址名单"
    row = keep(cases[0], name=f"{told}.pdf")
    redaction.draw(
        row, 1, [RedactionBox(1, 100, 100, 3000, 500, "privacy")], version=0, actor=head, now=clock()
    )
    redaction.make(cases[0], row, version=1, actor=head, now=clock())
    with pytest.raises(InvalidDetailError, match="不要在理由中写出文件名"):
        withdraw(row, cases[0], Withdrawal("secret", f"{told}涉密", is_masked=True))
    assert told in stored()
    withdraw(row, cases[0], SECRET)

    assert told not in stored()
    assert [each.name for each in files_of(cases[0])] == [f"{MASK}.pdf"]
    assert told not in redaction.withheld(cases[0])
    (noted,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "case_file_withdrawn"))
    assert (noted.details["name_destroyed"], noted.details["reason"]) == (True, "保密审查发现")
    assert list(inspection.inspect(today=clock.today)) == []
    with pytest.raises(DBAPIError, match="only ever added"), transaction():
        db.session.execute(text("UPDATE case_files SET name = 'x'"))


def stored() -> str:
    """Return every row of every table, as text."""
    with db.engine.connect() as connection:
        return "\n".join(
            str(row) for table in db.metadata.sorted_tables for row in connection.execute(select(table))
        )


def broken(destroy, place) -> None:
    destroy()
    assert not place.exists()
    db.session.execute(text("DELETE FROM case_files"))


def test_a_write_that_fails_leaves_the_content_where_it_was(cases, keep, withdraw):
    row = keep(cases[0])
    place = store.path_of(row.sha256)
    with pytest.raises(DBAPIError), store.destroying(row.sha256) as destroy, transaction(alone=True):
        broken(destroy, place)
    assert store.get(row.sha256) == case_files.pdf()


def test_what_a_copy_brings_back_is_named_and_destroyed_by_the_night(cases, keep, withdraw, clock):
    row = keep(cases[0])
    withdraw(row, cases[0])
    with transaction():
        store.put(row.sha256, case_files.pdf())
    (finding,) = inspection.inspect(today=clock.today)
    assert "已撤回，内容却又在了" in finding.message

    assert "销毁恢复备份时带回的1个已撤回文件" in leftover.run(on=clock.today, now=clock())
    assert store.get(row.sha256) is None
    assert list(inspection.inspect(today=clock.today)) == []
