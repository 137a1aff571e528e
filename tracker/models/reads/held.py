"""Named reads of what is held about a person (个人信息保护法第45条), by name or by ID number."""

import json
from collections.abc import Sequence

from sqlalchemy import String, cast, func, or_, select

from tracker.domain.case.representative import names_in
from tracker.domain.folding import fold, folded_name
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.models.cipher import blind_index
from tracker.models.contact import Contact
from tracker.models.letter import Letter
from tracker.models.service import LetterService
from tracker.models.user import User

MOST = 500  # of each kind: who bears so frequent a name is told apart by the ID number


def cases_asked_for(agency_id: int, person: str, id_number: str) -> Sequence[tuple[Case, Applicant]]:
    """Return those who bear the name or have the ID number, each with the case that they ask or act in."""
    same = [Applicant.folded == folded_name(person)] if fold(person) else []
    same += [Applicant.id_index == blind_index(id_number)] if id_number else []
    first = func.coalesce(Applicant.first_id, Applicant.id)
    if not same:
        return []
    query = select(Case, Applicant).join(Applicant, Case.applicant_id == first)
    theirs = query.where(Case.agency_id == agency_id, Applicant.agency_id == agency_id, or_(*same))
    rows = db.session.execute(theirs.order_by(Case.id, Applicant.id).limit(MOST)).unique()
    return [(case, who) for case, who in rows]


def contacts_of_person(agency_id: int, person: str) -> Sequence[Contact]:
    """Return the letters, visits and calls of those who bear the name."""
    query = select(Contact).where(Contact.agency_id == agency_id, Contact.person == person)
    return db.session.scalars(query.order_by(Contact.id).limit(MOST)).unique().all()


def contact_numbered(agency_id: int, contact_number: str) -> Contact | None:
    """Return the letter, visit or call of that number."""
    query = select(Contact).where(Contact.agency_id == agency_id, Contact.number == contact_number)
    return db.session.scalars(query).unique().one_or_none()


def cases_consulting(agency_id: int, person: str) -> Sequence[Case]:
    """Return the cases in which somebody of the name was consulted as a third party."""
    details = cast(CaseEvent.details, String)
    ways = {person, json.dumps(person)[1:-1]}  # one database keeps Chinese as it is, one as its code
    names_them = or_(*(details.contains(f'"{way}"', autoescape=True) for way in ways))
    consulted = select(CaseEvent.case_id).where(
        CaseEvent.agency_id == agency_id, CaseEvent.step == "consult", names_them
    )
    query = select(Case).where(Case.agency_id == agency_id, Case.id.in_(consulted))
    return db.session.scalars(query.order_by(Case.id).limit(MOST)).unique().all()


def letters_to(agency_id: int, person: str) -> Sequence[Letter]:
    """Return the letters that are addressed to somebody of the name, or to somebody for whom they act."""
    named = Letter.addressee.contains(person, autoescape=True)
    query = select(Letter).where(Letter.agency_id == agency_id, named).order_by(Letter.id)
    return [row for row in db.session.scalars(query).unique() if person in names_in(row.addressee)][:MOST]


def services_signed_by(agency_id: int, person: str) -> Sequence[LetterService]:
    """Return the services that somebody of the name signed for, or that were served upon them."""
    upon = LetterService.upon.contains(person, autoescape=True)
    query = select(LetterService).where(
        LetterService.agency_id == agency_id, or_(LetterService.signer == person, upon)
    )
    rows = db.session.scalars(query.order_by(LetterService.id)).unique()
    return [row for row in rows if person == row.signer or person in names_in(row.upon)][:MOST]


def accounts_of(agency_id: int, person: str) -> Sequence[User]:
    """Return the accounts of people of the office who bear the name."""
    query = select(User).where(User.agency_id == agency_id, User.name == person)
    return db.session.scalars(query.order_by(User.id).limit(MOST)).unique().all()
