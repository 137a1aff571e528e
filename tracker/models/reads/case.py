"""Named reads of cases: lists and what narrows them. None returns a case of another agency."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.state import CARRIED_FORWARD, WORKING
from tracker.domain.folding import words
from tracker.domain.report.table3 import first_day, last_day
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.user import FormerName, User

Further = aliased(Applicant)  # those who ask together with the one named first
PEOPLE = joinedload(Case.applicant).selectinload(Applicant.further)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to. Empty fields do not narrow.

    state: a working state, an outcome, ``open``, ``closed``, ``void`` or, with ``year``,
           ``carried_forward`` (open at the end of that year).
    unit_scope: a handler's own unit; -1 for none.
    """

    text: str = ""
    state: str = ""
    year: int | None = None
    unit_id: int | None = None
    handler: str = ""
    kind: str = ""
    channel: str = ""
    overdue_on: date | None = None
    unit_scope: int | None = None


def cases_matching(agency_id: int, wanted: CaseFilter) -> Select[tuple[Case]]:
    """Return the cases of the agency that match, without an order."""
    query = within_unit(select(Case).where(Case.agency_id == agency_id), wanted.unit_scope)
    query = _by_state(query, wanted)
    if wanted.handler:
        query = query.where(handled_by(agency_id, wanted.handler))
    equal = {
        Case.unit_id: wanted.unit_id,
        Case.applicant_kind: wanted.kind,
        Case.channel: wanted.channel,
    }
    for column, value in equal.items():
        if value:
            query = query.where(column == value)
    if wanted.overdue_on:
        late = or_(
            and_(Case.closed_on.is_(None), Case.due_on < wanted.overdue_on),
            Case.served_on > Case.due_on,
        )
        query = query.where(late)
    if wanted.text:
        query = query.join(Applicant).where(_matches(wanted.text))
    return query


def _by_state(query: Select[tuple[Case]], wanted: CaseFilter) -> Select[tuple[Case]]:
    if wanted.state == CARRIED_FORWARD and wanted.year:
        end = last_day(wanted.year)
        return query.where(Case.received_on <= end, open_after(end))
    if wanted.year:
        query = query.where(Case.received_on.between(first_day(wanted.year), last_day(wanted.year)))
    if wanted.state == "open":
        return query.where(Case.state.in_(WORKING))
    if wanted.state == "closed":
        return query.where(Case.state.in_(tuple(BY_CODE)))
    return query.where(Case.state == wanted.state) if wanted.state else query


def _matches(text: str) -> ColumnElement[bool]:
    """Return what holds where every word stands in number, subject or name, whatever its width or case."""
    parts = []
    for word in words(text):
        named = Applicant.folded.contains(word, autoescape=True)
        asks_too = select(Further.first_id).where(
            Further.first_id.is_not(None), Further.folded.contains(word, autoescape=True)
        )
        in_case = Case.folded.contains(word, autoescape=True)
        parts.append(or_(in_case, named, Case.applicant_id.in_(asks_too)))
    return and_(true(), *parts)


def open_cases(agency_id: int, unit_scope: int | None = None) -> Select[tuple[Case]]:
    """Return the open cases; ``closed_on IS NULL`` is what the index starts from."""
    query = select(Case).where(
        Case.agency_id == agency_id, Case.closed_on.is_(None), Case.received_on.is_not(None)
    )
    return within_unit(query, unit_scope)


def within_unit(query: Select[tuple[Case]], unit_scope: int | None) -> Select[tuple[Case]]:
    """Narrow a query to the unit that a handler may read; None narrows nothing."""
    if unit_scope is None:
        return query
    return query.where(or_(Case.unit_id == unit_scope, Case.unit_id.is_(None)))


def handled_by(agency_id: int, name: str) -> ColumnElement[bool]:
    """Return what the cases of a handler have in common: the name, or one that the person bore before."""
    now_named = select(User.id).where(User.agency_id == agency_id, User.name == name)
    former = select(FormerName.name).where(FormerName.user_id.in_(now_named))
    return or_(Case.handler == name, Case.handler.in_(former))


def open_after(day: date) -> ColumnElement[bool]:
    """Return what holds for a case that was still open when the day had ended."""
    return or_(Case.closed_on.is_(None), Case.closed_on > day)


def case_years(agency_id: int) -> tuple[int, int] | None:
    """Return the first and last year of receipt or result; None where there is no case.

    Three questions, each answered from the end of an index: one with three would read it whole.
    """
    mine = Case.agency_id == agency_id
    ends = (func.min(Case.received_on), func.max(Case.received_on), func.max(Case.closed_on))
    low, *highs = (db.session.scalar(select(end).where(mine)) for end in ends)
    return None if low is None else (low.year, max(day.year for day in highs if day))
