"""A value that is not of its column's kind: no list stops for it, and the check names its row."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cached_property
from pathlib import Path

import pytest
from sqlalchemy import JSON, Column, Date, DateTime, Integer, LargeBinary, Table, event, text

from tests.conftest import LIGHT, PASSWORD, Browser, settings_of
from tests.jobs.test_jobs import load, received
from tests.kept import Compiled
from tests.services.office.test_tampering import write
from tests.whole_office import LOGIN, NOW, TODAY, fill_all
from tracker.app import create_app
from tracker.domain.misfit import WORDS, DamagedError
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models import in_use
from tracker.models.base import db, transaction
from tracker.models.reads import misfit
from tracker.models.tables import stored
from tracker.services.contact import contact, registration
from tracker.services.exchange import exporting
from tracker.services.office import attempt
from tracker.services.operations import inspection, setup

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


def visit(actor, clock) -> str:
    data = contact.ContactData(form="visit", arrived_on=clock.today, person="王五", summary="询问")
    return registration.register(data, actor=actor(Role.REGISTRAR), today=clock.today, now=clock()).number


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("value", [TEXT, BLOB, "-5", "2.5", "9223372036854775807"])
def test_a_damaged_counter_gives_no_number(app, actor, clock, value):
    visit(actor, clock)
    damage("counters", "last", value)

    with pytest.raises(DamagedError, match="编号计数器已损坏"):
        visit(actor, clock)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_counter_behind_a_number_that_was_given_is_named(app, actor, clock):
    number = [visit(actor, clock) for _ in range(2)][-1]
    damage("counters", "last", "1")

    assert any(number in each.message for each in inspection.inspect(today=clock.today))


@pytest.mark.parametrize("column", ["chain_no", "epochs"])
def test_a_ledger_whose_end_is_damaged_takes_no_entry(on_sqlite, clock, column):
    load(received("2026-03-02", "A-1"))
    damage("chain_heads", column, "'true'")

    with pytest.raises(DamagedError, match="末尾已损坏"):
        load(received("2026-03-03", "A-2"))


def test_a_duty_under_another_agency_is_named(on_sqlite, clock):
    load(received("2026-03-02", "A-1"), {**received("2026-03-02", "W-1"), "agency": "west"})
    damage("duties", "agency_id", "2")

    assert any("在办期限" in each.where for each in inspection.inspect(today=clock.today))


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_day_that_python_lacks_stops_no_list_on_postgresql(app, sign_in, clock):
    load(received("2026-03-02", "A-1"), received("2026-03-03", "A-2"))
    browser = sign_in(Role.HEAD)
    write("UPDATE cases SET due_on = 'infinity' WHERE number = 'A-1'")

    page = browser.get("/cases")

    assert (page.status_code, WORDS in page.text, "A-2" in page.text) == (200, True, True)
    assert list(inspection.inspect(today=clock.today)) != []


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_day_that_no_year_has_can_be_mended(app, clock):
    load(received("2026-03-02", "A-1"))
    write("UPDATE cases SET received_on = 'infinity'")
    assert list(inspection.inspect(today=clock.today)) != []

    with transaction():
        db.session.execute(text("UPDATE cases SET received_on = '2026-03-02'"))
    setup.initialise(None, fallback="本机关", now=clock())

    assert list(inspection.inspect(today=clock.today)) == []


# -- every column of every table -----------------------------------------------------------------------

YEAR = "/reports/2025"
LISTS = (
    *PAGES, "/contacts/export.xlsx", "/contacts/counts", "/register", "/fees", "/books", "/books/request-fees",
    *(f"/books/{name}{more}" for name in BY_NAME for more in ("", "/export.xlsx")),
    "/reports", YEAR, f"{YEAR}/publication", f"{YEAR}/report.html", f"{YEAR}/report.xlsx", f"{YEAR}/cells/1/total",
    "/roll-up/2025", "/calendar", "/audit", "/outbox", "/outbox/preview", "/jobs", "/jobs/backup", "/units", "/users",
    "/account/sessions", "/what-if",
)  # fmt: skip
ENOUGH = int(os.environ.get("PROOF_PAGES", "3"))
# Of the deployment, which nobody runs where the agency that does is not known.
REFUSED = {("agencies", "/jobs"), ("agencies", "/jobs/backup")}
LET_IN = {JSON: "'true'", DateTime: "'infinity'", Date: "'infinity'", Integer: "-5"}
FAR = {JSON: "'true'", DateTime: "'9999-12-31 23:59:59.000000'", Date: "'99999-01-01'", Integer: "-5"}


def other_kind(column: Column) -> str:
    """Return a value of another kind than the column's, as SQL."""
    return "7" if isinstance(column.type, LargeBinary) else BLOB


def empty(column: Column) -> str:
    """Return a text without a letter where no text should be."""
    return "''" if isinstance(column.type, (*FAR, LargeBinary)) else BLOB


def beyond(column: Column) -> str:
    """Return what is beyond all days, moments and numbers, or JSON of another shape."""
    return next((value for kind, value in FAR.items() if isinstance(column.type, kind)), other_kind(column))


def unknown(column: Column) -> str:
    """Return a code that nobody knows where a text may be; what is no text stays."""
    return f'"{column.name}"' if isinstance(column.type, (*FAR, LargeBinary)) else UNKNOWN


def nowhere(_column: Column) -> str:
    """Return the number of no row."""
    return "987654"


def columns(*, links: bool) -> Iterator[tuple[Table, list[Column]]]:
    """Yield each table with its columns that lead to other rows, or with the others that are no key."""
    for table in stored():
        wanted = [each for each in table.columns if not each.primary_key and bool(each.foreign_keys) == links]
        if wanted:
            yield table, wanted


class Damaged:
    """A whole office on SQLite, somebody who looks at it, and what it is put back to."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        db.session.remove()
        self.connection = sqlite3.connect(db.engine.url.database, isolation_level=None)
        self.whole = sqlite3.connect(":memory:")
        self.connection.backup(self.whole)

    def close(self) -> None:
        self.connection.close()
        self.whole.close()

    @cached_property
    def reads(self) -> dict[str, set[str]]:
        """The tables that each page reads."""
        return {at: self._tables(at) for at in LISTS}

    def _tables(self, at: str) -> set[str]:
        """Open a page; return the tables that it reads."""
        asked: list[str] = []

        def note(_connection, _cursor, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        assert self.browser.get(at).status_code == 200, at
        event.remove(db.engine, "before_cursor_execute", note)
        return set(re.findall(r"\b(?:FROM|JOIN) (\w+)", " ".join(asked)))

    def put_back(self) -> None:
        db.session.remove()
        self.whole.backup(self.connection)
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE 'case_words%'"
        for (name,) in self.connection.execute(found).fetchall():
            self.connection.execute(f'DROP TRIGGER "{name}"')
        self.connection.execute("PRAGMA ignore_check_constraints = ON")

    def damage(self, table: Table, wanted: list[Column], value, row: str = "min") -> None:
        """Put a value into columns of a row, the first, as any tool does: no check, no trigger, no key."""
        put = ", ".join(f'"{each.name}" = {value(each)}' for each in wanted)
        first = f"(SELECT {row}(rowid) FROM {table.name})"
        self.connection.execute(f"UPDATE {table.name} SET {put} WHERE rowid = {first}")


@pytest.fixture(scope="module")
def whole_office(tmp_path_factory, sqlite_template) -> Path:
    """The folder of an office with a row in every table."""
    folder = tmp_path_factory.mktemp("whole") / "office"
    shutil.copytree(sqlite_template, folder)
    with create_app(settings_of(folder), now=lambda: NOW).app_context():
        fill_all()
        with transaction():
            attempt.count(attempt.keys_of("lin", "192.0.2.1"), NOW)
        db.session.remove()
        in_use.leave(db.engine)
        db.engine.dispose()
    return folder


@pytest.fixture
def damaged(tmp_path, whole_office) -> Iterator[Damaged]:
    shutil.copytree(whole_office, tmp_path / "office")
    app = create_app(settings_of(tmp_path / "office"), now=lambda: NOW)
    app.jinja_env.bytecode_cache = Compiled()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        browsers = [Browser(app), Browser(app)]
        for browser in browsers:  # the first session is damaged, the second looks
            browser.get("/sign-in")
            browser.post("/sign-in", {"login": LOGIN, "password": PASSWORD, "to": LIGHT})
        found = Damaged(browsers[1])
        yield found
        found.close()
        db.session.remove()
        in_use.leave(db.engine)
        db.engine.dispose()


@pytest.mark.parametrize(
    ("value", "links"), [(other_kind, False), (empty, False), (beyond, False), (nowhere, True)]
)
def test_the_check_names_every_damaged_column_of_every_table(damaged, value, links):
    damaged.put_back()
    wanted = set()
    for table, of_table in columns(links=links):
        damaged.damage(table, of_table, value)
        wanted |= {(table.name, each.name) for each in of_table}

    found = {(noun, column) for noun, _key, column in misfit.found(db.session.connection())}

    assert wanted - found == set()
    told = " ".join(f"{each.where} {each.message}" for each in inspection.inspect(today=TODAY))
    assert all(f"{noun} " in told and f"{column} " in told for noun, column in wanted)


def test_a_message_that_would_wait_for_ever_is_named(damaged):
    damaged.put_back()
    damaged.connection.execute("UPDATE outbox SET status = 'no-such-code'")

    assert ("outbox", "status") in {(noun, name) for noun, _, name in misfit.found(db.session.connection())}


@pytest.mark.parametrize("value", [other_kind, beyond, unknown, nowhere])
def test_no_page_or_file_stops_for_a_damaged_row_of_any_table(damaged, value):
    stopped, reads = {}, damaged.reads
    for table, wanted in columns(links=value is nowhere):
        damaged.put_back()
        damaged.damage(table, wanted, value, row="max" if table.name == "office_facts" else "min")
        seen = [at for at, read in reads.items() if table.name in read and (table.name, at) not in REFUSED]
        seen = seen[:: max(1, len(seen) // ENOUGH)]  # of a table that every page reads some pages
        answers = {at: damaged.browser.get(at).status_code for at in seen}
        stopped |= {(table.name, at): status for at, status in answers.items() if status != 200}

    assert stopped == {}


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_postgresql_lets_less_in_and_all_of_it_is_named_and_shown(app, sign_in, clock):
    fill_all()
    browser = sign_in(Role.HEAD)
    wanted, put = set(), []
    for table, of_table in columns(links=False):
        for each in of_table if table.name != "user_sessions" else ():  # the looker's own
            value = next((value for kind, value in LET_IN.items() if isinstance(each.type, kind)), "")
            key = next(iter(table.primary_key.columns)).name
            if value:
                wanted.add((table.name, each.name))
                put.append(
                    f'UPDATE {table.name} SET "{each.name}" = {value} WHERE {key} = (SELECT min({key}) FROM {table.name})'
                )
    write(*put)

    found = {(noun, column) for noun, _key, column in misfit.found(db.session.connection())}

    # A change of a tally may be below 0; a sum that is not what the cases give is named instead.
    allowed = {("sign_in_limits", name) for _, name in wanted} | {("tallies", "number")}
    assert wanted - found - allowed == set()
    told = [each for each in inspection.inspect(today=clock.today) if "统计数" in each.where]
    assert any("记为-" in each.message for each in told)
    answers = {
        at: browser.get(at).status_code for at in ("/", "/cases", "/contacts", "/reports/2026", "/books")
    }
    assert answers == dict.fromkeys(answers, 200)
