"""Every file of an office is its owner's alone, whichever command or page makes it (GB/T 22239 数据保密性)."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

from tests.jobs.test_processes import serving

ROOT = Path(__file__).resolve().parents[2]
TRACKER = "from tracker.app import main; main()"
UPLOAD = """
from datetime import date
from tracker.app import create_app
from tracker.domain.case.evidence import Fact
from tracker.domain.permission import Role
from tracker.now import now, today
from tracker.services.contact import contact, registration
from tracker.services.case import evidence
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
app = create_app()
with app.app_context():
    by = {"actor": Actor("林静", frozenset({Role.HEAD}), default_agency().id), "today": today(), "now": now()}
    row = registration.register(contact.ContactData(form="letter", arrived_on=today(), summary="来信"), **by)
    png = evidence.Upload("a.png", b"\\x89PNG\\r\\n\\x1a\\n\\x00\\x00\\x00\\rIHDR" + b"\\x00" * 30)
    evidence.add(row, Fact(kind="file", on=today(), person="林静"), png, **by)
"""


def run(folder: Path, code: str, *arguments: str) -> None:
    """Run as a person whose own files would be open to everybody."""
    environ = {**os.environ, "TRACKER_INSTANCE": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        umask=0,
    )
    assert done.returncode == 0, done.stderr


def open_to_others(folder: Path) -> list[str]:
    """Return what others may read or enter, the folder itself included."""
    paths = [folder, *folder.rglob("*")]
    return [str(path.relative_to(folder.parent)) for path in paths if path.lstat().st_mode & 0o077]


def wide_open(folder: Path) -> None:
    """Leave an office as older versions did, and as people copy it."""
    for path in (folder, *folder.rglob("*")):
        if path.name != "secret.key":
            path.chmod(0o777 if path.is_dir() else 0o666)


def test_every_command_and_upload_makes_files_that_only_the_owner_reads(tmp_path):
    folder = tmp_path / "office"
    for arguments in (["init"], ["demo"], ["backup"], ["backup", "--with-key"], ["jobs", "once", "backup"]):
        run(folder, TRACKER, *arguments)
    run(folder, UPLOAD)
    server, _address = serving(folder)
    begin = monotonic()
    while not (folder / "jobs.lock").exists() and monotonic() - begin < 90:
        sleep(0.05)
    server.send_signal(signal.SIGTERM)
    server.wait(60)
    server.stderr.close()

    names = {path.name for path in folder.rglob("*")}
    assert {"tracker.sqlite3", "secret.key", "jobs.lock", "backups"} <= names
    assert open_to_others(folder) == []


def test_a_running_office_keeps_its_write_ahead_log_to_itself(tmp_path, sqlite_template):
    folder = tmp_path / "office"
    shutil.copytree(sqlite_template, folder)
    server, _address = serving(folder)
    try:
        assert (folder / "tracker.sqlite3-wal").exists()
        assert open_to_others(folder) == []
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


def test_an_office_that_was_left_open_is_closed_at_the_next_start(tmp_path, sqlite_template):
    folder = tmp_path / "office"
    shutil.copytree(sqlite_template, folder)
    (folder / "uploads" / "ab").mkdir(parents=True)
    (folder / "uploads" / "ab" / "abcd").write_bytes(b"scan")
    (folder / "config.toml").write_text('smtp_password = "secret"\n', encoding="utf-8")
    wide_open(folder)

    run(folder, TRACKER, "check")
    assert open_to_others(folder) == []

    (folder / "config.toml").chmod(0o644)  # a person edits the settings
    run(folder, TRACKER, "check")
    assert open_to_others(folder) == []


def test_a_link_to_somewhere_else_is_not_followed(tmp_path, sqlite_template):
    folder, elsewhere = tmp_path / "office", tmp_path / "elsewhere"
    shutil.copytree(sqlite_template, folder)
    elsewhere.write_text("theirs", encoding="utf-8")
    elsewhere.chmod(0o644)
    (folder / "link").symlink_to(elsewhere)
    wide = folder.stat().st_mode | 0o055
    folder.chmod(wide)

    run(folder, TRACKER, "check")

    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644
