"""An office of any number of cases, written straight into its tables: what ten years leave behind.

Everything grows with the cases: ledgers, applicants, letters, items, messages, the audit log. Ledgers are
short and sealed by nothing: the pages read them, no check is run over them. What is open came in during the
last working days, as in an office that answers in time, but for one case in a thousand.

python3 benchmarks/grown.py CASES [FOLDER [ADDRESS]]   makes one; without a folder, that which the parts share
"""

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Any

import measure
import office
import psycopg
from flask import Flask
from sqlalchemy import select

from tests import postgres
from tracker.app import create_app
from tracker.config import load
from tracker.domain.calendar.calendar import shipped
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.case.state import PROCESSING
from tracker.domain.permission import Role
from tracker.models import migrate
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.models.reads import search, tally
from tracker.models.tables import count_anew
from tracker.services.office import user
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
from tracker.services.operations import setup

Row = tuple[Any, ...]
Batch = tuple[str, Sequence[str], Iterator[Row]]
BASE = (
    Path(tempfile.gettempdir()) / "growth"
)  # where the offices are kept: a million cases take minutes to make
FIRST = date(2016, 1, 4)
DAYS = (office.TODAY - FIRST).days
UNITS = 12
HANDLERS = [f"承办{n}" for n in range(60)]
PASSWORD = "Long-enough-1"
PEOPLE = (("li", Role.HEAD, None), ("wang", Role.HANDLER, 2), ("guan", Role.ADMINISTRATOR, None))
MOMENT = "2026-11-20 02:00:00.000000"
NO_HASH = "0" * 64
BATCH = 50_000
PAID_AT = 4  # the place of a payment in its ledger
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英建国文华志玉红春梅海燕"
PLACES = "东西南北中城郊新老上下前后"
THINGS = ("规划图", "征收补偿方案", "环评批复", "财政预算", "会议纪要", "低保名单", "施工许可", "征地红线图")
KINDS = [kind.value for kind in ApplicantKind]
CHANNELS = [channel.value for channel in Channel]
STATES = [outcome.code for outcome in OUTCOMES if PROCESSING in outcome.sources]
# Each day since the first, with the day on which an answer to what came in on it is due.
WORK = [
    ((FIRST + timedelta(days=n)).isoformat(), shipped().add(FIRST + timedelta(days=n), 20).isoformat())
    for n in range(DAYS + 1)
]
LATER = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
HASH = 1 << 28  # bytes of an index of words that SQLite gathers before it writes them: the whole of a batch
USUAL_HASH = 1 << 20
LATER_ON_POSTGRESQL = """SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND indexdef LIKE 'CREATE INDEX%'"""
CASE_COLUMNS = (
    "id", "agency_id", "number", "applicant_id", "subject", "folded", "registered_at", "registered_by",
    "unit_id", "version", "state", "channel", "applicant_kind", "handler", "received_on", "due_on",
    "due_is_provisional", "next_action", "next_action_on", "decided_on", "served_on", "closed_on",
    "days_taken",
)  # fmt: skip
EVENT_COLUMNS = (
    "case_id", "agency_id", "seq", "step", "from_state", "to_state", "effective_on", "recorded_at", "actor",
    "details", "chain_no", "previous_hash", "hash",
)  # fmt: skip
PAYMENT_COLUMNS = ("agency_id", "case_id", "seq", "paid_on", "amount", "fen")
DUTY_COLUMNS = ("agency_id", "kind", "subject_id", "name", "due_on", "provisional")
CONTACT_COLUMNS = (
    "agency_id", "number", "form", "arrived_on", "arrived_time", "person", "summary", "folded",
    "received_by", "triage", "told", "result", "closed_on", "recorded_at", "next_action",
    "next_action_on", "version",
)  # fmt: skip
AUDIT_COLUMNS = ("agency_id", "at", "actor", "act", "target", "succeeded", "address", "details")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an office is. url: the address of its database on PostgreSQL."""

    total: int
    folder: Path
    url: str = ""


@contextmanager
def kept(sizes: Iterable[int], database: str) -> Iterator[list[Place]]:
    """Give the offices of these sizes on "SQLite" or "PostgreSQL", to be read; make what is missing."""
    if database == "SQLite":
        yield [_there(Place(total, BASE / _name(total))) for total in sizes]
        return
    with measure.postgresql(BASE / "postgresql", keep=True):
        yield [
            _there(Place(total, BASE / f"postgresql-{_name(total)}", postgres.database_url(_name(total))))
            for total in sizes
        ]


def _name(total: int) -> str:
    """Return the name of an office as this version of the program makes it."""
    return f"office_{total}_{migrate.newest()}"


def _there(place: Place) -> Place:
    """Make the office unless it is there, in a process of its own: a million rows leave a slow one behind."""
    if not (place.folder / "made").exists():
        shutil.rmtree(place.folder, ignore_errors=True)
        place.folder.mkdir(parents=True)
        if place.url:
            postgres.make_empty(_name(place.total))
        subprocess.run([sys.executable, __file__, str(place.total), place.folder, place.url], check=True)
        (place.folder / "made").touch()
    return place


@contextmanager
def copied(total: int, database: str = "SQLite") -> Iterator[Place]:
    """Give a copy of the office of that size, to be written to."""
    with kept([total], database) as (place,), tempfile.TemporaryDirectory(dir=BASE) as folder:
        shutil.copytree(place.folder, folder, dirs_exist_ok=True)
        name = f"copy_{Path(folder).name}".lower()
        url = postgres.make_copy(name, _name(total)) if place.url else ""
        try:
            yield Place(total, Path(folder), url)
        finally:
            if url:
                postgres.on_server(f"DROP DATABASE {name} WITH (FORCE)")


def opened(folder: Path, url: str = "") -> Flask:
    """Return the application of the office in the folder; its clock stands."""
    environ = {"TRACKER_INSTANCE": str(folder), "TRACKER_TESTING": "true"}
    environ |= {"TRACKER_DATABASE_URL": url} if url else {}
    return create_app(load(environ), now=lambda: office.NOW)


def make(folder: Path, total: int, url: str = "") -> None:
    """Make an office of so many cases in the folder, or in the database of PostgreSQL at the address."""
    with opened(folder, url).app_context():
        setup.initialise("测量局", fallback="x", now=office.NOW)
        agency_id = default_agency().id
        with transaction():
            db.session.add_all(Unit(agency_id=agency_id, name=f"{n}股") for n in "一二三四五六七八九十甲乙")
        units = list(db.session.scalars(select(Unit.id).order_by(Unit.id)))
        for login, role, unit in PEOPLE:
            row, once = user.create_by_command(
                agency_id=agency_id, login=login, name=login, roles=[role], now=office.NOW,
                unit_id=None if unit is None else units[unit],
            )  # fmt: skip
            actor = Actor(row.name, row.role_set, row.agency_id, row.id)
            user.change_password(row.id, once, PASSWORD, actor=actor, now=office.NOW)
        db.session.remove()
        write = _into_postgresql if url else _into_sqlite
        write(_tables(total, agency_id, units))
        db.session.remove()
        db.engine.dispose()


def _tables(total: int, agency_id: int, units: Sequence[int]) -> Iterator[Batch]:
    """Yield each table with its columns and some of its rows, parents before children."""
    yield "applicants", ("id", "agency_id", "kind", "name", "folded"), _applicants(total, agency_id)
    chance, chain = Random(492), count(1)
    for start in range(0, total, BATCH):
        told = [_Told(n, total, chance) for n in range(start, min(start + BATCH, total))]
        yield "cases", CASE_COLUMNS, (_case(each, agency_id, units) for each in told)
        yield "case_events", EVENT_COLUMNS, (row for each in told for row in _events(each, agency_id, chain))
        paid = (each for each in told if each.closed and each.paid)
        rows = ((agency_id, each.id, PAID_AT, each.received, "100", 10_000) for each in paid)
        yield "payments", PAYMENT_COLUMNS, rows
        open_ = (each for each in told if each.closed is None)
        yield "duties", DUTY_COLUMNS, ((agency_id, "case", c.id, "reply", c.due, 0) for c in open_)
    yield "contacts", CONTACT_COLUMNS, _contacts(total // 2, agency_id)
    yield "audit_entries", AUDIT_COLUMNS, _audits(total // 4, agency_id)


class _Told:
    """What is true of a case."""

    __slots__ = (
        "channel", "closed", "days", "due", "handler", "id", "kind", "paid", "person", "received", "state",
        "subject", "unit",
    )  # fmt: skip

    def __init__(self, number: int, total: int, chance: Random) -> None:
        at = chance.getrandbits(60)
        day = DAYS * number // total
        self.id, self.person = number + 1, number % max(total // 2, 1) + 1
        self.received, self.due = WORK[day]
        self.kind, self.channel = KINDS[at % len(KINDS)], CHANNELS[(at >> 8) % len(CHANNELS)]
        self.unit, self.handler = (at >> 16) % UNITS, HANDLERS[(at >> 20) % len(HANDLERS)]
        after = day + 1 + (at >> 28) % 29
        self.closed = WORK[after][0] if after <= DAYS and (at >> 34) % 1000 else None
        span = (FIRST + timedelta(days=day), FIRST + timedelta(days=after))
        self.days = shipped().count(*span) if self.closed else None
        self.state = STATES[(at >> 44) % len(STATES)] if self.closed else "processing"
        self.paid = (at >> 50) % 50 == 0
        place = PLACES[at % 13] + PLACES[(at >> 4) % 13] + PLACES[(at >> 12) % 13]
        self.subject = f"{place}村{THINGS[(at >> 24) % len(THINGS)]}{number}"


def _applicants(total: int, agency_id: int) -> Iterator[Row]:
    chance = Random(711)
    for n in range(1, max(total // 2, 1) + 1):
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        yield n, agency_id, "natural_person", name, name


def _case(told: _Told, agency_id: int, units: Sequence[int]) -> Row:
    number = f"YSQ-{told.received[:4]}-{told.id:07}"
    folded = f"{number.lower()}\n{told.subject}"  # there is nothing in them that folding evens out
    action = (None, None) if told.closed else ("reply", told.due)
    return (
        told.id, agency_id, number, told.person, told.subject, folded, MOMENT, "li", units[told.unit], 1,
        told.state, told.channel, told.kind, told.handler, told.received, told.due, 0, *action, told.closed,
        told.closed, told.closed, told.days,
    )  # fmt: skip


def _events(told: _Told, agency_id: int, chain: Iterator[int]) -> Iterator[Row]:
    before = None
    for seq, (step, after, on, details) in enumerate(_ledger(told), 1):
        yield (
            told.id, agency_id, seq, step, before, after, on, MOMENT, "li", details, next(chain),
            NO_HASH, NO_HASH,
        )  # fmt: skip
        before = after


def _ledger(told: _Told) -> Iterator[tuple[str, str, str, str]]:
    said = f'{{"channel": "{told.channel}", "applicant_kind": "{told.kind}"}}'
    yield "receive", "received", told.received, said
    yield "accept", "processing", told.received, '{"implied": true}'
    if told.closed:
        if told.paid:
            yield "charge", "awaiting_payment", told.received, '{"amount": "100"}'
            yield "pay", "processing", told.received, '{"amount": "100"}'
        yield told.state, told.state, told.closed, "{}"


def _contacts(total: int, agency_id: int) -> Iterator[Row]:
    chance = Random(35)
    for n in range(total):
        day = DAYS * n // total
        on, due = WORK[day]
        closed = WORK[day + 10][0] if day + 10 <= DAYS else None
        number, words = f"LX-{on[:4]}-{n:07}", f"反映{chance.choice(PLACES)}村{chance.choice(THINGS)}"
        person = chance.choice(SURNAMES) + chance.choice(GIVEN)
        duty = (None, None) if closed else ("triage", due)
        yield (
            agency_id, number, chance.choice(("letter", "visit", "call")), on, "", person, words,
            f"{number.lower()}\n{person}\n{words}\nli\n\n",
            "li", chance.choice(("petition", "consultation")), "", "",
            closed, MOMENT, *duty, 1,
        )  # fmt: skip


def _audits(total: int, agency_id: int) -> Iterator[Row]:
    for n in range(total):
        on, _due = WORK[DAYS * n // total]
        yield agency_id, f"{on} 01:00:00.000000", "li", "revealed", f"YSQ-{n}", 1, "", "{}"


def _into_sqlite(tables: Iterable[Batch]) -> None:
    """Write the rows first, and what is kept of them after: row by row they take ten times as long."""
    raw: sqlite3.Connection = db.session.connection().connection.driver_connection
    raw.rollback()
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("PRAGMA cache_size=-1000000")
    later = raw.execute(LATER).fetchall()
    for kind, name, _statement in later:
        raw.execute(f'DROP {kind} "{name}"')
    for name, columns, rows in tables:
        places = ", ".join("?" for _ in columns)
        words = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})"
        raw.execute("BEGIN IMMEDIATE")
        while batch := list(islice(rows, BATCH)):
            raw.executemany(words, batch)
        raw.execute("COMMIT")
    _find_words(raw)
    for _kind, _name, statement in later:
        raw.execute(statement)
    with transaction():
        tally.make_anew()
    count_anew()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _find_words(raw: sqlite3.Connection) -> None:
    """Fill the indexes of words from the rows: each is gathered in memory and written at once."""
    indexes = {"case_words": "cases"} | {name: model.__tablename__ for model, name in search.PAIRS.items()}
    for index, table in indexes.items():
        gathered = f"INSERT INTO {index}({index}, rank) VALUES ('hashsize', ?)"
        raw.execute(gathered, (HASH,))
        if index in search.PAIRS.values():
            search.make_anew(db.session.connection(), table)
            db.session.commit()
        else:
            raw.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")
        raw.execute(gathered, (USUAL_HASH,))


def _into_postgresql(tables: Iterable[Batch]) -> None:
    raw: psycopg.Connection[Any] = db.session.connection().connection.driver_connection
    raw.execute("SET synchronous_commit = off")
    indexes = raw.execute(LATER_ON_POSTGRESQL).fetchall()
    for name, _statement in indexes:
        raw.execute(f"DROP INDEX {name}")
    for name, columns, rows in tables:
        with raw.cursor() as cursor, cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        if "id" in columns:
            raw.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
        raw.commit()
    for _name, statement in indexes:
        raw.execute(statement)
    raw.commit()
    count_anew()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        make(Path(sys.argv[2]), int(sys.argv[1]), *sys.argv[3:])
    else:
        with kept([int(sys.argv[1])], "SQLite") as (office_there,):
            print(office_there.folder)
