"""Measure every page at all sizes on both databases: its time, the ratio, its statements.

python3 benchmarks/growth.py WORD …   prints the plans of the pages whose names hold one of the words

The offices are made once and kept in the temporary folder. The pages are asked for through the whole
application by people who have signed in; the offices take turns, so that other load on the machine falls on
all. Times are the fastest of RUNS, on SQLite the processor's, on PostgreSQL, which works beside the program,
by the clock: what else runs on the machine can only add to them.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import grown
from flask import Flask
from flask.testing import FlaskClient
from measure import Row, Sizes
from sqlalchemy import Engine

from tests.statements import GROWING, Statements, listened, plan
from tracker.models.base import db

RUNS = 7
SLOW = 3  # seconds: what takes longer is asked once
MOST = 1.5  # times as long at the largest size as at the middle one
HEADINGS = (
    "1,000, ms", "20,000", "1,000,000", "ratio", "on PostgreSQL: 1,000, ms", "20,000", "1,000,000", "ratio",
    "statements", "instructions of SQLite",
)  # fmt: skip
# Milliseconds that a page may take on SQLite, and in which of the three offices.
LIMITS = {"worklist": (12, 1), "cases by received": (12, 1), "case": (12, 1)}
LIMITS |= dict.fromkeys(("report of 2025", "reports", "statistics of 2025"), (60, 2))
Answer = dict[str, Any]
HEAD, HANDLER, ADMINISTRATOR = "li", "wang", "guan"


def _cases(**asked: object) -> str:
    return "/cases?" + "&".join(f"{key}={value}" for key, value in asked.items())


FILTERS = (
    {"state": "open"}, {"state": "closed"}, {"state": "processing"}, {"state": "disclosed"},
    {"state": "void"}, {"state": "carried_forward", "year": 2025}, {"year": 2025}, {"unit": 3},
    {"handler": "承办7"},
    {"kind": "natural_person"}, {"channel": "online"}, {"overdue": 1}, {"year": 2025, "state": "disclosed"},
    {"unit": 3, "state": "open"}, {"unit": 3, "kind": "business", "channel": "fax", "state": "disclosed"},
)  # fmt: skip
WORDS = (
    "规划",
    "规划图",
    "城",
    "东西南村规划图",
    "张伟",
    "ysq-2025-",
    "YSQ-2025-00000",
    "没有这样的话",
    "9",
    "规划 张",
    "图1",
)
ORDERS = ("received", "number", "due", "closed")
PARTS = ("overdue", "today", "soon", "waiting", "consulting", "received", "proposed", "contacts")


def pages(total: int) -> dict[str, tuple[str, str]]:
    """Return the pages by name: who asks, and for what address."""
    found = {
        "worklist": (HEAD, "/"),
        "worklist of a unit": (HANDLER, "/"),
        "worklist, page 2": (HEAD, "/?page=2"),
    }
    found |= {f"worklist {part}": (HEAD, f"/?only={part}") for part in PARTS}
    found |= {
        f"worklist {key}": (HEAD, f"/?{key}")
        for key in ("state=processing", "unit=3", "handler=承办7", "year=2026")
    }
    for order in ORDERS:
        found[f"cases by {order}"] = (HEAD, _cases(order=order))
        found[f"cases of a unit by {order}"] = (HANDLER, _cases(order=order))
    for wanted, order in zip(FILTERS, cycle(ORDERS), strict=False):  # a test asks for each in each order
        name = ", ".join(f"{key}={value}" for key, value in wanted.items())
        found[f"cases {name} by {order}"] = (HEAD, _cases(**wanted, order=order))
    for number in (2, 300, 10**9):
        found[f"cases, page {number}"] = (HEAD, _cases(page=number))
    for word in WORDS:
        found[f"cases with {word}"] = (HEAD, _cases(text=word))
        found[f"contacts with {word}"] = (HEAD, f"/contacts?text={word}")
        found[f"box with {word}"] = (HEAD, f"/search?text={word}")
    found["cases of a unit with 规划"] = (HANDLER, _cases(text="规划"))
    found["cases with 规划 of 2025 by due"] = (HEAD, _cases(text="规划", year=2025, order="due"))
    for key in (
        "",
        "year=2025",
        "form=visit",
        "triage=petition",
        "triage=none",
        "state=open",
        "state=closed",
    ):
        found[f"contacts {key}"] = (HEAD, f"/contacts?{key}")
    found["contacts by due"] = (HEAD, "/contacts?order=due")
    found["contacts, page 300"] = (HEAD, "/contacts?page=300")
    found["contacts of a unit"] = (HANDLER, "/contacts")
    found["contacts counted"] = (HEAD, "/contacts/counts")
    middle = total // 2
    found |= {
        "case": (HEAD, f"/cases/{middle}"),
        "open case": (HEAD, f"/cases/{total}"),
        "letter": (HEAD, f"/contacts/{total // 4}"),
        "register form": (HEAD, "/register"),
        "reports": (HEAD, "/reports"),
        "report of 2025": (HEAD, "/reports/2025"),
        "report of 2026": (HEAD, "/reports/2026"),
        "report of 2025, of a unit": (HANDLER, "/reports/2025"),
        "publication of 2025": (HEAD, "/reports/2025/publication"),
        "text of 2025": (HEAD, "/reports/2025/texts/1"),
        "statistics of 2025": (HEAD, "/statistics?year=2025"),
        "statistics of 2026": (HEAD, "/statistics?year=2026"),
        "statistics of a unit": (HANDLER, "/statistics?year=2026"),
        "cell 1": (HEAD, "/reports/2025/cells/1/total"),
        "cell 2": (HEAD, "/reports/2025/cells/2/total"),
        "cell 3.1": (HEAD, "/reports/2025/cells/3.1/natural_person"),
        "cell 3.7": (HEAD, "/reports/2025/cells/3.7/total"),
        "cell 4": (HEAD, "/reports/2025/cells/4/total"),
        "roll-up": (HEAD, "/roll-up/2025"),
        "books": (HEAD, "/books?year=2025"),
        "publications": (HEAD, "/books/publications"),
        "fees of requests": (HEAD, "/books/request-fees?year=2025"),
        "audit log": (ADMINISTRATOR, "/audit"),
        "audit log of an act": (ADMINISTRATOR, "/audit?act=revealed"),
        "outbox": (ADMINISTRATOR, "/outbox"),
        "jobs": (ADMINISTRATOR, "/jobs"),
    }
    return found


def signed_in(app: Flask, login: str) -> FlaskClient:
    """Return the browser of somebody who has signed in."""
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    asked = {"csrf_token": token[1] if token else "", "login": login, "password": grown.PASSWORD, "to": "/"}
    client.post("/sign-in", data=asked)
    return client


def serve(total: int, folder: Path, url: str) -> None:
    """Answer for the pages named on the standard input, a line each: time, statements, work, plans."""
    app = grown.opened(folder, url)
    clients = {login: signed_in(app, login) for login in (HEAD, HANDLER, ADMINISTRATOR)}
    with app.app_context():
        engine = db.engine
    clock = perf_counter if url else process_time
    for line in sys.stdin:
        login, address = pages(total)[line.rstrip("\n")]
        with listened(engine) as found:
            begin = clock()
            answer = clients[login].get(address)
            taken = clock() - begin
        told = {
            "status": answer.status_code,
            "seconds": taken,
            "asked": len(found.asked),
            "steps": found.steps,
        }
        print(json.dumps({**told, "plans": _plans(engine, found)}), flush=True)


def _plans(engine: Engine, found: Statements) -> list[str]:
    """Return the plans of the statements that read what grows."""
    with engine.connect() as connection:
        return [
            "; ".join(plan(connection, text, values))
            for text, values in found.selects
            if any(re.search(rf"\b{table}\b", text) for table in GROWING)
        ]


class Office:
    """An office that is measured, in a process of its own."""

    def __init__(self, place: grown.Place) -> None:
        command = [sys.executable, __file__, "--serve", str(place.total), str(place.folder), place.url]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, name: str) -> Answer:
        """Return what a page took. Raises RuntimeError where it does not open."""
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write(f"{name}\n")
        self.child.stdin.flush()
        answer: Answer = json.loads(self.child.stdout.readline())
        if answer["status"] != 200:
            raise RuntimeError(f"{name}: {answer['status']}")
        return answer

    def close(self) -> None:
        """End the process."""
        assert self.child.stdin
        self.child.stdin.close()
        self.child.wait()


@contextmanager
def offices(sizes: Iterable[int], database: str) -> Iterator[list[Office]]:
    """Give the offices of these sizes, each served by a process."""
    with grown.kept(sizes, database) as places:
        served = [Office(place) for place in places]
        try:
            yield served
        finally:
            for each in served:
                each.close()


def fastest(served: Sequence[Office], name: str) -> list[Answer]:
    """Return the fastest answer of a page in each office; they take turns."""
    taken = [[each.ask(name) for each in served]]
    while len(taken) < RUNS and taken[-1][-1]["seconds"] < SLOW:
        taken.append([each.ask(name) for each in served])
    return [min(one, key=lambda answer: answer["seconds"]) for one in zip(*taken, strict=True)]


def rows(sizes: Sizes, names: Sequence[str] = ()) -> Iterator[Row]:
    """Yield each page, or those that are named: its times in all offices of both databases, the ratios."""
    with offices(sizes, "SQLite") as files, offices(sizes, "PostgreSQL") as servers:
        for name in names or pages(sizes.large):
            told, asked = fastest(files, name), fastest(servers, name)
            ratio, other = (one[2]["seconds"] / one[1]["seconds"] for one in (told, asked))
            limit = LIMITS.get(name)
            cells = (
                *_milliseconds(told), f"{ratio:.2f}", *_milliseconds(asked), f"{other:.2f}",
                str(told[2]["asked"]), f"{told[1]['steps']:,} → {told[2]['steps']:,}",
            )  # fmt: skip
            good = max(ratio, other) <= MOST and (
                limit is None or told[limit[1]]["seconds"] <= limit[0] / 1000
            )
            yield Row(name, cells, f"{MOST}, {limit[0]} ms" if limit else f"{MOST}", good)


def _milliseconds(answers: Sequence[Answer]) -> list[str]:
    return [f"{answer['seconds'] * 1000:.1f}" for answer in answers]


def main() -> None:
    """Print the plans of the pages whose names hold one of the words, in the largest office on SQLite."""
    with offices([Sizes().large], "SQLite") as (office,):
        for name in pages(Sizes().large):
            if any(word in name for word in sys.argv[1:]):
                print(name, *office.ask(name)["plans"], sep="\n    ", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    else:
        main()
