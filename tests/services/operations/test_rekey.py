"""A new secret key: everything opens with it, nothing with the old one, and the past stays provable."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.conftest import settings_of
from tests.services.office.test_tampering import JPEG, findings, office, template, write
from tracker.app import create_app
from tracker.domain.case.evidence import Fact
from tracker.domain.permission import Role
from tracker.models import cipher, in_use
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.models.reads.applicant import cases_of_person
from tracker.models.user import AuditEntry
from tracker.services.case import evidence
from tracker.services.case.evidence import Upload
from tracker.services.copy import anchor
from tracker.services.exchange import exporting, importing
from tracker.services.office import store
from tracker.services.office.actor import Actor
from tracker.services.operations import backup, opening, setup

__all__ = ["office", "template"]  # fixtures
ROOT = Path(__file__).resolve().parents[3]


def rotate(app) -> str:
    answer = app.test_cli_runner().invoke(args=["tracker", "rotate-key"])
    assert answer.exit_code == 0, (answer.stderr, answer.exception)
    return answer.stderr


def again(app, clock):
    """Open the office in another process's stead, with the key that lies there now."""
    settings = app.extensions["tracker.settings"]
    db.session.remove()
    in_use.leave(db.engine)
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
        assert (answer.exit_code, "密钥已更换" in answer.stderr) == (0, True), answer.stderr
        db.session.remove()
        db.engine.dispose()
    last = again(office, clock)
    with last.app_context():
        assert (home / "secret.key").read_bytes() == new
        assert findings() == []
        db.session.remove()
        db.engine.dispose()


# -- what is found by keyed digests --------------------------------------------------------------------

ID_NUMBER = "110101199003070011"
NO_NUMBER = {
    "channel": "in_person",
    "subject": "征收补偿方案",
    "applicant": {"kind": "natural_person", "name": "钱七", "id_number": ID_NUMBER},
    "events": [{"step": "receive", "on": "2026-03-03"}],
}


def read_in(clock) -> tuple[int, int]:
    """Read in a case that has no number; return how many were added, and how many were known."""
    done = importing.import_histories([json.dumps(NO_NUMBER)], today=clock.today, now=clock())
    assert done.bad == []
    return done.added, done.unchanged


def test_an_id_number_and_a_case_without_a_number_are_found_with_the_new_key_as_with_the_old(office, clock):
    assert read_in(clock) == (1, 0)
    agency_id = setup.default_agency().id

    def asked_by() -> list[int]:
        index = cipher.blind_index(ID_NUMBER)
        return [case.id for case in cases_of_person(agency_id, name="", id_index=index)]

    before = asked_by()
    rotate(office)

    other = again(office, clock)
    with other.app_context():
        assert (asked_by(), len(before)) == (before, 1)
        assert read_in(clock) == (0, 1)
        assert findings() == []
        db.session.remove()
        db.engine.dispose()


# -- killed ---------------------------------------------------------------------------------------------

KILLER = """
import os, re, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
what, pattern, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
del sys.argv[1:4]
def look(name, path):
    global left
    if name == what and re.search(pattern, str(path)):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(lambda name, given: look(name, given[0]) if name in ("open", "os.rename") else None)
coming = Path(os.environ["TRACKER_INSTANCE"]) / "secret.key.coming"
event.listen(Engine, "commit", lambda connection: look("commit", coming.exists()))
from tracker.app import main
main()
"""
OLD, NEW = "the old key", "the new key"
# The act of the process at which it is killed, where, and the how manieth; what opens the office then.
KILLED = {
    "before the new key is laid down": ("os.rename", r"secret\.key\.coming\.\w+\.part$", 1, OLD),
    "before the database is sealed anew": ("commit", "True", 1, OLD),
    "between two copies": ("os.rename", r"\.zip$", 2, NEW),
    "before the new key takes its place": ("os.rename", r"secret\.key\.coming$", 1, NEW),
}
KILLED_BESIDE_FILES = {
    "while files are sealed anew": ("open", r"uploads.*\.part$", 2, OLD),
    "once the database is sealed anew": ("os.rename", r"/uploads/../[0-9a-f]{64}\.[0-9a-f]+\.part$", 1, NEW),
    "between two files": ("os.rename", r"/uploads/../[0-9a-f]{64}\.[0-9a-f]+\.part$", 2, NEW),
}


def contents() -> tuple:
    """Return everything that a key opens or is proved by."""
    digests = db.session.scalars(select(Evidence.sha256).where(Evidence.sha256.is_not(None))).all()
    people = db.session.execute(select(Applicant.phone, Applicant.id_number).order_by(Applicant.id)).all()
    letters = db.session.execute(select(Contact.phone, Contact.address).order_by(Contact.id)).all()
    asked = cases_of_person(setup.default_agency().id, name="", id_index=cipher.blind_index(ID_NUMBER))
    return people, letters, [store.get(each) for each in digests], len(asked), findings()


def killed(app, what: str, where: str, nth: int) -> None:
    """Run the command and kill it at that act."""
    settings = app.extensions["tracker.settings"]
    words = {"TRACKER_INSTANCE": str(settings.instance), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    environ = {**os.environ, **words, "TRACKER_DATABASE_URL": settings.database_url}
    db.session.remove()
    in_use.leave(db.engine)
    db.engine.dispose()
    line = [sys.executable, "-c", KILLER, what, where, str(nth), "rotate-key"]
    done = subprocess.run(line, env=environ, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == -signal.SIGKILL, (done.returncode, done.stderr)


def test_wherever_a_change_of_keys_is_killed_one_of_the_two_keys_opens_everything(office, clock):
    settings = office.extensions["tracker.settings"]
    on_files = settings.database_url.startswith("sqlite")
    read_in(clock)
    agency_id = setup.default_agency().id
    letter = db.session.scalars(select(Contact).order_by(Contact.id)).unique().first()
    clerk, fact = Actor("林静", frozenset({Role.REGISTRAR}), agency_id), Fact(kind="file", on=clock.today)
    photograph = Upload("内页.jpg", JPEG + b"2")
    evidence.add(letter, fact, photograph, actor=clerk, today=clock.today, now=clock())
    backup.run(on=clock.today, now=clock())
    anchor.write(settings.instance / anchor.FOLDER, now=clock())
    before, key_file = contents(), settings.instance / "secret.key"
    assert (before[2:], before[0][-1].id_number) == (([JPEG, JPEG + b"2"], 1, []), ID_NUMBER)

    for name, (what, where, nth, opens) in (KILLED | (KILLED_BESIDE_FILES if on_files else {})).items():
        old = key_file.read_bytes()
        killed(office, what, where, nth)
        with create_app(settings_of(settings.instance, settings.database_url), now=clock).app_context():
            opening.hold(now=clock())
            assert contents() == before, name
            assert opens == (OLD if key_file.read_bytes() == old else NEW), name
            db.session.remove()
            in_use.leave(db.engine)
            db.engine.dispose()
