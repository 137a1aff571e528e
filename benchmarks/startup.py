"""Measure what a command takes before it does anything, against the bare loading of Flask and SQLAlchemy."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic

import grown
import office
from measure import Row, Sizes, times
from server import TRACKER, environment, served

BARE = (sys.executable, "-c", "import flask, sqlalchemy")
DUE = ("due", "cases.jsonl", "--on", office.TODAY.isoformat())
COMMANDS = (("--help",), 0.35), (("calendar", "show", "2026"), 0.35), (DUE, 0.5)
HEADINGS = ("processor time", "times the bare loading")


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield the commands, and how soon the service answers."""
    del sizes
    with tempfile.TemporaryDirectory() as folder:
        place = grown.Place(0, Path(folder))
        (place.folder / "cases.jsonl").write_text("\n".join(office.histories(1, office.TODAY, 1, closed=0)))
        commands = [BARE, *((*TRACKER, *arguments) for arguments, _ in COMMANDS)]
        bare, *taken = times(*(lambda c=c: _run(c, place) for c in commands), clock=_of_children)
        yield Row("import flask, sqlalchemy", (f"{bare:.2f} s", "1"))
        for (arguments, limit), seconds in zip(COMMANDS, taken, strict=True):
            cells = (f"{seconds:.2f} s", f"{seconds / bare:.2f}")
            yield Row(f"tracker {' '.join(arguments)}", cells, f"{limit} s", seconds <= limit)
        _run((*TRACKER, "init"), place)
        begin = monotonic()
        with served(place, "--no-jobs"):
            seconds = monotonic() - begin
        yield Row("tracker serve answers, by the clock", (f"{seconds:.1f} s", ""), "2 s", seconds <= 2)


def _run(command: Sequence[str], place: grown.Place) -> None:
    subprocess.run(command, cwd=place.folder, env=environment(place), check=True, stdout=subprocess.DEVNULL)


def _of_children() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system
