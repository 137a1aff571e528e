"""The lock that writing processes share, so that a restore replaces no database in use.

SQLite: every process that writes holds a shared lock on a file beside the database from its first
write to its end; a restore asks for it alone. The system drops it with the process. PostgreSQL: every
writing transaction shares an advisory lock (``base.WRITERS``), on whichever host; a restore holds it
alone, after those that run have ended. Processes that serve hold a second one for as long as they
live (``present``), and a restore refuses beside them.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, func, select
from sqlalchemy.pool import NullPool

from tracker.domain.errors import DomainError
from tracker.models.base import WRITERS

OWNER_ONLY = 0o600
PRESENT = 715  # the advisory lock that serving processes share on PostgreSQL
IMPORTING = 716  # the advisory lock of the one import that writes in batches
held: dict[str, int] = {}  # open files by the database's address: one lock a process


class RestoringError(DomainError):
    """A restore is under way: nothing may be written until it has ended."""


def join(engine: Engine) -> None:
    """Become a process that writes. Raises RestoringError where a restore is under way.

    PostgreSQL needs nothing here: each transaction takes the lock.
    """
    place = _place(engine)
    if place is None or place in held:
        return
    file = _open(place)
    if not _lock(file, alone=False):
        os.close(file)
        raise RestoringError("正在恢复备份，暂时不能写入，没有作任何改动：请稍后再试。")
    held[place] = file


@contextmanager
def present(engine: Engine) -> Iterator[None]:
    """Be a serving process: a restore refuses as long as this lasts."""
    if engine.dialect.name != "postgresql":
        join(engine)
        yield
        return
    with _session(engine) as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock_shared(PRESENT))):
            raise RestoringError("正在恢复备份：请稍后再启动。")
        yield


@contextmanager
def alone(engine: Engine) -> Iterator[bool]:
    """Give whether no other process writes, and keep it so; on PostgreSQL running transactions end first."""
    place = _place(engine)
    if place is None:
        with _session(engine) as connection:
            if not connection.scalar(select(func.pg_try_advisory_lock(PRESENT))):
                yield False
                return
            connection.execute(select(func.pg_advisory_lock(WRITERS)))
            yield True
        return
    ours = held.pop(place, None)  # this process's own share would stand in its own way
    file = _open(place) if ours is None else ours
    try:
        yield _lock(file, alone=True)
    finally:
        os.close(file)


@contextmanager
def importing(engine: Engine) -> Iterator[bool]:
    """Give whether no other import writes in batches, and be the one; it ends with the process."""
    if engine.dialect.name == "postgresql":
        with _session(engine) as connection:
            yield bool(connection.scalar(select(func.pg_try_advisory_lock(IMPORTING))))
        return
    place = _place(engine)
    if place is None:
        yield True
        return
    file = _open(f"{place.removesuffix('.writers')}.importing")
    try:
        yield _lock(file, alone=True)
    finally:
        os.close(file)


def leave(engine: Engine) -> None:
    """Write no more: what a process does by ending."""
    if (file := held.pop(_place(engine) or "", None)) is not None:
        os.close(file)


@contextmanager
def _session(engine: Engine) -> Iterator[Connection]:
    """Give a connection outside every pool: its locks end with it."""
    single = create_engine(engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with single.connect() as connection:
            yield connection
    finally:
        single.dispose()


def _place(engine: Engine) -> str | None:
    """Return the lock's file; None on PostgreSQL and for a database in memory."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    return f"{Path(engine.url.database).resolve()}.writers"


def _open(place: str) -> int:
    return os.open(place, os.O_RDWR | os.O_CREAT, OWNER_ONLY)


if sys.platform == "win32":
    import msvcrt

    SEATS = 1 << 16  # a byte for each writer; alone is who holds all of them

    def _lock(file: int, *, alone: bool) -> bool:
        try:
            if alone:
                os.lseek(file, 0, os.SEEK_SET)
                msvcrt.locking(file, msvcrt.LK_NBLCK, SEATS)
            else:
                os.lseek(file, os.getpid() % SEATS, os.SEEK_SET)
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int, *, alone: bool) -> bool:
        how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
