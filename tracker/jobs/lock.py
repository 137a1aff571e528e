"""The lock by which one process of many runs the jobs; the system takes it back from one that died.

PostgreSQL: a session's advisory lock on a connection of its own, outside every pool (a pooled one
would keep the lock after it was given back). SQLite: a lock on a file beside the database; the
system drops it with the process, on Windows too.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, Engine, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

SCHEDULER = 712  # the advisory lock of the working scheduler
# A machine that lost its power says nothing: the server gives it up after half a minute.
KEEPALIVES = ("tcp_keepalives_idle=10", "tcp_keepalives_interval=5", "tcp_keepalives_count=4")


class Lock(Protocol):
    """Held by one process at most."""

    def take(self) -> bool:
        """Return whether this process holds the lock now; try to take it where it does not."""
        ...

    def release(self) -> None:
        """Give it back."""
        ...


class FileLock:
    """A lock on a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: IO[bytes] | None = None

    def take(self) -> bool:
        if self.file is not None:
            return True
        file = self.path.open("a+b")
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        file.truncate(0)
        file.write(str(os.getpid()).encode())  # for a person who looks which process it is
        file.flush()
        self.file = file
        return True

    def release(self) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None


if sys.platform == "win32":
    import msvcrt

    BEYOND = 1 << 20  # a byte that nobody reads: Windows forbids reading what is locked

    def _lock(file: IO[bytes]) -> None:
        file.seek(BEYOND)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class DatabaseLock:
    """An advisory lock, held as long as its connection lives."""

    def __init__(self, engine: Engine) -> None:
        self.engine = create_engine(engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self.connection: Connection | None = None

    def take(self) -> bool:
        try:
            return self._alive() or self._try()
        except DBAPIError:
            self.release()
            return False

    def _alive(self) -> bool:
        if self.connection is None:
            return False
        self.connection.execute(text("SELECT 1"))
        return True

    def _try(self) -> bool:
        connection = self.engine.connect()
        for setting in KEEPALIVES:
            connection.execute(text(f"SET {setting}"))
        if connection.scalar(select(func.pg_try_advisory_lock(SCHEDULER))):
            self.connection = connection
            return True
        connection.close()
        return False

    def release(self) -> None:
        if self.connection is not None:
            with suppress(DBAPIError):
                self.connection.close()
            self.connection = None


def of(engine: Engine, folder: Path) -> Lock:
    """Return the lock that fits the database. ``folder`` is the office's own."""
    if engine.dialect.name == "postgresql":
        return DatabaseLock(engine)
    return FileLock(folder / "jobs.lock")
