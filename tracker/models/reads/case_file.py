"""Named reads of the files of cases and contacts. None returns a file of another agency."""

from collections.abc import Sequence

from sqlalchemy import Select, exists, or_, select

from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.case_file import CaseFile, WithdrawnFile
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.models.follow_up import PersonalAnswer
from tracker.models.incoming import IncomingMail
from tracker.models.letter import Letter, LetterTemplate
from tracker.models.service import LetterService, ServiceResult

NAMED = 3  # other places of one content that are named
LIVE = ~exists().where(WithdrawnFile.file_id == CaseFile.id)  # that was not withdrawn


def files_of(target: Case | Contact, contacts: Sequence[Contact] = ()) -> list[CaseFile]:
    """Return the files of a case and of the contacts that became it, or of a contact, the newest first."""
    ids = [contact.id for contact in contacts]
    if isinstance(target, Contact):
        where = CaseFile.contact_id == target.id
    else:
        where = or_(CaseFile.case_id == target.id, CaseFile.contact_id.in_(ids))
    query = select(CaseFile).where(CaseFile.agency_id == target.agency_id, where, LIVE)
    return list(db.session.scalars(query.order_by(CaseFile.id.desc())))


def withdrawn_of(target: Case | Contact, contacts: Sequence[Contact] = ()) -> list[WithdrawnFile]:
    """Return what was withdrawn of the files that ``files_of`` would return, the newest first."""
    ids = [contact.id for contact in contacts]
    if isinstance(target, Contact):
        where = CaseFile.contact_id == target.id
    else:
        where = or_(CaseFile.case_id == target.id, CaseFile.contact_id.in_(ids))
    query = select(WithdrawnFile).join(CaseFile, CaseFile.id == WithdrawnFile.file_id)
    own = query.where(WithdrawnFile.agency_id == target.agency_id, where)
    return list(db.session.scalars(own.order_by(WithdrawnFile.id.desc())))


def withdrawn_as(agency_id: int, sha256: str, why: str) -> WithdrawnFile | None:
    """Return a withdrawal of that content for that reason, the latest."""
    query = select(WithdrawnFile).join(CaseFile, CaseFile.id == WithdrawnFile.file_id)
    same = query.where(WithdrawnFile.agency_id == agency_id, CaseFile.sha256 == sha256)
    return db.session.scalar(same.where(WithdrawnFile.why == why).order_by(WithdrawnFile.id.desc()).limit(1))


def is_held(sha256: str) -> bool:
    """Return whether anything else that is kept has that content: it may not be destroyed then."""
    for table in (
        Evidence,
        Letter,
        LetterService,
        ServiceResult,
        LetterTemplate,
        PersonalAnswer,
        IncomingMail,
    ):
        if db.session.scalar(select(table.id).where(table.sha256 == sha256).limit(1)) is not None:
            return True
    live = select(CaseFile.id).where(CaseFile.sha256 == sha256, LIVE).limit(1)
    return db.session.scalar(live) is not None


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
    own = own.where(LIVE) if table is CaseFile else own
    return db.session.execute(own).tuples().all()
