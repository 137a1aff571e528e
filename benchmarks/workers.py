"""Measure what a second process gains: ``serve --workers``, one against two, on both databases.

Two servers of one office stand side by side and are asked in turns. Clients, database and server share the
machine: what each takes of the processor for a request stands in the table. Two cores are saturated where the
processor time of all three, times the answers a second, comes to two; nothing can be gained beyond it.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack

import grown
from load import Client, Taken, drive
from measure import Row, Sizes
from server import Served, processor, processor_of_database, served

CLIENTS = 8
SECONDS, TURNS = 3, 5
PAGES = {"worklist": "/", "list": "/cases", "case": "/cases/{}"}
HEADINGS = (
    "one process: answers a second", "two", "gain", "most that the cores leave",
    "processor a request: server", "database", "clients",
)  # fmt: skip


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield the answers a second of one process and of two, for each page and database."""
    for database in ("SQLite", "PostgreSQL"):
        with grown.copied(sizes.middle, database) as place, ExitStack() as stack:
            servers = [stack.enter_context(served(place, "--workers", str(n), "--no-jobs")) for n in (1, 2)]
            for name, path in PAGES.items():
                yield asyncio.run(_compared(f"{name}, {database}", path.format(place.total // 2), servers))


async def _compared(name: str, path: str, servers: list[Served]) -> Row:
    """Return the row of a page: the servers are asked in turns."""
    people = [await server.people(CLIENTS, "li", grown.PASSWORD) for server in servers]
    taken = [Taken() for _ in servers]
    of_server = of_database = 0.0

    async def read(client: Client) -> None:
        if (answer := await client.get(path)).status != 200:
            raise RuntimeError(f"{path}: {answer.status}")

    for _turn in range(TURNS):
        for place, server in enumerate(servers):
            before = processor(server.process.pid), processor_of_database()
            taken[place] += await drive(people[place], read, SECONDS)
            of_server += processor(server.process.pid) - before[0]
            of_database += processor_of_database() - before[1]
    one, two = taken
    if failures := one.failures + two.failures:
        raise RuntimeError(f"{len(failures)} answers failed: {failures[0]}")
    requests = len(one.seconds) + len(two.seconds)
    parts = (of_server, of_database, one.client + two.client)
    most = min(2, (os.cpu_count() or 1) * of_server / sum(parts))  # one process keeps one core busy
    cells = [f"{one.rate:.1f}", f"{two.rate:.1f}", f"{two.rate / one.rate:.2f}", f"{most:.2f}"]
    cells += [f"{part / requests * 1000:.1f} ms" for part in parts]
    return Row(name, tuple(cells), "at least 1.7", two.rate / one.rate >= 1.7)
