"""How long clerks and readers wait while an act on the whole office runs.

python3 benchmarks/waiting.py [ACT …] [--sqlite | --postgresql]   prints a table

An office of 15,000 cases is made once on each database. Each act runs on a copy of it, in a process of its
own; in another one a clerk registers a letter twice a second and somebody reads the worklist and the list of
cases, through the pages.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from time import monotonic, sleep

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import office
import psycopg
import year
from flask import Flask
from sqlalchemy import delete, select, update

from tests import workbooks
from tracker.app import create_app
from tracker.config import load
from tracker.domain.calendar.calendar import shipped
from tracker.domain.errors import DomainError
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db, transaction
from tracker.models.calendar import CalendarNotice, OfficeFact
from tracker.models.case import Case
from tracker.services.calendar import calendar
from tracker.services.calendar.recount import COUNTED_BY, bring_up_to_date
from tracker.services.case import worklist
from tracker.services.contact import contact, deadline
from tracker.services.exchange import importing, spreadsheet
from tracker.services.job import overdue, reminder
from tracker.services.office import searched, user
from tracker.services.office.actor import Actor
from tracker.services.operations import backup, inspection, setup
from tracker.services.register import importing as register_importing
from tracker.services.register.register import By
from tracker.services.report import edition, report, year_end

CASES, CONTACTS, ITEMS = 15_000, 1000, 3000
HOLIDAY = date(2024, 3, 6)
REGISTER = (
    "编号",
    "收到日期",
    "申请人",
    "申请人类型",
    "申请方式",
    "申请内容",
    "答复类型",
    "答复日期",
    "备注",
)
BOOK = ("发布媒体", "信息标题", "发布时间", "拟稿人", "审查人", "审查日期", "审查意见", "依据")
PASSWORD = "Long-enough-1"
Act = Callable[[], object]


# -- the office ---------------------------------------------------------------------------------------


def opened(folder: Path, url: str) -> Flask:
    """Return the application of the office in the folder; its clock stands."""
    environ = {"TRACKER_INSTANCE": str(folder), "TRACKER_TESTING": "true"}
    return create_app(
        load({**environ, **({"TRACKER_DATABASE_URL": url} if url else {})}), now=lambda: office.NOW
    )


def head() -> Actor:
    """Return the person who acts."""
    agency = setup.default_agency()
    return Actor("陈立", frozenset({Role.HEAD, Role.ADMINISTRATOR}), agency.id if agency else 0)


def by() -> By:
    """Return who acts on the registers, and when."""
    return By(actor=head(), today=office.TODAY, now=office.NOW)


def fill() -> None:
    """Make the office: cases of seven years, a tenth of them open; letters and items that wait."""
    setup.initialise("测量局", fallback="x", now=office.NOW)
    lines = list(office.histories(CASES, date(2019, 1, 2), 2840, closed=0.9))
    importing.import_histories(lines, today=office.TODAY, now=office.NOW)
    words = {"form": "letter", "person": "某人", "phone": "", "address": "", "arrived_time": None}
    clerk = head()
    with transaction():
        for n in range(CONTACTS):
            data = contact.ContactData(arrived_on=date(2026, 11, 2), summary=f"反映事项{n}", **words)
            row = contact.add(data, actor=clerk, now=office.NOW, form_token=None)
            deadline.restate(row)
    register_importing.keep(BY_NAME["publications"], items(0), by=by(), keep_going=True)
    calendar.keep_local(
        calendar.local_day([HOLIDAY], "某州州庆", "某自治州条例", works=False, today=office.TODAY),
        "某自治州条例", actor=head(), today=office.TODAY, now=office.NOW,
    )  # fmt: skip
    for login, role in (("li", Role.REGISTRAR), ("wang", Role.HEAD)):
        row, once = user.create_by_command(
            agency_id=head().agency_id, login=login, name=login, roles=[role], now=office.NOW
        )
        actor = Actor(row.name, row.role_set, row.agency_id, row.id)
        user.change_password(row.id, once, PASSWORD, actor=actor, now=office.NOW)
    db.session.remove()


def items(first: int) -> bytes:
    """Return a workbook of items that were published."""
    rows = [
        ["驻马店网", f"信息{n}", "2026-05-10", "林静", "何法", "2026-05-08", "同意公开", "不涉密"]
        for n in range(first, first + ITEMS)
    ]
    return workbooks.file_of(("表", [BOOK, *rows]))


def spreadsheet_of_requests() -> bytes:
    """Return a workbook of as many requests as the office has, each with a remark."""
    days = [day for n in range(700) if shipped().is_working_day(day := date(2023, 1, 3) + timedelta(days=n))]
    rows = []
    for n in range(CASES):
        at = n % (len(days) - 10)
        who = [f"R-{n}", days[at].isoformat(), f"张{n}", "自然人", "当面", f"某规划图{n}"]
        rows.append([*who, "予以公开", days[at + 8].isoformat(), f"转自科室{n}"])
    return workbooks.file_of(("台账", [REGISTER, *rows]))


# -- the acts -----------------------------------------------------------------------------------------


def histories() -> Act:
    """Import as many histories as the office has."""
    lines = list(office.histories(CASES, date(2019, 1, 2), 2700, closed=0.95))
    lines = [line.replace('"B-', '"H-') for line in lines]
    return lambda: importing.import_histories(lines, today=office.TODAY, now=office.NOW)


def longer() -> Act:
    """Import the histories of the office again, those of its open cases with an answer."""
    lines = list(office.histories(CASES, date(2019, 1, 2), 2840, closed=0.9))
    lines[1:] = [_answered(line) for line in lines[1:]]
    return lambda: importing.import_histories(lines, today=office.TODAY, now=office.NOW)


def _answered(line: str) -> str:
    case = json.loads(line)
    last = case["events"][-1]
    if last["step"] != "answer":
        on = date.fromisoformat(last["on"]) + timedelta(days=5)
        case["events"].append({"step": "answer", "on": on.isoformat(), "outcome": "disclosed"})
    return json.dumps(case, ensure_ascii=False)


def a_spreadsheet() -> Act:
    """Import a register of requests."""
    content = spreadsheet_of_requests()
    return lambda: spreadsheet.import_spreadsheet(
        content, today=office.TODAY, now=office.NOW, keep_going=True
    )


def look_at_register() -> Act:
    """Look at a register's workbook without keeping it."""
    content = items(ITEMS)
    return lambda: register_importing.preview(BY_NAME["publications"], content, by=by())


def register() -> Act:
    """Keep a register's workbook."""
    content = items(ITEMS)
    return lambda: register_importing.keep(BY_NAME["publications"], content, by=by(), keep_going=True)


def holiday() -> Act:
    """Keep a local holiday of an earlier year."""
    day = date(2024, 4, 17)
    found = calendar.local_day([day], "某州州庆", "条例", works=False, today=office.TODAY)
    return lambda: calendar.keep_local(found, "条例", actor=head(), today=office.TODAY, now=office.NOW)


def withdrawal() -> Act:
    """Withdraw it."""
    key = db.session.scalar(select(CalendarNotice.id).where(CalendarNotice.withdrawn_at.is_(None)))
    return lambda: calendar.withdraw(key or 0, "误录", actor=head(), today=office.TODAY, now=office.NOW)


def recount() -> Act:
    """Count every case again, as after an upgrade that knows another calendar."""
    with transaction():
        db.session.execute(update(OfficeFact).where(OfficeFact.name == COUNTED_BY).values(value={}))
        db.session.execute(update(Case).where(Case.id % 20 == 0).values(due_is_provisional=True))
    return lambda: bring_up_to_date(agency_id=head().agency_id, today=office.TODAY, now=office.NOW)


def fill_duties() -> Act:
    """Keep the duties of the cases of an older program."""
    with transaction():
        db.session.execute(delete(OfficeFact).where(OfficeFact.name == worklist.DUTIES_KEPT))
    return lambda: worklist.fill_duties(today=office.TODAY)


def restate_open() -> Act:
    """Restate every open case, as after a wrong clock."""
    return lambda: worklist.restate_open(head().agency_id, today=office.TODAY)


def close_year() -> Act:
    """Carry over what was open at the year's end."""
    return lambda: year_end.mark(head().agency_id, 2025, now=office.NOW)


def flag() -> Act:
    """Flag what is overdue."""
    return lambda: overdue.run(on=office.TODAY, now=office.NOW)


def morning() -> Act:
    """Write the reminders, the escalations and the digests of a morning."""
    jobs = (reminder.remind, reminder.escalate, reminder.digest)
    return lambda: [each(on=office.TODAY, now=office.NOW) for each in jobs]


def words() -> Act:
    """Make the folded words of all rows anew, as after an upgrade that folds otherwise."""
    with transaction():
        db.session.execute(update(Case).values(folded=""))
    return lambda: searched.mend(now=office.NOW)


def publish() -> Act:
    """Publish the report of a year."""
    seen = edition.digest_of(report.current(head().agency_id, 2025, today=office.TODAY))
    given = edition.Approval({}, "局长", office.TODAY, seen)

    def act() -> None:
        with suppress(DomainError):
            edition.publish(2025, given, actor=head(), today=office.TODAY, now=office.NOW)

    return act


def check() -> Act:
    """Inspect everything."""
    return lambda: list(inspection.inspect(today=office.TODAY))


def copy() -> Act:
    """Make a backup."""
    return lambda: backup.make(Path(tempfile.mkdtemp()) / "copy.zip", now=office.NOW)


ACTS = (
    histories, longer, a_spreadsheet, look_at_register, register, holiday, withdrawal, recount, fill_duties,
    restate_open, close_year, flag, morning, words, publish, check, copy,
)  # fmt: skip


# -- the clerks ---------------------------------------------------------------------------------------


class Clerk(threading.Thread):
    """Somebody at the pages: does the same again and again and keeps how long each answer took."""

    def __init__(self, app: Flask, login: str, every: float) -> None:
        super().__init__(daemon=True)
        self.client, self.every, self.ended = app.test_client(), every, threading.Event()
        self.answers: Counter[int] = Counter()
        self.slowest = 0.0
        words = {"csrf_token": self.token("/sign-in"), "login": login, "password": PASSWORD, "to": "/"}
        self.client.post("/sign-in", data=words)

    def token(self, at: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(at).text)
        return found[1] if found else ""

    def run(self) -> None:
        while not self.ended.is_set():
            begun = monotonic()
            self.answers[self.once()] += 1
            self.slowest = max(self.slowest, monotonic() - begun)
            sleep(self.every)

    def once(self) -> int:
        raise NotImplementedError


class Registrar(Clerk):
    """Registers letters."""

    def once(self) -> int:
        words = {"form": "letter", "arrived_on": "2026-11-20", "person": "丁某", "summary": "来信"}
        answer = self.client.post("/register", data={**words, "csrf_token": self.csrf})
        return 401 if "sign-in" in answer.headers.get("Location", "") else answer.status_code

    def start(self) -> None:
        self.csrf = self.token("/register")
        super().start()


class Reader(Clerk):
    """Reads the worklist and the list of cases."""

    def once(self) -> int:
        return max(self.client.get(at).status_code for at in ("/", "/cases"))


def clerks(folder: Path, url: str) -> None:
    """Work until the standard input ends; say how it went."""
    app = opened(folder, url)
    people = [Registrar(app, "li", 0.5), Reader(app, "wang", 0.3)]
    for each in people:
        each.start()
    sleep(1.5)
    rest = [each.slowest for each in people]
    for each in people:
        each.slowest = 0
    print("ready", flush=True)
    sys.stdin.read()
    for each in people:
        each.ended.set()
    for each in people:
        each.join()
    told = [
        f"{each.slowest:.1f} s ({', '.join(f'{n} × {status}' for status, n in sorted(each.answers.items()))})"
        for each in people
    ]
    print(f"{told[0]} | {told[1]} | at rest {rest[0]:.2f}, {rest[1]:.2f}", flush=True)


def act(name: str, folder: Path, url: str) -> None:
    """Do one act once the standard input says so; say how long it took."""
    with opened(folder, url).app_context():
        prepared = next(each for each in ACTS if each.__name__ == name)()
        db.session.remove()
        print("ready", flush=True)
        sys.stdin.readline()
        begun = monotonic()
        prepared()
        print(f"{monotonic() - begun:.1f} s", flush=True)


# -- the measuring ------------------------------------------------------------------------------------


def child(*words: str) -> subprocess.Popen[str]:
    """Start this file in a process of its own."""
    return subprocess.Popen(
        [sys.executable, __file__, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def measure(name: str, folder: Path, url: str) -> str:
    """Return the row of an act on a fresh office."""
    acting = child("act", name, str(folder), url)
    acting.stdout.readline()
    working = child("clerks", str(folder), url)
    working.stdout.readline()
    took = acting.communicate("go\n")[0].strip()
    told = working.communicate()[0].strip()
    return f"| {name} | {took} | {told} |"


def sqlite(base: Path) -> Iterator[tuple[Path, str]]:
    """Yield fresh offices on SQLite."""
    source = base / "sqlite"
    if not source.exists():
        with opened(source, "").app_context():
            fill()
            db.engine.dispose()
    while True:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(source, folder, dirs_exist_ok=True)
            yield Path(folder), ""


def postgresql(base: Path, make: Callable[[str], str]) -> Iterator[tuple[Path, str]]:
    """Yield fresh offices on PostgreSQL."""
    url = make("base")
    with opened(base / "pg", url).app_context():
        fill()
        db.engine.dispose()
    plain = url.replace("+psycopg", "").replace("/base", "/postgres")
    while True:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS one WITH (FORCE)")
            connection.execute("CREATE DATABASE one TEMPLATE base")
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(base / "pg", folder, dirs_exist_ok=True)
            yield Path(folder), url.replace("/base", "/one")


def main(words: list[str]) -> None:
    """Measure the acts named, or all."""
    if words[:1] in (["act"], ["clerks"]):
        {"act": act, "clerks": clerks}[words[0]](*words[1:-2], Path(words[-2]), words[-1])
        return
    names = [word for word in words if not word.startswith("-")] or [each.__name__ for each in ACTS]
    base = Path(tempfile.gettempdir()) / "waiting-office"
    print("| act | takes | a clerk's write waits | a reader waits | |\n|---|---|---|---|---|")
    if "--postgresql" not in words:
        for name, place in zip(names, sqlite(base), strict=False):
            print(measure(name, *place), flush=True)
    if "--sqlite" not in words:
        with tempfile.TemporaryDirectory() as folder, year.server(Path(folder)) as make:
            shutil.rmtree(base / "pg", ignore_errors=True)
            for name, place in zip(names, postgresql(base, make), strict=False):
                print(measure(name, *place), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
