"""Whether the office works, for a monitor: no secret, no personal data, no path."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from tracker.models import migrate
from tracker.models.base import ZONE, db
from tracker.models.calendar import OfficeFact
from tracker.models.job import JobTrouble
from tracker.models.setting import SettingRow
from tracker.services.calendar import practice
from tracker.services.job import job, timekeeping, trouble
from tracker.services.mail import mailbox
from tracker.services.office import office, setting

STUCK = timedelta(hours=2)  # after which mail that a server does not take is a failure
SILENT = timedelta(minutes=5)  # after which a scheduler that says nothing is taken for dead
STALLED = timedelta(hours=6)  # after which one that lives and finishes nothing hangs in some job
A_DAY = timedelta(days=1)  # a scheduler silent for so long is named on the pages


@dataclass(slots=True)
class Health:
    """The state of each part; ``well`` is false where any of them needs a person."""

    well: bool = True
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def say(self, part: str, state: str, **more: Any) -> None:
        """Keep the state of a part: ``ok``, or a word for what is wrong."""
        self.parts[part] = {"state": state, **more}
        self.well = self.well and state == "ok"


@dataclass(frozen=True, slots=True)
class Worries:
    """What administrators and heads must see on every page; false where there is nothing.

    silent_since: when a scheduler was last seen that has been away for a day.
    """

    jobs: list[JobTrouble]
    clock: timekeeping.Jump | None
    silent_since: datetime | None
    undelivered: int

    def __bool__(self) -> bool:
        return bool(self.jobs or self.clock or self.silent_since or self.undelivered)


# Every page of an administrator or a head asks it: what the scheduler said last, and whether a job fails.
HEARTBEAT_AND_TROUBLE = select(
    select(OfficeFact.value).where(OfficeFact.name == timekeeping.HEARTBEAT).scalar_subquery(),
    select(JobTrouble.job).exists(),
    select(SettingRow.id).exists(),
)


def worries(*, agency_id: int, now: datetime) -> Worries:
    """Return what fails now: jobs, the clock, the scheduler, the agency's mails."""
    beat, fails, has_settings = db.session.execute(HEARTBEAT_AND_TROUBLE).one()
    seen = job.seen_at(beat)
    settings = setting.in_force() if has_settings else office.settings()
    return Worries(
        jobs=trouble.failing() if fails else [],
        clock=timekeeping.jump_since(timekeeping.trusted(beat), now),
        silent_since=seen if seen is not None and now - seen > A_DAY else None,
        undelivered=mailbox.undelivered(now=now, agency_id=agency_id) if settings.smtp.host else 0,
    )


def state(*, now: datetime) -> Health:
    """Return the state of the database, the scheduler, the clock, the jobs, the mail and the practice."""
    health = Health()
    try:
        db.session.execute(text("SELECT 1"))
        health.say("database", "ok" if migrate.is_current() else "outdated")
        if health.well:
            _scheduler(health, now)
            _clock(health, now)
            _jobs(health)
            _mail(health, now)
            _practice(health, now)
    except SQLAlchemyError:
        db.session.rollback()
        health.say("database", "unreachable")
    return health


def _scheduler(health: Health, now: datetime) -> None:
    seen = job.seen()
    if seen is None:
        health.say("scheduler", "never_started", last_heartbeat=None)
        return
    word = "ok" if now - seen <= SILENT else "silent"
    if word == "ok" and _stalled(now):
        word = "stalled"
    health.say("scheduler", word, last_heartbeat=seen.isoformat(timespec="seconds"))


def _stalled(now: datetime) -> bool:
    worked_at = (job.heartbeat() or {}).get("worked_at")
    stopped = timekeeping.jump(now=now) is not None
    return bool(worked_at) and not stopped and now - datetime.fromisoformat(str(worked_at)) > STALLED


def _clock(health: Health, now: datetime) -> None:
    jump = timekeeping.jump(now=now)
    last = {"last_trusted": jump.last.isoformat(timespec="seconds")} if jump else {}
    health.say("clock", "jumped" if jump else "ok", **last)


def _jobs(health: Health) -> None:
    failing = [row.job for row in trouble.failing()]
    health.say("jobs", "failing" if failing else "ok", failing=failing)


def _practice(health: Health, now: datetime) -> None:
    """Say whether a row cannot be read, and which keys this machine's settings write otherwise."""
    differing = practice.differs(today=now.astimezone(ZONE).date())
    word = "damaged" if any(practice.damaged()) else "differing" if differing else "ok"
    health.say("practice", word, differing=differing)


def _mail(health: Health, now: datetime) -> None:
    mail = mailbox.state()
    since = mail["trying_since"]
    stuck = since is not None and now - since > STUCK
    lost = mailbox.undelivered(now=now) if mail["configured"] else 0
    word = "stuck" if stuck else "undelivered" if lost else "ok"
    oldest = since and since.isoformat(timespec="seconds")
    counts = {"waiting": mail["waiting"], "failed": mail["failed"], "oldest_undelivered": oldest}
    health.say("mail", word, configured=mail["configured"], **counts)
