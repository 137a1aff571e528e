"""Named reads of the people who ask, and of what one person asked for."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.orm import selectinload

from tracker.domain.folding import fold, folded_name
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case

SAME_PERSON = 200  # of the newest: more is no help to a reader


class Person(NamedTuple):
    """What a person is known by: the ID number, or the name with the kind where that is known."""

    name: str
    kind: str = ""
    id_index: str = ""


def people_of(case: Case) -> list[Person]:
    """Return everybody who asks with the case, the one named first before the others."""
    return [Person(who.name, who.kind, who.id_index or "") for who in case.applicant.people]


def cases_of_people(agency_id: int, people: Iterable[Person]) -> list[Case]:
    """Return the cases of any of the people, each once, the newest first."""
    each = [cases_of_person(agency_id, **person._asdict()) for person in people]
    return newest_first(case for cases in each for case in cases)


def cases_of_person(agency_id: int, *, name: str, kind: str = "", id_index: str = "") -> list[Case]:
    """Return the cases of one person by name or ID number, the newest first.

    Cases that the person asked for together with others are among them, in whatever place. The
    applicants are found first, from their own indexes: ordered together with a million cases the
    database would rather walk through all of them.
    """
    same = []
    if fold(name):
        same.append(and_(Applicant.folded == folded_name(name), Applicant.kind == kind if kind else true()))
    if id_index:
        same.append(Applicant.id_index == id_index)
    if not same:
        return []
    named_first = func.coalesce(Applicant.first_id, Applicant.id)
    newest = select(named_first).where(Applicant.agency_id == agency_id, Applicant.role == "", or_(*same))
    ids = list(db.session.scalars(newest.order_by(Applicant.id.desc()).limit(SAME_PERSON)))
    query = select(Case).where(Case.applicant_id.in_(ids)) if ids else None
    return newest_first(db.session.scalars(query).unique() if query is not None else ())


def newest_first(cases: Iterable[Case]) -> list[Case]:
    """Return the cases, each once, the latest day of receipt first."""
    once = {case.id: case for case in cases}.values()
    return sorted(once, key=lambda case: (case.received_on or date.min, case.id), reverse=True)


def earlier_in_month(case: Case) -> list[Case]:
    """Return the same applicant's requests of the natural month that came before this one (109号第4条).

    The same applicant has the same ID number where one is known, else the same name and kind. A joint
    request is a piece of the one named first alone (practice).
    """
    who, on = case.applicant, case.received_on
    if on is None or not (who.id_index or who.name):
        return []
    named = and_(Applicant.folded == folded_name(who.name), Applicant.kind == who.kind)
    before = or_(Case.received_on < on, and_(Case.received_on == on, Case.id < case.id))
    query = (
        select(Case)
        .join(Case.applicant)
        .where(
            Applicant.agency_id == case.agency_id,
            Applicant.id_index == who.id_index if who.id_index else named,
            Case.received_on >= on.replace(day=1),
            before,
        )
    )
    return list(db.session.scalars(query.options(selectinload(Case.events))).unique())
