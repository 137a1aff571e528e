"""Measure what grows: table 3, worklist, case page, due dates, import, check, reminding.

python3 dev.py bench [--cases 1000000] [--write]   prints a table; --write keeps it in README.md
"""

import argparse
import platform
import re
import sqlite3
import statistics
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from tracker.services.office.agency import default_agency

sys.path.insert(0, str(Path(__file__).resolve().parent))

import alike
import jobs
import office
import reminding
from flask import Flask
from sqlalchemy.dialects import sqlite

from tracker.domain.calendar.calendar import shipped
from tracker.domain.case.rules import defaults
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.reads.table3 import flow_statement, results_statement, table3_counts
from tracker.services.exchange import exchange, importing
from tracker.services.office import user
from tracker.services.office.actor import Actor
from tracker.services.operations import inspection

YEAR = 2025
RUNS = 9
README = Path(__file__).resolve().parent / "README.md"
Row = tuple[str, str, str]


def times(*functions: Callable[[], object]) -> list[float]:
    """Return the median seconds of each function; runs alternate so that load falls on all alike."""
    taken: list[list[float]] = [[] for _ in functions]
    for _run in range(RUNS):
        for place, function in enumerate(functions):
            begin = perf_counter()
            function()
            taken[place].append(perf_counter() - begin)
    return [statistics.median(each) for each in taken]


def table_3(agency_id: int) -> list[Row]:
    """Measure the whole of table 3 against its own statements run bare on the same connection."""
    statements = (results_statement(agency_id, YEAR), flow_statement(agency_id, YEAR))
    compiled = [
        s.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}) for s in statements
    ]
    bare = [str(text) for text in compiled]
    group = (
        "SELECT state, applicant_kind, count(*) FROM cases WHERE agency_id = 1 "
        "AND closed_on BETWEEN '2025-01-01' AND '2025-12-31' GROUP BY state, applicant_kind"
    )
    raw: sqlite3.Connection = db.session.connection().connection.driver_connection

    def run_bare() -> None:
        for text in bare:
            raw.execute(text).fetchall()

    whole, alone, one = times(
        lambda: table3_counts(agency_id, YEAR), run_bare, lambda: raw.execute(group).fetchall()
    )
    return [
        ("table 3 of one year, whole", f"{whole * 1000:.1f} ms", ""),
        ("the same statements bare", f"{alone * 1000:.1f} ms", ""),
        ("ratio whole / bare", f"{whole / alone:.2f}", "at most 1.5"),
        ("one bare GROUP BY on the covering index", f"{one * 1000:.1f} ms", ""),
    ]


def pages(total: int, app: Flask) -> tuple[float, float, list[Row]]:
    """Return the seconds of the worklist and of a case page in an office of that size, and table 3."""
    with app.app_context():
        office.fill(total)
        agency_id = default_agency().id
        row, once = user.create_by_command(
            agency_id=agency_id, login="li", name="李一", roles=[Role.HEAD], now=office.NOW
        )
        actor = Actor(row.name, row.role_set, agency_id, row.id)
        user.change_password(row.id, once, "Long-enough-1", actor=actor, now=office.NOW)
        counted = table_3(agency_id)
        db.session.remove()
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    words = {"csrf_token": token[1] if token else "", "login": "li", "password": "Long-enough-1", "to": "/"}
    client.post("/sign-in", data=words)
    if client.get("/").status_code != 200 or client.get("/cases/7").status_code != 200:
        sys.exit("the pages do not open")
    worklist, case = times(lambda: client.get("/"), lambda: client.get("/cases/7"))
    return worklist, case, counted


def growing(total: int) -> list[Row]:
    """Measure the pages and the jobs at 1,000 and at the full number of cases, the same 500 open in both."""
    found, reminded, flagged = {}, {}, {}
    # The full office first: a process that wrote a million rows is slower afterwards, for both alike.
    for size, open_ in ((total, total // 10), (1000, 1000)):
        with tempfile.TemporaryDirectory() as folder:
            app = office.make(Path(folder))
            found[size] = pages(size, app)
            with app.app_context():
                reminded[size] = reminding.measure(open_, times)
                flagged[size] = jobs.measure(open_)
                db.session.remove()
                db.engine.dispose()
    rows: list[Row] = list(found[total][2])
    for place, name in enumerate(("worklist", "case page")):
        small, large = found[1000][place], found[total][place]
        rows.append((f"{name}, 1,000 cases", f"{small * 1000:.1f} ms", ""))
        rows.append((f"{name}, {total:,} cases", f"{large * 1000:.1f} ms", ""))
        rows.append((f"ratio of the {name}", f"{large / small:.2f}", "at most 1.5"))
    rows += jobs.rows(total, flagged[1000], flagged[total])
    return rows + reminding.rows(total, reminded[1000], reminded[total])


def due_dates() -> list[Row]:
    """Measure due dates per second, from read histories, and working-day additions."""
    lines = office.histories(5000, office.date(2024, 1, 2), 900, closed=0.5)
    read = [case for case in exchange.read(lines) if isinstance(case, exchange.ReadCase)]
    calendar, rules = shipped(), defaults
    begin = perf_counter()
    for case in read:
        exchange.due_line(case, office.TODAY, calendar, rules)
    each = (perf_counter() - begin) / len(read)
    (additions,) = times(lambda: [calendar.add(office.TODAY, 20) for _ in range(10_000)])
    return [
        ("due dates with explanation", f"{1 / each:,.0f} a second", ""),
        ("additions of 20 working days", f"{10_000 / additions:,.0f} a second", ""),
    ]


def imports() -> list[Row]:
    """Measure the import of 15,000 histories, and the check's memory at two sizes of several windows."""
    rows: list[Row] = []
    peaks = {}
    for count in (5000, 15_000):
        with tempfile.TemporaryDirectory() as folder, office.make(Path(folder)).app_context():
            lines = list(office.histories(count, office.date(2019, 1, 2), 2700, closed=0.95))
            begin = perf_counter()
            importing.import_histories(lines, today=office.TODAY, now=office.NOW)
            seconds = perf_counter() - begin
            db.session.remove()
            tracemalloc.start()
            problems = sum(1 for _ in inspection.inspect(today=office.TODAY))
            peaks[count] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            if problems:
                sys.exit("the check found something in a sound office")
            db.engine.dispose()
        if count > 5000:
            words = f"{seconds:.1f} s ({count / seconds:,.0f} a second)"
            rows.append((f"import of {count:,} histories", words, "under 30 s"))
    ratio = f"{peaks[15_000] / peaks[5000]:.2f}"
    return [*rows, ("peak memory of the check, 15,000 / 5,000 cases", ratio, "does not grow with the cases")]


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    rows = [*growing(chosen.cases), *due_dates(), *imports(), *alike.rows()]
    lines = ["| measure | result | aim |", "|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    machine = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {chosen.cases:,} cases."
    text = "\n".join([*lines, "", machine])
    print(text)
    if chosen.write:
        kept = README.read_text(encoding="utf-8")
        between = re.compile(r"(<!-- results -->\n).*(<!-- end -->)", re.DOTALL)
        README.write_text(between.sub(lambda m: f"{m[1]}{text}\n{m[2]}", kept), encoding="utf-8")


if __name__ == "__main__":
    main()
