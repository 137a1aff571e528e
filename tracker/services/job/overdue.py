"""The job that flags cases on the day on which they become overdue.

Overdue is a fact of the clock and no state. The flag is a row for each (case, last day): it says
for which legal day the office was told, and nothing else hangs on it.
"""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Exists, Select, exists, literal, select

from tracker.domain.message import Phrase
from tracker.models.agency import Agency
from tracker.models.base import Moment, db, insert_into, transaction
from tracker.models.case import Case
from tracker.models.job import OverdueFlag
from tracker.services.case import worklist
from tracker.services.job.job import refuse_ahead
from tracker.services.job.timekeeping import SLIP

COUNTED = {"preserve_rowcount": True}  # PostgreSQL's driver says how many rows went in


def run(*, on: date, now: datetime) -> str:
    """Flag every case whose term ended before the day, and restate what must happen next.

    Raises InvalidDetailError for a day to come.
    """
    refuse_ahead(on, now)
    restated = 0
    for agency_id in db.session.scalars(select(Agency.id).order_by(Agency.id)).all():
        restated += worklist.refresh(agency_id, today=on)
    flagged = flag(on=on, now=now)
    return Phrase("新标记超期%(flagged)s件，重列下一步%(restated)s件", flagged=flagged, restated=restated)


def flag(*, on: date, now: datetime) -> int:
    """Flag the cases that were unanswered on the day, after the last day of their term.

    One statement, however many there are. A case that was answered since the day, on a later
    legal day, was overdue then and is flagged too: so a machine that was off misses nothing.
    """
    columns = ["case_id", "due_on", "agency_id", "flagged_on", "flagged_at"]
    count = 0
    with transaction():
        for cases in (overdue(on, now), answered_since(on, now)):
            rows = cases.add_columns(literal(on), literal(now, Moment()))
            insert = insert_into(OverdueFlag).from_select(columns, rows)
            # a flag of the future, left by a wrong clock, is none: it becomes that of its day
            insert = insert.on_conflict_do_update(
                index_elements=["case_id", "due_on"],
                set_={"flagged_on": insert.excluded.flagged_on, "flagged_at": insert.excluded.flagged_at},
                where=OverdueFlag.flagged_at > now + SLIP,
            )
            count += cast(CursorResult[Any], db.session.execute(insert, execution_options=COUNTED)).rowcount
    return count


def _flagged(now: datetime) -> Exists:
    mine = (OverdueFlag.case_id == Case.id, OverdueFlag.due_on == Case.due_on)
    return exists().where(*mine, OverdueFlag.flagged_at <= now + SLIP)


def overdue(on: date, now: datetime) -> Select[tuple[int, date | None, int]]:
    """Return the open cases that are overdue on the day and bear no flag for it."""
    return select(Case.id, Case.due_on, Case.agency_id).where(
        Case.closed_on.is_(None), Case.due_on < on, ~_flagged(now)
    )


def answered_since(on: date, now: datetime) -> Select[tuple[int, date | None, int]]:
    """Return the cases that were overdue on the day and have been answered on it or later."""
    agencies = select(Agency.id)  # the index of closing days begins with the agency
    return select(Case.id, Case.due_on, Case.agency_id).where(
        Case.agency_id.in_(agencies),
        Case.closed_on >= on,
        Case.due_on < on,
        Case.served_on >= on,
        ~_flagged(now),
    )


def flags(case_id: int) -> list[OverdueFlag]:
    """Return the flags of the case, the oldest first."""
    query = select(OverdueFlag).where(OverdueFlag.case_id == case_id).order_by(OverdueFlag.due_on)
    return list(db.session.scalars(query))
