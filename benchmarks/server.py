"""The program's own server, as a person at the machine starts it, and what it takes of the processor."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grown
import psutil
from load import Client
from measure import ROOT

TRACKER = (sys.executable, "-c", "from tracker.app import main; main()")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    address: str
    process: subprocess.Popen[bytes]

    async def sign_in(self, client: Client, login: str, password: str) -> None:
        """Sign somebody in."""
        fields = {
            "csrf_token": await _token(client, "/sign-in"),
            "login": login,
            "password": password,
            "to": "/",
        }
        answer = await client.post("/sign-in", fields)
        if answer.status != 303:
            raise RuntimeError(f"{login} could not sign in: {answer.status}")
        client.token = await _token(client, "/register")

    async def people(self, count: int, login: str, password: str) -> list[Client]:
        """Return so many clients of somebody, each signed in."""
        clients = [Client(self.address) for _ in range(count)]
        for client in clients:
            await self.sign_in(client, login, password)
        return clients


async def _token(client: Client, path: str) -> str:
    token = TOKEN.search((await client.get(path)).text)
    return token[1] if token else ""


def environment(place: grown.Place) -> dict[str, str]:
    """Return the environment of a command on the office."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    named = {"TRACKER_INSTANCE": str(place.folder), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return {**others, **named, **({"TRACKER_DATABASE_URL": place.url} if place.url else {})}


@contextmanager
def served(place: grown.Place, *arguments: str) -> Iterator[Served]:
    """Serve the office on a free port."""
    log = place.folder / f"serve-{'-'.join(arguments)}.log"
    with log.open("wb") as errors:
        command = [*TRACKER, "serve", "--port", "0", *arguments]
        process = subprocess.Popen(command, env=environment(place), stderr=errors, stdout=errors)
    try:
        yield Served(_address(process, log), process)
    finally:
        process.terminate()
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    while process.poll() is None:
        if told := re.search(r"http://\S+/", log.read_text(encoding="utf-8")):
            return told[0].rstrip("/")
        time.sleep(0.02)
    raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8')}")


def processor(pid: int) -> float:
    """Return the seconds of processor time that a process and those it started have taken."""
    first = psutil.Process(pid)
    taken = [process.cpu_times() for process in (first, *first.children(recursive=True))]
    return sum(each.user + each.system for each in taken)


def processor_of_database() -> float:
    """Return what the PostgreSQL server has taken of the processor; nothing where none runs."""
    running = grown.BASE / "postgresql" / "data" / "postmaster.pid"
    return processor(int(running.read_text().split()[0])) if running.exists() else 0.0
