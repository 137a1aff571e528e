"""Named reads of what follows from requests."""

from sqlalchemy import Select, exists, select

from tracker.domain.register.follow_up import REVIEWED
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.follow_up import (
    Complaint,
    Conversion,
    OfRequest,
    PersonalRequest,
    RecordCorrection,
    RefusalReview,
)
from tracker.models.reads.case import within_unit

UNREVIEWED_ORDER = (Case.closed_on, Case.id)
# The registers whose rows may be about a request, by their names.
ABOUT: dict[str, type[OfRequest]] = {
    "corrections": RecordCorrection,
    "conversions": Conversion,
    "refusal-reviews": RefusalReview,
    "complaints": Complaint,
    "personal-requests": PersonalRequest,
}


def follow_ups_of(case: Case) -> dict[str, list[OfRequest]]:
    """Return what the registers say of a case by their names, the earliest first, also what was withdrawn."""
    rows = {}
    for name, kind in ABOUT.items():
        query = select(kind).where(kind.agency_id == case.agency_id, kind.case_id == case.id)
        rows[name] = list(db.session.scalars(query.order_by(kind.id)))
    return rows


def unreviewed(agency_id: int, unit_scope: int | None) -> Select[tuple[Case]]:
    """Return the query of the requests that were refused wholly or in part and never reviewed (第18条)."""
    review = exists().where(RefusalReview.case_id == Case.id, RefusalReview.withdrawn_at.is_(None))
    refused = (Case.agency_id == agency_id, Case.closed_on.is_not(None), Case.state.in_(sorted(REVIEWED)))
    return within_unit(select(Case).where(*refused, ~review), unit_scope)
