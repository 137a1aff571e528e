"""Named reads of cases: lists and what narrows them. None returns a case of another agency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain, product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    extract,
    func,
    literal_column,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.orm import joinedload

from tracker.domain import misfit
from tracker.domain.case.state import CARRIED_FORWARD, WORKING
from tracker.domain.folding import words
from tracker.domain.report.table3 import first_day, last_day
from tracker.models.agency import Unit
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.case_index import CROSSED
from tracker.models.case_text import CaseText
from tracker.models.reads.base import FEW, IDS, MOST, among, these, together
from tracker.models.reads.case_follow import followed_by
from tracker.models.user import FormerName, User

PEOPLE = joinedload(Case.applicant).selectinload(Applicant.others)
SHOWN = (
    "id", "number", "subject", "channel", "applicant_kind", "state", "handler", "received_on", "due_on",
    "due_is_provisional", "served_on", "closed_on", "registered_at", "registered_by", "next_action",
    "next_action_on", "proposed", "proposed_on", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to. Empty fields do not narrow.

    state: a working state, an outcome, ``open``, ``closed``, ``void`` or, with ``year``,
           ``carried_forward`` (open at the end of that year).
    followed_by: who follows them.
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
    followed_by: int | None = None
    unit_scope: int | None = None


ORDERS: dict[str, tuple[Any, ...]] = {
    "received": (Case.received_on.desc(), Case.id.desc()),
    "number": (Case.number, Case.id),
    "due": (Case.due_on.asc().nulls_last(), Case.id),
    "closed": (Case.closed_on.desc().nulls_last(), Case.id.desc()),
}
# The words of the index of the open cases (case_index); typed as a Boolean, SQLite would be asked for "= 1".
AMONG_OPEN: ColumnElement[bool] = literal_column("(cases.closed_on IS NULL) = TRUE")
BUT_OPEN: ColumnElement[bool] = literal_column("(cases.closed_on IS NULL) = FALSE")  # a range of no index
RECEIVED: ColumnElement[bool] = literal_column("(cases.received_on IS NULL) = FALSE")  # nor this
Ways = list[tuple[ColumnElement[bool], ...]]  # each a way to match; no case matches in two


def cases_matching(agency_id: int, wanted: CaseFilter) -> Select[tuple[Case]]:
    """Return the cases of the agency that match, without an order."""
    query = together(case_parts(agency_id, wanted))
    return query.where(_matches(wanted.text)) if wanted.text else query


def case_parts(agency_id: int, wanted: CaseFilter, order: str = "received") -> list[Select[tuple[Case]]]:
    """Return the cases that match but for the words, as queries without an OR: each one range of an index.

    order: a key of ORDERS, in which each is read.
    """
    where = [Case.agency_id == agency_id]
    if wanted.unit_id:
        where.append(Case.unit_id == wanted.unit_id)
    if wanted.followed_by:
        where.append(followed_by(wanted.followed_by))
    equal = {Case.applicant_kind: wanted.kind, Case.channel: wanted.channel}
    where += [_is(column, value, order) for column, value in equal.items() if value]
    carried = wanted.state == CARRIED_FORWARD and wanted.year
    if wanted.year and not carried:
        where += _received_in(wanted.year, order)
    ways = product(
        _ways_of_state(wanted.state, order) if not carried else open_at_end(wanted.year or 0),
        ways_of_unit(wanted.unit_scope),
        [(Case.handler == name,) for name in handler_names(agency_id, wanted.handler)]
        if wanted.handler
        else [()],
        _ways_of_lateness(wanted.overdue_on),
    )
    return [select(Case).where(*where, *chain.from_iterable(way)) for way in ways]


def sorted_up_to(wanted: CaseFilter, order: str) -> int:
    """Return how many cases a list has at most that is sorted, instead of being read in its order.

    Of a state, a kind or a channel there is an index by day of receipt alone (case_index): in another
    order what is frequent soon turns up, and what is rare is sorted.
    """
    has_index = order == "received" or not (wanted.state or wanted.kind or wanted.channel)
    return FEW if has_index else MOST


def _received_in(year: int, order: str) -> list[ColumnElement[bool]]:
    """Return what holds for the cases of a year: a range in the order of receipt, else the year itself.

    A case is due and closed after it was received: there begins what is read in these orders.
    """
    if order == "received":
        return [Case.received_on.between(first_day(year), last_day(year))]
    return [extract("year", Case.received_on) == year]


def _is(column: Any, value: str, order: str) -> ColumnElement[bool]:
    """Return what holds for a value; but by day of receipt in words that no index serves.

    In another order the cases are met as they come: from the index of the value all would be sorted.
    """
    is_value: ColumnElement[bool] = (column if order == "received" else column.concat("")) == value
    return is_value


def _ways_of_state(state: str, order: str) -> Ways:
    """Return the ways to be in a state; the open cases are those of a small index of their own."""
    if state == "open":
        return [(AMONG_OPEN, RECEIVED)]
    if state == "closed":
        return [(Case.closed_on.is_not(None) if order == "closed" else BUT_OPEN,)]
    if state in WORKING:
        return [(AMONG_OPEN, Case.state == state)]
    return [(_is(Case.state, state, order),)] if state else [()]


def ways_of_unit(unit_scope: int | None) -> Ways:
    """Return the ways to be reached by a handler: in the own unit, or in none. None narrows nothing."""
    if unit_scope is None:
        return [()]
    return [(Case.unit_id == unit_scope,), (Case.unit_id.is_(None),)]


def handler_names(agency_id: int, name: str) -> list[str]:
    """Return the name of a handler with those that the person bore before: older entries name them."""
    now_named = select(User.id).where(User.agency_id == agency_id, User.name == name)
    former = db.session.scalars(select(FormerName.name).where(FormerName.user_id.in_(now_named)))
    return sorted({name, *former})


def _ways_of_lateness(on: date | None) -> Ways:
    """Return the ways to be overdue: open after the due day, or answered after it."""
    if on is None:
        return [()]
    return [
        (AMONG_OPEN, Case.due_on < on),
        (BUT_OPEN, Case.served_on > Case.due_on),
    ]


def open_at_end(year: int) -> Ways:
    """Return the ways to be open at the end of a year: still, or closed in a later year than received."""
    end = last_day(year)
    crossed: ColumnElement[bool] = literal_column(CROSSED[db.engine.dialect.name])
    return [
        (AMONG_OPEN, Case.received_on <= end),
        (crossed, Case.closed_on > end, Case.received_on <= end),
    ]


def _matches(typed: str) -> ColumnElement[bool]:
    """Return what holds where every word stands in number, subject or name, whatever its width or case."""
    each = (
        or_(Case.folded.contains(word, autoescape=True), asks(word), tells(word)) for word in words(typed)
    )
    return and_(true(), *each)


def asks(word: str) -> ColumnElement[bool]:
    """Return what holds for the cases of who bears a name with the word: asks, or acts for one who asks."""
    named = select(Applicant.id).where(Applicant.folded.contains(word, autoescape=True))
    first = named.where(Applicant.id == Case.applicant_id).exists()
    return or_(first, named.where(Applicant.first_id == Case.applicant_id).exists())


def tells(word: str) -> ColumnElement[bool]:
    """Return what holds for the cases in whose ledger or notes the word stands."""
    return (
        select(CaseText.id)
        .where(CaseText.id == Case.id, CaseText.folded.contains(word, autoescape=True))
        .exists()
    )


def open_cases(agency_id: int, unit_scope: int | None = None) -> Select[tuple[Case]]:
    """Return the open cases, from their own index."""
    query = select(Case).where(Case.agency_id == agency_id, AMONG_OPEN, RECEIVED)
    return within_unit(query, unit_scope)


def within_unit(query: Select[tuple[Case]], unit_scope: int | None) -> Select[tuple[Case]]:
    """Narrow a query to the unit that a handler may read; None narrows nothing."""
    if unit_scope is None:
        return query
    return query.where(or_(Case.unit_id == unit_scope, Case.unit_id.is_(None)))


@cache
def _shown(_dialect: str) -> Select[Any]:
    """Return what lists show of cases, as a statement that is made once: half the time of a list was that."""
    cases, units, first = Case.__table__, Unit.__table__, Applicant.__table__
    others = first.alias()
    further = (others.c.first_id == cases.c.applicant_id) & (others.c.role == "")
    count = select(func.count()).where(further).scalar_subquery()
    with_names = cases.outerjoin(first, first.c.id == cases.c.applicant_id)
    return (
        select(
            *(cases.c[name] for name in SHOWN),
            units.c.name.label("unit_name"),
            func.coalesce(first.c.name, misfit.WORDS).label("person"),
            (1 + count).label("people"),
        )
        .select_from(with_names.outerjoin(units, units.c.id == cases.c.unit_id))
        .where(among(cases.c.id, bindparam(IDS)))
    )


def shown_cases(ids: Sequence[int]) -> Sequence[Any]:
    """Return what lists show of the cases, in any order.

    Each has the columns of SHOWN, ``unit_name``, the ``person`` named first and how many ``people`` ask.
    An applicant who is not there is shown as a damaged one: the check names it.
    """
    return db.session.connection().execute(_shown(db.engine.dialect.name), these(ids)).all()


# Each is answered from the end of an index: one question with three answers would read it whole.
CASE_ENDS = select(*(
    select(end).where(Case.agency_id == bindparam("agency")).scalar_subquery()
    for end in (func.min(Case.received_on), func.max(Case.received_on), func.max(Case.closed_on))
))  # fmt: skip


def case_years(agency_id: int) -> tuple[int, int] | None:
    """Return the first and last year of receipt or result; None where there is no case."""
    low, *highs = db.session.execute(CASE_ENDS, {"agency": agency_id}).one()
    return None if low is None else (low.year, max(day.year for day in highs if day))
