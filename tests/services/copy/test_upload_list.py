"""The uploads of a copy: written once beside the copies of the night, in one file with a copy that is carried away."""

import json
import os
import sqlite3
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import settings_of
from tests.jobs.test_backup import NOW, elsewhere
from tests.jobs.test_jobs import load, received
from tests.jobs.test_restore_kills import command, let_go
from tracker.app import create_app
from tracker.domain.case.evidence import Fact
from tracker.models import in_use
from tracker.models.base import db, transaction
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.models.upload import UploadedFile
from tracker.services.case import evidence
from tracker.services.case.evidence import Upload
from tracker.services.copy import file, upload_list
from tracker.services.office import office, store
from tracker.services.office.actor import COMMAND, system
from tracker.services.operations import backup, leftover, restore

__all__ = ["elsewhere"]
JPEG = b"\xff\xd8\xff\xe0" + bytes(400)
CASE = received("2026-03-02", "A-1")


def keep(*contents: bytes) -> None:
    """Keep photographs as evidence of a letter, with the rows that need them."""
    with transaction():
        letter = Contact(
            agency_id=1, number=f"L-{len(contents)}", form="letter", arrived_on=NOW.date(), person="丁一",
            summary="", received_by="li", recorded_at=NOW,
        )  # fmt: skip
        db.session.add(letter)
    for number, content in enumerate(contents):
        upload = Upload(f"{number}.jpg", content)
        clerk = system(1, COMMAND)
        evidence.add(letter, Fact(kind="file", on=NOW.date()), upload, actor=clerk, today=NOW.date(), now=NOW)


def night(days: int = 0) -> Path:
    """Make the copy of a night; return it."""
    now = NOW + timedelta(days=days)
    backup.run(on=now.date(), now=now)
    return backup.folder() / f"backup-{now:%Y-%m-%d}.zip"


def beside() -> dict[str, tuple[int, int]]:
    """Return the files beside the copies: which file of the disk each is, and when it was written."""
    paths = (backup.folder() / upload_list.FOLDER).rglob("*")
    return {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in paths if p.is_file()}


def test_what_was_copied_in_one_night_is_not_copied_again_in_the_next(app):
    keep(JPEG, JPEG + b"2")
    night()
    first = beside()

    keep(JPEG + b"3", JPEG + b"4", JPEG + b"5")
    night(1)

    second = beside()
    assert (len(first), len(second)) == (2, 5)
    assert {name: second[name] for name in first} == first


def test_a_copy_of_the_night_brings_the_uploads_back_onto_either_database(app, elsewhere):
    keep(JPEG, JPEG + b"2")
    copy, key = night(), office.settings().secret_key
    digests = db.session.scalars(select(Evidence.sha256)).all()
    db.session.remove()

    elsewhere.instance.mkdir(parents=True, exist_ok=True)
    (elsewhere.instance / "secret.key").write_bytes(key)
    other = create_app(settings_of(elsewhere.instance, elsewhere.database_url), now=lambda: NOW)
    with other.app_context():
        done = other.test_cli_runner().invoke(args=["tracker", "restore", str(copy)])

        assert (done.exit_code, done.stdout) == (0, ""), done.stderr
        assert sorted(map(store.get, digests)) == sorted([JPEG, JPEG + b"2"])
        in_database = len(db.session.scalars(select(UploadedFile.sha256)).all())
        assert in_database == (2 if db.engine.dialect.name == "postgresql" else 0)
        db.session.remove()
        db.engine.dispose()


def test_a_copy_made_by_hand_is_whole_in_one_file(app, tmp_path):
    keep(JPEG)

    made = backup.make(tmp_path / "carried" / "copy.zip", now=NOW)

    assert [path.name for path in made.path.parent.iterdir()] == ["copy.zip"]
    with file.opened(made.path) as archive:
        assert {"uploads.list", "uploads.bin"} <= set(archive.namelist())
    assert made.uploads == 1


def refused(copy: Path) -> str:
    """Return why a copy is not restored; the office stays as it is."""
    before = db.session.scalars(select(Evidence.sha256)).all()
    db.session.remove()
    with pytest.raises(backup.BadBackupError) as fault:
        restore.restore(copy, replace=True, actor="x", now=NOW)
    assert db.session.scalars(select(Evidence.sha256)).all() == before
    return str(fault.value)


def test_a_copy_of_the_night_that_was_carried_away_alone_is_refused_in_words(on_sqlite, tmp_path):
    keep(JPEG)
    (tmp_path / "copy.zip").write_bytes(night().read_bytes())

    assert "请连同 files 文件夹一起" in refused(tmp_path / "copy.zip")


def test_a_file_beside_the_copies_that_was_changed_is_not_restored(on_sqlite):
    keep(JPEG)
    copy = night()
    (place,) = (path for path in (backup.folder() / upload_list.FOLDER).rglob("*") if path.is_file())
    place.write_bytes(bytes(len(place.read_bytes())))

    assert "缺少" in refused(copy)


def test_a_damaged_file_beside_the_copies_is_written_anew_within_sixteen_nights(on_sqlite):
    keep(JPEG)
    night()
    (place,) = (path for path in (backup.folder() / upload_list.FOLDER).rglob("*") if path.is_file())
    whole = place.read_bytes()
    place.write_bytes(bytes(len(whole)))

    for day in range(1, 17):
        night(day)

    assert place.read_bytes() == whole


def test_a_copy_of_before_there_was_a_list_is_restored(on_sqlite, tmp_path):
    keep(JPEG)
    whole = backup.make(tmp_path / "copy.zip", now=NOW, with_key=True)
    with file.opened(whole.path) as old, zipfile.ZipFile(tmp_path / "old.zip", "w") as new:
        told = json.loads(old.read("manifest.json"))
        (sha256, _size, name), content = json.loads(old.read("uploads.list")), old.read("uploads.bin")
        for part in ("tracker.sqlite3", "secret.key"):
            new.writestr(part, old.read(part))
        new.writestr(name, content)
        told["format"] = file.EARLIER
        told["files"] = {part: told["files"][part] for part in ("tracker.sqlite3", "secret.key")} | {
            name: sha256
        }
        del told["uploads"]
        told["seal"] = file.seal_of(told, office.settings().secret_key)
        new.writestr("manifest.json", json.dumps(told))
    store.path_of(db.session.scalar(select(Evidence.sha256))).unlink()
    db.session.remove()

    restore.restore(tmp_path / "old.zip", replace=True, actor="x", now=NOW)

    assert store.get(db.session.scalar(select(Evidence.sha256))) == JPEG


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'["0", 1, "uploads/ab/x"]', "有不该有的内容"),
        (b'["%s", 1, "../x"]' % (b"a" * 64), "不该有的文件"),
        (b'["%s", 1, "uploads/../../x"]' % (b"a" * 64), "不该有的文件"),
        (b'["%s", 99999999999, "uploads/ab/x"]' % (b"a" * 64), "有不该有的内容"),
        (b"[" * 1900, "不能读取"),
        (b"x" * 5000, "不能读取"),
    ],
)
def test_a_list_that_no_copy_has_is_refused(tmp_path, line, words):
    (tmp_path / "uploads.list").write_bytes(line)

    with pytest.raises(backup.BadBackupError, match=words):
        list(upload_list.read(tmp_path / "uploads.list", "copy.zip"))


def test_what_a_kill_left_half_written_beside_the_copies_is_swept_away(on_sqlite):
    half = backup.folder() / upload_list.FOLDER / "ab" / f"{'ab' * 32}.12345678.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    os.utime(half, ((NOW - timedelta(days=2)).timestamp(),) * 2)

    assert leftover.sweep(now=NOW) == 1
    assert not half.exists()


# -- who works meanwhile ------------------------------------------------------------------------------


def test_a_writer_beside_a_running_copy_waits_for_nothing_but_its_entry_in_the_audit_log(on_sqlite, tmp_path):
    load(CASE)
    with transaction():  # some megabytes, so that the pages take a while
        db.session.add_all(UploadedFile(sha256=f"{n:064}", content=os.urandom(1 << 20)) for n in range(60))
    database = Path(str(db.engine.url.database))
    let_go()
    process = command("backup", str(tmp_path / "copy.zip"))
    writes, holds, was_held = 0, 0, False
    with sqlite3.connect(database, timeout=0, isolation_level=None) as writer:
        while process.poll() is None:
            try:
                writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                holds, was_held = holds + (not was_held), True
                continue
            writer.execute("UPDATE office_facts SET value = value")
            writer.execute("COMMIT")
            writes, was_held = writes + 1, False
    writer.close()

    assert (process.returncode, "已核对" in process.communicate()[1]) == (0, True)
    assert holds <= 2, f"{holds} times held up among {writes} writes"
    assert writes > holds
    in_use.leave(db.engine)
