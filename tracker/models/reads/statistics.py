"""Named reads for pictures: grouped counts over the restated columns, never a loop over cases."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, extract, func, select

from tracker.domain.case.outcome import BY_CODE
from tracker.domain.report.table3 import first_day, last_day
from tracker.models.agency import Unit
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.case import within_unit

Counted = list[tuple[Any, ...]]


def _grouped(
    agency_id: int, unit_scope: int | None, by: Sequence[Any], *where: ColumnElement[bool]
) -> Counted:
    query: Select[Any] = within_unit(select(Case).where(Case.agency_id == agency_id, *where), unit_scope)
    grouped = query.with_only_columns(*by, func.count(), maintain_column_froms=True).group_by(*by)
    return [tuple(row) for row in db.session.execute(grouped)]


def _answered(first: int, last: int) -> tuple[ColumnElement[bool], ...]:
    between = Case.closed_on.between(first_day(first), last_day(last))
    return between, Case.received_on.is_not(None), Case.state.in_(tuple(BY_CODE))


def results(agency_id: int, first: int, last: int, unit_scope: int | None = None) -> Counted:
    """Return (year, outcome, count) of what ended in the years."""
    by = (extract("year", Case.closed_on), Case.state)
    return _grouped(agency_id, unit_scope, by, *_answered(first, last))


def in_time(agency_id: int, first: int, last: int, unit_scope: int | None = None) -> Counted:
    """Return (year, whether in time, count) of answers that a term measured."""
    late = case((Case.served_on > Case.due_on, 1), else_=0)
    by = (extract("year", Case.closed_on), late)
    return _grouped(agency_id, unit_scope, by, *_answered(first, last), Case.due_on.is_not(None))


def received_by_month(agency_id: int, year: int, unit_scope: int | None = None) -> Counted:
    """Return (month, count) of the year's receipts."""
    between = Case.received_on.between(first_day(year), last_day(year))
    return _grouped(agency_id, unit_scope, (extract("month", Case.received_on),), between)


def answered_by_month(agency_id: int, year: int, unit_scope: int | None = None) -> Counted:
    """Return (month, count) of the year's results."""
    return _grouped(agency_id, unit_scope, (extract("month", Case.closed_on),), *_answered(year, year))


def spans(agency_id: int, year: int, unit_scope: int | None = None) -> Counted:
    """Return (received_on, served_on, count) of the year's results: far fewer rows than cases."""
    by = (Case.received_on, Case.served_on)
    return _grouped(agency_id, unit_scope, by, *_answered(year, year), Case.served_on.is_not(None))


def channels(agency_id: int, year: int, unit_scope: int | None = None) -> Counted:
    """Return (channel, count) of the year's receipts."""
    between = Case.received_on.between(first_day(year), last_day(year))
    return _grouped(agency_id, unit_scope, (Case.channel,), between)


def load(agency_id: int, by: str, unit_scope: int | None = None, *, on: date) -> Counted:
    """Return (unit or handler, overdue, count) of the open cases; by: ``unit_id`` or ``handler``."""
    late = case((Case.due_on < on, 1), else_=0)
    where = (Case.closed_on.is_(None), Case.received_on.is_not(None))
    return _grouped(agency_id, unit_scope, (getattr(Case, by), late), *where)


def unit_names(agency_id: int) -> dict[int, str]:
    """Return the names of the agency's units."""
    named = select(Unit.id, Unit.name).where(Unit.agency_id == agency_id)
    return dict(db.session.execute(named).tuples().all())
