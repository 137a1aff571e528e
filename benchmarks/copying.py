"""A copy of a whole office and its way back: seconds, rate, memory, how often a writer is held up.

python3 benchmarks/copying.py [--cases 100000] [--postgresql] [--keep FOLDER]

The office is made by grown.py and then sealed as the program seals it, so that its chains and its journal are
read from end to end before the copy. Each part runs as a command of its own; processor time is that of the
command, memory its peak. While the copy is made a writer asks for SQLite's write lock without any patience.
"""

import argparse
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import grown
import year
from sqlalchemy import text

from tracker.models import witness
from tracker.models.base import db, transaction
from tracker.services.case import chain
from tracker.services.operations import backup

Row = tuple[str, str, str]
MEGABYTE = 1 << 20
APART = {  # triggers that let no entry be changed: what grown.py wrote gets its hashes now
    "sqlite": ("DROP TRIGGER case_events_no_UPDATE", None),
    "postgresql": (
        "ALTER TABLE case_events DISABLE TRIGGER case_events_append_only",
        "ALTER TABLE case_events ENABLE TRIGGER case_events_append_only",
    ),
}
FINDINGS = 1  # the ledgers that grown.py writes are shorter than any of a person's: the check names some
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

    seconds: float
    processor: float
    peak: int
    holds: int = 0
    writes: int = 0


def ran(folder: Path, url: str, *words: str, beside: Path | None = None) -> Ran:
    """Run a command of the office; ``beside``: the SQLite file that a writer writes to meanwhile."""
    environ = {**os.environ, "TRACKER_INSTANCE": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    environ |= {"TRACKER_DATABASE_URL": url} if url else {}
    line = [sys.executable, "-c", "from tracker.app import main; main()", *words]
    begin, before = monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        line, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    holds, writes = _write_beside(process, beside) if beside else (0, 0)
    said = process.communicate()[1]
    if process.returncode not in (0, FINDINGS):
        raise SystemExit(f"{' '.join(words)}: {said}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(monotonic() - begin, used, after.ru_maxrss * 1024, holds, writes)


def _write_beside(process: subprocess.Popen[str], database: Path) -> tuple[int, int]:
    holds = writes = 0
    was_held = False
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as writer:
        while process.poll() is None:
            try:
                writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                holds, was_held = holds + (not was_held), True
                continue
            writer.execute("UPDATE office_facts SET value = value")
            writer.execute("COMMIT")
            writes, was_held = writes + 1, False
    return holds, writes


def measure(folder: Path, total: int, url: str = "", back: str = "") -> list[Row]:
    """Return the rows of an office that ``sealed`` made: a copy by hand, a look before it, the way back.

    back: the database of PostgreSQL that it comes back onto; an SQLite file where empty.
    """
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
    restored = ran(other, back, "restore", str(copy))
    name = f"{total:,} cases on {'PostgreSQL' if url else 'SQLite'}"
    copied = made.processor - looked
    size = (
        database.stat().st_size / MEGABYTE
        if database
        else (other / "tracker.sqlite3").stat().st_size / MEGABYTE
    )
    return [
        (
            f"a copy of {name}",
            f"{made.processor:.0f} s of processor time, {copy.stat().st_size / MEGABYTE:.0f} MB",
            "",
        ),
        ("of that reading chains, journal and copies before", f"{looked:.0f} s", ""),
        ("the copy itself, read again", f"{size / copied:.1f} MB/s, {total / copied:,.0f} cases/s", ""),
        ("peak memory of the copy", f"{made.peak / MEGABYTE:.0f} MB", "does not grow with the cases"),
        (
            "a writer beside it was held up",
            f"{made.holds} times among {made.writes:,} writes",
            "at most twice",
        ),
        ("its restore with the check of everything", f"{restored.processor:.0f} s of processor time", ""),
    ]


@contextmanager
def databases(folder: Path, *, postgresql: bool) -> Iterator[tuple[str, str]]:
    """Give the addresses of the office's database and of the one that it comes back onto."""
    if not postgresql:
        yield "", ""
        return
    with year.server(folder) as make:
        yield make("office"), ""


def main() -> None:
    """Make an office, copy it, restore it; print the rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        databases(Path(folder), postgresql=chosen.postgresql) as (url, back),
    ):
        home = Path(folder) / "home"
        sealed(home, chosen.cases, url)
        for row in measure(home, chosen.cases, url, back):
            print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
