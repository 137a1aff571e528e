"""A new secret key: everything opens with it, nothing with the old one, and the past stays provable."""

import shutil

import pytest
from sqlalchemy import select, text

from tests.conftest import settings_of
from tests.services.test_tampering import findings, office, template, write
from tracker.app import create_app
from tracker.models import cipher, writers
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.evidence import Evidence
from tracker.models.user import AuditEntry
from tracker.services import backup, exporting, store

__all__ = ["office", "template"]  # fixtures


def rotate(app) -> str:
    answer = app.test_cli_runner().invoke(args=["tracker", "rotate-key"])
    assert answer.exit_code == 0, (answer.stderr, answer.exception)
    return answer.stderr


def again(app, clock):
    """Open the office in another process's stead, with the key that lies there now."""
    settings = app.extensions["tracker.settings"]
    db.session.remove()
    writers.leave(db.engine)
    return create_app(settings_of(settings.instance, settings.database_url), now=clock)


def test_everything_opens_with_the_new_key_and_the_past_stays_provable(office, clock):
    index = db.session.scalars(select(Applicant.id_index)).all()
    before = list(exporting.histories(now=clock()))
    old = (office.extensions["tracker.settings"].instance / "secret.key").read_bytes()
    backup.run(on=clock.today, now=clock())

    said = rotate(office)

    other = again(office, clock)
    with other.app_context():
        assert other.extensions["tracker.settings"].secret_key != old
        assert list(exporting.histories(now=clock())) == before
        assert "13900001234" in db.session.scalars(select(Applicant.phone)).all()
        digest = db.session.scalar(select(Evidence.sha256))
        assert store.get(digest) is not None
        assert findings() == []
        backup.run(on=clock.today, now=clock())
        acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "secret_key_changed")).all()
        assert acts == ["secret_key_changed"]
        assert (db.session.scalars(select(Applicant.id_index)).all() == index) == (not any(index))
        (aside,) = backup.folder().glob("old-key-*")
        assert len(list(aside.glob("*.zip"))) == 2
        assert str(aside) in said
        write("UPDATE case_events SET actor = '他人' WHERE chain_no = 1")
        assert findings() != []
        db.session.remove()
        db.engine.dispose()


def test_nothing_in_the_database_opens_with_the_old_key(office, clock):
    old = {name: getattr(cipher.Keys, name) for name in ("field", "file", "chain")}
    rotate(office)

    other = again(office, clock)
    with other.app_context():
        for kept in db.session.execute(
            text("SELECT phone FROM applicants WHERE phone IS NOT NULL")
        ).scalars():
            with pytest.raises(cipher.UnreadableFieldError):
                cipher.opened_text(old["field"], "applicants.phone", bytes(kept))
        assert all(cipher.Keys.__dict__[name] != key for name, key in old.items())
        db.session.remove()
        db.engine.dispose()


def test_the_end_of_the_journal_cannot_be_written_with_the_old_key(office, clock):
    """Who left with the old key and reaches the database rewrites no row, not even before the next act."""
    rotate(office)

    other = again(office, clock)
    with other.app_context():
        write("DELETE FROM journal WHERE no = (SELECT max(no) FROM journal)")
        assert any("末尾" in words for words in findings())
        db.session.remove()
        db.engine.dispose()


def test_a_change_of_keys_is_refused_where_the_office_does_not_hold(office):
    write("UPDATE case_events SET actor = '他人' WHERE chain_no = 1")
    key = (office.extensions["tracker.settings"].instance / "secret.key").read_bytes()

    answer = office.test_cli_runner().invoke(args=["tracker", "rotate-key"])

    assert (answer.exit_code, "没有更换密钥" in answer.stderr) == (2, True)
    assert (office.extensions["tracker.settings"].instance / "secret.key").read_bytes() == key


def test_what_was_acknowledged_stays_so_with_the_new_key(office, clock):
    write("UPDATE case_events SET actor = '他人' WHERE chain_no = 1")
    run = office.test_cli_runner()
    assert run.invoke(args=["tracker", "check", "--acknowledge", "查明"]).exit_code == 0

    rotate(office)

    other = again(office, clock)
    with other.app_context():
        assert other.test_cli_runner().invoke(args=["tracker", "check"]).exit_code == 0
        db.session.remove()
        db.engine.dispose()


def test_a_change_that_was_cut_off_after_the_database_is_finished_by_the_next_command(
    office, clock, tmp_path
):
    home = office.extensions["tracker.settings"].instance
    old = (home / "secret.key").read_bytes()
    rotate(office)
    new = (home / "secret.key").read_bytes()
    for path in (home / "uploads").rglob("*"):  # as it was before the last step
        if path.is_file():
            shutil.copy2(path, path.with_name(f"{path.name}.{cipher.fingerprint(new)}.part"))
            path.write_bytes(b"sealed with the old key")
    (home / "secret.key.coming").write_bytes(new)
    (home / "secret.key").write_bytes(old)

    other = again(office, clock)
    with other.app_context():
        answer = other.test_cli_runner().invoke(args=["tracker", "jobs", "list"])
        assert (answer.exit_code, "密钥已换成" in answer.stderr) == (0, True), answer.stderr
        db.session.remove()
        db.engine.dispose()
    last = again(office, clock)
    with last.app_context():
        assert (home / "secret.key").read_bytes() == new
        assert findings() == []
        db.session.remove()
        db.engine.dispose()
