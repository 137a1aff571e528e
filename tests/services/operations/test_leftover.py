"""What a killed process left half-made is swept away, and nothing that still runs."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from tests.conftest import ZONE
from tracker.models import in_use
from tracker.models.base import db
from tracker.services.office import office, store
from tracker.services.operations import backup, leftover

NOW = datetime(2026, 3, 16, 10, tzinfo=ZONE)


def half_made(age: timedelta) -> Path:
    """Leave the scratch and the unfinished files that kills leave, as old as the test says."""
    home, copies = office.settings().instance, backup.folder()
    uploads = home / store.FOLDER / "ab"
    for folder in (home / ".restore-x", copies / ".backup-x", copies / ".verify-x", uploads):
        folder.mkdir(parents=True, exist_ok=True)
    (copies / ".backup-x" / "tracker.sqlite3").write_bytes(b"half")
    (copies / ".backup-2026-03-16.zip.part").write_bytes(b"half")
    (uploads / f"{'ab' * 32}.1234.part").write_bytes(b"half")
    (uploads / ("ab" * 32)).write_bytes(b"whole")
    for path in (*home.glob(".restore-*"), *copies.iterdir(), *uploads.iterdir()):
        os.utime(path, ((NOW - age).timestamp(),) * 2)
    return home


def left(home) -> list[str]:
    return sorted(
        path.name for path in home.rglob("*") if path.name.startswith(".") or path.suffix == ".part"
    )


def test_the_job_of_the_night_removes_what_is_older_than_a_day(app):
    home = half_made(timedelta(days=2))

    assert leftover.run(on=NOW.date(), now=NOW) == "清除5个未完成的文件"
    assert left(home) == []
    assert (home / store.FOLDER / "ab" / ("ab" * 32)).read_bytes() == b"whole"


def test_the_job_of_the_night_leaves_what_may_still_be_in_the_making(app):
    home = half_made(timedelta(minutes=5))

    assert leftover.run(on=NOW.date(), now=NOW) == "清除0个未完成的文件"
    assert len(left(home)) == 5


def test_a_server_that_starts_alone_removes_what_a_kill_left_a_minute_ago(on_sqlite):
    home = half_made(timedelta(minutes=1))
    in_use.leave(db.engine)

    leftover.at_start(now=NOW)

    assert left(home) == [".verify-x"]  # who only reads holds no lock: a day decides
