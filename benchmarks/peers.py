"""Measure the same cases in Request Tracker, in Roundup and here, in turns, at 1, 4 and 16 clients.

Request Tracker 5 comes from Debian, with a mail sender that is never called; its database is the PostgreSQL
server of the tests. Roundup comes from the package index into an environment of its own, on SQLite, behind
gunicorn; ours is served by ``serve --workers`` on SQLite. Ours is loaded by the import of histories, Roundup
by its API (peer_roundup.py), Request Tracker in its tables (peer_rt.sql). Each is served by as many processes
as there are cores, Request Tracker, whose processes have no threads, by twice as many.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from load import Client, Taken, drive
from measure import Row, Sizes, postgresql
from peer_programs import BASE, FEW, MANY, Program, ours, request_tracker, roundup

CLIENTS = (1, 4, 16)
SECONDS, TURNS = 3, 3
DEBIAN = ("msmtp-mta", "dbconfig-no-thanks", "request-tracker5", "rt5-db-postgresql", "rt5-standalone")
ROUNDUP = ("roundup==2.6.0", "gunicorn")
HEADINGS = (
    "ours, ms at 1 · 4 · 16",
    "Request Tracker 5",
    "Roundup",
    "times ours at 1: RT",
    "Roundup",
    "failed",
)
ACTS = ("worklist", "list", "case", "create", "step", f"search {MANY}", f"search {FEW}", "statistics")


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield each act in the three programs. The command ends with 2 where they may not be installed."""
    install()
    total = sizes.middle
    with postgresql(BASE / "postgresql", keep=True), ExitStack() as stack:
        programs = [stack.enter_context(each(total)) for each in (ours, request_tracker, roundup)]
        for act in ACTS:
            yield asyncio.run(_compared(act, programs))


async def _compared(name: str, programs: list[Program]) -> Row:
    """Return the row of an act: with each number of clients the programs are asked in turns."""
    taken: dict[tuple[int, int], Taken] = {}
    numbers = [count(1) for _ in programs]
    people = [[Client(program.address) for _ in range(max(CLIENTS))] for program in programs]
    for program, clients in zip(programs, people, strict=True):
        for client in clients:
            await program.sign_in(client)
    for clients, _turn in ((clients, turn) for clients in CLIENTS for turn in range(TURNS)):
        for place, program in enumerate(programs):
            if act := program.acts.get(name):
                one = await drive(
                    people[place][:clients], lambda c, a=act, n=numbers[place]: a(c, next(n)), SECONDS
                )
                taken.setdefault((place, clients), Taken()).__iadd__(one)
    for client in (client for clients in people for client in clients):
        await client.close()
    return _row(name, taken)


def _row(name: str, taken: dict[tuple[int, int], Taken]) -> Row:
    def medians(place: int) -> str:
        told = [taken.get((place, clients)) for clients in CLIENTS]
        return " · ".join(f"{one.median * 1000:.0f}" if one else "–" for one in told)

    ours = taken[0, 1].median
    ratios = [taken[place, 1].median / ours if (place, 1) in taken else None for place in (1, 2)]
    failed = [sum(len(one.failures) for (at, _), one in taken.items() if at == place) for place in range(3)]
    for (place, clients), one in taken.items():
        if one.failures:
            print(f"{name}, program {place}, {clients} clients: {one.failures[0]}", file=sys.stderr)
    cells = (
        *map(medians, range(3)),
        *(f"{ratio:.1f}" if ratio else "–" for ratio in ratios),
        " · ".join(map(str, failed)),
    )
    good = all(ratio is None or ratio >= least for ratio, least in zip(ratios, (10, 3), strict=True))
    return Row(name, cells, "10, 3", good)


def install() -> None:
    """Install both where they are not there; end the command with status 2 where that may not be done."""
    if not Path("/usr/bin/apt-get").exists() or os.geteuid():
        print(
            "The peers are installed by apt-get: this needs root on Debian. Nothing was measured.",
            file=sys.stderr,
        )
        sys.exit(2)
    try:
        if not shutil.which("rt-server-5"):
            quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
            subprocess.run(["apt-get", "update", "-q"], check=True, **quiet)
            subprocess.run(
                ["apt-get", "install", "-yq", "--no-install-recommends", *DEBIAN], check=True, **quiet
            )
        if not (BASE / "env" / "bin" / "roundup-admin").exists():
            venv.create(BASE / "env", with_pip=True, clear=True)
            subprocess.run([BASE / "env" / "bin" / "pip", "install", "-q", *ROUNDUP], check=True)
    except subprocess.CalledProcessError as error:
        print(f"The peers could not be installed: {error}. Nothing was measured.", file=sys.stderr)
        sys.exit(2)
