"""Check the machine's clock against the last runs of the jobs: a wrong clock stops them.

A clock that stands weeks past the last sign of life stops the jobs until a person has looked. A clock
that stood in the future and was set right leaves traces that would hide the true days: ``heal``
takes them back, ``ahead`` names them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, String, delete, exists, func, or_, select, update
from sqlalchemy import cast as as_type

from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Phrase
from tracker.domain.permission import Action, Role
from tracker.models.agency import Agency
from tracker.models.base import ZONE, db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case, CaseEvent
from tracker.models.job import JobRun, OverdueFlag, ReportDraft
from tracker.models.outbox import CANCELLED, DIGEST, MISSED, WAITING, Message
from tracker.services.case import worklist
from tracker.services.mail import outbox, overtaken
from tracker.services.mail.recipient import of_roles
from tracker.services.office import audit
from tracker.services.office.actor import SYSTEM, Actor

HEARTBEAT = "scheduler"  # the fact: when the working scheduler was last seen, and up to when it worked
JUMP = timedelta(days=14)  # longer than any holiday: after it a person looks at the clock (practice)
SLIP = timedelta(minutes=2)  # clocks are set right by seconds all the time
VOID = "void"  # the status of a run that counts for nothing
AHEAD = "|ahead|"  # in the key of a message that was written in the future: its own key is free again
LONGEST_KEY = 120
WROTE_AHEAD = "由走快的时钟写入，不作数"


@dataclass(frozen=True, slots=True)
class Jump:
    """A clock that went on by weeks while no scheduler was seen."""

    last: datetime
    now: datetime

    @property
    def words(self) -> str:
        return Phrase(
            "服务器时钟现在是%(moment)s，而定时任务最近一次运行是%(moment2)s，相隔%(days)s"
            "天。为防时钟有误，全部任务已经停止。请核对服务器时间：有误的，先校正；无误的，"
            "在“定时任务”页确认，或者运行 tracker jobs confirm-clock，错过的日子随后补上。",
            moment=_moment(self.now),
            moment2=_moment(self.last),
            days=(self.now - self.last).days,
        )


def trusted(fact: dict[str, Any] | None) -> datetime | None:
    """Return the last moment that is believed, from the scheduler's fact; None where none ever ran."""
    moment = fact and (fact.get("trusted_at") or fact.get("at"))
    return datetime.fromisoformat(str(moment)) if moment else None


def next_trusted(fact: dict[str, Any] | None, now: datetime) -> datetime:
    """Return what is believed once the scheduler was seen at a moment: that, unless it is a jump."""
    last = trusted(fact)
    return last if last is not None and now - last > JUMP else now


def jump(*, now: datetime) -> Jump | None:
    """Return the jump that stops the jobs; None where the clock is believed."""
    fact = db.session.get(OfficeFact, HEARTBEAT, populate_existing=True)
    return jump_since(trusted(fact.value) if fact else None, now)


def jump_since(last: datetime | None, now: datetime) -> Jump | None:
    """Return the jump from the last moment that was believed; None where it is none."""
    return Jump(last, now) if last is not None and now - last > JUMP else None


def stops(*, now: datetime) -> bool:
    """Return whether the jobs must wait for a person; tell the administrators and heads once a jump.

    What is urgent leaves all the same: nobody could be told otherwise.
    """
    gap = jump(now=now)
    if gap is None:
        return False
    on, last = now.astimezone(ZONE).date(), gap.last.astimezone(ZONE).date()
    with transaction():
        agency_id = db.session.scalar(select(Agency.id).order_by(Agency.id).limit(1))
        if agency_id is not None:
            to = of_roles(agency_id, Role.ADMINISTRATOR, Role.HEAD)
            outbox.put(
                agency_id=agency_id, job="clock", to=to,
                title=Phrase(
"%(on)s 服务器时钟与最近一次运行相隔%(days)s天，定时任务已停止",
on=on,
days=(now - gap.last).days,
),
                paragraphs=[gap.words], on=last, now=now, path="/jobs", urgent=True,
            )  # fmt: skip
    outbox.deliver(on=on, now=now, urgent_alone=True)
    return True


def confirm(*, actor: Actor, now: datetime) -> Jump:
    """Believe the clock as it stands, as a person says; the jobs go on from there.

    Raises NotPermittedError; InvalidDetailError where nothing waits for it.
    """
    actor.require(Action.JOBS)
    gap = jump(now=now)
    if gap is None:
        raise InvalidDetailError("时钟没有需要确认的跳变。")
    with transaction():
        fact = db.session.get_one(OfficeFact, HEARTBEAT, with_for_update=True)
        fact.value = {**fact.value, "trusted_at": now.isoformat()}
        audit.note(
            "clock_confirmed", actor=actor.name, now=now, agency_id=actor.agency_id or None,
            target=f"{_moment(gap.last)} → {_moment(now)}",
        )  # fmt: skip
    return gap


# -- what a clock of the future left ---------------------------------------------------------------


@dataclass(slots=True)
class Healed:
    """What was taken back, by kind."""

    runs: int = 0
    messages: int = 0
    flags: int = 0
    drafts: int = 0

    @property
    def count(self) -> int:
        return self.runs + self.messages + self.flags + self.drafts

    @property
    def words(self) -> str:
        return Phrase(
            "运行记录%(runs)s条、邮件%(messages)s封、超期标记%(flags)s个、年度草稿%(drafts)s份",
            runs=self.runs,
            messages=self.messages,
            flags=self.flags,
            drafts=self.drafts,
        )


def forget_the_future(*, now: datetime) -> int:
    """Let nothing written in the future hide the true days: runs are not run, messages not told.

    Nothing is removed, so that it may be done under a clock that is itself in doubt.
    """
    if not db.session.scalar(select(exists().where(*_runs(now)))):
        return 0
    with transaction():
        return _forget(now).count


def _forget(now: datetime) -> "Healed":
    runs = _count(update(JobRun).where(*_runs(now)).values(status=VOID))
    return Healed(runs=runs, messages=_messages(now, now.astimezone(ZONE).date()))


def heal(*, now: datetime) -> Healed:
    """Take back all that a clock that stood in the future left, as a person asks who looked at it.

    Flags and drafts of days to come go, and the duties that passed by ahead of their day are back.
    The ledger is never touched: ``ahead`` names its marks.
    """
    today = now.astimezone(ZONE).date()
    if not _left(now, today).count:
        return Healed()
    with transaction():
        healed = _forget(now)
        healed.flags = _count(delete(OverdueFlag).where(_flags(now, today)))
        healed.drafts = _count(delete(ReportDraft).where(_drafts(now, today)))
        audit.note("clock_healed", actor=SYSTEM, now=now, target=healed.words)
    for agency_id in db.session.scalars(select(Agency.id).order_by(Agency.id)).all():
        worklist.restate_open(agency_id, today=today)
    return healed


def ahead(*, today: date) -> Iterator[tuple[str, str]]:
    """Yield, as (where, words), what was written after the end of the day: some clock was, or is, wrong."""
    now = datetime.combine(today, time.max, ZONE)
    left = _left(now, today)
    if left.count:
        yield (
            Phrase("时钟"),
            Phrase(
                "有写于将来的%(words)s（服务器时钟曾经走快）；运行 tracker init 即予清除。",
                words=left.words,
            ),
        )
    later = select(func.count()).select_from(CaseEvent).where(CaseEvent.recorded_at > now + SLIP)
    if count := db.session.scalar(later):
        yield (
            Phrase("时钟"),
            Phrase(
                "台账有%(count)s条记录的录入时刻晚于%(today)s：服务器时钟当时快了，或者现在慢了。",
                count=count,
                today=today,
            ),
        )
    marks = select(Case.number).join(CaseEvent, CaseEvent.case_id == Case.id)
    early = marks.where(CaseEvent.step == "carry_forward", CaseEvent.effective_on >= today)
    for number in db.session.scalars(early.order_by(Case.number)):
        yield number, Phrase("年末结转的标记写在年末之前（服务器时钟曾经走快）；年度统计不受影响。")


def _left(now: datetime, today: date) -> Healed:
    """Count what ``heal`` would take back."""

    def count(table: Any, *where: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(table).where(*where)) or 0

    return Healed(
        runs=count(JobRun, *_runs(now)),
        messages=count(Message, *_written_ahead(now)),
        flags=count(OverdueFlag, _flags(now, today)),
        drafts=count(ReportDraft, _drafts(now, today)),
    )


def _runs(now: datetime) -> tuple[Any, ...]:
    return JobRun.ran_at > now + SLIP, JobRun.status != VOID


def _flags(now: datetime, today: date) -> Any:
    return or_(OverdueFlag.flagged_on > today, OverdueFlag.flagged_at > now + SLIP)


def _drafts(now: datetime, today: date) -> Any:
    return or_(ReportDraft.year >= today.year, ReportDraft.made_at > now + SLIP)


def _written_ahead(now: datetime) -> tuple[Any, ...]:
    return Message.created_at > now + SLIP, ~Message.key.contains(AHEAD)


def _messages(now: datetime, today: date) -> int:
    """Free the keys of what was written ahead, and take back what was settled ahead of its day."""
    written = _written_ahead(now)
    of_a_day = or_(Message.duty != "", Message.kind == overtaken.DIGEST_MAIL)  # the true day writes them anew
    unsent = (*written, of_a_day, Message.status.in_((WAITING, DIGEST)))
    _count(update(Message).where(*unsent).values(status=CANCELLED, why=WROTE_AHEAD))
    start = func.substr(Message.key, 1, LONGEST_KEY, type_=String)
    key = start.concat(AHEAD).concat(as_type(Message.id, String(20)))
    count = _count(update(Message).where(*written).values(key=key))
    settled = (Message.status == MISSED, Message.why.in_(overtaken.TOO_LATE))
    in_time = or_(Message.due_on >= today, (Message.kind == overtaken.DIGEST_MAIL) & (Message.on >= today))
    mine = (*settled, in_time, Message.created_at <= now + SLIP)
    return count + _count(update(Message).where(*mine).values(status=WAITING, why="", next_at=now))


def _count(statement: Any) -> int:
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], done).rowcount


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"
