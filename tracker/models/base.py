"""The database handle, the base of every table, and the types that both databases share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Index, MetaData, Table, Text, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import DeclarativeBase, scoped_session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from tracker.domain import misfit
from tracker.domain.message import Phrase
from tracker.domain.misfit import Misfit, MisfitMoment
from tracker.domain.packing import as_text, of_text
from tracker.models import anything, turn

ZONE = ZoneInfo("Asia/Shanghai")
WRITES = "tracker_writes"  # the execution option of a transaction that will write
PATIENCE = "tracker_patience"  # the execution option: seconds that it waits for another writer
PAUSE = 0.15  # seconds between transactions of a long act: a writer that waits on SQLite asks each 0.1 s
BUSY_SECONDS = 15  # that a writer waits for another one before it is told to try again
WRITERS = 711  # the advisory lock that every writing transaction shares on PostgreSQL (条例: Decree 711)
# The databases' words for "another writer was first": serialization failure, deadlock, unique violation.
OVERTAKEN = ("40001", "40P01", "23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")


class Base(DeclarativeBase):
    """Constraint names are fixed so that a migration can name what it drops."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def where_not_null(table: str, *columns: str) -> Iterator[Index]:
    """Yield an index of each column over the rows that have a value.

    Most have none. With those among them SQLite takes every value for as frequent, and reads the table.
    """
    for column in columns:
        where = text(f"{column} IS NOT NULL")
        yield Index(f"ix_{table}_{column}", column, sqlite_where=where, postgresql_where=where)


NO_MOMENT = MisfitMoment(misfit.YEAR, 1, 1, tzinfo=ZONE)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC: SQLite would otherwise drop the zone without a word."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment must carry its zone")
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, MisfitMoment):
            return NO_MOMENT
        try:
            return value.replace(tzinfo=UTC).astimezone(ZONE)
        except OverflowError:  # of the last day that there is
            return NO_MOMENT


class Json(TypeDecorator[Any]):
    """Details kept as JSON: an object, or a list; of another shape they cannot be read.

    holds: what a value of the right shape must satisfy besides, so that its readers can rely on it.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, shape: type[dict[Any, Any] | list[Any]], holds: Callable[[Any], bool] = bool) -> None:
        super().__init__()
        self.shape, self.holds = shape, holds

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if isinstance(value, Misfit):
            raise misfit.DamagedError(anything.UNWRITTEN)
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if (
            isinstance(value, Misfit)
            or not isinstance(value, self.shape)
            or (value and not self.holds(value))
        ):
            return misfit.MisfitDetails() if self.shape is dict else misfit.MisfitList()
        return value


class Said(TypeDecorator[str]):
    """A text that the program says itself: kept so that a page can say it again in the reader's language."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return as_text(value) if isinstance(value, Phrase) else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return of_text(value) if isinstance(value, str) else value


db = SQLAlchemy(model_class=Base)


@contextmanager
def transaction(
    *, alone: bool = False, patience: float = BUSY_SECONDS, forgets: bool = True
) -> Iterator[scoped_session[Any]]:
    """One use case, one transaction: commit at the end, roll back on any error.

    What was read before is read anew: nothing is decided on an older snapshot, and SQLite takes
    its write lock at the start (engine.py), when the process's own writers before it are done (turn.py).

    alone: no other writing transaction runs beside it: what changes the dates of many cases must
           meet no case that is being counted by the calendar of before.
    patience: seconds to wait for another writer, on either database; then the fault is ``Kind.BUSY``.
    forgets: rows are read anew once it has ended. Where the caller shows what it wrote they need not be.

    Raises StaleDataError where another writer was first: a version that is no longer the newest, a row
    that is there already, or what PostgreSQL calls a serialization failure or a deadlock.
    """
    from tracker.models import identity, in_use, witness  # its tables stand on this module's Base

    db.session.rollback()
    db.session.expire_all()
    in_use.join(db.engine)
    with turn.to_write(db.engine, patience) as left:
        try:
            connection = db.session.connection(execution_options={WRITES: True, PATIENCE: left})
            identity.enter(connection, patience=left, alone=alone)
            yield db.session
            db.session.flush()
            witness.close(db.session)
            _commit(forgets=forgets)
        except DBAPIError as error:
            db.session.rollback()
            if _is_overtaken(error):
                raise StaleDataError("another writer was first") from error
            raise
        except StatementError as error:
            db.session.rollback()
            if isinstance(error.orig, misfit.DamagedError):
                raise error.orig from error
            raise
        except BaseException:
            db.session.rollback()
            raise


def _commit(*, forgets: bool) -> None:
    session = db.session()
    session.expire_on_commit = forgets
    try:
        session.commit()
    finally:
        session.expire_on_commit = True


def _is_overtaken(error: DBAPIError) -> bool:
    """Return whether another writer was first: it changed the same row, or added the one that was to come."""
    names = (getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", None))
    return any(name in OVERTAKEN for name in names)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything as it stood at one moment, whatever is written meanwhile; waits for nobody.

    SQLite's plain BEGIN does so by itself; PostgreSQL is asked for it.
    """
    db.session.rollback()
    db.session.expire_all()
    try:
        if db.engine.dialect.name == "postgresql":
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield
    finally:
        db.session.rollback()


def insert_into(table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return the insert of the database in use, which can say what becomes of a row whose key is there."""
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return make(table)


def fresh_keys(table: type[Base], count: int) -> list[int]:
    """Return keys for rows that the running transaction adds, in order.

    Rows that get their keys as they are inserted are told apart one statement each on SQLite. There the
    writing transaction is the only one, so the keys after the last are its own.
    """
    if db.engine.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.__tablename__, "id")
        one = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        return list(db.session.scalars(one))
    last = db.session.scalar(select(func.max(table.__table__.c.id))) or 0
    return list(range(last + 1, last + 1 + count))


def insert_rows(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows by one statement, in the caller's transaction; return their keys, in order.

    Asked for what it wrote, SQLAlchemy gives the database all rows at once. Row by row SQLite would write
    out the index of words before each, in case that row is refused. Into the table itself: the mapper would
    look at each row of many, and group them anew.
    """
    if not rows:
        return []
    keys, into = fresh_keys(table, len(rows)), cast(Table, table.__table__)
    keyed = [{"id": key, **row} for key, row in zip(keys, rows, strict=True)]
    db.session.execute(insert(into).returning(into.c.id), keyed)
    return keys


Kept = TypeVar("Kept", bound=Base)


def ensure(table: type[Base], **values: Any) -> None:
    """Insert a row unless one with its key is there; two at the same moment make one."""
    db.session.execute(insert_into(table).values(**values).on_conflict_do_nothing())


def locked(table: type[Kept], key: Mapping[str, Any], make: Callable[[], Mapping[str, Any]]) -> Kept:
    """Return the row of a key, locked until the transaction ends. make: its other values where it is new."""
    row = select(table).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    kept = db.session.scalars(row).one_or_none()
    if kept is None:
        ensure(table, **key, **make())
        kept = db.session.scalars(row).one()
    return kept
