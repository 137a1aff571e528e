"""Named reads of the open duties of registers, and of what a duty is about."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select

from tracker.models.agency import Unit
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.duty import (
    CASE,
    COMPLAINT,
    CONTACT,
    GUIDE,
    LETTER,
    PERSONAL,
    PUBLICATION,
    REANSWER,
    REGISTERS,
    REMEDY,
    REVIEW,
    SIGN_OFF,
    OpenDuty,
)
from tracker.models.follow_up import Complaint, GuideUpdate, PersonalRequest, RefusalReview
from tracker.models.letter import Letter
from tracker.models.publication import Publication
from tracker.models.remedy import Reanswer, RemedyCase
from tracker.models.sign_off import SignOff

SHORT = 64  # signs of a number that a message has
REGISTER_DUTIES_ORDER = (OpenDuty.due_on, OpenDuty.id)
ELSEWHERE = (PUBLICATION,)  # the worklist has a line of their own for them


# The kinds whose rows have a unit of their own, how they are called, and who is told first.
_OWN: dict[str, tuple[Any, str, Any]] = {
    PUBLICATION: (Publication, "公开-", Publication.drafted_by),
    REVIEW: (RefusalReview, "复查-", RefusalReview.recorded_by),
    COMPLAINT: (Complaint, "投诉-", Complaint.recorded_by),
    GUIDE: (GuideUpdate, "指南-", GuideUpdate.recorded_by),
    PERSONAL: (PersonalRequest, "个人信息-", PersonalRequest.recorded_by),
}


class ShownDuty(NamedTuple):
    """A duty of a register's row as a list shows it. number: what the row is called by."""

    duty: OpenDuty
    number: str
    unit: str
    handler: str


def register_duties(agency_id: int, unit_scope: Any = None) -> Select[tuple[OpenDuty]]:
    """Return the open duties of the registers, without an order (REGISTER_DUTIES_ORDER).

    unit_scope: of a handler; what is about another unit's request is left out.
    """
    kinds = [kind for kind in REGISTERS if kind not in ELSEWHERE]
    query = select(OpenDuty).where(OpenDuty.agency_id == agency_id, OpenDuty.kind.in_(kinds))
    return query if unit_scope is None else query.where(_not_another_s(unit_scope))


def _not_another_s(unit_scope: Any) -> ColumnElement[bool]:
    another = (
        select(RemedyCase.id).join(Case, Case.id == RemedyCase.case_id).where(Case.unit_id != unit_scope)
    )
    anew = select(Reanswer.id).where(Reanswer.remedy_id.in_(another))
    return and_(
        or_(OpenDuty.kind != REMEDY, OpenDuty.subject_id.not_in(another)),
        or_(OpenDuty.kind != REANSWER, OpenDuty.subject_id.not_in(anew)),
    )


def shown_duties(duties: Sequence[OpenDuty]) -> list[ShownDuty]:
    """Return the duties with what their rows are called, one reading a kind; not those whose row is gone."""
    known = {
        (kind, row.id): row
        for kind in {duty.kind for duty in duties}
        for row in db.session.execute(subjects(kind, {d.subject_id for d in duties if d.kind == kind}))
    }
    rows = [(duty, known.get((duty.kind, duty.subject_id))) for duty in duties]
    return [ShownDuty(duty, row.number, row.unit or "", row.handler or "") for duty, row in rows if row]


def subjects(kind: str, ids: Iterable[int]) -> Select[Any]:
    """Return id, number, unit and handler of the rows that duties of a kind hang on."""
    unit = Unit.name.label("unit")
    if kind == CASE:
        case = select(Case.id, Case.number, Case.unit_id, unit, Case.handler)
        return case.outerjoin(Unit, Unit.id == Case.unit_id).where(Case.id.in_(ids))
    if kind == SIGN_OFF:
        round_of = select(SignOff.id, Case.number, Case.unit_id, unit, literal("").label("handler"))
        of_case = round_of.join(Case, Case.id == SignOff.case_id)
        return of_case.outerjoin(Unit, Unit.id == Case.unit_id).where(SignOff.id.in_(ids))
    if kind == CONTACT:
        contact = select(
            Contact.id, Contact.number, Contact.unit_id, unit, Contact.received_by.label("handler")
        )
        return contact.outerjoin(Unit, Unit.id == Contact.unit_id).where(Contact.id.in_(ids))
    if kind == LETTER:
        short = func.substr(Letter.number, 1, SHORT).label("number")
        letter = select(Letter.id, short, Case.unit_id, unit, Case.handler)
        of_letter = letter.join(Case, Case.id == Letter.case_id)
        return of_letter.outerjoin(Unit, Unit.id == Case.unit_id).where(Letter.id.in_(ids))
    if kind == REMEDY:  # told to whoever handled the request that it is about
        called = func.coalesce(func.nullif(RemedyCase.number, ""), RemedyCase.organ).label("number")
        remedy = select(RemedyCase.id, called, Case.unit_id, unit, Case.handler)
        return _about(remedy).where(RemedyCase.id.in_(ids))
    if kind == REANSWER:
        anew = select(Reanswer.id, Reanswer.remedy_number.label("number"), Case.unit_id, unit, Case.handler)
        joined = anew.join(RemedyCase, RemedyCase.id == Reanswer.remedy_id)
        return _about(joined).where(Reanswer.id.in_(ids))
    model, prefix, who = _OWN.get(kind, _OWN[PUBLICATION])
    own = (literal(prefix) + cast(model.id, String)).label("number")
    row = select(model.id, own, Unit.id.label("unit_id"), model.unit.label("unit"), who.label("handler"))
    mine = (Unit.agency_id == model.agency_id) & (Unit.name == model.unit)
    return row.outerjoin(Unit, mine).where(model.id.in_(ids))


def _about(query: Select[Any]) -> Select[Any]:
    """Join the request that a reconsideration or suit is about, and its unit."""
    joined = query.outerjoin(Case, Case.id == RemedyCase.case_id)
    return joined.outerjoin(Unit, Unit.id == Case.unit_id)
