"""Named reads of redactions. None returns one of another agency."""

from sqlalchemy import select

from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.redaction import Redaction


def redactions_of(case: Case, source_id: int | None = None) -> list[Redaction]:
    """Return the redacted copies of a case, or of one of its files, the newest first."""
    query = select(Redaction).where(Redaction.agency_id == case.agency_id, Redaction.case_id == case.id)
    if source_id is not None:
        query = query.where(Redaction.source_id == source_id)
    return list(db.session.scalars(query.order_by(Redaction.id.desc())))


def newest_of_each(case: Case) -> list[Redaction]:
    """Return the newest redacted copy of each file of a case, in the order of the files."""
    newest: dict[int, Redaction] = {}
    for redaction in redactions_of(case):
        newest.setdefault(redaction.source_id, redaction)
    return [newest[source_id] for source_id in sorted(newest)]
