"""Measure flags and reminders: what they cost for the cases that are due, and for all the others.

Written into copies of the offices, where a tenth of the cases is open, at least as many as fall due. What the
jobs write is taken away between two runs.
"""

import statistics
from collections.abc import Callable, Iterator
from datetime import timedelta
from time import process_time

import grown
import office
from measure import Row, Sizes
from sqlalchemy import delete, insert, literal, select, update

from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.duty import CASE, OpenDuty
from tracker.models.job import OverdueFlag
from tracker.models.outbox import Message
from tracker.models.tables import count_anew
from tracker.services.job import overdue, reminder

RUNS = 5
FEW, MANY = 500, 1000  # that fall due
WHOLE = {"execution_options": {"synchronize_session": False}}
Act = Callable[[], object]


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield flagging and reminding, among few and among many cases."""
    alone = _measured(sizes.small)
    among = _measured(sizes.large)
    place = f"among {max(sizes.large // 10, MANY):,} open of {sizes.large:,} cases"
    for name, aim in (("flagging", 2), ("reminding", 1.5)):
        few, many, other = among[name, FEW], among[name, MANY], alone[name, FEW]
        yield Row(f"{name} {FEW}, {sizes.small:,} cases, all open", f"{other * 1000:.1f} ms")
        yield Row(f"{name} {FEW}, {place}", f"{few * 1000:.1f} ms")
        yield Row(f"ratio of {name} by all cases", f"{few / other:.2f}", f"at most {aim}", few / other <= aim)
        yield Row(f"ratio of {name} {MANY:,} / {FEW}", f"{many / few:.2f}", "about 2", many / few <= 2.5)


def _measured(total: int) -> dict[tuple[str, int], float]:
    """Return the median seconds by the job and by how many fall due."""
    jobs: dict[str, Act] = {
        "flagging": lambda: overdue.run(on=office.TODAY, now=office.NOW),
        "reminding": lambda: reminder.remind(on=office.TODAY, now=office.NOW),
    }
    with grown.copied(total) as place, grown.opened(place.folder).app_context():
        taken = {}
        for due in (FEW, MANY):
            _open(max(total // 10, MANY), due)
            taken |= {(name, due): _median(job) for name, job in jobs.items()}
        flagged = overdue.run(on=office.TODAY, now=office.NOW)
        if f"超期{MANY}件" not in flagged:
            raise RuntimeError(f"the flagging ended otherwise: {flagged}")
        db.session.remove()
        db.engine.dispose()
    return taken


def _median(job: Act) -> float:
    taken = []
    for _run in range(RUNS):
        _forget()
        begin = process_time()
        job()
        taken.append(process_time() - begin)
    _forget()
    return statistics.median(taken)


def _forget() -> None:
    with transaction():
        db.session.execute(delete(OverdueFlag))
        db.session.execute(delete(Message))


def _open(count: int, due: int) -> None:
    """Open so many cases: ``due`` of them are overdue and have a duty today, the others have time."""
    later = office.TODAY + timedelta(days=200)
    days = ((due, office.TODAY - timedelta(days=1)), (count, later))
    first = 0
    with transaction():
        postponed = update(Case).where(Case.closed_on.is_(None)).values(due_on=later, next_action_on=later)
        db.session.execute(postponed, **WHOLE)
        for last, due_on in days:
            opened = update(Case).where(Case.id > first, Case.id <= last).values(
                state="processing", received_on=office.TODAY - timedelta(days=29), due_on=due_on,
                closed_on=None, served_on=None, decided_on=None, next_action="reply", next_action_on=due_on,
            )  # fmt: skip
            db.session.execute(opened, **WHOLE)
            first = last
        db.session.execute(delete(OpenDuty))
        for condition, day in ((Case.id <= due, office.TODAY), (Case.id > due, later)):
            duties = select(
                Case.agency_id, literal(CASE), Case.id, literal("reply"), literal(day), literal(False)
            ).where(condition, Case.closed_on.is_(None))
            names = ["agency_id", "kind", "subject_id", "name", "due_on", "provisional"]
            db.session.execute(insert(OpenDuty).from_select(names, duties))
    count_anew()
