"""The cases behind a number of the statistics: exactly those that it counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, extract, select

from tracker.domain.report.table3 import first_day, last_day
from tracker.models import tally
from tracker.models.case import Case
from tracker.models.reads.case import AMONG_OPEN, RECEIVED, within_unit
from tracker.models.reads.tally import handled_by

OPEN = "open"  # open now
ANY = "*"  # any unit
Where = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Counted:
    """Which cases a number counts.

    figure: a figure of the tallies, or OPEN. keys: those of the figure that it adds up; all if none.
    unit: the number of a unit, empty for none, ANY. handler: a name, ANY.
    """

    figure: str
    year: int
    keys: tuple[str, ...] = ()
    unit: str = ANY
    handler: str = ANY


def _in_year(day: Any, wanted: Counted) -> Where:
    return [day.between(first_day(wanted.year), last_day(wanted.year))]


def _by(column: Any, of: Any) -> Callable[[Counted], Where]:
    """Return how the cases of the year of a day are found by a column's value."""

    def where(wanted: Counted) -> Where:
        return [*_in_year(of, wanted), *([column.in_(wanted.keys)] if wanted.keys else [])]

    return where


def _by_month(day: Any) -> Callable[[Counted], Where]:
    def where(wanted: Counted) -> Where:
        months = [int(key) for key in wanted.keys if key.isdecimal()]
        return [*_in_year(day, wanted), *([extract("month", day).in_(months)] if wanted.keys else [])]

    return where


def _measured(wanted: Counted) -> Where:
    late = Case.served_on > Case.due_on
    where = [*_in_year(Case.closed_on, wanted), Case.due_on.is_not(None)]
    if wanted.keys == (tally.LATE,):
        where.append(late)
    if wanted.keys == (tally.IN_TIME,):
        where.append(late.is_not(True))
    return where


def _days(wanted: Counted) -> Where:
    """Find results by the working days that they took: one of them, or from one to another."""
    where = [*_in_year(Case.closed_on, wanted), Case.served_on.is_not(None)]
    days = [int(key) for key in wanted.keys if key.isdecimal()]
    if wanted.keys:
        where.append(Case.days_taken.between(min(days), max(days)) if days else Case.days_taken.is_(None))
    return where


def _open(_wanted: Counted) -> Where:
    return [AMONG_OPEN]


WHERE: dict[str, Callable[[Counted], Where]] = {
    tally.ARRIVED: _by_month(Case.received_on),
    tally.CHANNEL: _by(Case.channel, Case.received_on),
    tally.KIND: _by(Case.applicant_kind, Case.received_on),
    tally.ANSWERED: _by_month(Case.closed_on),
    tally.OUTCOME: _by(Case.state, Case.closed_on),
    tally.HANDLER: _by(handled_by(), Case.closed_on),
    tally.LATENESS: _measured,
    tally.DAYS: _days,
    OPEN: _open,
}


def cases_counted(agency_id: int, wanted: Counted, unit_scope: int | None = None) -> Select[tuple[Case]]:
    """Return the cases that a number counts, without an order."""
    where = [Case.agency_id == agency_id, RECEIVED, *WHERE[wanted.figure](wanted)]
    if wanted.unit != ANY:
        unit = Case.unit_id == int(wanted.unit) if wanted.unit else Case.unit_id.is_(None)
        where.append(unit)
    if wanted.handler != ANY:
        where.append(handled_by() == wanted.handler)
    return within_unit(select(Case).where(*where), unit_scope)


def order_of(wanted: Counted) -> Sequence[Any]:
    """Return the order of the list: of results by their day, else by receipt."""
    received = wanted.figure in (tally.ARRIVED, tally.CHANNEL, tally.KIND, OPEN)
    return (Case.received_on, Case.id) if received else (Case.closed_on, Case.id)
