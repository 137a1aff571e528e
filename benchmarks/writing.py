"""Measure registering and stepping through the served program: 1, 4, 8 and 16 clerks at once.

Clerks keep their connections and send the next form as soon as the last is answered; the token of each form
is fresh, so that each answer is a new letter with its request, or a step on a case that has taken none. On
SQLite one process serves, on PostgreSQL one and two. Beside the rates stands what server, database and clerks
spend of the processor on an answer: on a machine of two cores the three together, times the answers a second,
come to at most two seconds.

python3 benchmarks/writing.py [CASES]   the same by itself, in a copy of the office of so many cases
"""

import asyncio
import secrets
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import grown
from load import Act, Client, Taken, drive
from measure import Row, Sizes
from server import TOKEN, Served, processor, processor_of_database, served
from sqlalchemy import func, select

from tracker.domain.permission import Role
from tracker.models.agency import ChainHead
from tracker.models.base import db, transaction
from tracker.models.case import CaseEvent
from tracker.models.digest import new_epoch
from tracker.now import wall_clock
from tracker.services.office import user
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency

CLERKS = (1, 4, 8, 16)
STEP = "step"
SECONDS = {"letter with its request": 6, STEP: 2}  # of a row: each step needs the case of a letter
OFFICES = (("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 2))
LOGIN = "deng"
ARRIVED_ON = (wall_clock().date() - timedelta(days=3)).isoformat()
ACCEPTED_ON = (wall_clock().date() - timedelta(days=1)).isoformat()
LETTER = {
    "form": "letter", "arrived_on": ARRIVED_ON, "person": "张一", "phone": "13900000000", "triage": "request",
    "address": "某路1号", "kind": "natural_person", "id_number": "11010119900101001X",
    "channel": "registered_mail", "signed_on": ARRIVED_ON, "signed_by": "收发室",
}  # fmt: skip
HEADINGS = (
    "a second", "median", "p95", "slowest", "a clerk, fewest–most", "failed",
    "processor an answer: server", "database", "clients",
)  # fmt: skip
SERVER_MS, P95_MS, A_SECOND = 15, 100, 150  # the aims


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield a row for each act, database and number of clerks."""
    for database, processes in OFFICES:
        with grown.copied(sizes.middle, database) as place:
            _prepare(place)
            with served(place, "--workers", str(processes), "--no-jobs") as server:
                yield from asyncio.run(_measured(server, database, processes))


def _prepare(place: grown.Place) -> None:
    """Add a clerk, and let the chain go on behind the made-up entries."""
    with grown.opened(place.folder, place.url).app_context():
        agency_id, now = default_agency().id, wall_clock()
        roles = [Role.HEAD, Role.REGISTRAR, Role.HANDLER]
        row, once = user.create_by_command(
            agency_id=agency_id, login=LOGIN, name="邓一", roles=roles, now=now
        )
        actor = Actor(row.name, row.role_set, agency_id, row.id)
        user.change_password(row.id, once, grown.PASSWORD, actor=actor, now=now)
        with transaction() as session:
            last = session.scalar(
                select(func.max(CaseEvent.chain_no)).where(CaseEvent.agency_id == agency_id)
            )
            head = {"chain_no": last, "hash": grown.NO_HASH, "epochs": [new_epoch(last + 1)]}
            session.merge(ChainHead(agency_id=agency_id, **head))
        db.session.remove()
        db.engine.dispose()


async def _measured(server: Served, database: str, processes: int) -> list[Row]:
    """Return the rows of a running server: letters, and steps on cases that they became."""
    people = await server.people(max(CLERKS), LOGIN, grown.PASSWORD)
    token = TOKEN.search((await people[0].get("/register")).text)
    for each in people:
        each.cookies = dict(people[0].cookies)  # the form's token belongs to them
    clerks = Clerks(people, token[1] if token else "")
    await drive(people[:4], clerks.register, 2)  # what is loaded and compiled once
    where = f"{database}, {processes} process{'es' if processes > 1 else ''}"
    found = []
    for number in CLERKS:
        found += [await _row(server, clerks, name, where, number) for name in SECONDS]
    return sorted(found, key=lambda row: row.measure.startswith(STEP))


class Clerks:
    """People who register and take steps, and what each has done."""

    def __init__(self, people: list[Client], token: str) -> None:
        self.people, self.token = people, token
        self.numbers = count()
        self.open: list[str] = []  # the pages of cases on which no step was taken
        self.done: Counter[int] = Counter()

    async def register(self, clerk: Client) -> None:
        """Send the form of a letter with its request."""
        fresh = {"token": secrets.token_hex(16), "subject": f"第{next(self.numbers)}号规划图"}
        self.open.append(await self._send(clerk, "/register", {**LETTER, **fresh}))

    async def accept(self, clerk: Client) -> None:
        """Send the form by which a case is accepted."""
        if not self.open:
            raise RuntimeError("each case has taken its step")
        page = self.open.pop()
        await self._send(clerk, f"{page}/steps/accept", {"version": "1", "act": "take", "on": ACCEPTED_ON})

    async def _send(self, clerk: Client, path: str, fields: dict[str, str]) -> str:
        """Send a form; return the page that the answer leads to. What it would say there is not kept."""
        cookies = dict(clerk.cookies)
        answer = await clerk.post(path, {"csrf_token": self.token, **fields})
        clerk.cookies = cookies
        if answer.status != 303 or "/cases/" not in answer.headers["location"]:
            raise RuntimeError(
                f"{path}: {answer.status} {answer.headers.get('location', answer.text[-600:])}"
            )
        self.done[id(clerk)] += 1
        return answer.headers["location"]


async def _row(server: Served, clerks: Clerks, name: str, where: str, number: int) -> Row:
    act: Act = clerks.accept if name == STEP else clerks.register
    clerks.done.clear()
    before = processor(server.process.pid), processor_of_database()
    taken = await drive(clerks.people[:number], act, SECONDS[name])
    spent = processor(server.process.pid) - before[0], processor_of_database() - before[1], taken.client
    if not taken.seconds:
        raise RuntimeError(f"no {name} was kept: {taken.failures[0]}")
    ms = sorted(each * 1000 for each in taken.seconds)
    p95 = ms[len(ms) * 95 // 100]
    parts = [each / len(ms) * 1000 for each in spent]
    done = [clerks.done[id(each)] for each in clerks.people[:number]]
    cells = [f"{taken.rate:.0f}", *(f"{each:.1f} ms" for each in (taken.median * 1000, p95, ms[-1]))]
    cells += [f"{min(done)}–{max(done)}", f"{len(taken.failures)}", *(f"{each:.1f} ms" for each in parts)]
    measure = f"{name}, {where}, {number} clerk{'s' if number > 1 else ''}"
    return Row(measure, tuple(cells), *_aim(taken, number, where, parts[0], p95))


def _aim(taken: Taken, number: int, where: str, server_ms: float, p95: float) -> tuple[str, bool | None]:
    """Return what was aimed at, and whether it was met; a failure meets none."""
    kept = not taken.failures
    if number == 1:
        return f"server at most {SERVER_MS} ms", kept and server_ms <= SERVER_MS
    if number == 16:
        return f"p95 at most {P95_MS} ms", kept and p95 <= P95_MS
    if number == 8 and where.endswith("processes"):
        return f"at least {A_SECOND} a second", kept and taken.rate >= A_SECOND
    return ("", None) if kept else ("none fails", False)


if __name__ == "__main__":
    from bench import lines

    for line in lines(sys.modules[__name__], Sizes(middle=int((sys.argv[1:] or ["20000"])[0]))):
        print(line, flush=True)
