"""Measure the core: due dates, additions of working days, the import of histories, the check."""

import tempfile
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import process_time

import office
from measure import Row, Sizes, times

from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import history
from tracker.domain.case.rules import defaults
from tracker.models.base import db
from tracker.services.exchange import exchange, importing
from tracker.services.operations import inspection

HISTORIES = 15_000


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield what is counted a second, and what an import and a check take."""
    yield from due_dates()
    yield from lines_read()
    yield from imports(HISTORIES if sizes.large > HISTORIES else sizes.large)


def due_dates() -> Iterator[Row]:
    """Measure due dates per second, from read histories, and working-day additions."""
    lines = office.histories(5000, date(2024, 1, 2), 900, closed=0.5)
    read = [case for case in exchange.read(lines) if isinstance(case, exchange.ReadCase)]
    calendar, rules = shipped(), defaults
    folds, dues, additions = times(
        lambda: [history.fold(case.entries, calendar, rules).due() for case in read],
        lambda: [exchange.due_line(case, office.TODAY, calendar, rules) for case in read],
        lambda: [calendar.add(office.TODAY, 20) for _ in range(10_000)],
    )
    each = len(read) / folds
    yield Row("due dates from histories", f"{each:,.0f} a second", "at least 60,000", each >= 60_000)
    each = len(read) / dues
    yield Row("due dates with explanation", f"{each:,.0f} a second", "at least 15,000", each >= 15_000)
    yield Row("additions of 20 working days", f"{10_000 / additions:,.0f} a second")


def lines_read() -> Iterator[Row]:
    """Measure lines of a file of histories, read and checked."""
    lines = [line.encode() for line in office.histories(5000, date(2024, 1, 2), 900, closed=0.5)]
    (seconds,) = times(lambda: sum(1 for _ in exchange.read(lines)))
    each = len(lines) / seconds
    yield Row("lines of histories read", f"{each:,.0f} a second", "at least 40,000", each >= 40_000)


def imports(count: int) -> Iterator[Row]:
    """Measure the import of histories, and the check's memory at a third of them and at all."""
    peaks = {}
    for part in (count // 3, count):
        with tempfile.TemporaryDirectory() as folder, office.make(Path(folder)).app_context():
            lines = list(office.histories(part, date(2019, 1, 2), 2700, closed=0.95))
            begin = process_time()
            importing.import_histories(lines, today=office.TODAY, now=office.NOW)
            seconds = process_time() - begin
            db.session.remove()
            tracemalloc.start()
            problems = sum(1 for _ in inspection.inspect(today=office.TODAY))
            peaks[part] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            if problems:
                raise RuntimeError("the check found something in a sound office")
            db.engine.dispose()
    told = f"{seconds:.1f} s ({count / seconds:,.0f} a second)"
    yield Row(f"import of {count:,} histories", told, "at most 5 s", seconds <= 5)
    ratio = peaks[count] / peaks[count // 3]
    measure = f"peak memory of the check, {count:,} / {count // 3:,} cases"
    yield Row(measure, f"{ratio:.2f}", "does not grow: at most 1.5", ratio <= 1.5)
