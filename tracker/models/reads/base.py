"""What the reads of several nouns share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal, or_, select, union_all

from tracker.models.base import db
from tracker.models.register import RegisterRow

MOST = 10_000  # rows of a list that are counted and turned over; whoever looks for more narrows it
FEW = 1_000  # rows of a list that are sorted; of a longer one the order is read from an index
Parts = Sequence[Select[Any]]  # a list, as queries that have no row in common


def page_of_rows(parts: Parts, order: Sequence[Any], number: int, size: int, *options: Any) -> list[Any]:
    """Return one page of a list, from 1; without an order, of a single query in its own.

    The keys are found first, from an index: with the rows and what is shown beside them the database
    would fetch what the pages before have. Each part is read in the order of its own index.
    """
    skipped, model = (number - 1) * size, parts[0].column_descriptions[0]["entity"]
    if not order:
        return list(db.session.scalars(parts[0].limit(size).offset(skipped)))
    keys = db.session.scalars(keys_in_order(parts, order, skipped, size)).all()
    return rows_of(model, keys, *options)


def keys_in_order(parts: Parts, order: Sequence[Any], skipped: int, size: int) -> Select[tuple[int]]:
    """Return the keys of so many rows of a list after those skipped."""
    model = parts[0].column_descriptions[0]["entity"]
    keys = [part.with_only_columns(model.id, maintain_column_froms=True).order_by(*order) for part in parts]
    if len(keys) > 1:
        firsts = [select(key.limit(skipped + size).subquery().c.id) for key in keys]
        keys = [select(model.id).where(model.id.in_(union_all(*firsts))).order_by(*order)]
    return keys[0].limit(size).offset(skipped)


def few_of(parts: Parts) -> list[int] | None:
    """Return the keys of a list that has no more than FEW rows; None of a longer one."""
    model = parts[0].column_descriptions[0]["entity"]
    ids: list[int] = []
    for part in parts:
        keys = part.with_only_columns(model.id, maintain_column_froms=True).limit(FEW + 1 - len(ids))
        ids += db.session.scalars(keys)
    return ids if len(ids) <= FEW else None


def page_of_few(
    ids: Sequence[int], parts: Parts, order: Sequence[Any], number: int, size: int, *options: Any
) -> list[Any]:
    """Return one page of a short list, from 1."""
    model = parts[0].column_descriptions[0]["entity"]
    keys = select(model.id).where(model.id.in_(ids)).order_by(*order).limit(size).offset((number - 1) * size)
    return rows_of(model, db.session.scalars(keys).all(), *options) if ids else []


def rows_of(model: Any, ids: Sequence[int], *options: Any) -> list[Any]:
    """Return the rows of the keys in their order."""
    kept = db.session.scalars(select(model).where(model.id.in_(ids)).options(*options)).unique()
    rows = {row.id: row for row in kept}
    return [rows[key] for key in ids if key in rows]


def count_rows(*parts: Select[Any], most: int | None = None) -> int:
    """Return how many rows the queries have together; one more than ``most`` where there are more."""
    limit = None if most is None else most + 1
    bare = [part.with_only_columns(literal(1), maintain_column_froms=True).order_by(None) for part in parts]
    each = [select(part.limit(limit).subquery()) for part in bare]
    every = union_all(*each).limit(limit) if len(each) > 1 else each[0]
    return db.session.scalar(select(func.count()).select_from(every.subquery())) or 0


def together(parts: Parts) -> Select[Any]:
    """Return the rows of all parts as one query."""
    model = parts[0].column_descriptions[0]["entity"]
    each = [part.whereclause for part in parts if part.whereclause is not None]
    return parts[0] if len(parts) == 1 else select(model).where(or_(*each))


def kept_rows(model: type[RegisterRow], agency_id: int) -> Select[Any]:
    """Return the rows of the agency that are not withdrawn."""
    return select(model).where(model.agency_id == agency_id, model.withdrawn_at.is_(None))
