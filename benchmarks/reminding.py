"""Time a morning's reminders: with what is due, not with what is open or kept."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import office
from sqlalchemy import delete, insert, select

from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.duty import CASE, OpenDuty
from tracker.models.outbox import Message
from tracker.services.job import reminder

Row = tuple[str, str, str]
DUE = 500
BATCH = 20_000


def _spread(count: int, due: int) -> None:
    """Give that many cases a duty each; ``due`` of them fall due today, the others in the years to come."""
    with transaction():
        db.session.execute(delete(OpenDuty))
        db.session.execute(delete(Message))
        agency_id = db.session.scalar(select(Agency.id).order_by(Agency.id).limit(1))
        ids = list(db.session.scalars(select(Case.id).order_by(Case.id).limit(count)))
        rows = [
            {
                "agency_id": agency_id,
                "kind": CASE,
                "subject_id": case_id,
                "name": "reply",
                "due_on": office.TODAY + timedelta(days=0 if place < due else 60 + place % 1000),
                "provisional": False,
            }
            for place, case_id in enumerate(ids)
        ]
        for start in range(0, len(rows), BATCH):
            db.session.execute(insert(OpenDuty), rows[start : start + BATCH])
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def _morning() -> None:
    """Remind as of this morning, from an empty outbox."""
    with transaction():
        db.session.execute(delete(Message))
    reminder.remind(on=office.TODAY, now=office.NOW)


def measure(open_: int, times: Callable[..., list[float]]) -> list[float]:
    """Return the seconds of reminding DUE and twice as many, of that many open, in the office at hand."""
    found = []
    for due in (DUE, 2 * DUE):
        _spread(open_, due)
        found += times(_morning)
    return found


def rows(total: int, small: Sequence[float], large: Sequence[float]) -> list[Row]:
    """Return the table's rows from what was measured in an office of 1,000 cases and in the full one."""
    (few, _), (many, double) = small, large
    return [
        (f"reminding {DUE} due, 1,000 open of 1,000 cases", f"{few * 1000:.0f} ms", ""),
        (f"reminding {DUE} due, {total // 10:,} open of {total:,} cases", f"{many * 1000:.0f} ms", ""),
        ("ratio of reminding by the number of cases", f"{many / few:.2f}", "at most 1.5"),
        (f"ratio of reminding by the number due, {2 * DUE} / {DUE}", f"{double / many:.2f}", "about 2"),
    ]
