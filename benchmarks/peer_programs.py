"""The cases that the peers and this program are given, and the three as they are loaded and served."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import monotonic, sleep
from urllib.parse import quote, urlencode

import grown
import office
import psycopg
from load import Answer, Client
from measure import ROOT
from server import Served, processor, served

from tests import postgres
from tracker.domain.calendar.calendar import shipped
from tracker.domain.permission import Role
from tracker.models import migrate
from tracker.models.base import db
from tracker.now import wall_clock
from tracker.services.exchange import importing
from tracker.services.office import user
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency

BASE = Path(tempfile.gettempdir()) / "peers"
CORES = os.cpu_count() or 1
OPEN = 5  # one case in so many
FEW, MANY = "渡槽", "规划"
Case = dict[str, str]
Act = Callable[[Client, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Program:
    """A program that serves the cases.

    acts: what one client does, by the act. spent: seconds that its processes have taken of the processor.
    """

    address: str
    sign_in: Callable[[Client], Awaitable[None]]
    acts: dict[str, Act]
    spent: Callable[[], float]


# -- the cases ----------------------------------------------------------------------------------------


def cases(total: int) -> Iterator[Case]:
    """Yield the same cases for all: ten years of them, the last fifth open, a hundred of a person."""
    chance, today = Random(492), date.today()  # noqa: DTZ011  (the servers count from their own day)
    first = date(2016, 1, 4)
    days = (today - first).days - 60
    for n in range(total):
        is_open = n >= total - total // OPEN
        received = (
            today - timedelta(days=5 + n % 15) if is_open else first + timedelta(days=days * n // total)
        )
        place = "".join(chance.choice(grown.PLACES) for _ in range(3))
        thing = FEW if n % 1000 == 7 else chance.choice(grown.THINGS)
        closed = "" if is_open else (received + timedelta(days=1 + chance.randrange(20))).isoformat()
        yield {
            "subject": f"{place}村{thing}{n}", "mail": f"person{n // 100}@bench.invalid", "closed": closed,
            "received": received.isoformat(), "due": shipped().add(received, 20).isoformat(),
        }  # fmt: skip


def _lines(total: int) -> str:
    return "".join(f"{json.dumps(case)}\n" for case in cases(total))


@contextmanager
def _kept(folder: Path) -> Iterator[bool]:
    """Give whether the folder must be filled, and remember that it was."""
    if (folder / "made").exists():
        yield False
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield True
    (folder / "made").touch()


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str], log: Path) -> Iterator[int]:
    """Run a server; give the number of its process once it answers."""
    with log.open("wb") as errors:
        child = subprocess.Popen(command, env={**os.environ, **environment}, stdout=errors, stderr=errors)
    try:
        until = monotonic() + 120
        while monotonic() < until and child.poll() is None:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            sleep(0.2)
        else:
            raise RuntimeError(f"{command[0]} did not start: {log.read_text()[-2000:]}")
        yield child.pid
    finally:
        child.terminate()
        child.wait()


def _get(path: str, sign: str = "") -> Act:
    """Return the act that asks for a page and looks for a sign in it."""

    async def act(client: Client, _number: int) -> None:
        _right(await client.get(path), 200, sign)

    return act


def _right(answer: Answer, status: int, sign: str = "") -> Answer:
    """Return the answer. Raises RuntimeError where it is not what it must be."""
    if answer.status != status:
        raise RuntimeError(f"{answer.status} {re.sub('<[^>]+>', ' ', answer.text)[:3000].split()[:60]}")
    if sign and sign not in answer.text:
        raise RuntimeError(f"no {sign} in it")
    return answer


# -- ours ---------------------------------------------------------------------------------------------


@contextmanager
def ours(total: int) -> Iterator[Program]:
    """Serve the cases by the program itself."""
    kept = BASE / f"ours-{total}-{migrate.newest()}"
    with _kept(kept) as fresh:
        if fresh:
            _fill_ours(kept, total)
    with tempfile.TemporaryDirectory(dir=BASE) as folder:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        with served(grown.Place(total, Path(folder)), "--workers", str(CORES), "--no-jobs") as server:
            yield _ours(server, total)


def _fill_ours(folder: Path, total: int) -> None:
    today = date.today()  # noqa: DTZ011
    lines = ['{"format": "tracker-history/1"}']
    for number, case in enumerate(cases(total), 1):
        events = [{"step": "receive", "on": case["received"]}]
        if case["closed"]:
            events.append({"step": "answer", "on": case["closed"], "outcome": "disclosed"})
        who = {"kind": "natural_person", "name": case["mail"].partition("@")[0], "phone": "13900000000"}
        told = {"number": f"P-{number}", "applicant": who, "channel": "in_person", "subject": case["subject"]}
        lines.append(json.dumps({**told, "events": events}))
    with office.make(folder).app_context():
        importing.import_histories(lines, today=today, now=wall_clock())
        roles = [Role.REGISTRAR, Role.HANDLER, Role.HEAD]
        row, once = user.create_by_command(
            agency_id=default_agency().id, login="li", name="李一", roles=roles, now=office.NOW
        )
        actor = Actor(row.name, row.role_set, row.agency_id, row.id)
        user.change_password(row.id, once, grown.PASSWORD, actor=actor, now=office.NOW)
        db.session.remove()
        db.engine.dispose()


def _ours(server: Served, total: int) -> Program:
    today = date.today().isoformat()  # noqa: DTZ011

    async def sign_in(client: Client) -> None:
        await server.sign_in(client, "li", grown.PASSWORD)

    async def create(client: Client, number: int) -> None:
        fields = {
            "csrf_token": client.token, "token": f"{number:032}", "form": "letter", "arrived_on": today,
            "person": f"person{number}", "phone": "13900000000", "triage": "request",
            "kind": "natural_person", "channel": "in_person", "subject": f"河道整治工程招标文件{number}",
        }  # fmt: skip
        _right(await client.post("/register", fields), 303)

    async def step(client: Client, number: int) -> None:
        fields = {"csrf_token": client.token, "version": "1", "on": today, "act": "take"}
        case = total - total // OPEN + number
        _right(await client.post(f"/cases/{case}/steps/accept", fields), 303)

    acts = {
        "worklist": _get("/", "村"),
        "list": _get("/cases", "村"),
        "case": _get(f"/cases/{total // 2}", "村"),
        f"search {MANY}": _get(f"/cases?text={quote(MANY)}", "村"),
        f"search {FEW}": _get(f"/cases?text={quote(FEW)}", "村"),
        "statistics": _get("/statistics?year=2025", "2025"),
    }
    acts |= {"create": create, "step": step}
    return Program(server.address, sign_in, acts, lambda: processor(server.process.pid))


# -- Request Tracker ----------------------------------------------------------------------------------


SITE = """
Set($rtname, 'bench'); Set($Organization, 'bench.invalid'); Set($WebDomain, '127.0.0.1');
Set($WebPort, %(port)d); Set($WebPath, ''); Set($RestrictReferrer, 0);
Set($DatabaseType, 'Pg'); Set($DatabaseHost, '%(host)s'); Set($DatabasePort, 5432);
Set($DatabaseUser, 'postgres'); Set($DatabaseAdmin, 'postgres'); Set($DatabasePassword, '');
Set($DatabaseName, '%(name)s'); Set($MailCommand, 'testfile');
Set($LogToSyslog, undef); Set($LogToSTDERR, 'error');
1;
"""


@contextmanager
def request_tracker(total: int) -> Iterator[Program]:
    """Serve the cases by Request Tracker, on a copy of the database that was loaded."""
    folder, port = BASE / f"rt-{total}", _port()
    with _kept(folder) as fresh:
        if fresh:
            environment = _site(folder, f"rt_{total}", port)
            postgres.on_server(f"DROP DATABASE IF EXISTS rt_{total} WITH (FORCE)")
            setup_database = [
                "rt-setup-database-5",
                "--action",
                "init",
                "--dba",
                "postgres",
                "--dba-password",
                "",
            ]
            subprocess.run(setup_database, env=environment, check=True, stdout=subprocess.DEVNULL)
            _fill_request_tracker(postgres.database_url(f"rt_{total}"), environment, total)
    postgres.make_copy("rt_run", f"rt_{total}")
    command = ["/usr/share/request-tracker5/libexec/rt-server", "--host", "127.0.0.1", "--port", str(port)]
    environment = _site(folder, "rt_run", port)
    with _running([*command, "--max-workers", str(2 * CORES)], port, environment, folder / "log") as pid:
        yield _request_tracker(f"http://127.0.0.1:{port}", total, pid)


def _fill_request_tracker(url: str, environment: dict[str, str], total: int) -> None:
    """Write users through its API and tickets into its tables: its API takes 40 ms of processor a ticket."""
    mails = "".join(f"{mail}\n" for mail in sorted({case["mail"] for case in cases(total)}))
    load = ["perl", ROOT / "benchmarks" / "peer_rt.pl"]
    subprocess.run(load, env=environment, check=True, text=True, input=mails)
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TEMP TABLE bench (n int, subject text, mail text, closed date, received date, due date)"
        )
        with connection.cursor() as cursor, cursor.copy("COPY bench FROM STDIN") as copy:
            for n, case in enumerate(cases(total), 1):
                copy.write_row(
                    (n, case["subject"], case["mail"], case["closed"] or None, case["received"], case["due"])
                )
        connection.execute((ROOT / "benchmarks" / "peer_rt.sql").read_text())


def _site(folder: Path, name: str, port: int) -> dict[str, str]:
    """Write the settings of the site; return the environment that names them, without the system's own."""
    file, none = folder / "RT_SiteConfig.pm", folder / "none"
    none.mkdir(exist_ok=True)
    file.write_text(SITE % {"port": port, "host": BASE / "postgresql" / "data", "name": name})
    return {**os.environ, "RT_SITE_CONFIG": str(file), "RT_SITE_CONFIG_DIR": str(none)}


def _request_tracker(address: str, total: int, pid: int) -> Program:
    database = int((BASE / "postgresql" / "data" / "postmaster.pid").read_text().split()[0])

    async def sign_in(client: Client) -> None:
        await client.post("/NoAuth/Login.html", {"user": "root", "pass": "password"})
        _right(await client.get("/Ticket/Display.html?id=1"), 200, "村")

    async def create(client: Client, number: int) -> None:
        fields = {
            "id": "new", "Queue": "1", "Status": "new", "Subject": f"河道整治工程招标文件{number}",
            "Requestors": f"new{number}@bench.invalid", "Content": "申请公开", "SubmitTicket": "Create",
        }  # fmt: skip
        _right(await client.post("/Ticket/Create.html", fields), 302)

    async def step(client: Client, number: int) -> None:
        ticket = str(total - total // OPEN + number)
        fields = {
            "id": ticket, "Status": "open", "UpdateType": "private", "UpdateContent": "受理",
            "SubmitTicket": "Update Ticket",
        }  # fmt: skip
        _right(await client.post("/Ticket/Update.html", fields), 302)

    def found(query: str, order: str = "id", way: str = "DESC") -> Act:
        asked = urlencode({"Query": query, "OrderBy": order, "Order": way, "Rows": 50})
        return _get(f"/Search/Results.html?{asked}", "村")

    acts = {
        "worklist": found("Queue = 'General' AND (Status = 'new' OR Status = 'open')", "Due", "ASC"),
        "list": found("Queue = 'General'"),
        "case": _get(f"/Ticket/Display.html?id={total // 2}", "村"),
        f"search {MANY}": found(f"Queue = 'General' AND Subject LIKE '{MANY}'"),
        f"search {FEW}": found(f"Queue = 'General' AND Subject LIKE '{FEW}'"),
        "statistics": _get(
            "/Search/Chart.html?" + urlencode({"Query": "Queue = 'General'", "GroupBy": "Status"}), "resolved"
        ),
    }
    acts |= {"create": create, "step": step}
    return Program(address, sign_in, acts, lambda: processor(pid) + processor(database))


# -- Roundup ------------------------------------------------------------------------------------------


@contextmanager
def roundup(total: int) -> Iterator[Program]:
    """Serve the cases by Roundup: its classic tracker, a day added, on a copy of what was loaded."""
    kept, binaries, port = BASE / f"roundup-{total}", BASE / "env" / "bin", _port()
    with _kept(kept) as fresh:
        if fresh:
            _fill_roundup(kept / "tracker", binaries, total)
    with tempfile.TemporaryDirectory(dir=BASE) as copy:
        folder = Path(copy)
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        config = folder / "tracker" / "config.ini"
        config.write_text(re.sub(r"(?m)^web = .*", f"web = http://127.0.0.1:{port}/", config.read_text()))
        (folder / "site_of_tracker.py").write_text(DISPATCH)
        command = [str(binaries / "gunicorn"), "-b", f"127.0.0.1:{port}", "-w", str(CORES), "--threads", "4"]
        command += ["--chdir", str(folder), "site_of_tracker:app"]
        with _running(command, port, {}, folder / "log") as pid:
            yield _roundup(f"http://127.0.0.1:{port}", total, pid)


DISPATCH = """from roundup.cgi.wsgi_handler import RequestDispatcher

app = RequestDispatcher("tracker")
"""


def _fill_roundup(tracker: Path, binaries: Path, total: int) -> None:
    admin = [binaries / "roundup-admin", "-i", tracker]
    settings = (
        "mail_domain=bench.invalid,mail_host=localhost,tracker_web=http://127.0.0.1:8080/,mail_debug=mail.log"
    )
    subprocess.run([*admin, "install", "classic", "sqlite", settings], check=True, stdout=subprocess.DEVNULL)
    schema = tracker / "schema.py"
    dated = schema.read_text().replace('status=Link("status"))', 'status=Link("status"), due=Date())')
    schema.write_text(dated)
    subprocess.run([*admin, "initialise", "password"], check=True, stdout=subprocess.DEVNULL)
    load = [binaries / "python", ROOT / "benchmarks" / "peer_roundup.py", tracker]
    subprocess.run(load, check=True, text=True, input=_lines(total))


def _roundup(address: str, total: int, pid: int) -> Program:
    async def sign_in(client: Client) -> None:
        fields = {"@action": "login", "__login_name": "admin", "__login_password": "password"}
        await client.post("/", fields)
        _right(await client.get("/issue1"), 200, "村")
        if not client.cookies:
            raise RuntimeError("nobody signed in")

    async def create(client: Client, number: int) -> None:
        fields = {
            "@action": "new", "title": f"河道整治工程招标文件{number}", "status": "1", "priority": "3",
            "@note": "申请公开", "@required": "title,priority",
        }  # fmt: skip
        _right(await client.post("/issue", fields), 302)

    async def step(client: Client, number: int) -> None:
        fields = {"@action": "edit", "status": "4", "@note": "受理"}
        _right(await client.post(f"/issue{total - total // OPEN + number}", fields), 302)

    def found(**asked: str) -> Act:
        common = {"@columns": "id,due,title,status,assignedto", "@pagesize": "50", "@startwith": "0"}
        return _get(f"/issue?{urlencode({**common, **asked}, safe='@,')}", "村")

    acts = {
        "worklist": found(**{"@sort": "due", "@filter": "status", "status": "1,2,3,4,5,6,7"}),
        "list": found(**{"@sort": "-id"}),
        "case": _get(f"/issue{total // 2}", "村"),
        f"search {MANY}": found(**{"@sort": "-id", "@filter": "title", "title": MANY}),
        f"search {FEW}": found(**{"@sort": "-id", "@filter": "title", "title": FEW}),
    }
    acts |= {"create": create, "step": step}
    return Program(address, sign_in, acts, lambda: processor(pid))
