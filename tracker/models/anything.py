"""Column types for SQLite that turn a value of another kind into a stand-in instead of an error.

PostgreSQL holds to its types; it alone has days that Python lacks ('infinity', years of five digits).
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime
from operator import methodcaller
from typing import Any

import msgspec
from psycopg import Connection as PostgreSQL
from psycopg import DataError
from psycopg.adapt import Dumper
from psycopg.types.datetime import DateLoader, TimestampLoader
from sqlalchemy import Engine, event, types
from sqlalchemy.dialects import sqlite

from tracker.domain import misfit
from tracker.domain.misfit import Misfit

UNWRITTEN = "数据已损坏，不能由此改写，什么也没有改变。请联系系统管理员运行 tracker check。"
Process = Callable[[Any], Any]
DECODE: Process = methodcaller(
    "decode", "utf-8", "replace"
)  # a text whose bytes are none is shown as it can be


looks: ContextVar[bool] = ContextVar("looks", default=False)  # the statement at hand only reads


def _note(_connection: Any, statement: Any, *_: Any) -> None:
    looks.set(bool(getattr(statement, "is_select", False)))


def _refuse(process: Process | None) -> Process:
    """Return the processor of values to be stored: a stand-in is none. Looked for, it is nowhere."""

    def bind(value: Any) -> Any:
        if isinstance(value, Misfit):
            return _nowhere()
        return process(value) if process else value

    return bind


def _nowhere() -> None:
    """Return what equals nothing; raise DamagedError where it would be stored."""
    if not looks.get():
        raise misfit.DamagedError(UNWRITTEN)


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
                moment = None if value is None else datetime.fromisoformat(value)
            except (ValueError, TypeError):
                return misfit.MOMENT
            return misfit.MOMENT if moment is not None and moment.tzinfo else moment

        return result


def _decoded(text: Any) -> Any:
    """Return the value of a stored JSON text; Python's own library knows what the quicker refuses."""
    try:
        return _QUICKER.decode(text)
    except (msgspec.DecodeError, TypeError, ValueError, RecursionError):
        return json.loads(text)


_QUICKER = msgspec.json.Decoder()


class _Json(sqlite.JSON):
    def bind_processor(self, dialect: Any) -> Process:
        return _refuse(super().bind_processor(dialect))  # type: ignore[no-untyped-call]

    def result_processor(self, dialect: Any, coltype: object) -> Process:
        def result(value: Any) -> Any:
            try:
                return None if value is None else _decoded(value)
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
    def bind_processor(self, dialect: Any) -> Process:
        return _refuse(super().bind_processor(dialect))  # type: ignore[no-untyped-call]

    def result_processor(self, dialect: Any, coltype: object) -> Process:
        told = {None: None, 0: False, 1: True}

        def result(value: Any) -> Any:
            return told.get(value, misfit.NUMBER) if not isinstance(value, float) else misfit.NUMBER

        return result


class _Fraction(types.Float[Any]):
    def bind_processor(self, dialect: Any) -> Process:
        return _refuse(super().bind_processor(dialect))  # type: ignore[no-untyped-call]

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
    def bind_processor(self, dialect: Any) -> Process:
        return _refuse(super().bind_processor(dialect))  # type: ignore[no-untyped-call]

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
    event.listen(engine, "before_execute", _note)
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


class _NoValue(Dumper):
    """A stand-in is not stored here either."""

    oid = 0

    def dump(self, obj: Any) -> None:
        return _nowhere()


def allow_on_postgresql(engine: Engine) -> None:
    """Let the engine read days beyond Python's."""
    event.listen(engine, "before_execute", _note)
    event.listen(engine, "connect", lambda connection, _record: _adapt(connection))


def _adapt(connection: "PostgreSQL[Any]") -> None:
    connection.adapters.register_loader("date", _AnyDay)
    connection.adapters.register_loader("timestamp", _AnyMoment)
    for kind in (misfit.MisfitDay, misfit.MisfitMoment):
        connection.adapters.register_dumper(kind, _NoValue)
