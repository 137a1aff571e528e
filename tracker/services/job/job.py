"""Jobs: when each is to run, which days were missed, what every run left behind.

A job is a use case of a legal day. It may be run for any day and as often as anybody likes: twice
is once. So nothing here must happen exactly once, and a process may be killed at any moment.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import perf_counter
from typing import Any, Protocol, cast

from sqlalchemy import CursorResult, Select, Table, and_, case, delete, func, literal, select
from sqlalchemy.orm import aliased

from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError, message_of
from tracker.domain.message import Phrase, Spoken, joined, labels
from tracker.domain.packing import packed
from tracker.domain.permission import Action, Role
from tracker.models import fault
from tracker.models.agency import Agency
from tracker.models.base import ZONE, Moment, db, insert_into, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.job import JobRun
from tracker.models.reads import tally
from tracker.models.tables import count_anew
from tracker.services.job import timekeeping, trouble
from tracker.services.job.timekeeping import HEARTBEAT, SLIP, VOID
from tracker.services.mail import outbox
from tracker.services.mail.recipient import of_roles
from tracker.services.office import attempt, audit, office, session, setting
from tracker.services.office.actor import Actor

logger = logging.getLogger(__name__)

DONE, ALARM, FAILED = "done", "alarm", "failed"
STATUS = labels({DONE: "完成", ALARM: "完成，请查看", FAILED: "失败", VOID: "不作数（时钟走快）"})
GOOD = (DONE, ALARM)
HISTORY = timedelta(days=366)  # how long runs are kept
ONE_DAY = timedelta(days=1)
LONGEST_RESULT = 2000


class AlarmError(DomainError):
    """The job did its work and found something that a person must look at; the text says what."""


class Run(Protocol):
    """What a job does for a legal day; returns what it did, in words."""

    def __call__(self, *, on: date, now: datetime) -> str: ...


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day. ``hour`` may be the name of the setting that holds it."""

    hour: int | str
    minute: int = 0

    @property
    def at(self) -> time:
        """The time of day, in the office's zone."""
        hour = self.hour if isinstance(self.hour, int) else int(getattr(office.settings().jobs, self.hour))
        return time(hour, self.minute)

    @property
    def words(self) -> str:
        return Phrase("每天 %(at)s", at=f"{self.at:%H:%M}")


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, each time after so many minutes; ``by`` is the setting that may make it rarer."""

    minutes: int
    by: str = ""

    @property
    def pause(self) -> int:
        """The minutes between two runs, as they are set now."""
        return int(setting.value_of(setting.in_force(), self.by)) if self.by else self.minutes

    @property
    def words(self) -> str:
        return Phrase("每%(minutes)s分钟", minutes=self.pause)


@dataclass(frozen=True, slots=True)
class Job(Spoken):
    """One row of the table of jobs (jobs/schedule.py).

    each_day: days that were missed are run one by one, in order; false: the newest alone matters.
    """

    name: str
    trigger: Daily | Every
    run: Run
    label: str
    each_day: bool = True


def find(jobs: Iterable[Job], name: str) -> Job:
    """Return the job of that name; raise NotFoundError naming those that there are."""
    by_name = {job.name: job for job in jobs}
    if name not in by_name:
        raise NotFoundError(
            "没有名为“%(name)s”的任务。可用的任务：%(names)s。",
            name=name,
            names=joined(by_name, "、"),
        )
    return by_name[name]


# -- when ---------------------------------------------------------------------------------------


def moment_of(job: Job, on: date) -> datetime:
    """Return when the job of that legal day is to run; a job of minutes has no such moment."""
    assert isinstance(job.trigger, Daily)  # noqa: S101
    return datetime.combine(on, job.trigger.at, ZONE)


def next_moment(job: Job, now: datetime) -> datetime:
    """Return when the job is to run next."""
    if isinstance(job.trigger, Every):
        # a run of the future, left by a wrong clock, holds nothing up
        ran = select(func.max(JobRun.ran_at)).where(JobRun.job == job.name, JobRun.ran_at <= now)
        ran_at = db.session.scalar(ran)
        return max(now, ran_at + timedelta(minutes=job.trigger.pause)) if ran_at else now
    if missed_days(job, now):
        return now
    today = now.astimezone(ZONE).date()
    ran_today = db.session.execute(select(*RUN).where(JobRun.job == job.name, JobRun.day == today)).first()
    moment = moment_of(job, today)
    is_over = now >= moment or (ran_today is not None and _ended_well(ran_today, now))
    return moment_of(job, today + ONE_DAY) if is_over else moment


def pending(jobs: Sequence[Job], now: datetime) -> list[tuple[Job, date]]:
    """Return what should have run by now and did not, in the order in which it was due."""
    due: list[tuple[datetime, int, Job, date]] = []
    lately = _lately([job.name for job in jobs], now)
    for place, job in enumerate(jobs):
        if isinstance(job.trigger, Every):
            if next_moment(job, now) <= now:
                due.append((now, place, job, now.astimezone(ZONE).date()))
        else:
            for day in missed_days(job, now, lately[job.name]):
                due.append((moment_of(job, day), place, job, day))
    return [(job, day) for _, _, job, day in sorted(due, key=lambda each: each[:2])]


def missed_days(job: Job, now: datetime, lately: Sequence[Any] = ()) -> list[date]:
    """Return the legal days whose hour has come without a run that ended well, the oldest first.

    They are counted from the last day that the scheduler did; what was run by hand for some other
    day moves nothing. A job that never ran begins with today.

    lately: the job's runs for today and yesterday, where the caller has them; mostly they tell all.
    """
    today = now.astimezone(ZONE).date()
    last = today if now >= moment_of(job, today) else today - ONE_DAY
    well = any(_ended_well(run, now) and not run.by_hand for run in lately)
    runs = lately if well else _runs(job, today)
    done = {run.day for run in runs if _ended_well(run, now)}
    ours = [run.day for run in runs if run.day in done and not run.by_hand]
    tried = [run.day for run in runs if not run.by_hand and run.ran_at <= now + SLIP]
    first = max(ours) + ONE_DAY if ours else min([*tried, today])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    missed = [day for day in days if day not in done]
    return missed if job.each_day else missed[-1:]


def _ended_well(run: Any, now: datetime) -> bool:
    """Return whether the run counts: it went well, after its moment, and under no clock of the future."""
    return bool(run.status in GOOD and run.due_at <= run.ran_at <= now + SLIP)


RUNS = cast(Table, JobRun.__table__)
RUN = (JobRun.job, JobRun.day, JobRun.status, JobRun.due_at, JobRun.ran_at, JobRun.by_hand)


def _lately(names: Sequence[str], now: datetime) -> dict[str, list[Any]]:
    """Return the jobs' runs for today and yesterday."""
    today = now.astimezone(ZONE).date()
    runs: dict[str, list[Any]] = defaultdict(list)
    mine = (JobRun.job.in_(names), JobRun.day.in_((today, today - ONE_DAY)))
    for run in db.session.execute(select(*RUN).where(*mine)):
        runs[run.job].append(run)
    return runs


def _runs(job: Job, today: date) -> Sequence[Any]:
    """Return the job's runs for the days up to today that are kept."""
    return db.session.execute(select(*RUN).where(JobRun.job == job.name, JobRun.day <= today)).all()


def last_run(name: str) -> JobRun | None:
    """Return the job's newest run, whoever ran it and for which day."""
    query = select(JobRun).where(JobRun.job == name).order_by(JobRun.ran_at.desc()).limit(1)
    return db.session.scalar(query)


def history(name: str) -> Select[tuple[JobRun]]:
    """Return the job's runs, the newest day first."""
    return select(JobRun).where(JobRun.job == name).order_by(JobRun.day.desc())


# -- run ----------------------------------------------------------------------------------------


def catch_up(jobs: Sequence[Job], now: Callable[[], datetime], goes_on: Callable[[], bool]) -> int:
    """Run everything that is pending, in order; return how many runs that were.

    A job that fails keeps its later days for the next time: days are run in order or not at all.
    Nothing runs while the clock waits for a person (services/job/timekeeping).

    goes_on: asked before each run; false ends it (the lock was lost, the process stops).
    """
    if timekeeping.stops(now=now()):
        return 0
    timekeeping.forget_the_future(now=now())
    failed: set[str] = set()
    count = 0
    for job, day in pending(jobs, now()):
        if not goes_on():
            break
        if job.name in failed:
            continue
        count += 1
        if run(job, on=day, now=now()) == FAILED:
            failed.add(job.name)
    return count


def run(job: Job, *, on: date, now: datetime, by: str = "") -> str:
    """Run the job for the legal day and keep how it went; return the status.

    by: the person who runs it by hand; empty for the scheduler.

    Raises InvalidDetailError for a day to come: what is written ahead of time is wrong on its day.
    """
    refuse_ahead(on, now)
    begin = perf_counter()
    try:
        status, result = DONE, job.run(on=on, now=now)
    except AlarmError as alarm:
        status, result = ALARM, alarm.message
    except Exception as error:
        status, result = FAILED, fault.sentence(error) or _words(error)
        if fault.kind(error):
            logger.error("job %s of %s failed: %s (%s)", job.name, on, result, type(error).__name__)
        else:
            logger.exception("job %s of %s failed", job.name, on)
    db.session.rollback()
    _keep(job, on, status, result, by=by, now=now, seconds=perf_counter() - begin)
    return status


def _words(error: Exception) -> str:
    return Phrase("%(kind)s：%(why)s", kind=type(error).__name__, why=message_of(error))


def refuse_ahead(on: date, now: datetime) -> None:
    """Raise InvalidDetailError where the day is still to come."""
    today = now.astimezone(ZONE).date()
    if on > today:
        raise InvalidDetailError(
            "日期%(on)s还没有到（今天是%(today)s）：不能提前运行任务。",
            on=on,
            today=today,
        )


def _keep(job: Job, on: date, status: str, result: str, *, by: str, now: datetime, seconds: float) -> None:
    """Keep the run, and tell people of what it found or that it failed, in one transaction."""
    values = {
        "status": status, "result": result[:LONGEST_RESULT], "ran_at": now, "seconds": seconds, "by": by,
        "said": [packed(result)] if len(result) <= LONGEST_RESULT else [],
    }  # fmt: skip
    due_at = moment_of(job, on) if isinstance(job.trigger, Daily) else now
    again = {
        "runs": RUNS.c.runs + 1,
        "by_hand": and_(RUNS.c.by_hand, literal(bool(by))),
        "due_at": case(
            (RUNS.c.due_at < due_at, RUNS.c.due_at), else_=literal(due_at, Moment())
        ),  # no later hour undoes it
    }
    first = {"job": job.name, "day": on, "due_at": due_at, "runs": 1, "by_hand": bool(by)}
    kept = insert_into(JobRun).values(**first, **values)  # two hosts may run it at the same moment
    kept = kept.on_conflict_do_update(index_elements=["job", "day"], set_={**values, **again})
    with transaction():
        db.session.execute(kept)
        if status == FAILED:
            trouble.failed(job.name, job.label, on=on, result=result, now=now)
        else:
            alone = not job.each_day
            trouble.ended_well(job.name, job.label, on=on, newest_alone=alone, by=by, now=now)
        if status == ALARM and on == now.astimezone(ZONE).date():
            _tell(job.name, result, on, now)


def _tell(name: str, result: str, on: date, now: datetime) -> None:
    """Write to the heads and administrators what somebody must look at, once a day."""
    agency_id = db.session.scalar(select(Agency.id).order_by(Agency.id).limit(1))
    if agency_id is not None:
        to = of_roles(agency_id, Role.HEAD, Role.ADMINISTRATOR)
        title = Phrase("%(on)s %(result)s", on=on, result=result)  # its first line
        outbox.put(agency_id=agency_id, job=name, to=to, title=title, paragraphs=[result], on=on, now=now)


def run_by_hand(jobs: Iterable[Job], name: str, *, on: date, actor: Actor, now: datetime) -> JobRun:
    """Run one job for any day up to today, as a person asks.

    Raises NotPermittedError, NotFoundError; InvalidDetailError for a day to come, and while the
    clock waits for a person.
    """
    actor.require(Action.JOBS)
    job = find(jobs, name)
    refuse_ahead(on, now)
    if jump := timekeeping.jump(now=now):
        raise InvalidDetailError(jump.words)
    run(job, on=on, now=now, by=actor.name)
    with transaction():
        audit.note(
            "job_run",
            actor=actor.name,
            now=now,
            agency_id=actor.agency_id,
            target=Phrase("%(job)s %(on)s", job=job.label, on=on),
            succeeded=db.session.get_one(JobRun, (name, on)).status != FAILED,
        )
    return db.session.get_one(JobRun, (name, on))


# -- the scheduler's own traces -----------------------------------------------------------------


def beat(*, now: datetime, process: str, caught_up: bool) -> None:
    """Say that the scheduler lives, and, where it is, that all was done up to now."""
    with transaction():
        fact = db.session.get(OfficeFact, HEARTBEAT)
        before = dict(fact.value) if fact else {}
        worked_at = now.isoformat() if caught_up else before.get("worked_at")
        trusted_at = timekeeping.next_trusted(before, now).isoformat()
        value = {"at": now.isoformat(), "process": process, "worked_at": worked_at, "trusted_at": trusted_at}
        if fact is None:
            db.session.add(OfficeFact(name=HEARTBEAT, value=value))
        else:
            fact.value = value


def heartbeat() -> dict[str, Any] | None:
    """Return what the scheduler said last; None where none ever ran."""
    fact = db.session.get(OfficeFact, HEARTBEAT, populate_existing=True)
    return None if fact is None else dict(fact.value)


def seen() -> datetime | None:
    """Return when the scheduler was last seen; None where none ever ran."""
    return seen_at(heartbeat())


def seen_at(beat: dict[str, Any] | None) -> datetime | None:
    """Return the moment of what the scheduler said last."""
    return datetime.fromisoformat(str(beat["at"])) if beat else None


def tidy(*, on: date, now: datetime) -> str:
    """Remove runs of more than a year ago, and the texts of mails of that time: who was told what stays.

    A job's last good run by the scheduler stays however old it is: missed days are counted from it.
    The tallies are added up.
    """
    kept = aliased(JobRun)
    newest = (
        select(func.max(kept.day))
        .where(kept.job == JobRun.job, kept.status.in_(GOOD), kept.by_hand.is_(False), kept.day <= on)
        .scalar_subquery()
    )
    with transaction():
        old = delete(JobRun).where(JobRun.day < on - HISTORY, JobRun.day != func.coalesce(newest, on))
        done = db.session.execute(old.execution_options(synchronize_session=False))
        count = cast(CursorResult[Any], done).rowcount
        texts = outbox.forget_texts(before=on - HISTORY)
        session.tidy(now)
        attempt.tidy(now)
        tally.compact(db.session.connection())
    count_anew()
    return Phrase("清除%(count)s条一年以前的运行记录、%(texts)s封邮件的正文", count=count, texts=texts)
