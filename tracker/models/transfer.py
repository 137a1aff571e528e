"""Copy a whole database to one SQLite file, and load such a file into SQLite or PostgreSQL.

An SQLite file is the portable form: it is copied by SQLite's own means where the office is on
SQLite, and filled row by row in one snapshot where it is on PostgreSQL. Nothing but the drivers is
needed, and values travel as they are stored: what is encrypted stays so.
"""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, func, insert, select, text

from tracker.models import engine as engines
from tracker.models import migrate, tables
from tracker.models.reads import tally
from tracker.models.tally import Tally

ROWS = 2000  # that stand in memory together
FILES = ("uploads", "staged_files")  # tables whose rows are files: one stands in memory
STEP = 2048  # pages of SQLite's own copy between two of which a signal is heard
COMING, ASIDE = "tracker_restoring", "tracker_aside"  # schemas on PostgreSQL


@contextmanager
def sqlite_file(path: Path) -> Iterator[Engine]:
    """Give an engine on an SQLite file outside the office."""
    url = f"sqlite:///{path}"
    engine = create_engine(url, **engines.options(url))
    engines.prepare(engine)
    try:
        yield engine
    finally:
        engine.dispose()


# -- out ----------------------------------------------------------------------------------------


def copy_to_file(source: Engine, path: Path, *, without: Collection[str] = ()) -> None:
    """Write the database, as it is at one moment, into a new SQLite file. Nobody has to wait.

    without: tables of PostgreSQL whose rows are left out.
    """
    if source.dialect.name == "sqlite":
        _sqlite_copy(Path(str(source.url.database)), path)
        return
    path.write_bytes(_empty_file())
    with sqlite_file(path) as target:
        one_moment = source.execution_options(isolation_level="REPEATABLE READ")
        with one_moment.connect() as out, target.connect() as into, _filling(into):
            _rows(out, into, without)


@cache
def _empty_file() -> bytes:
    """Return an SQLite file with the tables and nothing in them, made once a process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        with sqlite_file(path) as target:
            migrate.upgrade(target)
        return path.read_bytes()


def _sqlite_copy(source: Path, target: Path) -> None:
    """Copy the pages of a database as they are at one moment, whatever is written meanwhile.

    The reading transaction stays open from the first page to the last: in WAL mode it holds up no writer,
    and a copy that let go of it would begin again with each write of another process.
    """
    with (
        closing(sqlite3.connect(source, isolation_level=None)) as out,
        closing(sqlite3.connect(target)) as into,
    ):
        into.execute("PRAGMA busy_timeout = 15000")
        out.execute("BEGIN")
        out.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        out.backup(into, pages=STEP)


@contextmanager
def _filling(into: Connection) -> Iterator[None]:
    """Fill a new SQLite file that nobody else has: without a journal, its indexes made once at the end."""
    raw: sqlite3.Connection = into.connection.driver_connection  # type: ignore[assignment]
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF"):
        raw.execute(f"PRAGMA {pragma}")
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE INDEX %'"
    indexes = raw.execute(query).fetchall()
    for name, _ in indexes:
        raw.execute(f'DROP INDEX "{name}"')
    yield
    into.commit()
    for _, statement in indexes:
        raw.execute(statement)
    raw.execute("PRAGMA journal_mode = WAL")


def _rows(out: Connection, into: Connection, without: Collection[str] = ()) -> None:
    for table in tables.stored():
        if table.name == Tally.__tablename__ or table.name in without:
            continue  # triggers count the tallied rows as they come in
        at_once = 1 if table.name in FILES else ROWS
        source_rows = out.execution_options(yield_per=at_once).execute(
            select(table).order_by(*table.primary_key)
        )
        own = [fk.parent.name for fk in table.foreign_keys if fk.column.table is table]
        while rows := [dict(row) for row in islice(source_rows.mappings(), at_once)]:
            into.execute(insert(table), [{**row, **dict.fromkeys(own)} for row in rows] if own else rows)
            _point_back(into, table, own, rows)


def _point_back(into: Connection, table: Table, own: list[str], rows: list[dict[str, Any]]) -> None:
    """Fill in what points to rows of the same table: a parent may have come after its child."""
    for row in rows if own else ():
        pointing = {name: row[name] for name in own if row[name] is not None}
        if pointing:
            into.execute(table.update().where(table.c.id == row["id"]).values(**pointing))


# -- back ---------------------------------------------------------------------------------------


def holds_tables(target: Engine) -> bool:
    """Return whether the database holds the program's tables at all."""
    with target.connect() as connection:
        return target.dialect.has_table(connection, "alembic_version")


def put_back(path: Path, target: Engine, stamp: str) -> str:
    """Put the content of an SQLite file of the newest revision in the place of the database's.

    All or nothing. Returns where PostgreSQL keeps what was there (a schema), empty on SQLite.
    """
    if target.dialect.name == "sqlite":
        _sqlite_copy(path, Path(str(target.url.database)))
        return ""
    with target.begin() as connection:
        here = str(connection.scalar(select(func.current_schema())))
        connection.execute(text(f"DROP SCHEMA IF EXISTS {COMING} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {COMING}"))
    coming = create_engine(target.url, connect_args={"options": f"-c search_path={COMING},{here}"})
    try:
        migrate.upgrade(coming, COMING)
        with sqlite_file(path) as source, source.connect() as out, coming.begin() as into:
            _rows(out, into)
            tally.compact(into)
            _count_on(into)
    finally:
        coming.dispose()
    with target.begin() as connection:
        _change_places(connection, here, f"{ASIDE}_{stamp}")
    return f"{ASIDE}_{stamp}"


def _change_places(connection: Connection, here: str, aside: str) -> None:
    """Let the schema that was filled take the place of the one in use; extensions stay in use."""
    connection.execute(text(f'ALTER SCHEMA "{here}" RENAME TO {aside}'))
    connection.execute(text(f'ALTER SCHEMA {COMING} RENAME TO "{here}"'))
    query = "SELECT extname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
    for name in connection.scalars(text(f"{query} WHERE nspname = :aside"), {"aside": aside}).all():
        connection.execute(text(f'ALTER EXTENSION "{name}" SET SCHEMA "{here}"'))


def _count_on(into: Connection) -> None:
    """Let the counters of ids go on after the highest id."""
    for table in tables.stored():
        sequence = "id" in table.c and into.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        highest = into.scalar(select(func.max(table.c.id))) if sequence else None
        if highest:
            into.execute(select(func.setval(sequence, highest)))
