"""Imports by command: listed, looked at, undone as a whole or refused with each row that stands against it."""

import json

import pytest
from sqlalchemy import select

from tests.services.exchange.test_spreadsheet import HEADERS, OPEN, PLAIN
from tests.workbooks import file_of
from tracker.domain.case.event import Entry
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.case import step
from tracker.services.office.actor import system
from tracker.services.office.agency import default_agency


@pytest.fixture
def run(on_sqlite, tmp_path):
    def run(*args: str):
        return on_sqlite.test_cli_runner().invoke(args=["tracker", *args])

    path = tmp_path / "旧台账.xlsx"
    path.write_bytes(file_of(("台账", [[*HEADERS, "受理编号"], [*PLAIN, "旧-1"], [*OPEN, "旧-2"]])))
    assert run("import", str(path)).exit_code == 0
    run.again = lambda: run("import", str(path))
    return run


def states() -> dict[str, str]:
    db.session.rollback()
    return dict(db.session.execute(select(Case.number, Case.state)).tuples().all())


def test_imports_are_listed_in_words_and_as_json(run):
    assert run("imports", "list").stdout.startswith(
        "1 旧台账.xlsx（2026-03-16T10:00:00+08:00，命令行）：新增2件"
    )

    (one,) = json.loads(run("imports", "list", "--format", "json").stdout)

    assert (one["import"], one["file"], one["added"], one["undone"]) == (1, "旧台账.xlsx", 2, False)


def test_one_is_undone_with_its_reason_and_the_file_is_taken_again(run):
    looked = run("imports", "undo", "1", "--why", "列错了", "--dry-run")
    assert (looked.exit_code, "可以撤销，涉及2件" in looked.stderr) == (0, True)
    assert states() == {"旧-1": "disclosed", "旧-2": "received"}

    undone = run("imports", "undo", "1", "--why", "列错了")

    assert (undone.exit_code, undone.stdout) == (0, "")
    assert states() == {"旧-1": "void", "旧-2": "void"}
    assert run.again().exit_code == 0
    assert {"旧-1": "disclosed", "旧-2": "received"}.items() <= states().items()


def test_what_stands_against_it_is_told_row_by_row_and_nothing_is_changed(run, clock):
    case_id = db.session.scalar(select(Case.id).where(Case.number == "旧-2"))
    by = {"actor": system(default_agency().id), "today": clock.today, "now": clock()}
    step.take(case_id, Entry("accept", clock.today, {}), **by)

    for more in ([], ["--dry-run"]):
        refused = run("imports", "undo", "1", "--why", "列错了", *more)
        assert (refused.exit_code, "旧-2：后来的办理记录" in refused.stderr) == (2, True)
    assert states() == {"旧-1": "disclosed", "旧-2": "processing"}


def test_an_import_that_is_not_there_and_one_without_a_reason_are_refused(run):
    assert "没有编号为9的导入" in run("imports", "undo", "9", "--why", "x").stderr
    assert run("imports", "undo", "1").exit_code == 2
    assert run("imports", "undo", "1", "--why", " ").exit_code == 2
    assert states() == {"旧-1": "disclosed", "旧-2": "received"}
