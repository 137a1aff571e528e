"""Named reads of the internal notes on cases."""

from sqlalchemy import select

from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.case_note import InternalNote


def notes_of(case: Case) -> list[InternalNote]:
    """Return the notes on a case, the newest first."""
    query = select(InternalNote).where(
        InternalNote.agency_id == case.agency_id, InternalNote.case_id == case.id
    )
    return list(db.session.scalars(query.order_by(InternalNote.id.desc())))
