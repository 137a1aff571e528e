"""Jobs that fail: how long, who was told of it, and when it is over.

A failure is as loud as an alarm: people are told at the first one and again after more days, never
at each; a monitor and the pages of administrators and heads name the job until it runs well.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from tracker.domain.message import Phrase
from tracker.domain.permission import Role
from tracker.models.agency import Agency
from tracker.models.base import ZONE, db
from tracker.models.job import JobTrouble
from tracker.services.mail import outbox
from tracker.services.mail.recipient import of_roles

STAGES = (0, 1, 3, 7, 14, 21, 28)  # days since the first failure; then every week
WEEK = 7
FIRST = (Role.ADMINISTRATOR,)
LATER = (Role.ADMINISTRATOR, Role.HEAD)
LONGEST_WORDS = 2000


def failing() -> list[JobTrouble]:
    """Return the jobs that fail now, the oldest trouble first."""
    return list(db.session.scalars(select(JobTrouble).order_by(JobTrouble.since, JobTrouble.job)))


def stage_of(days: int) -> int:
    """Return how many times people are told of a failure of so many days."""
    early = sum(days >= stage for stage in STAGES)
    return early + max(0, (days - STAGES[-1]) // WEEK)


def failed(name: str, label: str, *, on: date, result: str, now: datetime) -> None:
    """Keep that the job failed and tell whoever is to be told by now, in the caller's transaction."""
    row = db.session.get(JobTrouble, name, with_for_update=True)
    if row is None:
        row = JobTrouble(job=name, day=on, since=now, failed_at=now, times=0, told=0, words="")
        db.session.add(row)
    row.since = min(row.since, now)  # a clock that stood in the future lends no patience
    row.failed_at, row.times, row.words = now, row.times + 1, result[:LONGEST_WORDS]
    stage = stage_of((now - row.since).days)
    if stage > row.told:
        row.told = stage
        _tell(row, label, result, now)


def ended_well(name: str, label: str, *, on: date, newest_alone: bool, by: str, now: datetime) -> None:
    """End the job's trouble, in the caller's transaction, and say so to those who were told of it.

    newest_alone: any good run ends it; else a run by hand does for the day that failed alone, for
    the scheduler runs the days in order.
    """
    row = db.session.get(JobTrouble, name, with_for_update=True)
    if row is None or (by and not newest_alone and on != row.day):
        return
    paragraphs = [
        Phrase(
            "“%(label)s”自%(since)s起失败%(times)s次，已于%(now)s恢复正常。",
            label=label,
            since=_moment(row.since),
            times=row.times,
            now=_moment(now),
        )
    ]
    to = LATER if row.told > 1 else FIRST
    _write(
        f"well-{name}",
        to,
        Phrase("%(on)s 任务恢复正常：%(label)s", on=_day(now), label=label),
        paragraphs,
        now,
    )
    db.session.delete(row)


def _tell(row: JobTrouble, label: str, result: str, now: datetime) -> None:
    days = (now - row.since).days
    lasts = Phrase("，已持续%(days)s天", days=days) if days else ""
    title = Phrase("%(on)s 任务失败：%(label)s%(lasts)s", on=_day(now), label=label, lasts=lasts)
    paragraphs = [
        Phrase(
            "“%(label)s”（%(job)s）自%(since)s起失败%(times)s次%(lasts)s，尚未恢复。",
            label=label,
            job=row.job,
            since=_moment(row.since),
            times=row.times,
            lasts=lasts,
        ),
        Phrase("最近一次：%(words)s", words=result if len(result) <= LONGEST_WORDS else row.words),
        Phrase("排除原因后可在“定时任务”页立即运行，也可等待下一次自动重试；恢复后另行告知。"),
    ]
    _write(f"fail-{row.job}", FIRST if row.told == 1 else LATER, title, paragraphs, now)


def _write(job: str, roles: tuple[Role, ...], title: str, paragraphs: Sequence[str], now: datetime) -> None:
    """Write to the people of the office that runs the deployment: at most once a job, day and person."""
    agency_id = db.session.scalar(select(Agency.id).order_by(Agency.id).limit(1))
    if agency_id is None:
        return
    to = of_roles(agency_id, *roles) or of_roles(agency_id, *LATER)
    outbox.put(
        agency_id=agency_id, job=job, to=to, title=title, paragraphs=paragraphs,
        on=now.astimezone(ZONE).date(), now=now, path="/jobs", urgent=True,
    )  # fmt: skip


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"
