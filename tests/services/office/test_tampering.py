"""Tampering below the program, done with SQL as somebody with the database and without the key does it.

Each act is found by ``tracker check``, on both databases; what the program itself does never is.
"""

import hashlib
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text, update

from tests.conftest import ZONE, settings_of
from tests.jobs.test_jobs import load, received
from tests.postgres import database_url, make_copy
from tracker.app import create_app
from tracker.domain.case.evidence import Fact
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models import in_use, transfer, witness
from tracker.models.agency import Unit
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.upload import UploadedFile
from tracker.services.calendar import calendar
from tracker.services.case import evidence
from tracker.services.case.chain import COVERED
from tracker.services.case.evidence import Upload
from tracker.services.contact import contact, registration
from tracker.services.job import overdue
from tracker.services.job.job import AlarmError, Every, Job, run
from tracker.services.office import store, user
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
from tracker.services.operations import backup, inspection
from tracker.services.register import register as registers
from tracker.services.report import text as report_text

pytestmark = pytest.mark.both  # what is written below the program

JPEG = b"\xff\xd8\xff\xe0" + b"photograph" * 20
NOW = datetime(2026, 3, 16, 10, tzinfo=ZONE)
TODAY = NOW.date()


# -- an office with something in every table, made once a database --------------------------------------


def fill() -> None:
    agency_id = default_agency().id
    clerk, head = (Actor("林静", frozenset({r}), agency_id) for r in (Role.REGISTRAR, Role.HEAD))
    moment = {"today": TODAY, "now": NOW}
    who = {"kind": "natural_person", "name": "丁一", "phone": "13900001234"}
    steps = (
        {"step": "accept", "on": "2026-03-03"},
        {"step": "extend", "on": "2026-03-05", "days": 5, "reason": "检索"},
    )
    load({**received("2026-01-05", "A-1"), "applicant": who}, received("2026-03-03", "A-2", *steps))
    with transaction():
        first_id = db.session.scalars(select(Case.applicant_id).where(Case.number == "A-1")).one()
        asks_too = {"kind": "natural_person", "name": "丁三", "first_id": first_id}
        db.session.add(Applicant(agency_id=agency_id, **asks_too))
    data = contact.ContactData(form="letter", arrived_on=TODAY, person="王五", summary="反映道路问题")
    letter = registration.register(data, actor=clerk, triage="petition", **moment)
    photograph = Upload("信封.jpg", JPEG)
    evidence.add(letter, Fact(kind="file", on=TODAY), photograph, actor=clerk, **moment)
    calendar.keep_local(
        calendar.local_day([date(2026, 6, 1)], "厂庆", "市庆", works=False, today=TODAY),
        "市庆",
        actor=head,
        **moment,
    )
    report_text.save(2025, "1", "本年度共收到申请。", base=0, actor=head, now=NOW)
    for name, fields in REGISTERS.items():
        registers.keep(BY_NAME[name], fields, by=registers.By(actor=head, **moment))
    user.create_by_command(agency_id=agency_id, login="lin", name="林静", roles=[Role.REGISTRAR], now=NOW)
    overdue.run(on=TODAY, now=NOW)
    run(Job("try", Every(5), lambda *, on, now: "好", "试"), on=TODAY, now=NOW)


REGISTERS = {
    "remedies": {"kind": "reconsideration", "organ": "市政府", "filed_on": "2026-02-02"},
    "decision-counts": {"year": "2025", "licences": "106", "penalties": "0", "coercion": "0", "fees": "0"},
    "trainings": {"held_on": "2026-02-03", "topic": "条例", "form": "meeting", "people": "20", "hours": "2"},
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def template(request, tmp_path_factory, worker_id) -> tuple:
    folder = tmp_path_factory.mktemp("filled") / "office"
    name = ""
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("sqlite_template"), folder)
    else:
        name = f"filled_{worker_id}"
        make_copy(name, request.getfixturevalue("postgres_template"))
        shutil.copytree(request.getfixturevalue("postgres_folder"), folder)
    app = create_app(settings_of(folder, database_url(name) if name else None), now=lambda: NOW)
    with app.app_context():
        fill()
        db.session.remove()
        db.engine.dispose()
    return folder, name


@pytest.fixture
def office(template, tmp_path, worker_id, clock):
    """The filled office, this test's own."""
    folder, filled = template
    shutil.copytree(folder, tmp_path / "office")
    url = make_copy(f"tampered_{worker_id}", filled) if filled else None
    app = create_app(settings_of(tmp_path / "office", url), now=clock)
    with app.app_context():
        yield app
        db.session.remove()
        in_use.leave(db.engine)
        db.engine.dispose()


def findings() -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return [f"{found.where} {found.message}" for found in inspection.inspect(today=TODAY)]


def write(*statements: str) -> None:
    """Write with the database alone: no trigger, no foreign key, no transaction of the program's."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        _write_file(*statements)
        return
    with db.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)


def _write_file(*statements: str) -> None:
    """Write to the file as any tool does: the triggers are lifted and put back."""
    told = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_%'"
    with closing(sqlite3.connect(db.engine.url.database)) as connection, connection:
        kept = connection.execute(told).fetchall()
        lifted = [f'DROP TRIGGER "{name}"' for name, _ in kept]
        for statement in (*lifted, *statements, *(sql for _, sql in kept)):
            connection.execute(statement)


# -- one by one ---------------------------------------------------------------------------------------

LAST = "(SELECT max(chain_no) FROM case_events)"
TAIL = f"DELETE FROM case_events WHERE chain_no = {LAST}"
LOWERED = (
    "UPDATE chain_heads SET chain_no = (SELECT max(chain_no) FROM case_events),"
    " hash = (SELECT hash FROM case_events ORDER BY chain_no DESC LIMIT 1)"
)
CASE = "(SELECT id FROM cases WHERE number = 'A-2')"
WHOLE_CASE = tuple(
    f"DELETE FROM {table} WHERE {column} = {CASE}"
    for table, column in (
        ("overdue_flags", "case_id"),
        ("duties", "subject_id"),
        ("case_events", "case_id"),
        ("cases", "id"),
    )
)
COPIED = (
    "INSERT INTO case_events (case_id, agency_id, seq, step, from_state, to_state, effective_on, recorded_at, actor,"
    " details, chain_no, previous_hash, hash) SELECT case_id, agency_id, seq + 50, step, from_state, to_state,"
    " effective_on, recorded_at, actor, details, chain_no + 50, previous_hash, hash FROM case_events"
    f" WHERE chain_no = {LAST}"
)
SWAPPED = (
    "UPDATE case_events SET chain_no = -1 WHERE chain_no = 1",
    "UPDATE case_events SET chain_no = 1 WHERE chain_no = 2",
    "UPDATE case_events SET chain_no = 2 WHERE chain_no = -1",
)
ACTS: dict[str, tuple[str, ...]] = {
    "an entry's details": ("UPDATE case_events SET details = '{}' WHERE step = 'extend'",),
    "an entry's legal day": ("UPDATE case_events SET effective_on = '2026-03-06' WHERE step = 'extend'",),
    "an entry's actor": ("UPDATE case_events SET actor = '他人' WHERE step = 'extend'",),
    "a middle entry removed": ("DELETE FROM case_events WHERE chain_no = 2",),
    "the tail removed": (TAIL,),
    "the tail removed and the head lowered": (TAIL, LOWERED),
    "two entries swapped": SWAPPED,
    "a copy appended": (COPIED,),
    "a copy appended and the head raised": (COPIED, LOWERED),
    "a copy appended before the first": (COPIED.replace("chain_no + 50", "-5"),),
    "a copy appended of no agency": (COPIED.replace("case_id, agency_id, seq + 50", "case_id, 999, seq + 50"),),
    "the head removed": ("DELETE FROM chain_heads",),
    "the head lowered": ("UPDATE chain_heads SET chain_no = chain_no - 1",),
    "a whole case removed": (*WHOLE_CASE, LOWERED),
    "a case's subject": ("UPDATE cases SET subject = '别的内容' WHERE number = 'A-1'",),
    "a case's number": ("UPDATE cases SET number = 'B-1' WHERE number = 'A-1'",),
    "a case's applicant": ("UPDATE cases SET applicant_id = (SELECT max(id) FROM applicants)",),
    "when a case was registered": ("UPDATE cases SET registered_at = '2026-03-01 08:00:00.000000'",),
    "who registered a case": ("UPDATE cases SET registered_by = '他人'",),
    "a case's state": ("UPDATE cases SET state = 'disclosed' WHERE number = 'A-1'",),
    "a case's due day": ("UPDATE cases SET due_on = '2026-09-01' WHERE number = 'A-1'",),
    "an applicant's name": ("UPDATE applicants SET name = '丁二'",),
    "a further applicant's name": ("UPDATE applicants SET name = '丁四' WHERE first_id IS NOT NULL",),
    "a further applicant cut off": ("UPDATE applicants SET first_id = NULL WHERE first_id IS NOT NULL",),
    "a further applicant moved": (
        f"UPDATE applicants SET first_id = (SELECT applicant_id FROM cases WHERE id = {CASE}) WHERE first_id IS NOT NULL",
    ),
    "a further applicant removed": ("DELETE FROM applicants WHERE first_id IS NOT NULL",),
    "a further applicant added": (
        "INSERT INTO applicants (agency_id, kind, name, folded, first_id) SELECT agency_id, kind, '丁五', '丁五', first_id"
        " FROM applicants WHERE first_id IS NOT NULL",
    ),
    "a contact's summary": ("UPDATE contacts SET summary = '申请公开'",),
    "a contact's person": ("UPDATE contacts SET person = '王六'",),
    "a contact's arrival": ("UPDATE contacts SET arrived_on = '2026-03-10'",),
    "a contact removed": (
        "DELETE FROM receipt_evidence", "DELETE FROM contact_acts", "DELETE FROM duties WHERE kind = 'contact'",
        "DELETE FROM contacts",
    ),
    "a contact's acts removed": ("DELETE FROM contact_acts",),
    "evidence edited": ("UPDATE receipt_evidence SET note = '当日收到'",),
    "evidence removed": ("DELETE FROM receipt_evidence",),
    "a remedy edited": ("UPDATE remedies SET result = 'upheld', closed_on = '2026-03-02'",),
    "a register's row edited": ("UPDATE trainings SET people = 500",),
    "a count of decisions edited": ("UPDATE decision_counts SET licences = 107",),
    "a register's row removed": ("DELETE FROM trainings",),
    "the acts on registers removed": ("DELETE FROM book_acts",),
    "an audit entry edited": ("UPDATE audit_entries SET actor = '他人' WHERE act = 'evidence_kept'",),
    "an audit entry removed": ("DELETE FROM audit_entries WHERE act = 'evidence_kept'",),
    "a registrar made administrator": ("UPDATE user_roles SET role = 'administrator' WHERE role = 'registrar'",),
    "a role added": (
        "INSERT INTO user_roles (user_id, role) SELECT user_id, 'auditor' FROM user_roles WHERE role = 'registrar'",
    ),
    "a flag removed": ("DELETE FROM overdue_flags",),
    "a run of a job removed": ("DELETE FROM job_runs",),
    "a day off added": (
        "INSERT INTO calendar_days (notice_id, day, works, name) SELECT id, '2026-06-02', (1=0), '厂庆' FROM calendar_notices",
    ),
    "a text of the report edited": ("UPDATE report_texts SET text = '本年度未收到申请。'",),
    "a fact of a restore that never was": (
        "INSERT INTO office_facts (name, value) VALUES ('restored', '{\"at\": \"2099-01-01T00:00:00+08:00\"}')",
    ),
    "an agency renamed": ("UPDATE agencies SET name = '另一局'",),
    "the journal's tail removed": ("DELETE FROM journal WHERE no = (SELECT max(no) FROM journal)",),
    "the journal's tail removed and its head lowered": (
        "DELETE FROM journal WHERE no = (SELECT max(no) FROM journal)",
        "UPDATE journal_head SET no = no - 1, hash = (SELECT hash FROM journal ORDER BY no DESC LIMIT 1)",
    ),
    "the journal emptied": ("DELETE FROM journal", "DELETE FROM journal_head"),
    "a row removed with its entries": (
        "DELETE FROM journal WHERE noun = 'trainings'", "DELETE FROM trainings",
    ),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_check_finds_what_was_written_below_the_program(office, act):
    assert findings() == []

    write(*ACTS[act])

    assert findings() != []


def test_check_finds_an_upload_that_was_changed(office):
    for path in (office.extensions["tracker.settings"].instance / "uploads").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1] + b"x")
    with db.engine.begin() as connection:  # where uploads lie in the database
        for digest, content in connection.execute(select(UploadedFile.sha256, UploadedFile.content)).all():
            changed = update(UploadedFile).where(UploadedFile.sha256 == digest)
            connection.execute(changed.values(content=content[:-1] + b"x"))

    assert any("信封.jpg" in words for words in findings())


def test_check_finds_that_the_ledger_s_triggers_are_gone(office):
    on = "" if db.engine.dialect.name == "sqlite" else " ON case_events"
    name = "no_UPDATE" if db.engine.dialect.name == "sqlite" else "append_only"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER case_events_{name}{on}")

    assert any("触发器" in words for words in findings())


# -- edited and chained anew ----------------------------------------------------------------------------


def chain_anew() -> None:
    """Edit the first entry and write every hash after it anew, with all that stands in the source."""
    columns = [getattr(CaseEvent, name) for name in (*COVERED, "id")]
    rows = [row._asdict() for row in db.session.execute(select(*columns).order_by(CaseEvent.chain_no))]
    statements, before = [], ""
    for row in rows:
        key = row.pop("id")
        actor = "他人" if row["chain_no"] == 1 else row["actor"]
        told: dict[str, Any] = {**row, "actor": actor, "previous_hash": before}
        told["effective_on"] = row["effective_on"].isoformat()
        told["recorded_at"] = row["recorded_at"].astimezone(UTC).isoformat()
        words = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        after = hashlib.sha256(words.encode()).hexdigest()
        statements.append(
            f"UPDATE case_events SET actor = '{actor}', previous_hash = '{before}', hash = '{after}' WHERE id = {key}"
        )
        before = after
    write(*statements, LOWERED, "UPDATE chain_heads SET epochs = '[]'")


def test_check_finds_a_chain_that_was_written_anew_without_the_key(office):
    chain_anew()

    assert any("散列不符" in words or "台账链条末尾" in words for words in findings())


def test_a_change_is_still_told_after_the_program_has_written_the_row_itself(office, clock, actor_of):
    write("UPDATE contacts SET summary = '申请公开'")
    letter = db.session.execute(text("SELECT id FROM contacts")).scalar()

    contact.tell(letter, "已转信访局", actor=actor_of(Role.REGISTRAR), today=TODAY, now=NOW)

    assert any("改写它之前" in words for words in findings())


def test_a_moved_head_is_still_told_after_the_program_has_written_on(office, actor_of):
    write(
        "UPDATE journal_head SET no = no - 1, hash = (SELECT hash FROM journal WHERE no = journal_head.no - 1)"
    )

    report_text.save(2025, "1", "改。", base=1, actor=actor_of(Role.HEAD), now=NOW)

    assert any("封存日志末尾" in words for words in findings())


@pytest.fixture
def actor_of():
    return lambda role: Actor("林静", frozenset({role}), default_agency().id)


def test_rows_written_in_bulk_by_the_program_are_sealed_as_any_other(office):
    agency_id = default_agency().id
    with transaction():
        db.session.execute(
            text(
                "INSERT INTO units (agency_id, name, kind, liaison_name, liaison_email, active) VALUES (:a, '甲', '股室', '', '', :t)"
            ),
            {"a": agency_id, "t": True},
        )
        db.session.add(Unit(agency_id=agency_id, name="乙", kind="股室"))
        db.session.flush()
        db.session.execute(text("UPDATE units SET active = :no"), {"no": False})
    with transaction():
        db.session.execute(text("DELETE FROM units WHERE name = '甲'"))

    assert findings() == []


def test_what_was_taken_back_leaves_no_entry(office):
    before = db.session.execute(text("SELECT count(*) FROM journal")).scalar()

    def slip() -> None:
        with transaction():
            db.session.execute(text("DELETE FROM job_runs"))
            raise LookupError

    with pytest.raises(LookupError):
        slip()

    assert db.session.execute(text("SELECT count(*) FROM journal")).scalar() == before
    assert findings() == []


# -- with copies at hand --------------------------------------------------------------------------------


def test_a_chain_written_anew_is_found_with_an_older_copy_at_hand_and_spoils_no_copy(office):
    backup.run(on=TODAY, now=NOW)
    good = (backup.folder() / "backup-2026-03-16.zip").read_bytes()
    chain_anew()

    with pytest.raises(AlarmError, match="没有替换"):
        backup.run(on=TODAY, now=NOW)

    assert (backup.folder() / "backup-2026-03-16.zip").read_bytes() == good
    assert findings() != []


@pytest.mark.parametrize("name", ["backup-2026-03-16.zip", "holiday.bin"])
def test_a_database_put_back_to_an_earlier_state_is_found_against_a_copy_whatever_its_name(
    office, tmp_path, name
):
    transfer.copy_to_file(db.engine, tmp_path / "earlier.sqlite3")
    report_text.save(2025, "1", "改。", base=1, actor=Actor("陈立", frozenset({Role.HEAD}), 1), now=NOW)
    load(received("2026-03-06", "A-3"))
    made = backup.make(backup.folder() / "backup-2026-03-16.zip", now=NOW)
    made.path.rename(made.path.with_name(name))
    assert findings() == []

    db.session.remove()
    transfer.put_back(tmp_path / "earlier.sqlite3", db.engine, "x")
    db.engine.dispose()

    assert any(name in words for words in findings())


CHAINED = "UPDATE case_events SET actor = '他人' WHERE step = 'extend'"


def test_an_entry_that_was_changed_spoils_no_copy_of_the_night_and_none_by_hand(office, tmp_path):
    run = office.test_cli_runner()
    assert run.invoke(args=["tracker", "backup", str(tmp_path / "mine.zip")]).exit_code == 0
    backup.run(on=TODAY, now=NOW)
    places = (tmp_path / "mine.zip", backup.folder() / "backup-2026-03-16.zip")
    good = [place.read_bytes() for place in places]
    write(CHAINED)

    with pytest.raises(AlarmError, match=r"散列不符.*没有替换"):
        backup.run(on=TODAY, now=NOW)
    answer = run.invoke(args=["tracker", "backup", str(tmp_path / "mine.zip")])

    assert (answer.exit_code, "存疑" in answer.stderr, "散列不符" in answer.stderr) == (1, True, True)
    assert (tmp_path / "mine-doubtful.zip").is_file()
    assert [place.read_bytes() for place in places] == good


def test_an_office_goes_on_with_a_break_that_a_person_has_explained(office):
    run = office.test_cli_runner()
    write(CHAINED)
    assert run.invoke(args=["tracker", "check"]).exit_code == 1

    answer = run.invoke(args=["tracker", "check", "--acknowledge", "2026年3月试用时直接改库，见备忘录"])

    assert (answer.exit_code, "已确认1处" in answer.stderr) == (0, True), (answer.stdout, answer.stderr)
    assert "（已确认）" in run.invoke(args=["tracker", "check"]).stdout
    backup.run(on=TODAY, now=NOW)
    assert [path.name for path in backup.folder().glob("*.zip")] == ["backup-2026-03-16.zip"]
    assert inspection.run(on=TODAY, now=NOW) == "没有发现问题"
    write("UPDATE case_events SET actor = '他人' WHERE chain_no = 1")
    assert run.invoke(args=["tracker", "check"]).exit_code == 1
    with pytest.raises(AlarmError, match="散列不符"):
        backup.run(on=TODAY, now=NOW)


def test_a_moved_end_of_the_journal_is_acknowledged_in_one_go(office):
    write("UPDATE journal_head SET no = no - 1")

    answer = office.test_cli_runner().invoke(args=["tracker", "check", "--acknowledge", "查明是换盘所致"])

    assert answer.exit_code == 0, (answer.stdout, answer.stderr)


def test_nobody_acknowledges_with_the_database_alone(office):
    write(CHAINED)
    (found,) = [each for each in inspection.inspect(today=TODAY) if each.lasting]
    told = hashlib.sha256(f"{found.where}{found.message}".encode()).hexdigest()
    write(
        "INSERT INTO audit_entries (at, actor, act, target, succeeded, address, details) SELECT at, actor,"
        f" 'findings_acknowledged', 'x', succeeded, '', '{{\"findings\": [\"{told}\"]}}' FROM audit_entries LIMIT 1"
    )

    assert [each for each in inspection.inspect(today=TODAY) if each.known] == []


@pytest.mark.parametrize("reason", ["", " ", "x" * 101])
def test_a_finding_is_acknowledged_for_a_reason_alone(office, reason):
    write(CHAINED)

    assert office.test_cli_runner().invoke(args=["tracker", "check", "--acknowledge", reason]).exit_code == 2


def test_what_can_be_mended_is_not_acknowledged(office):
    write("UPDATE cases SET due_on = '2026-09-01' WHERE number = 'A-1'")

    assert office.test_cli_runner().invoke(args=["tracker", "check", "--acknowledge", "无妨"]).exit_code == 1


def test_a_manifest_that_was_rewritten_is_found(office):
    made = backup.make(backup.folder() / "backup-2026-03-16-100000.zip", now=NOW, with_key=True)
    with zipfile.ZipFile(made.path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    manifest["heads"][0]["hash"] = "0" * 64
    parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(made.path, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)

    assert any("清单被改动" in words for words in findings())


def test_a_copy_that_lacks_an_upload_is_none(office):
    if db.engine.dialect.name == "postgresql":
        write("DELETE FROM uploads")
    else:
        for path in store.files():
            path.unlink()

    with pytest.raises(backup.BadBackupError, match=r"信封\.jpg"):
        backup.make(backup.folder() / "backup-2026-03-16.zip", now=NOW)

    assert list(backup.folder().glob("*.zip")) == []


def test_an_upgrade_seals_anew_what_was_right_and_leaves_what_was_not(office):
    write("UPDATE trainings SET people = 500")
    with db.engine.begin() as connection:  # what every migration runs through (migrations/env.py)
        before = witness.broken(connection)
        connection.execute(text("UPDATE agencies SET name = '另一局'"))
        witness.adopt(connection, before)

    assert findings() == ["培训 1 与封存的内容不符：被程序以外的手段改动。"]


def test_a_chain_goes_on_with_another_key_and_the_change_is_written_into_it(office):
    before = db.session.execute(text("SELECT epochs FROM journal_head")).scalar()

    assert office.test_cli_runner().invoke(args=["tracker", "rotate-chain-key"]).exit_code == 0
    load(received("2026-03-06", "A-3"))

    assert findings() == []
    after = db.session.execute(text("SELECT epochs FROM journal_head")).scalar()
    assert after != before
    write("UPDATE case_events SET actor = '他人' WHERE chain_no = 1")
    assert findings() != []
    write("UPDATE journal_head SET epochs = (SELECT epochs FROM chain_heads)")
    assert any("末尾" in words for words in findings())
