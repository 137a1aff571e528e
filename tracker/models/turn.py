"""Writers of one process to one SQLite file take turns in the order in which they came.

SQLite lets one connection write and keeps no order among those that wait: each asks again after a pause, and
who came last may be first. Within a process they stand in line here, before ``BEGIN IMMEDIATE``; between
processes the file's own lock remains. Who reads is never in line.
"""

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError


class Line:
    """Whose turn it is, and who waits for it: first come, first served."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._is_taken = False
        self._waiting: deque[Lock] = deque()

    def enter(self, seconds: float) -> bool:
        """Wait at most so long for one's turn; return whether it came."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine not in self._waiting:  # it came at the last moment
                return True
            self._waiting.remove(mine)
        return False

    def leave(self) -> None:
        """Give the turn to the one who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)


lines: dict[str, Line] = {}  # by the file


def line_of(engine: Engine) -> Line:
    """Return where the writers of an SQLite file stand in line."""
    return lines.setdefault(engine.url.database or "", Line())


@contextmanager
def to_write(engine: Engine, patience: float) -> Iterator[float]:
    """Have the turn to write; give what is left of the patience in seconds. PostgreSQL knows no turns.

    Raises OperationalError, as SQLite does of a file that is locked, where the turn did not come in time.
    """
    if engine.dialect.name != "sqlite":
        yield patience
        return
    line, begun = line_of(engine), monotonic()
    if not line.enter(patience):
        raise OperationalError("BEGIN IMMEDIATE", None, _busy())
    try:
        yield max(0.0, round(patience - (monotonic() - begun), 1))
    finally:
        line.leave()


def _busy() -> sqlite3.OperationalError:
    fault = sqlite3.OperationalError("database is locked")
    fault.sqlite_errorname = "SQLITE_BUSY"
    return fault
