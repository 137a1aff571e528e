"""Every page at 20,000 and at 1,000,000 cases: its time, the ratio, its statements and their plans.

python3 benchmarks/growth.py [--cases 1000000] [--postgresql] [--plans] [--write] [PAGE …]

The offices are made once and kept in the temporary folder. The pages are asked for through the whole
application by people who have signed in; the two offices take turns, so that other load on the machine falls
on both. Times are the fastest of RUNS: what else runs on the machine can only add to them.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import grown
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.statements import GROWING, Statements, listened, plan
from tracker.models.base import db

SMALL, LARGE = 20_000, 1_000_000
RUNS = 7
SLOW = 3  # seconds: what takes longer is asked once
BASE = Path(tempfile.gettempdir()) / "growth"
README = Path(__file__).resolve().parent / "README.md"
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
    for order in ("received", "number", "due", "closed"):
        found[f"cases by {order}"] = (HEAD, _cases(order=order))
        found[f"cases of a unit by {order}"] = (HANDLER, _cases(order=order))
        for wanted in FILTERS:
            name = ", ".join(f"{key}={value}" for key, value in wanted.items())
            found[f"cases {name} by {order}"] = (HEAD, _cases(**wanted, order=order))
    for number in (2, 300, 10**9):
        found[f"cases, page {number}"] = (HEAD, _cases(page=number))
    for word in WORDS:
        found[f"cases with {word}"] = (HEAD, _cases(text=word))
        found[f"contacts with {word}"] = (HEAD, f"/contacts?text={word}")
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
    for line in sys.stdin:
        login, address = pages(total)[line.rstrip("\n")]
        with listened(engine) as found:
            begin = perf_counter()
            answer = clients[login].get(address)
            taken = perf_counter() - begin
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

    def __init__(self, total: int, folder: Path, url: str = "") -> None:
        command = [sys.executable, __file__, "--serve", str(total), str(folder), url]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, name: str) -> dict[str, Any]:
        """Return what a page took."""
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write(f"{name}\n")
        self.child.stdin.flush()
        told: dict[str, Any] = json.loads(self.child.stdout.readline())
        if told["status"] != 200:
            print(f"  {name}: {told['status']}", file=sys.stderr)
        return told


def sqlite(total: int) -> Office:
    """Return the office on SQLite, made where it is not there."""
    folder = BASE / f"sqlite-{total}"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        begin = perf_counter()
        grown.make(folder, total)
        (folder / "made").touch()
        print(f"{total:,} cases made in {perf_counter() - begin:.0f} s", file=sys.stderr)
    return Office(total, folder)


def measure(small: Office, large: Office, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fastest answer of a page in both offices, which take turns."""
    taken: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for _run in range(RUNS):
        taken.append((small.ask(name), large.ask(name)))
        if taken[-1][1]["seconds"] > SLOW:
            break
    first, second = ([pair[place] for pair in taken] for place in (0, 1))
    return min(first, key=lambda told: told["seconds"]), min(second, key=lambda told: told["seconds"])


def main() -> None:
    """Measure the pages whose names hold one of the words, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=LARGE)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("words", nargs="*")
    chosen = parser.parse_args()
    small, large = sqlite(SMALL), sqlite(chosen.cases)
    print("| page | at 20,000 | at 1,000,000 | ratio | statements | steps of SQLite |")
    print("|---|---|---|---|---|---|")
    for name in small.pages:
        if chosen.words and not any(word in name for word in chosen.words):
            continue
        one, many = measure(small, large, name)
        times = f"{one['seconds'] * 1000:.1f} ms | {many['seconds'] * 1000:.1f} ms"
        ratio = f"{many['seconds'] / one['seconds']:.2f}"
        work = f"{one['steps']:,} → {many['steps']:,}"
        print(f"| {name} | {times} | {ratio} | {many['asked']} | {work} |", flush=True)
        if chosen.plans:
            print("\n".join(f"    {line}" for line in many["plans"]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    else:
        main()
