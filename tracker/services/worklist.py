"""The worklist's next legal dates, kept true as days go by."""

from datetime import date

from sqlalchemy import select, update

from tracker.domain import history
from tracker.domain.duty import PASSING, duties
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.services import office


def refresh(agency_id: int, *, today: date) -> int:
    """Restate the next action of open cases whose duty has passed by; return how many.

    A day's going by is no act on a case: its ledger and its version stay as they are.
    """
    passed = (
        Case.agency_id == agency_id,
        Case.closed_on.is_(None),
        Case.next_action_on < today,
        Case.next_action.in_(PASSING),
    )
    if db.session.scalar(select(Case.id).where(*passed).limit(1)) is None:
        return 0
    with transaction():
        cases = list(db.session.scalars(select(Case).where(*passed)).unique())
        for case in cases:
            standing = history.fold(case.entries, office.calendar(), office.rules())
            duty = next(iter(duties(standing, today)), None)
            columns = {
                "next_action": duty.name if duty else None,
                "next_action_on": duty.on if duty else None,
            }
            db.session.execute(update(Case).where(Case.id == case.id).values(**columns))
    return len(cases)
