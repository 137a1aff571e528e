"""A large import is accepted whole and written in portions: cut off anywhere, it is finished once."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select, update

from tests.histories import line, text
from tests.services.case.test_waiting import register
from tests.services.exchange.test_import_beside import imported
from tests.services.exchange.test_spreadsheet import HEADERS, PLAIN, but, file_of
from tests.services.register.test_importing import HEADERS as REGISTER_HEADERS
from tracker.domain.case.event import Entry
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models import in_use
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.evidence import Evidence
from tracker.models.publication import Publication
from tracker.models.register import StagedFile
from tracker.models.user import AuditEntry
from tracker.services.case import step
from tracker.services.exchange import importing, spreadsheet
from tracker.services.office import portions
from tracker.services.office.portions import ImportBesideError
from tracker.services.operations import inspection, leftover
from tracker.services.register import importing as register_importing
from tracker.services.register.register import By

pytestmark = pytest.mark.both  # transactions

RECEIVED = {"step": "receive", "on": "2026-03-02"}
ANSWERED = {"step": "answer", "on": "2026-03-10", "outcome": "disclosed"}


class Killed(BaseException):
    """What ends a process, as far as a test can do it within one."""


@pytest.fixture(autouse=True)
def two_lines_a_portion(monkeypatch):
    monkeypatch.setattr(importing, "PORTION", 2)
    monkeypatch.setattr(portions, "PAUSE", 0)


@pytest.fixture
def take_in(app, clock):
    def run(*lines, **options):
        rows = text(lines).split("\n")
        return importing.import_histories(rows, today=clock.today, now=clock(), **options)

    return run


@contextmanager
def killed_after(commits: int):
    """End the import once that many of its transactions have ended: the first accepts, each other is a portion."""
    session, done = db.session(), []

    def begun(*_what) -> None:
        if len(done) == commits:
            raise Killed

    def ended(_session) -> None:
        done.append(1)

    event.listen(session, "after_commit", ended)
    event.listen(session, "after_begin", begun)
    with pytest.raises(Killed):
        yield
    event.remove(session, "after_commit", ended)
    event.remove(session, "after_begin", begun)


def many(count: int, *events) -> list[dict]:
    return [line("other", f"G-{n}", [RECEIVED, *events]) for n in range(count)]


def found(clock) -> list[str]:
    db.session.rollback()
    return [f"{each.where} {each.message}" for each in inspection.inspect(today=clock.today)]


def notes_of_imports() -> list[dict]:
    return list(
        db.session.scalars(
            select(AuditEntry.details).where(AuditEntry.act == "imported").order_by(AuditEntry.id)
        )
    )


@pytest.mark.parametrize(("commits", "written"), [(1, 0), (2, 2), (3, 4), (4, 5)])
def test_cut_off_after_any_portion_it_is_finished_as_one(take_in, clock, commits, written):
    with killed_after(commits):
        take_in(*many(5))
    assert (imported(), found(clock)) == (written, [])

    said = importing.finish(now=clock())

    assert said == "已写完上次中断的导入：新增5件，续记0件，拒绝0行。"
    assert (imported(), found(clock)) == (5, [])
    assert notes_of_imports() == [{"added": 5, "continued": 0, "bad": 0}]
    assert db.session.scalar(select(func.count()).select_from(StagedFile)) == 0
    assert importing.finish(now=clock()) == ""


def test_cases_without_numbers_get_those_that_were_set_aside_for_them(take_in, actor, clock):
    lines = [line("other", None, [RECEIVED], subject="同一事项") for _ in range(5)]
    for each in lines:
        each["applicant"] = {"kind": "other", "name": "同一人"}
    with killed_after(2):
        take_in(*lines)

    meanwhile = register(actor, clock).number
    importing.finish(now=clock())

    assert meanwhile == "YSQ-2026-0006"
    assert sorted(db.session.scalars(select(Case.number))) == [f"YSQ-2026-{n:04d}" for n in range(1, 7)]
    assert take_in(*lines).unchanged == 5
    assert found(clock) == []


def test_a_line_whose_case_a_clerk_took_further_meanwhile_is_told_and_the_others_are_written(
    take_in, actor, clock
):
    take_in(*many(5))
    case_id = db.session.scalar(select(Case.id).where(Case.number == "G-4"))
    with killed_after(2):
        take_in(*many(5, ANSWERED))
    extended = Entry("extend", clock.today, {"days": 5, "reason": "需要检索"})
    step.take(case_id, extended, actor=actor(Role.HEAD), today=clock.today, now=clock())
    said = importing.finish(now=clock())

    assert said.startswith("已写完上次中断的导入：新增0件，续记4件，拒绝1行。第6行：G-4已有记录")
    states = dict(db.session.execute(select(Case.number, Case.state)).all())
    assert [states[f"G-{n}"] for n in range(4)] == ["disclosed"] * 4
    assert found(clock) == []


def test_remarks_of_a_register_are_kept_by_the_one_that_finishes(app, clock):
    headers = (*HEADERS, "备注")
    rows = [[*but(PLAIN, 申请内容=f"图{n}"), f"转自第{n}科"] for n in range(5)]
    content = file_of(("台账", [headers, *rows]))
    with killed_after(3):
        spreadsheet.import_spreadsheet(content, today=clock.today, now=clock())

    importing.finish(now=clock())

    assert len(set(db.session.scalars(select(Evidence.note)))) == 5
    assert found(clock) == []


def test_what_waits_and_cannot_be_read_any_more_is_told_and_given_up_for_the_next_file(take_in, clock):
    with killed_after(2):
        take_in(*many(5))
    with transaction():
        db.session.execute(update(StagedFile).values(content=b"TRKSEAL1 damaged"))

    assert "已不能读取：请核对后重新导入同一文件" in leftover.finish(now=clock())
    assert take_in(*many(5)).added == 3
    assert (imported(), found(clock), leftover.finish(now=clock())) == (5, [], "")


def test_a_second_large_import_is_refused_while_one_is_written(take_in, clock):
    with in_use.importing(db.engine), pytest.raises(ImportBesideError):
        take_in(*many(5))

    assert imported() == 0
    with in_use.importing(db.engine):
        assert importing.finish(now=clock()) == ""


# -- workbooks of the registers -----------------------------------------------------------------------


@pytest.mark.parametrize(("commits", "written"), [(1, 0), (3, 4), (4, 5)])
def test_a_large_workbook_that_is_cut_off_is_finished_once(app, actor, clock, monkeypatch, commits, written):
    monkeypatch.setattr(register_importing, "PORTION", 2)
    by = By(actor=actor(Role.HEAD), today=clock.today, now=clock())
    rows = [
        ["驻马店网", f"信息{n % 2}", "2023-05-10", "林静", "何法", "2023-05-08", "同意公开", "不涉密"]
        for n in range(5)
    ]
    content = file_of(("表", [REGISTER_HEADERS, *rows]))
    with killed_after(commits):
        register_importing.keep(BY_NAME["publications"], content, by=by, name="目录.xlsx")
    assert len(publications()) == written

    said = leftover.finish(now=clock())

    assert said == "已写完上次中断的导入（主动公开，目录.xlsx）：5行。"
    assert publications() == ["信息0", "信息0", "信息0", "信息1", "信息1"]
    assert [note["rows"] for note in notes_of_imports()] == [5]
    assert register_importing.keep(BY_NAME["publications"], content, by=by).known == 5
    assert found(clock) == []


def publications() -> list[str]:
    return sorted(db.session.scalars(select(Publication.title)))
