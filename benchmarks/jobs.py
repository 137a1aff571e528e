"""Measure the daily flagging: what it costs for the cases that are due, and for all the others."""

import statistics
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import office
from sqlalchemy import delete, insert

from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.job import OverdueFlag
from tracker.services import overdue, setup

Row = tuple[str, str, str]
RUNS = 9
DUE = 1000
OPEN = 100_000


def fill(due: int, open_: int, total: int) -> None:
    """Write cases of which ``due`` became overdue today, ``open_`` are open, the others closed."""
    agency_id = setup.default_agency().id
    chance = office.Random(492)
    with transaction():
        who = Applicant(agency_id=agency_id, kind="natural_person", name="申请人")
        db.session.add(who)
        db.session.flush()
        for start in range(0, total, office.BATCH):
            rows = [
                office.closed(number, agency_id, who.id, chance)
                for number in range(start, min(start + office.BATCH, total))
            ]
            for place, row in enumerate(rows, start):
                if place < open_:
                    days = -1 if place < due else 1 + place % 20
                    due_on = office.TODAY + timedelta(days=days)
                    row.update(
                        state="processing", received_on=office.TODAY - timedelta(days=29), due_on=due_on,
                        closed_on=None, served_on=None, decided_on=None,
                        next_action="reply", next_action_on=due_on,
                    )  # fmt: skip
            db.session.execute(insert(Case), rows)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def flagging(due: int, open_: int, total: int) -> float:
    """Return the median seconds of the day's flagging in an office of that size."""
    taken = []
    with tempfile.TemporaryDirectory() as folder, office.make(Path(folder)).app_context():
        fill(due, open_, total)
        for _run in range(RUNS):
            with transaction():
                db.session.execute(delete(OverdueFlag))
            begin = perf_counter()
            words = overdue.run(on=office.TODAY, now=office.NOW)
            taken.append(perf_counter() - begin)
            if f"超期{due}件" not in words:
                raise SystemExit(f"the flagging found something else: {words}")
        db.session.remove()
        db.engine.dispose()
    return statistics.median(taken)


def measure(total: int) -> list[Row]:
    """Measure the flagging of the same due cases alone, among open ones, among all; and of twice as many."""
    open_ = min(OPEN, total // 10)
    alone, among, twice = (
        flagging(DUE, DUE, DUE),
        flagging(DUE, open_, total),
        flagging(2 * DUE, open_, total),
    )
    return [
        (f"flagging {DUE:,} overdue cases, no others", f"{alone * 1000:.1f} ms", ""),
        (f"the same among {open_:,} open of {total:,}", f"{among * 1000:.1f} ms", ""),
        ("ratio for 1,000 times as many cases", f"{among / alone:.2f}", "at most 2"),
        (f"ratio for {2 * DUE:,} overdue against {DUE:,}", f"{twice / among:.2f}", "about 2"),
    ]
