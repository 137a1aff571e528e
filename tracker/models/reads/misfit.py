"""Stored values that are not of their column's kind, and links to rows that are not there.

The database finds them, one reading of each table: typed as the program reads them, whatever another
tool wrote. Lists show stand-ins for them (domain/misfit); here their rows and columns are named.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Table,
    and_,
    func,
    literal_column,
    or_,
    select,
)

from tracker.models import digest
from tracker.models.base import Base
from tracker.models.outbox import STATUS, Message
from tracker.models.tables import stored

FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
# Codes of tables that no seal and no ledger proves: with another one the row waits for ever.
CODES = {Message.__tablename__: {"status": tuple(STATUS)}}
SHAPES = {dict: "object", list: "array"}
LAST_MOMENT = "9999-12-31 15:59:59.999999"  # in UTC: a later one is no day of Python's in Shanghai
MOMENT_FORMS = ("%Y-%m-%d %H:%M:%S", "____-__-__ __:__:__", "____-__-__ __:__:__.______")


def found(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Yield table, key of the row and column of each value that is of another kind than its column's."""
    for table in stored():
        yield from _of_table(connection, table, _kinds(connection, table))
    for table in stored():
        yield from _of_table(connection, table, dict(_links(table)))


def _of_table(
    connection: Connection, table: Table, wrong: dict[str, ColumnElement[bool]]
) -> Iterator[tuple[str, str, str]]:
    if not wrong:
        return
    keys = list(table.primary_key.columns)
    flags = [func.coalesce(condition, False).label(f"is_{name}") for name, condition in wrong.items()]
    query = select(*keys, *flags).where(or_(*wrong.values())).order_by(*keys)
    for row in connection.execute(query):
        key = digest.key_text(table, row._mapping)  # type: ignore[arg-type]
        yield from ((table.name, key, name) for name in wrong if row._mapping[f"is_{name}"])


def _kinds(connection: Connection, table: Table) -> dict[str, ColumnElement[bool]]:
    kind = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
    told = {column.name: kind(column) for column in table.columns}
    for name, codes in CODES.get(table.name, {}).items():
        kinds, other = told[name], table.columns[name].not_in(codes)
        told[name] = other if kinds is None else or_(kinds, other)
    return {name: condition for name, condition in told.items() if condition is not None}


def _on_sqlite(column: Column[Any]) -> ColumnElement[bool]:
    """Return what holds for a value that is not of the column's kind."""
    name = f'"{column.table.name}"."{column.name}"'
    wrong = _by_type(column, name)
    return literal_column(f"({name} IS NOT NULL AND ({wrong}))" if column.nullable else f"({wrong})")


def _by_type(column: Column[Any], name: str) -> str:
    """Return SQLite's condition for a value that is not of the column's kind; none at all is such a one."""
    kind, form = column.type, MOMENT_FORMS
    if isinstance(kind, JSON):
        told = f"json_type({name}) <> '{_shape(column)}'"
        return f"typeof({name}) <> 'text' OR CASE WHEN json_valid({name}) THEN {told} ELSE 1 END"
    if isinstance(kind, DateTime):
        same = f"strftime('{form[0]}', {name}) IS NOT substr({name}, 1, 19)"
        shaped = f"{name} NOT LIKE '{form[1]}' AND {name} NOT LIKE '{form[2]}'"
        return f"typeof({name}) <> 'text' OR {same} OR {shaped} OR {name} > '{LAST_MOMENT}'"
    if isinstance(kind, Date):
        return f"typeof({name}) <> 'text' OR date({name}) IS NOT {name} OR {name} < '{FIRST_DAY}'"
    if isinstance(kind, Boolean):
        return f"typeof({name}) <> 'integer' OR {name} NOT IN (0, 1)"
    if isinstance(kind, Float):
        return f"typeof({name}) NOT IN ('real', 'integer')"
    if isinstance(kind, Integer):
        return f"typeof({name}) <> 'integer' OR {name} < 0"
    wanted = "blob" if isinstance(kind, LargeBinary) else "text"
    return f"typeof({name}) <> '{wanted}'"


def _shape(column: Column[Any]) -> str:
    """Return what both databases call the shape of a column's JSON."""
    kind: Any = Base.metadata.tables[column.table.name].columns[column.name].type
    return SHAPES[kind.shape]


def _on_postgresql(column: Column[Any]) -> ColumnElement[bool] | None:
    """Return what holds for a value that PostgreSQL lets in and the program does not."""
    kind, name = column.type, f'"{column.table.name}"."{column.name}"'
    if isinstance(kind, JSON):
        return literal_column(f"(json_typeof({name}) <> '{_shape(column)}')")
    if isinstance(kind, DateTime):
        return literal_column(f"({name} > '{LAST_MOMENT}' OR {name} < '{FIRST_DAY}')")
    if isinstance(kind, Date):
        return literal_column(f"({name} > '{LAST_DAY}' OR {name} < '{FIRST_DAY}')")
    # No number of an office is below 0, but a change of a tally, which is a row of its own here alone.
    is_bound = isinstance(kind, Integer) and not column.info.get("negative")
    return literal_column(f"({name} < 0)") if is_bound else None


def _links(table: Table) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """Yield each column that leads to another row, with what holds where that row is not there."""
    for column in table.columns:
        for key in column.foreign_keys:
            there = key.column.table.alias()
            row = select(1).where(there.columns[key.column.name] == column)
            yield column.name, and_(column.is_not(None), ~row.exists())
