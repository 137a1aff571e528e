"""A copy of a whole office and its way back: seconds, rate, memory, how often a writer is held up.

A part of ``dev.py bench``: a tenth of the largest office on SQLite, a fiftieth on PostgreSQL.

The office is made by grown.py and then sealed as the program seals it, so that its chains and its journal are
read from end to end before the copy. Each part runs as a command of its own; processor time is that of the
command, memory its peak. While the copy is made a writer asks for SQLite's write lock without any patience.
"""

import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import grown
import year
from measure import Row, Sizes
from sqlalchemy import text

from tracker.models import witness
from tracker.models.base import db, transaction
from tracker.services.case import chain
from tracker.services.operations import backup

MEGABYTE = 1 << 20
APART = {  # triggers that let no entry be changed: what grown.py wrote gets its hashes now
    "sqlite": ("DROP TRIGGER case_events_no_UPDATE", None),
    "postgresql": (
        "ALTER TABLE case_events DISABLE TRIGGER case_events_append_only",
        "ALTER TABLE case_events ENABLE TRIGGER case_events_append_only",
    ),
}
MOST_HOLDS = 2  # its own entry in the audit log
FINDINGS = 1  # the ledgers that grown.py writes are shorter than any of a person's: the check names some
# What the system reports of a child is at least the peak of who started it: the command tells its own.
COMMAND = """
import atexit, sys
atexit.register(lambda: sys.stderr.write(open("/proc/self/status").read()))
from tracker.app import main; main()
"""
ROOT = Path(__file__).resolve().parent.parent


def sealed(folder: Path, total: int, url: str = "") -> None:
    """Make an office of so many cases whose chain and journal hold."""
    folder.mkdir(parents=True)
    grown.make(folder, total, url)
    with grown.opened(folder, url).app_context():
        with transaction():
            _chain()
        with transaction():
            witness.adopt(db.session.connection(), frozenset())
        db.session.remove()
        db.engine.dispose()


def _chain() -> None:
    """Give the entries of the one agency their hashes."""
    connection = db.session.connection()
    off, on = APART[connection.dialect.name]
    kept = "SELECT sql FROM sqlite_master WHERE name = 'case_events_no_UPDATE'"
    on = on or connection.exec_driver_sql(kept).scalar()
    connection.exec_driver_sql(off)
    link = chain.Chain(agency_id := db.session.scalar(text("SELECT min(id) FROM agencies")))
    link.head.chain_no, link.head.hash = 0, ""
    put = text(
        "UPDATE case_events SET previous_hash = :before, hash = :hash WHERE agency_id = :a AND chain_no = :n"
    )
    hashes = []
    for row in chain._entries(agency_id):
        made = link.link({name: getattr(row, name) for name in chain.COVERED})
        hashes.append(
            {"before": made["previous_hash"], "hash": made["hash"], "a": agency_id, "n": made["chain_no"]}
        )
        if len(hashes) == grown.BATCH:
            connection.execute(put, hashes)
            hashes = []
    if hashes:
        connection.execute(put, hashes)
    db.session.flush()
    connection.exec_driver_sql(on)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command went. holds: how many times a writer was held up; writes: how many went through."""

    processor: float
    peak: int
    holds: int = 0
    writes: int = 0


def ran(folder: Path, url: str, *words: str, beside: Path | None = None) -> Ran:
    """Run a command of the office; ``beside``: the SQLite file that a writer writes to meanwhile."""
    environ = {**os.environ, "TRACKER_INSTANCE": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    environ |= {"TRACKER_DATABASE_URL": url} if url else {}
    line = [sys.executable, "-c", COMMAND, *words]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(line, env=environ, **quiet)
    holds, writes = _write_beside(process.pid, beside) if beside else (0, 0)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, FINDINGS):
        raise SystemExit(f"{' '.join(words)}: {said}")
    peak = int(said.rpartition("VmHWM:")[2].split()[0]) * 1024
    return Ran(used.ru_utime + used.ru_stime, peak, holds, writes)


def _write_beside(process: int, database: Path) -> tuple[int, int]:
    holds = writes = 0
    was_held = False
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as writer:
        while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            try:
                writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                holds, was_held = holds + (not was_held), True
                continue
            writer.execute("UPDATE office_facts SET value = value")
            writer.execute("COMMIT")
            writes, was_held = writes + 1, False
    return holds, writes


def measure(folder: Path, total: int, url: str = "") -> Iterator[Row]:
    """Yield the rows of an office that ``sealed`` made: a copy by hand, a look before it, the way back."""
    database = None if url else folder / "tracker.sqlite3"
    copy = folder / "copy.zip"
    made = ran(folder, url, "backup", str(copy), beside=database)
    with grown.opened(folder, url).app_context():
        begin = resource.getrusage(resource.RUSAGE_SELF)
        if doubtful := backup.doubts():
            raise SystemExit(f"the office does not hold: {doubtful}")
        end = resource.getrusage(resource.RUSAGE_SELF)
        db.session.remove()
        db.engine.dispose()
    looked = end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime
    other = folder / "back"
    other.mkdir()
    (other / "secret.key").write_bytes((folder / "secret.key").read_bytes())
    restored = ran(other, "", "restore", str(copy))
    name = f"{total:,} cases on {'PostgreSQL' if url else 'SQLite'}"
    copied = made.processor - looked
    size = (
        database.stat().st_size / MEGABYTE
        if database
        else (other / "tracker.sqlite3").stat().st_size / MEGABYTE
    )
    yield Row(f"a copy of {name}", f"{made.processor:.0f} s of processor time")
    yield Row("of that reading chains, journal and copies before", f"{looked:.0f} s")
    yield Row("the copy itself, read again", f"{size / copied:.1f} MB/s, {total / copied:,.0f} cases/s")
    yield Row("peak memory of the copy", f"{made.peak / MEGABYTE:.0f} MB", "does not grow with the cases")
    if database:
        result = f"{made.holds} times among {made.writes:,} writes"
        yield Row("a writer beside it was held up", result, "at most twice", made.holds <= MOST_HOLDS)
    yield Row("its restore with the check of everything", f"{restored.processor:.0f} s of processor time")


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield what a copy costs on both databases, and its way back onto SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        home, total = Path(folder) / "home", sizes.large // 10
        sealed(home, total)
        yield from measure(home, total)
    with tempfile.TemporaryDirectory() as folder, year.server(Path(folder)) as make:
        home, total, url = Path(folder) / "home", sizes.large // 50, make("office")
        sealed(home, total, url)
        yield from measure(home, total, url)
