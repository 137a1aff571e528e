"""Named reads of the files of cases and contacts. None returns a file of another agency."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select

from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.case_file import CaseFile
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence

NAMED = 3  # other places of one content that are named


def files_of(target: Case | Contact, contacts: Sequence[Contact] = ()) -> list[CaseFile]:
    """Return the files of a case and of the contacts that became it, or of a contact, the newest first."""
    ids = [contact.id for contact in contacts]
    if isinstance(target, Contact):
        where = CaseFile.contact_id == target.id
    else:
        where = or_(CaseFile.case_id == target.id, CaseFile.contact_id.in_(ids))
    query = select(CaseFile).where(CaseFile.agency_id == target.agency_id, where)
    return list(db.session.scalars(query.order_by(CaseFile.id.desc())))


def holders(agency_id: int, sha256: str) -> tuple[list[Case], list[Contact]]:
    """Return the cases and the contacts that hold a file of that content, also as evidence of receipt."""
    cases: set[int] = set()
    contacts: set[int] = set()
    for table in (CaseFile, Evidence):
        query = select(table.case_id, table.contact_id)
        for case_id, contact_id in _of(query, table, agency_id, sha256):
            cases |= {case_id} if case_id else set()
            contacts |= {contact_id} if contact_id else set()
    return (
        list(db.session.scalars(select(Case).where(Case.id.in_(cases)).order_by(Case.id))),
        list(db.session.scalars(select(Contact).where(Contact.id.in_(contacts)).order_by(Contact.id))),
    )


def _of(
    query: Select[tuple[int | None, int | None]],
    table: type[CaseFile] | type[Evidence],
    agency_id: int,
    sha256: str,
) -> Sequence[tuple[int | None, int | None]]:
    own = query.where(table.agency_id == agency_id, table.sha256 == sha256)
    return db.session.execute(own).tuples().all()
