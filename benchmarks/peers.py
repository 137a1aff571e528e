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
from peer_programs import BASE, FEW, MANY, Act, Program, ours, request_tracker, roundup

CLIENTS = (1, 4, 16)
SECONDS, TURNS = 2, 3
DEBIAN = ("msmtp-mta", "dbconfig-no-thanks", "request-tracker5", "rt5-db-postgresql", "rt5-standalone")
ROUNDUP = ("roundup==2.6.0", "gunicorn")
HEADINGS = (
    "ours, ms at 1 · 4 · 16", "Request Tracker 5", "Roundup",
    "processor a request, ms: ours", "RT", "Roundup", "times ours: RT", "Roundup", "failed",
)  # fmt: skip
ACTS = ("worklist", "list", "case", "create", "step", f"search {MANY}", f"search {FEW}", "statistics")
AHEAD = (10, 3)  # times as fast as the two


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield each act in the three programs. The command ends with 2 where they may not be installed."""
    install()
    total = sizes.middle
    with postgresql(BASE / "postgresql", keep=True), ExitStack() as stack:
        programs = [stack.enter_context(each(total)) for each in (ours, request_tracker, roundup)]
        people = [[Client(program.address) for _ in range(max(CLIENTS))] for program in programs]
        asyncio.run(_sign_in(programs, people))
        for act in ACTS:
            asked = [
                Asked(program, clients, program.acts[act]) if act in program.acts else None
                for program, clients in zip(programs, people, strict=True)
            ]
            asyncio.run(_in_turns([each for each in asked if each]))
            yield _row(act, asked)


async def _sign_in(programs: list[Program], people: list[list[Client]]) -> None:
    for program, clients in zip(programs, people, strict=True):
        for client in clients:
            await program.sign_in(client)
            await client.close()


class Asked:
    """A program that is asked for an act: its answers by the number of clients, its processor time at one."""

    def __init__(self, program: Program, people: list[Client], act: Act) -> None:
        self.program, self.people, self.act = program, people, act
        self.numbers = count(1)
        self.taken = {clients: Taken() for clients in CLIENTS}
        self.processor = 0.0

    async def ask(self, clients: int) -> None:
        """Let so many clients do the act for a turn."""
        before = self.program.spent()
        self.taken[clients] += await drive(
            self.people[:clients], lambda client: self.act(client, next(self.numbers)), SECONDS
        )
        if clients == 1:
            self.processor += self.program.spent() - before

    @property
    def medians(self) -> str:
        return " · ".join(f"{one.median * 1000:.0f}" for one in self.taken.values())

    @property
    def request(self) -> float:
        """Seconds of the processor that a request takes, those that failed counted."""
        return self.processor / (len(self.taken[1].seconds) + len(self.taken[1].failures))

    @property
    def failures(self) -> list[str]:
        return [failure for one in self.taken.values() for failure in one.failures]


async def _in_turns(programs: list[Asked]) -> None:
    for clients, _turn in ((clients, turn) for clients in CLIENTS for turn in range(TURNS)):
        for each in programs:
            await each.ask(clients)
    for client in (client for each in programs for client in each.people):
        await client.close()


def _row(name: str, asked: list[Asked | None]) -> Row:
    for each in asked:
        if each and each.failures:
            print(f"{name}, {each.program.address}: {each.failures[0]}", file=sys.stderr)
    own, *others = asked
    assert own
    ratios = [each and each.request / own.request for each in others]
    cells = (
        *(each.medians if each else "–" for each in asked),
        *(f"{each.request * 1000:.0f}" if each else "–" for each in asked),
        *(f"{ratio:.1f}" if ratio else "–" for ratio in ratios),
        " · ".join(str(len(each.failures)) if each else "–" for each in asked),
    )
    good = all(ratio is None or ratio >= least for ratio, least in zip(ratios, AHEAD, strict=True))
    return Row(name, cells, f"{AHEAD[0]}, {AHEAD[1]}", good)


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
