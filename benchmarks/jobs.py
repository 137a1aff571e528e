"""Measure the daily flagging: what it costs for the cases that are due, and for all the others."""

import statistics
from collections.abc import Sequence
from datetime import date, timedelta
from time import perf_counter

import office
from sqlalchemy import delete, update

from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.job import OverdueFlag
from tracker.services.job import overdue

Row = tuple[str, str, str]
RUNS = 9
DUE = 1000


def _open(count: int) -> None:
    """Open that many cases: DUE of them became overdue today, DUE do tomorrow, the others later."""
    later = office.TODAY + timedelta(days=20)
    parts = ((DUE, office.TODAY - timedelta(days=1)), (2 * DUE, office.TODAY), (count, later))
    first = 0
    with transaction():
        for last, due_on in parts:
            opened = update(Case).where(Case.id > first, Case.id <= min(last, count))
            db.session.execute(
                opened.values(
                    state="processing", received_on=office.TODAY - timedelta(days=29), due_on=due_on,
                    closed_on=None, served_on=None, decided_on=None,
                    next_action="reply", next_action_on=due_on,
                ),
                execution_options={"synchronize_session": False},
            )  # fmt: skip
            first = last
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def _flagging(on: date, due: int) -> float:
    """Return the median seconds of the day's flagging, from no flags at all."""
    taken = []
    for _run in range(RUNS):
        with transaction():
            db.session.execute(delete(OverdueFlag))
        begin = perf_counter()
        words = overdue.run(on=on, now=office.NOW)
        taken.append(perf_counter() - begin)
        if f"超期{due}件" not in words:
            raise SystemExit(f"the flagging found something else: {words}")
    return statistics.median(taken)


def measure(open_: int) -> list[float]:
    """Return the seconds of flagging DUE cases and, where there are more, twice as many.

    The office at hand is changed: its first cases are open afterwards.
    """
    _open(open_)
    days = (office.TODAY, office.TODAY + timedelta(days=1)) if open_ > DUE else (office.TODAY,)
    return [_flagging(on, times * DUE) for times, on in enumerate(days, start=1)]


def rows(total: int, small: Sequence[float], large: Sequence[float]) -> list[Row]:
    """Return the table's rows from what was measured in an office of DUE cases and in the full one."""
    (alone,), (among, twice) = small, large
    return [
        (f"flagging {DUE:,} overdue cases, no others", f"{alone * 1000:.1f} ms", ""),
        (f"the same among {total // 10:,} open of {total:,}", f"{among * 1000:.1f} ms", ""),
        (f"ratio for {total // DUE:,} times as many cases", f"{among / alone:.2f}", "at most 2"),
        (f"ratio for {2 * DUE:,} overdue against {DUE:,}", f"{twice / among:.2f}", "about 2"),
    ]
