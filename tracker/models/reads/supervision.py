"""Named reads of trainings, assessments and acts of accountability."""

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


def total_held(model: type[RegisterRow], agency_id: int, year: int, column: Any = None) -> int:
    """Return how many rows were held in the year, or the sum of a column."""
    what = func.count() if column is None else func.coalesce(func.sum(column), 0)
    return int(db.session.scalar(held(model, agency_id, year).with_only_columns(what)) or 0)
