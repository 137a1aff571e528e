"""Measure what grows and what many wait for; every figure can be had again with this file.

python3 dev.py bench [PART …] [--quick] [--write]   all parts but the peers, each a table
python3 dev.py bench --peers [--quick] [--write]    the same cases in other programs (root on Debian)

A part is a file of this folder with ``rows(sizes)`` that yields the rows of its table one after the other;
HEADINGS names its cells where a result has several. ``--write`` keeps each table in README.md between the
marks of its part. A part that breaks off is named and ends the command with status 1.
"""

import argparse
import importlib
import platform
import re
import signal
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import QUICK, ROOT, Row, Sizes

PARTS = (
    "growth", "table3", "core", "imports", "jobs", "morning", "copying", "alike", "workers", "writing",
    "startup",
)  # fmt: skip
README = ROOT / "benchmarks" / "README.md"


def lines(part: ModuleType, sizes: Sizes) -> Iterator[str]:
    """Yield the lines of the table of a part as they are measured; an aim that is missed stands in bold."""
    headings = getattr(part, "HEADINGS", ("result",))
    yield f"| measure | {' | '.join(headings)} | aim |"
    yield f"|---|{'---|' * len(headings)}---|"
    row: Row
    for row in part.rows(sizes):
        cells = (row.result,) if isinstance(row.result, str) else row.result
        aim = f"**missed: {row.aim}**" if row.good is False else row.aim
        yield f"| {row.measure} | {' | '.join(cells)} | {aim} |"


def write(name: str, table: str) -> None:
    """Keep a table in the README between the marks of its part."""
    kept = README.read_text(encoding="utf-8")
    between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if not between.search(kept):
        sys.exit(f"{README.name} has no place for {name}")
    README.write_text(between.sub(lambda m: f"{m[1]}{table}\n{m[2]}", kept), encoding="utf-8")


def measured(name: str, sizes: Sizes) -> str:
    """Measure a part; print and return its table."""
    print(f"\n{name}\n", flush=True)
    table = []
    for line in lines(importlib.import_module(name), sizes):
        print(line, flush=True)
        table.append(line)
    numbers = ", ".join(f"{size:,}" for size in sizes)
    foot = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; offices of {numbers} cases."
    return "\n".join([*table, "", foot])


def main() -> None:
    """Measure the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join((*PARTS, "peers")))
    parser.add_argument("--quick", action="store_true", help="smaller offices")
    parser.add_argument("--peers", action="store_true", help="the part peers alone")
    parser.add_argument("--write", action="store_true", help="keep the tables in README.md")
    chosen = parser.parse_args()
    names = chosen.parts or (("peers",) if chosen.peers else PARTS)
    if unknown := set(names) - {*PARTS, "peers"}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the servers of a part end with it
    broken = []
    for name in names:
        try:
            table = measured(name, QUICK if chosen.quick else Sizes())
        except Exception:  # noqa: BLE001  (the other parts are measured all the same)
            traceback.print_exc()
            broken.append(name)
        else:
            if chosen.write:
                write(name, table)
    if broken:
        sys.exit(f"broken off: {', '.join(broken)}")


if __name__ == "__main__":
    main()
