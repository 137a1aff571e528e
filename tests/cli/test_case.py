"""tracker case archive: archive a closed case and write its file."""

import subprocess
import zipfile

import pytest

from tests.jobs.test_jobs import load, received
from tracker.models.base import db
from tracker.models.user import AuditEntry

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
ANSWERED = {"step": "answer", "on": "2026-02-12", "outcome": "disclosed"}


@pytest.fixture
def run(app):
    load(received("2026-02-02", "A-1", {"step": "accept", "on": "2026-02-03"}, ANSWERED))
    load(received("2026-02-02", "A-2"))
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["tracker", "case", "archive", *words])


def test_a_file_with_something_missing_is_archived_with_a_reason_and_status_1(run, tmp_path):
    refused = run("A-1", "--archive-number", "归1", "--on", "2026-03-01")
    done = run(
        "A-1", "--archive-number", "归1", "--on", "2026-03-01", "--despite", "纸质", "--to", str(tmp_path / "a.zip"),
        "--why", "移交",
    )  # fmt: skip

    assert (refused.exit_code, done.exit_code) == (2, 1)
    assert "系统中没有本件答复的文书" in refused.stderr
    assert "归档时缺少：系统中没有本件答复的文书" in done.stderr
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        packed.extractall(tmp_path / "out")
    assert (
        subprocess.run(
            ["sha256sum", "-c", "--quiet", "SHA256SUMS.txt"], cwd=tmp_path / "out", check=False
        ).returncode
        == 0
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("A-1",), "请写归档号"),
        (("A-9", "--archive-number", "归1"), "没有受理编号为“A-9”的申请"),
        (("A-2", "--archive-number", "归1"), "尚未办结"),
        (("A-1", "--archive-number", "归1", "--agency", "none"), "没有代码为“none”的机关"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(run, words, message):
    result = run(*words)

    assert result.exit_code == 2
    assert message in result.stderr


def test_a_file_that_is_not_archived_is_not_written_and_none_is_overwritten(run, tmp_path):
    there = tmp_path / "b.zip"
    there.write_bytes(b"kept")

    assert "尚未归档" in run("A-1", "--to", str(tmp_path / "c.zip"), "--why", "看").stderr
    assert not (tmp_path / "c.zip").exists()
    assert "没有覆盖" in run("A-1", "--to", str(there), "--why", "看").stderr
    assert there.read_bytes() == b"kept"


def test_nothing_is_archived_or_logged_where_the_file_cannot_be_written(run, tmp_path):
    act = ("A-1", "--archive-number", "归1", "--on", "2026-03-01", "--despite", "纸质")
    without = run(*act, "--to", str(tmp_path / "a.zip"))
    nowhere = run(*act, "--to", str(tmp_path / "none" / "a.zip"), "--why", "移交")

    assert ("下载案卷的事由" in without.stderr, "没有这个文件夹" in nowhere.stderr) == (True, True)
    assert (without.exit_code, nowhere.exit_code) == (2, 2)
    assert db.session.query(AuditEntry).filter(AuditEntry.act.in_(("archived", "case_file_made"))).all() == []
    assert run(*act, "--to", str(tmp_path / "a.zip"), "--why", "移交").exit_code == 1
    assert (tmp_path / "a.zip").exists()
