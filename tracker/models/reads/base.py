"""What the reads of several nouns share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from tracker.models.base import db
from tracker.models.register import RegisterRow


def page_of_rows(query: Select[Any], order: Sequence[Any], number: int, size: int) -> list[Any]:
    """Return one page of a list, from 1."""
    chosen = query.order_by(*order).limit(size).offset((number - 1) * size)
    return list(db.session.scalars(chosen).unique())


def count_rows(query: Select[Any]) -> int:
    """Return how many rows the query has."""
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def kept_rows(model: type[RegisterRow], agency_id: int) -> Select[Any]:
    """Return the rows of the agency that are not withdrawn."""
    return select(model).where(model.agency_id == agency_id, model.withdrawn_at.is_(None))
