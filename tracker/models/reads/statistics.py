"""Named reads for pictures: sums of the tallies, and the open cases from their own index."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from tracker.models import tally
from tracker.models.agency import Unit
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.case import open_cases
from tracker.models.reads.tally import tallied, tallied_by_unit

Tallied = dict[tuple[str, int], dict[str, int]]  # by figure and year: numbers by key
OF_YEARS = (tally.OUTCOME, tally.LATENESS, tally.ARRIVED, tally.ANSWERED)
OF_YEAR = (tally.CHANNEL, tally.DAYS, tally.KIND, tally.HANDLER)


def of_years(agency_id: int, years: Sequence[int], unit_scope: int | None = None) -> Tallied:
    """Return what the pictures show of the years, and of the last alone: numbers by key."""
    last = years[-1]
    rows = tallied(agency_id, OF_YEARS, years[0], last, unit_scope)
    rows += tallied(agency_id, OF_YEAR, last, last, unit_scope)
    figures: Tallied = {(figure, year): {} for figure in (*OF_YEARS, *OF_YEAR) for year in years}
    for figure, year, _kind, key, number in rows:
        figures[figure, year][key] = number
    return figures


def of_units(agency_id: int, year: int, unit_scope: int | None = None) -> dict[str, dict[int, int]]:
    """Return what was received and closed in the year: by figure, numbers by unit; 0 is none."""
    numbers: dict[str, dict[int, int]] = {tally.ARRIVED: {}, tally.ANSWERED: {}}
    for figure, unit_id, number in tallied_by_unit(agency_id, tuple(numbers), year, unit_scope):
        numbers[figure][unit_id] = number
    return numbers


def load(agency_id: int, unit_scope: int | None = None, *, on: date) -> list[tuple[Any, ...]]:
    """Return (unit, handler, overdue, count) of the open cases."""
    late = case((Case.due_on < on, 1), else_=0)
    by = (Case.unit_id, Case.handler, late)
    query = open_cases(agency_id, unit_scope)
    grouped = query.with_only_columns(*by, func.count(), maintain_column_froms=True).group_by(*by)
    return [tuple(row) for row in db.session.execute(grouped)]


def unit_names(agency_id: int) -> dict[int, str]:
    """Return the names of the agency's units."""
    named = select(Unit.id, Unit.name).where(Unit.agency_id == agency_id)
    return dict(db.session.execute(named).tuples().all())
