"""Columns as SQLite keeps them: a value of another kind than its column's becomes a stand-in, no error.

PostgreSQL holds to its types; it alone has days that Python lacks ('infinity', years of five digits).
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from operator import methodcaller
from typing import Any

from psycopg import Connection as PostgreSQL
from psycopg import DataError
from psycopg.types.datetime import DateLoader, TimestampLoader
from sqlalchemy import Engine, types
from sqlalchemy.dialects import sqlite

from tracker.domain import misfit
from tracker.domain.misfit import Misfit

Process = Callable[[Any], Any]
DECODE: Process = methodcaller(
    "decode", "utf-8", "replace"
)  # a text whose bytes are none is shown as it can be


def _refuse(process: Process | None) -> Process:
    """Return the processor of values to be stored: a stand-in is none."""

    def bind(value: Any) -> Any:
        if isinstance(value, Misfit):
            raise misfit.DamagedError("数据已损坏，不能由此改写。")
        return process(value) if process else value

    return bind


class _Day(sqlite.DATE):
    def bind_processor(self, dialect: Any) -> Process:
        return _refuse(super().bind_processor(dialect))

    def result_processor(self, dialect: Any, coltype: object) -> Process:
        def result(value: Any) -> date | None:
            try:
                return None if value is None else date.fromisoformat(value)
            except (ValueError, TypeError):
                return misfit.DAY

        return result


class _Moment(sqlite.DATETIME):
    def bind_processor(self, dialect: Any) -> Process:
        return _refuse(super().bind_processor(dialect))

    def result_processor(self, dialect: Any, coltype: object) -> Process:
        def result(value: Any) -> datetime | None:
            try:
                found = None if value is None else datetime.fromisoformat(value)
            except (ValueError, TypeError):
                return misfit.MOMENT
            return misfit.MOMENT if found is not None and found.tzinfo else found

        return result


class _Json(sqlite.JSON):
    def bind_processor(self, dialect: Any) -> Process:
        return _refuse(super().bind_processor(dialect))  # type: ignore[no-untyped-call]

    def result_processor(self, dialect: Any, coltype: object) -> Process:
        def result(value: Any) -> Any:
            try:
                return None if value is None else json.loads(value)
            except (ValueError, TypeError, RecursionError):
                return misfit.MisfitDetails()

        return result


class _Number(types.Integer):
    def bind_processor(self, dialect: Any) -> Process:
        return _refuse(super().bind_processor(dialect))

    def result_processor(self, dialect: Any, coltype: object) -> Process:
        def result(value: Any) -> Any:
            return value if value is None or type(value) is int else misfit.NUMBER

        return result


class _YesNo(types.Boolean):
    def result_processor(self, dialect: Any, coltype: object) -> Process:
        told = {None: None, 0: False, 1: True}

        def result(value: Any) -> Any:
            return told.get(value, misfit.NUMBER) if not isinstance(value, float) else misfit.NUMBER

        return result


class _Fraction(types.Float[Any]):
    def result_processor(self, dialect: Any, coltype: object) -> Process:
        def result(value: Any) -> Any:
            return value if value is None or type(value) in (float, int) else misfit.NUMBER

        return result


class _Text(types.String):
    def bind_processor(self, dialect: Any) -> Process:
        return _refuse(super().bind_processor(dialect))

    def result_processor(self, dialect: Any, coltype: object) -> Process:
        def result(value: Any) -> Any:
            return value if value is None or type(value) is str else misfit.TEXT

        return result


class _Content(types.LargeBinary):
    def result_processor(self, dialect: Any, coltype: object) -> Process:
        def result(value: Any) -> Any:
            return value if value is None or type(value) is bytes else misfit.CONTENT

        return result


SQLITE: dict[Any, Any] = {
    types.Date: _Day,
    types.DateTime: _Moment,
    types.JSON: _Json,
    types.Integer: _Number,
    types.Boolean: _YesNo,
    types.Float: _Fraction,
    types.String: _Text,
    types.LargeBinary: _Content,
}


def allow_on_sqlite(engine: Engine) -> None:
    """Let the engine read whatever stands in its file."""
    engine.dialect.colspecs = {**engine.dialect.colspecs, **SQLITE}


class _AnyDay(DateLoader):
    def load(self, data: Any) -> date:
        try:
            return super().load(data)
        except DataError:
            return misfit.DAY


class _AnyMoment(TimestampLoader):
    def load(self, data: Any) -> datetime:
        try:
            return super().load(data)
        except DataError:
            return misfit.MOMENT


def allow_on_postgresql(connection: "PostgreSQL[Any]") -> None:
    """Let a connection read days beyond Python's."""
    connection.adapters.register_loader("date", _AnyDay)
    connection.adapters.register_loader("timestamp", _AnyMoment)
