"""Named reads. Every one takes the agency; none returns another agency's row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.state import (
    AWAITING_PAYMENT,
    CARRIED_FORWARD,
    PROCESSING,
    RECEIVED,
    SUPPLEMENT,
    WORKING,
)
from tracker.domain.folding import fold, folded_name, words
from tracker.domain.report.format import LEAVES
from tracker.domain.report.table3 import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    RECEIVED_ROW,
    ROW_OF_STATE,
    TOTAL,
    TOTAL_ROW,
    first_day,
    last_day,
)
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.duty import CASE, OpenDuty
from tracker.models.user import FormerName, User

Further = aliased(Applicant)  # those who ask together with the one named first
PEOPLE = joinedload(Case.applicant).selectinload(Applicant.further)
CODE_OF_ROW = {row: code for code, row in ROW_OF_STATE.items() if code in BY_CODE}


# -- table 3 ------------------------------------------------------------------------------------


def _open_after(day: date) -> ColumnElement[bool]:
    return or_(Case.closed_on.is_(None), Case.closed_on > day)


def results_statement(agency_id: int, year: int) -> Select[Any]:
    """Return the first grouped count: results of the year by state and applicant kind."""
    return (
        select(Case.state, Case.applicant_kind, func.count())
        .where(
            Case.agency_id == agency_id,
            Case.closed_on.between(first_day(year), last_day(year)),
            Case.received_on.is_not(None),
        )
        .group_by(Case.state, Case.applicant_kind)
    )


def flow_statement(agency_id: int, year: int) -> Select[Any]:
    """Return the second: new, carried in and carried out by applicant kind.

    A case that closed before the year plays no part in it. The open ones and those that closed
    since are two ranges of the covering index, joined: an OR of both would read every case.
    """
    start, end = first_day(year), last_day(year)
    columns = (
        Case.applicant_kind.label("kind"),
        case((Case.received_on >= start, 1), else_=0).label("new"),
        case((_open_after(end), 1), else_=0).label("out"),
    )
    mine = select(*columns).where(Case.agency_id == agency_id, Case.received_on <= end)
    both = union_all(mine.where(Case.closed_on >= start), mine.where(Case.closed_on.is_(None))).subquery()
    kind, new, out = both.c.kind, both.c.new, both.c.out
    return select(kind, func.sum(new), func.sum(1 - new), func.sum(out)).group_by(kind)


def table3_counts(agency_id: int, year: int) -> dict[tuple[str, str], int]:
    """Return the counts of table 3 by (row, applicant kind): two grouped queries."""
    counts: dict[tuple[str, str], int] = {}
    for state, kind, count in db.session.execute(results_statement(agency_id, year)):
        if state in ROW_OF_STATE:  # a closing day on an open case is tampering, and ``check`` says so
            counts[ROW_OF_STATE[state], kind] = count
    for kind, new, carried_in, out in db.session.execute(flow_statement(agency_id, year)):
        counts[RECEIVED_ROW, kind] = new
        counts[CARRIED_IN_ROW, kind] = carried_in
        counts[CARRIED_OUT_ROW, kind] = out
    return counts


def of_cell(agency_id: int, year: int, row: str, column: str) -> Select[tuple[Case]]:
    """Return the cases that a cell of table 3 counts."""
    start, end = first_day(year), last_day(year)
    rows: dict[str, ColumnElement[bool]] = {
        RECEIVED_ROW: Case.received_on.between(start, end),
        CARRIED_IN_ROW: and_(
            Case.received_on < start, or_(Case.closed_on >= start, Case.closed_on.is_(None))
        ),
        CARRIED_OUT_ROW: and_(Case.received_on <= end, _open_after(end)),
        TOTAL_ROW: and_(Case.closed_on.between(start, end), Case.received_on.is_not(None)),
    }
    for result, leaves in LEAVES.items():
        if result not in rows:
            states = [CODE_OF_ROW[leaf] for leaf in leaves]
            rows[result] = and_(rows[TOTAL_ROW], Case.state.in_(states))
    query = select(Case).where(Case.agency_id == agency_id, rows[row])
    return query if column == TOTAL else query.where(Case.applicant_kind == column)


def within(query: Select[tuple[Case]], unit_scope: int | None) -> Select[tuple[Case]]:
    """Narrow a query to the unit that a handler may read; None narrows nothing."""
    if unit_scope is None:
        return query
    return query.where(or_(Case.unit_id == unit_scope, Case.unit_id.is_(None)))


def handled_by(agency_id: int, name: str) -> ColumnElement[bool]:
    """Return what the cases of a handler have in common: the name, or one that the person bore before."""
    now_named = select(User.id).where(User.agency_id == agency_id, User.name == name)
    former = select(FormerName.name).where(FormerName.user_id.in_(now_named))
    return or_(Case.handler == name, Case.handler.in_(former))


# -- lists --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
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


def cases(agency_id: int, wanted: Filter) -> Select[tuple[Case]]:
    """Return the cases of the agency that match, without an order."""
    query = within(select(Case).where(Case.agency_id == agency_id), wanted.unit_scope)
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


def _by_state(query: Select[tuple[Case]], wanted: Filter) -> Select[tuple[Case]]:
    if wanted.state == CARRIED_FORWARD and wanted.year:
        end = last_day(wanted.year)
        return query.where(Case.received_on <= end, _open_after(end))
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


def page(query: Select[Any], order: Sequence[Any], number: int, size: int) -> list[Any]:
    """Return one page of a list, from 1."""
    chosen = query.order_by(*order).limit(size).offset((number - 1) * size)
    return list(db.session.scalars(chosen).unique())


def count(query: Select[Any]) -> int:
    """Return how many rows the query has."""
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


@dataclass(frozen=True, slots=True)
class Open:
    """What the worklist is narrowed to. ``only`` is a key of WORKLIST_PARTS."""

    only: str = ""
    state: str = ""
    unit_id: int | None = None
    handler: str = ""
    year: int | None = None
    unit_scope: int | None = None


WORKLIST_ORDER = (Case.next_action_on, Case.id)
OPINIONS = ("third_party_opinion", "agency_opinion")


def worklist_parts(on: date, soon: date) -> dict[str, ColumnElement[bool]]:
    """Return the parts of the worklist that are counted at its head, by name."""
    return {
        "overdue": Case.due_on < on,
        "today": Case.due_on == on,
        "soon": and_(Case.due_on > on, Case.due_on <= soon),
        "waiting": Case.state.in_((SUPPLEMENT, AWAITING_PAYMENT)),
        "consulting": Case.id.in_(_consulted()),
        "received": Case.state == RECEIVED,
        "proposed": Case.proposed_on <= on,
    }


def _consulted() -> Select[tuple[int]]:
    """Return the cases that wait for an opinion, or for the day on which its letter was received."""
    one = aliased(Case)
    letter = and_(OpenDuty.name == "receipt", one.state == PROCESSING)  # in other states the applicant's
    found = select(OpenDuty.subject_id).join(one, one.id == OpenDuty.subject_id)
    return found.where(OpenDuty.kind == CASE, or_(OpenDuty.name.in_(OPINIONS), letter))


def open_cases(agency_id: int, unit_scope: int | None = None) -> Select[tuple[Case]]:
    """Return the open cases; ``closed_on IS NULL`` is what the index starts from."""
    query = select(Case).where(
        Case.agency_id == agency_id, Case.closed_on.is_(None), Case.received_on.is_not(None)
    )
    return within(query, unit_scope)


def worklist(agency_id: int, wanted: Open, on: date, soon: date) -> Select[tuple[Case]]:
    """Return the open cases that match, without an order (WORKLIST_ORDER)."""
    query = open_cases(agency_id, wanted.unit_scope)
    part = worklist_parts(on, soon).get(wanted.only)
    if part is not None:
        query = query.where(part)
    if wanted.handler:
        query = query.where(handled_by(agency_id, wanted.handler))
    equal = {Case.state: wanted.state, Case.unit_id: wanted.unit_id}
    for column, value in equal.items():
        if value:
            query = query.where(column == value)
    if wanted.year:
        query = query.where(Case.received_on.between(first_day(wanted.year), last_day(wanted.year)))
    return query


def worklist_counts(agency_id: int, on: date, soon: date, unit_scope: int | None = None) -> dict[str, int]:
    """Return how many open cases each part has, and all: one row over the open cases."""
    columns = [
        func.coalesce(func.sum(case((part, 1), else_=0)), 0).label(name)
        for name, part in worklist_parts(on, soon).items()
    ]
    query = open_cases(agency_id, unit_scope).with_only_columns(*columns, func.count().label("open"))
    return dict(db.session.execute(query).one()._mapping)


def years(agency_id: int) -> tuple[int, int] | None:
    """Return the first and last year of receipt or result; None where there is no case.

    Three questions, each answered from the end of an index: one with three would read it whole.
    """
    mine = Case.agency_id == agency_id
    ends = (func.min(Case.received_on), func.max(Case.received_on), func.max(Case.closed_on))
    low, *highs = (db.session.scalar(select(end).where(mine)) for end in ends)
    return None if low is None else (low.year, max(day.year for day in highs if day))


# -- contacts -----------------------------------------------------------------------------------


def contacts(
    agency_id: int,
    *,
    year: int | None = None,
    form: str = "",
    triage: str = "",
    state: str = "",
    text: str = "",
    unit_scope: int | None = None,
) -> Select[tuple[Contact]]:
    """Return the contacts that match. ``triage`` may be ``none``; ``state`` open or closed."""
    query = select(Contact).where(Contact.agency_id == agency_id)
    if unit_scope is not None:
        query = query.where(_contact_within(unit_scope))
    if year:
        query = query.where(Contact.arrived_on.between(first_day(year), last_day(year)))
    if form:
        query = query.where(Contact.form == form)
    if triage:
        none = Contact.triage.is_(None)
        query = query.where(none if triage == "none" else Contact.triage == triage)
    if state:
        is_open = Contact.closed_on.is_(None)
        query = query.where(is_open if state == "open" else ~is_open)
    for word in words(text):
        query = query.where(Contact.folded.contains(word, autoescape=True))
    return query


def _contact_within(unit_scope: int) -> ColumnElement[bool]:
    """Return what holds for a contact that a unit reaches: through its case, once it became one."""
    own = and_(Contact.case_id.is_(None), or_(Contact.unit_id == unit_scope, Contact.unit_id.is_(None)))
    cases = select(Case.id).where(
        Case.id == Contact.case_id, or_(Case.unit_id == unit_scope, Case.unit_id.is_(None))
    )
    return or_(own, cases.exists())


def contact_dates(agency_id: int, unit_scope: int | None = None) -> Select[tuple[Contact]]:
    """Return the open contacts that a date hangs on, without an order (CONTACT_DATES_ORDER)."""
    found = contacts(agency_id, state="open", unit_scope=unit_scope)
    return found.where(Contact.next_action_on.is_not(None))


CONTACT_DATES_ORDER = (Contact.next_action_on, Contact.id)


def contact_counts(agency_id: int, year: int, unit_scope: int | None = None) -> dict[tuple[str, str], int]:
    """Return the year's contacts by (form, triage); ``none`` where not sorted yet."""
    found = contacts(agency_id, year=year, unit_scope=unit_scope)
    triage = func.coalesce(Contact.triage, "none")
    query = found.with_only_columns(Contact.form, triage, func.count()).group_by(Contact.form, Contact.triage)
    return {(form, kind): number for form, kind, number in db.session.execute(query)}


def contact_years(agency_id: int) -> tuple[int, int] | None:
    """Return the first and last year of arrival; None where there is no contact."""
    mine = Contact.agency_id == agency_id
    ends = (func.min(Contact.arrived_on), func.max(Contact.arrived_on))
    low, high = (db.session.scalar(select(end).where(mine)) for end in ends)
    return None if low is None or high is None else (low.year, high.year)


# -- people -------------------------------------------------------------------------------------

SAME_PERSON = 200  # of the newest: more is no help to a reader


class Person(NamedTuple):
    """What a person is known by: the ID number, or the name with the kind where that is known."""

    name: str
    kind: str = ""
    id_index: str = ""


def people_of(case: Case) -> list[Person]:
    """Return everybody who asks with the case, the one named first before the others."""
    return [Person(who.name, who.kind, who.id_index or "") for who in case.applicant.people]


def of_people(agency_id: int, people: Iterable[Person]) -> list[Case]:
    """Return the cases of any of the people, each once, the newest first."""
    each = [of_person(agency_id, **person._asdict()) for person in people]
    return newest_first(case for cases in each for case in cases)


def of_person(agency_id: int, *, name: str, kind: str = "", id_index: str = "") -> list[Case]:
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
    newest = select(named_first).where(Applicant.agency_id == agency_id, or_(*same))
    ids = list(db.session.scalars(newest.order_by(Applicant.id.desc()).limit(SAME_PERSON)))
    found = select(Case).where(Case.applicant_id.in_(ids)) if ids else None
    return newest_first(db.session.scalars(found).unique() if found is not None else ())


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
    found = (
        select(Case)
        .join(Case.applicant)
        .where(
            Applicant.agency_id == case.agency_id,
            Applicant.id_index == who.id_index if who.id_index else named,
            Case.received_on >= on.replace(day=1),
            before,
        )
    )
    return list(db.session.scalars(found.options(selectinload(Case.events))).unique())
