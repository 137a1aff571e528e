"""The worklist's next legal dates, kept true as days go by."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case.duty import PASSING, duties
from tracker.domain.case.event import Entry
from tracker.domain.errors import DomainError
from tracker.models import fault
from tracker.models.base import BUSY_SECONDS, db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import IS_PAYMENT, Case, CaseEvent
from tracker.models.duty import CASE, OpenDuty
from tracker.models.in_use import RestoringError
from tracker.models.payment import Payment
from tracker.models.reads.case import AMONG_OPEN
from tracker.services.case import duty, ledger, payment
from tracker.services.office import portions

TOGETHER = 200  # cases that are restated in one transaction
DUTIES_KEPT = "duties_kept"  # the fact: the duties of older cases were filled in
PAYMENTS_KEPT = "payments_kept"  # the fact: their payments were


def refresh_for_reader(agency_id: int, *, today: date) -> None:
    """Do the same for somebody who only reads: left for later where something else writes or nothing can."""
    try:
        refresh(agency_id, today=today, patience=0)
    except (StaleDataError, RestoringError):
        return
    except DBAPIError as error:
        if fault.kind(error) is None:
            raise


def refresh(agency_id: int, *, today: date, patience: float = BUSY_SECONDS) -> int:
    """Restate the next action of open cases whose duty has passed by; return how many.

    A day's going by is no act on a case: its ledger and its version stay as they are.
    """
    passed = (
        Case.agency_id == agency_id,
        AMONG_OPEN,
        Case.next_action_on < today,
        Case.next_action.in_(PASSING),
    )
    over = select(OpenDuty.id).where(*duty.passed(agency_id, today)).exists()
    if not db.session.scalar(select(or_(over, select(Case.id).where(*passed).exists()))):
        return 0
    with transaction(patience=patience):
        duty.pass_by(agency_id, today=today)
        cases = list(db.session.scalars(select(Case).where(*passed)).unique())
        for case in cases:
            standing = ledger.standing(case.entries)
            first = next(iter(duties(standing, today)), None)
            columns = {
                "next_action": first.name if first else None,
                "next_action_on": first.on if first else None,
            }
            db.session.execute(update(Case).where(Case.id == case.id).values(**columns))
    return len(cases)


def restate_open(agency_id: int, *, today: date) -> int:
    """Restate the duties and the next action of every open case: a wrong clock let some pass by.

    Each case alone is right, so clerks may come between; nobody moves one while it is restated.
    Returns how many were open.
    """
    ours = (Case.agency_id == agency_id, Case.closed_on.is_(None))
    ids = db.session.scalars(select(Case.id).where(*ours).order_by(Case.id)).all()

    def restate(some: Sequence[int]) -> int:
        open_cases = [row for window in ledger.windows(Case.id.in_(some), *ours) for row in window]
        for case, entries in open_cases:
            _restate(case, entries, today)
        return len(open_cases)

    parts = (ids[begin : begin + TOGETHER] for begin in range(0, len(ids), TOGETHER))
    return sum(portions.each(restate, parts, alone=True))


def _restate(case: Any, entries: Sequence[Entry], today: date) -> None:
    try:
        standing = ledger.standing(entries)
        open_duties = duties(standing, today)
    except (DomainError, LookupError, TypeError, ValueError):
        return  # ``tracker check`` names it
    duty.restate(CASE, case.id, case.agency_id, open_duties)
    first = next(iter(open_duties), None)
    columns = {"next_action": first.name if first else None, "next_action_on": first.on if first else None}
    db.session.execute(update(Case).where(Case.id == case.id).values(**columns))


def fill_duties(*, today: date) -> int:
    """Keep the duties of the cases that are older than the table of duties; return how many rows."""
    if db.session.get(OfficeFact, DUTIES_KEPT) is not None:
        return 0
    count = 0
    with transaction(alone=True):
        if db.session.get(OfficeFact, DUTIES_KEPT) is not None:
            return 0
        db.session.execute(delete(OpenDuty).where(OpenDuty.kind == CASE))
        for window in ledger.windows(Case.closed_on.is_(None)):
            rows = [row for case, entries in window for row in _duty_rows(case, entries, today)]
            duty.add(rows)
            count += len(rows)
        db.session.add(OfficeFact(name=DUTIES_KEPT, value={"on": today.isoformat()}))
    return count


def fill_payments(*, today: date) -> None:
    """Keep the payments of the cases that are older than the table of payments."""
    if db.session.get(OfficeFact, PAYMENTS_KEPT) is not None:
        return
    with transaction(alone=True):
        if db.session.get(OfficeFact, PAYMENTS_KEPT) is not None:
            return
        db.session.execute(delete(Payment))
        paid = select(CaseEvent.case_id).where(IS_PAYMENT)
        for window in ledger.windows(Case.id.in_(paid)):
            payment.add([row for case, entries in window for row in _payment_rows(case, entries)])
        db.session.add(OfficeFact(name=PAYMENTS_KEPT, value={"on": today.isoformat()}))


def _payment_rows(case: Any, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    try:
        return payment.rows(case.id, case.agency_id, payment.of_ledger(entries, case.received_on))
    except (DomainError, LookupError, TypeError, ValueError):
        return []  # ``tracker check`` names it


def _duty_rows(case: Any, entries: Sequence[Entry], today: date) -> list[dict[str, Any]]:
    try:
        return duty.rows(CASE, case.id, case.agency_id, duties(ledger.standing(entries), today))
    except (DomainError, LookupError, TypeError, ValueError):
        return []  # ``tracker check`` names it
