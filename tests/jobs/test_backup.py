"""A copy of the office comes back whole, onto either database, and nothing is lost on the way."""

import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from tests.conftest import settings_of
from tests.jobs.test_jobs import load, received
from tests.postgres import make_empty
from tests.settings import set_to
from tracker.app import create_app
from tracker.jobs import lock
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.models.user import AuditEntry
from tracker.services.copy import file
from tracker.services.exchange import exporting
from tracker.services.office import office
from tracker.services.operations import backup, inspection, restore

NOW = datetime(2026, 3, 16, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = date(2026, 3, 16)
PHONE = "13900001234"


@pytest.fixture
def filled(app):
    """An office with cases, an encrypted field, an uploaded file and a setting of its own."""
    who = {"kind": "natural_person", "name": "丁一", "phone": PHONE}
    load({**received("2026-03-02", "A-1"), "applicant": who}, received("2026-03-03", "A-2"))
    home = office.settings().instance
    (home / "uploads" / "2026").mkdir(parents=True)
    (home / "uploads" / "2026" / "附件.pdf").write_bytes(b"%PDF-1.7 " + bytes(range(256)))
    (home / "config.toml").write_text('agency_name = "测试局"\n', encoding="utf-8")
    return app


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request, tmp_path, worker_id):
    """The settings of another machine, on either database, with nothing on it yet."""
    if request.param == "sqlite":
        return settings_of(tmp_path / "other")
    return settings_of(tmp_path / "other", make_empty(f"other_{worker_id}"))


def histories() -> list[dict]:
    return list(exporting.histories(now=NOW))


def test_an_office_comes_back_on_another_machine_with_either_database(filled, elsewhere, tmp_path):
    before = histories()
    backup.make(tmp_path / "copy.zip", now=NOW, with_key=True)
    key = office.settings().secret_key
    db.session.remove()

    other = create_app(elsewhere, now=lambda: NOW)
    with other.app_context():
        result = other.test_cli_runner().invoke(args=["tracker", "restore", str(tmp_path / "copy.zip")])

        assert (result.exit_code, result.stdout) == (0, ""), result.stderr
        assert (elsewhere.instance / "secret.key").read_bytes() == key
        assert histories() == before
        assert [row.phone for row in db.session.scalars(select(Applicant)) if row.phone] == [PHONE]
        upload = elsewhere.instance / "uploads" / "2026" / "附件.pdf"
        assert upload.read_bytes().endswith(bytes(range(256)))
        load(received("2026-03-04", "A-3"))  # ids, numbers and the chain go on
        assert list(inspection.inspect(today=TODAY)) == []
        with pytest.raises(Exception, match="append-only"):
            db.session.execute(text("DELETE FROM case_events"))
        db.session.remove()
        db.engine.dispose()


def test_an_office_in_use_is_replaced_on_demand_alone_and_kept_aside(filled, tmp_path, clock):
    run = filled.test_cli_runner()
    assert run.invoke(args=["tracker", "backup", str(tmp_path / "copy.zip")]).exit_code == 0
    load(received("2026-03-05", "A-3"))

    refused = run.invoke(args=["tracker", "restore", str(tmp_path / "copy.zip")])
    assert (refused.exit_code, "--replace" in refused.stderr) == (2, True)
    assert len(histories()) == 4  # the header and three cases

    clock.forward(minutes=1)
    done = run.invoke(args=["tracker", "restore", str(tmp_path / "copy.zip"), "--replace"])
    assert (done.exit_code, done.stdout) == (0, ""), (done.stderr, done.exception)
    assert len(histories()) == 3
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "restored")).all()
    assert acts == ["restored"]

    (aside,) = backup.folder().glob("aside-*.zip")
    clock.forward(minutes=1)
    assert run.invoke(args=["tracker", "restore", str(aside), "--replace"]).exit_code == 0
    assert len(histories()) == 4


def test_a_copy_says_what_proves_it_and_holds_no_key(filled, tmp_path):
    made = backup.make(tmp_path / "copy.zip", now=NOW)

    with file.opened(made.path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        content = b"".join(archive.read(name) for name in archive.namelist())
    head = db.session.execute(text("SELECT chain_no, hash FROM chain_heads")).one()
    assert manifest["heads"] == [{"agency": "default", "chain_no": head.chain_no, "hash": head.hash}]
    assert set(manifest["files"]) == {"tracker.sqlite3", "uploads.list", "config.toml"}
    assert manifest["uploads"] == 1
    assert office.settings().secret_key not in content
    assert PHONE.encode() not in content


def damaged(path: Path, name: str, content: bytes | None) -> Path:
    """Return a plain copy of the zip with one file changed, or left out."""
    other = path.with_name("damaged.zip")
    with file.opened(path) as old, zipfile.ZipFile(other, "w") as new:
        for each in old.namelist():
            if each != name or content is not None:
                new.writestr(each, content if each == name and content is not None else old.read(each))
    return other


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("tracker.sqlite3", b"SQLite format 3\x00", "散列不符"),
        ("uploads.bin", b"other", "散列不符"),
        ("uploads.bin", b"x and more", "多于清单所列"),
        ("uploads.bin", None, "缺少"),
        ("uploads.list", b"", "散列不符"),
        ("config.toml", None, "文件与清单不符"),
        ("manifest.json", b"{}", "不是本程序的备份"),
    ],
)
def test_a_damaged_copy_is_refused_and_nothing_is_touched(on_sqlite, filled_once, name, content, words):
    before = histories()

    answer = on_sqlite.test_cli_runner().invoke(
        args=["tracker", "restore", str(damaged(filled_once, name, content)), "--replace"]
    )

    assert (answer.exit_code, words in answer.stderr) == (2, True), answer.stderr
    assert histories() == before


@pytest.fixture
def filled_once(on_sqlite, request) -> Path:
    request.getfixturevalue("tmp_path")
    load(received("2026-03-02", "A-1"))
    home = office.settings().instance
    (home / "uploads" / "2026").mkdir(parents=True)
    (home / "uploads" / "2026" / "附件.pdf").write_bytes(b"x")
    (home / "config.toml").write_text("port = 8001\n", encoding="utf-8")
    return backup.make(home.parent / "copy.zip", now=NOW).path


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all"])
def test_what_is_no_copy_is_refused_in_words(on_sqlite, tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)

    answer = on_sqlite.test_cli_runner().invoke(args=["tracker", "restore", str(tmp_path / "x.zip")])

    assert (answer.exit_code, "不是本程序的备份" in answer.stderr) == (2, True)


def test_a_copy_whose_key_is_not_here_is_refused_until_the_key_is(filled_once, tmp_path):
    other = create_app(settings_of(tmp_path / "other"), now=lambda: NOW)
    with other.app_context():
        answer = other.test_cli_runner().invoke(args=["tracker", "restore", str(filled_once)])
        db.engine.dispose()

    assert (answer.exit_code, "secret.key" in answer.stderr) == (2, True)


def test_a_copy_from_a_newer_program_is_refused(on_sqlite, filled_once):
    with file.opened(filled_once) as archive:
        manifest = {**json.loads(archive.read("manifest.json")), "revision": "9999"}
    manifest["seal"] = file.seal_of(manifest, office.settings().secret_key)
    newer = json.dumps(manifest).encode()

    with pytest.raises(backup.BadBackupError, match="先升级程序"):
        restore.restore(damaged(filled_once, "manifest.json", newer), replace=True, actor="x", now=NOW)


def test_nothing_is_restored_under_a_scheduler_that_runs(on_sqlite, filled_once):
    running = lock.FileLock(office.settings().instance / "jobs.lock")
    assert running.take()

    answer = on_sqlite.test_cli_runner().invoke(args=["tracker", "restore", str(filled_once), "--replace"])
    running.release()

    assert (answer.exit_code, "正在运行" in answer.stderr) == (2, True)


def test_a_cut_tail_whose_head_was_rewritten_shows_against_the_newest_copy(app):
    load(received("2026-03-02", "A-1"), received("2026-03-03", "A-2"))
    backup.make(backup.folder() / "backup-2026-03-16.zip", now=NOW)
    assert list(inspection.inspect(today=TODAY)) == []

    cut_tail(app)

    found = list(inspection.inspect(today=TODAY))
    assert any("备份" in each.message for each in found), found


def cut_tail(app) -> None:
    """Remove the newest case with its entries and write the head anew, as somebody with the file could."""
    drops = {
        "sqlite": ["DROP TRIGGER case_events_no_DELETE"],
        "postgresql": ["ALTER TABLE case_events DISABLE TRIGGER ALL"],
    }
    for statement in drops[db.engine.dialect.name]:
        db.session.execute(text(statement))
    last = db.session.scalar(select(Case.id).order_by(Case.id.desc()).limit(1))
    for table, column in (("case_events", "case_id"), ("cases", "id")):
        db.session.execute(text(f"DELETE FROM {table} WHERE {column} = {last}"))
    row = db.session.execute(
        select(CaseEvent.chain_no, CaseEvent.hash).order_by(CaseEvent.chain_no.desc())
    ).first()
    db.session.execute(text(f"UPDATE chain_heads SET chain_no = {row.chain_no}, hash = '{row.hash}'"))
    db.session.commit()


def test_as_many_daily_copies_are_kept_as_the_office_set(on_sqlite, filled_once):
    set_to(backup_keep=2)
    (backup.folder()).mkdir(exist_ok=True)
    by_hand = backup.folder() / "backup-2026-03-10-120000.zip"
    by_hand.write_bytes(filled_once.read_bytes())

    for day in (16, 17, 17, 18):
        backup.run(on=date(2026, 3, day), now=NOW.replace(day=day))

    names = sorted(path.name for path in backup.folder().glob("*.zip"))
    assert names == ["backup-2026-03-10-120000.zip", "backup-2026-03-17.zip", "backup-2026-03-18.zip"]
    assert [copy.made_at.day for copy in backup.kept()][:2] == [18, 17]
