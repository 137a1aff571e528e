"""What the reads of several nouns share."""

from typing import Any

from sqlalchemy import Select, func, select

from tracker.models.base import db
from tracker.models.register import RegisterRow


def count_rows(query: Select[Any]) -> int:
    """Return how many rows the query has."""
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def kept_rows(model: type[RegisterRow], agency_id: int) -> Select[Any]:
    """Return the rows of the agency that are not withdrawn."""
    return select(model).where(model.agency_id == agency_id, model.withdrawn_at.is_(None))
