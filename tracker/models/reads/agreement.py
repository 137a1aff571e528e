"""Named reads of what was agreed with applicants of how they are served."""

from sqlalchemy import select

from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.service_agreement import ServiceAgreement


def agreements_of(case: Case) -> list[ServiceAgreement]:
    """Return what was agreed for a case, the newest first."""
    own = (ServiceAgreement.agency_id == case.agency_id, ServiceAgreement.case_id == case.id)
    return list(db.session.scalars(select(ServiceAgreement).where(*own).order_by(ServiceAgreement.id.desc())))


def agreed(case: Case) -> ServiceAgreement | None:
    """Return what holds for a case; None where nothing was agreed."""
    return next(iter(agreements_of(case)), None)
