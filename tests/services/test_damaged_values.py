"""A value that is not of its column's kind: no list stops for it, and the check names its row."""

import sqlite3
from contextlib import closing

import pytest

from tests.jobs.test_jobs import load, received
from tests.services.test_tampering import write
from tracker.domain.misfit import WORDS, DamagedError
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.services import exporting, inspection

PAGES = ("/", "/cases", "/cases?text=A", "/cases/export.xlsx", "/reports/2026", "/statistics", "/contacts")
TEXT, BLOB, NO_UTF8, UNKNOWN = "'x-damaged'", "x'fffe'", "CAST(x'ff41' AS TEXT)", "'no-such-code'"
DAMAGED = {
    "a day": ("cases", "due_on", TEXT),
    "a day as bytes": ("cases", "received_on", BLOB),
    "a moment": ("cases", "registered_at", TEXT),
    "a yes or no": ("cases", "due_is_provisional", TEXT),
    "a text as bytes": ("cases", "subject", BLOB),
    "a text that is no UTF-8": ("cases", "subject", NO_UTF8),
    "a state": ("cases", "state", UNKNOWN),
    "a channel": ("cases", "channel", UNKNOWN),
    "a kind of applicant": ("cases", "applicant_kind", UNKNOWN),
    "a next duty": ("cases", "next_action", UNKNOWN),
    "a duty's name": ("duties", "name", BLOB),
    "an entry's day": ("case_events", "effective_on", TEXT),
    "an entry's details": ("case_events", "details", "'{broken'"),
    "an entry's moment": ("case_events", "recorded_at", BLOB),
    "an encrypted text": ("applicants", "phone", "7"),
    "a chain's keys": ("chain_heads", "epochs", "'5'"),
    "a chain's end": ("chain_heads", "chain_no", TEXT),
    "the journal's keys": ("journal_head", "epochs", "'5'"),
}


def damage(table: str, column: str, value: str) -> None:
    """Put a value into the first row as any tool does: no check, no trigger, no key."""
    db.session.rollback()
    found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_%'"
    with closing(sqlite3.connect(db.engine.url.database)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in connection.execute(found).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        first = f"(SELECT min(rowid) FROM {table})"
        connection.execute(f"UPDATE {table} SET {column} = {value} WHERE rowid = {first}")


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", DAMAGED)
def test_no_list_stops_for_a_damaged_value_and_the_check_names_it(app, sign_in, clock, what):
    who = {"kind": "natural_person", "name": "丁一", "phone": "13900001234"}
    load(
        {**received("2026-03-02", "A-1"), "applicant": who},
        {**received("2026-03-03", "A-2"), "applicant": who},
    )
    browser = sign_in(Role.HEAD)
    damage(*DAMAGED[what])

    answers = {at: browser.get(at).status_code for at in PAGES}

    assert answers == dict.fromkeys(PAGES, 200)
    found = [each for each in inspection.inspect(today=clock.today) if "触发器" not in each.message]
    assert found != []


def test_a_ledger_that_holds_a_damaged_entry_is_not_exported_as_if_it_were_whole(on_sqlite, clock):
    load(received("2026-03-02", "A-1"))
    damage("case_events", "details", "'{broken'")

    with pytest.raises(DamagedError, match="A-1"):
        list(exporting.histories(now=clock()))


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_day_that_python_lacks_stops_no_list_on_postgresql(app, sign_in, clock):
    load(received("2026-03-02", "A-1"), received("2026-03-03", "A-2"))
    browser = sign_in(Role.HEAD)
    write("UPDATE cases SET due_on = 'infinity' WHERE number = 'A-1'")

    page = browser.get("/cases")

    assert (page.status_code, WORDS in page.text, "A-2" in page.text) == (200, True, True)
    assert list(inspection.inspect(today=clock.today)) != []
