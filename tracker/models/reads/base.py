"""What the reads of several nouns share."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from tracker.models.base import db
from tracker.models.register import RegisterRow

MOST = 10_000  # rows of a list that are counted and turned over; whoever looks for more narrows it
FEW = 1_000  # rows of a list that are sorted although an index has them in their order
Parts = Sequence[Select[Any]]  # a list, as queries that have no row in common
ReadRows = Callable[
    [Sequence[int]], Sequence[Any]
]  # gives the rows of keys, each with its ``id``, in any order
IDS = "ids"  # the name of the keys in a statement that is made once


def page_of_rows(
    parts: Parts,
    order: Sequence[Any],
    number: int,
    size: int,
    read: ReadRows | None = None,
    *,
    few: bool = False,
) -> list[Any]:
    """Return one page of a list, from 1; without an order, of a single query in its own.

    read: gives what is shown of the rows; else they are the rows themselves.
    few: the list has no more than MOST rows: it is found from whatever index, and then sorted.

    The keys are found first, from an index: with the rows and what is shown beside them the database
    would fetch what the pages before have. Each part is read in the order of its own index.
    """
    skipped, model = (number - 1) * size, parts[0].column_descriptions[0]["entity"]
    if not order:
        return list(db.session.scalars(parts[0].limit(size).offset(skipped)))
    keys = (_keys_of_few if few else keys_in_order)(parts, order, skipped, size)
    ids = db.session.scalars(keys).all()
    rows = {row.id: row for row in (read or _whole(model))(ids)} if ids else {}
    return [rows[key] for key in ids if key in rows]


def _whole(model: Any) -> ReadRows:
    return lambda ids: db.session.scalars(select(model).where(model.id.in_(ids))).unique().all()


def keys_in_order(parts: Parts, order: Sequence[Any], skipped: int, size: int) -> Select[tuple[int]]:
    """Return the keys of so many rows of a list after those skipped."""
    model = parts[0].column_descriptions[0]["entity"]
    keys = [part.with_only_columns(model.id, maintain_column_froms=True).order_by(*order) for part in parts]
    if len(keys) > 1:
        firsts = [select(key.limit(skipped + size).subquery().c.id) for key in keys]
        keys = [select(model.id).where(model.id.in_(union_all(*firsts))).order_by(*order)]
    return keys[0].limit(size).offset(skipped)


def _keys_of_few(parts: Parts, order: Sequence[Any], skipped: int, size: int) -> Select[tuple[int]]:
    """Return the keys as ``keys_in_order``, of a list of which all rows are sorted.

    By an outer join: by an inner one SQLite may begin with an index of the order, and read all of it.
    """
    model = parts[0].column_descriptions[0]["entity"]
    each = [part.with_only_columns(model.id, maintain_column_froms=True).limit(MOST) for part in parts]
    every = union_all(*(select(one.subquery()) for one in each)) if len(each) > 1 else each[0]
    keys = every.subquery()
    rows = select(model.id).select_from(keys).outerjoin(model, model.id == keys.c.id)
    return rows.order_by(*order).limit(size).offset(skipped)


def among(key: Any, ids: Sequence[int] | BindParameter[Any]) -> ColumnElement[bool]:
    """Return what holds for a key among many; they are one value for the database, not one each."""
    if db.engine.dialect.name == "postgresql":
        one: ColumnElement[bool] = key == any_(cast(ids, ARRAY(Integer)))
        return one
    text = ids if isinstance(ids, BindParameter) else json.dumps(list(ids))
    among: ColumnElement[bool] = key.in_(select(func.json_each(text).table_valued("value").c.value))
    return among


def these(ids: Sequence[int]) -> dict[str, Any]:
    """Return the value of ``among(key, bindparam(IDS))`` in a statement that is made once."""
    return {IDS: list(ids) if db.engine.dialect.name == "postgresql" else json.dumps(list(ids))}


def count_rows(*parts: Select[Any], most: int | None = None) -> int:
    """Return how many rows the queries have together; one more than ``most`` where there are more."""
    limit = None if most is None else most + 1
    bare = [part.with_only_columns(literal(1), maintain_column_froms=True).order_by(None) for part in parts]
    each = [select(part.limit(limit).subquery()) for part in bare]
    every = union_all(*each).limit(limit) if len(each) > 1 else each[0]
    return db.session.scalar(select(func.count()).select_from(every.subquery())) or 0


def counted(query: Select[Any], *, most: int) -> ScalarSelect[int]:
    """Return the number of rows as a column of a larger statement; one more than ``most`` where more."""
    bare = query.with_only_columns(literal(1), maintain_column_froms=True).limit(most + 1)
    return select(func.count()).select_from(bare.subquery()).scalar_subquery()


def together(parts: Parts) -> Select[Any]:
    """Return the rows of all parts as one query."""
    model = parts[0].column_descriptions[0]["entity"]
    each = [part.whereclause for part in parts if part.whereclause is not None]
    return parts[0] if len(parts) == 1 else select(model).where(or_(*each))


def kept_rows(model: type[RegisterRow], agency_id: int) -> Select[Any]:
    """Return the rows of the agency that are not withdrawn."""
    return select(model).where(model.agency_id == agency_id, model.withdrawn_at.is_(None))
