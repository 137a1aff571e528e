"""Named reads of trainings, assessments and acts of accountability."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func

from tracker.domain.report.table3 import first_day, last_day
from tracker.models.base import db
from tracker.models.reads.base import kept_rows
from tracker.models.register import RegisterRow


def held(model: type[RegisterRow], agency_id: int, year: int) -> Select[Any]:
    """Return the trainings, assessments or acts of accountability of the year."""
    day: Any = model.held_on  # type: ignore[attr-defined]
    return kept_rows(model, agency_id).where(day.between(first_day(year), last_day(year)))


def total_held(
    model: type[RegisterRow], agency_id: int, year: int, columns: Sequence[Any] = ()
) -> tuple[int, ...]:
    """Return how many rows were held in the year, and the sum of each column."""
    sums = (func.coalesce(func.sum(column), 0) for column in columns)
    row = db.session.execute(held(model, agency_id, year).with_only_columns(func.count(), *sums)).one()
    return tuple(int(number) for number in row)
