"""Work on many cases by one act: one transaction, and of each case whether it was done, and why not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case.event import Entry
from tracker.domain.case.undo import HANDED
from tracker.domain.errors import DomainError, InvalidDetailError, StepNotAllowedError
from tracker.domain.message import worded
from tracker.domain.permission import Action, may
from tracker.mail import compose
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.outbox import PLAIN, Message
from tracker.models.reads.case import handler_names
from tracker.models.user import User
from tracker.services.case import note, step, undo
from tracker.services.case.chain import Chain
from tracker.services.mail import outbox
from tracker.services.mail.recipient import HANDLER, HEAD, LIAISON, Directory, of_user
from tracker.services.office import audit
from tracker.services.office.actor import Actor

MOST = 500  # cases of one act: other writers wait for it
CHANGED = "刚刚被他人办理过，请看最新的记录"


@dataclass(frozen=True, slots=True)
class Ticked:
    """A case that was chosen. version: as it was seen; None where nobody looked."""

    case_id: int
    version: int | None = None


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one case. why: why it was not done; empty where it was. seq: the entry written."""

    case_id: int
    number: str
    why: str = ""
    seq: int | None = None


def _each(ticked: Sequence[Ticked], act: Callable[[Case], int | None], *, actor: Actor) -> list[RowResult]:
    """Let the act be done on each case, in the caller's transaction; what refuses one leaves the others.

    An act refuses before it writes. Cases are read after the chain is locked: nobody comes between.
    """
    if not ticked or len(ticked) > MOST:
        raise InvalidDetailError("请选择1至%(most)s件；更多的请分几次办理。", most=MOST)
    Chain(actor.agency_id)
    return [_one(one, act, actor) for one in dict.fromkeys(ticked)]


def _one(ticked: Ticked, act: Callable[[Case], int | None], actor: Actor) -> RowResult:
    number = f"#{ticked.case_id}"
    try:
        case = step.find(ticked.case_id, actor)
        number = case.number
        return RowResult(case.id, number, seq=act(case))
    except StaleDataError:
        return RowResult(ticked.case_id, number, CHANGED)
    except DomainError as error:
        return RowResult(ticked.case_id, number, error.message)


@dataclass(frozen=True, slots=True)
class Assignment:
    """To whom cases go. An empty unit leaves each in its own; reason: for the ledger."""

    unit: str = ""
    handler: str = ""
    reason: str = ""

    def of(self, case: Case) -> Entry:
        """Return the entry for a case, without a day. Raises where it has no unit or goes nowhere else."""
        own = case.unit.name if case.unit else ""
        if not (unit := self.unit or own):
            raise InvalidDetailError("还没有承办单位，请选择。")
        handler = self.handler or (case.handler or "" if unit == own else "")
        if (unit, handler) == (own, case.handler or ""):
            raise StepNotAllowedError(
                "已经由%(unit)s%(handler)s承办，没有变化",
                unit=unit,
                handler=handler,
            )
        return Entry("assign", date.min, {"unit": unit, "handler": handler, "reason": self.reason})


def assign(
    ticked: Iterable[Ticked], to: Assignment, *, actor: Actor, today: date, now: datetime
) -> list[RowResult]:
    """Assign cases to a unit or a handler. Raises InvalidDetailError where neither is given."""
    if not to.unit and not to.handler:
        raise InvalidDetailError("请选择承办单位或者承办人。")
    with transaction():
        return _assigned(ticked, to, actor=actor, today=today, now=now)


def _assigned(
    ticked: Iterable[Ticked],
    to: Assignment,
    givers: Sequence[str] = (),
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> list[RowResult]:
    """Assign in the caller's transaction. givers: the names of the one whose cases they still must be."""
    chosen = list(ticked)
    seen = {one.case_id: one.version for one in chosen}

    def act(case: Case) -> int:
        if givers and (case.handler or "") not in givers:
            raise StepNotAllowedError(
                "现在由%(handler)s承办，没有交接", handler=case.handler or worded("无人")
            )
        details = to.of(case).details
        step.check_version(case, seen[case.id])
        step.taken(case, Entry("assign", today, details), actor=actor, today=today, now=now)
        return case.events[-1].seq

    return _each(chosen, act, actor=actor)


def hand_over(
    ticked: Iterable[Ticked],
    giver: str,
    taker: User,
    reason: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> list[RowResult]:
    """Let one person take over cases of another, each by an entry with the reason; one mail says which.

    Raises InvalidDetailError without a reason, or where both are one person.
    """
    reason = reason.strip()
    if not reason or len(reason) > note.LONGEST:
        raise InvalidDetailError("请填写交接的理由。")
    reads = taker.active and taker.agency_id == actor.agency_id and may(taker.role_set, Action.READ)
    if not reads or giver in taker.names:
        raise InvalidDetailError("请选择另一位在用的承办人。")
    to = Assignment(handler=taker.name, reason=f"{HANDED}{giver}）：{reason}")
    with transaction():
        givers = handler_names(actor.agency_id, giver)
        results = _assigned(ticked, to, givers, actor=actor, today=today, now=now)
        numbers = [one.number for one in results if not one.why]
        if numbers and taker.email:
            link = outbox.link_to("/")
            row = outbox.row(
                agency_id=actor.agency_id,
                key=f"handed|{now.isoformat()}|user:{taker.id}",
                kind=PLAIN,
                to=of_user(taker),
                written=compose.handed_over(taker.language, numbers, giver, actor.name, reason, link),
                on=today,
                now=now,
            )
            outbox.keep([row])
    return results


def take_back(
    written: Iterable[tuple[int, int]], *, actor: Actor, today: date, now: datetime
) -> list[RowResult]:
    """Undo entries of this minute: case and seq of each."""
    seqs = dict(written)

    def act(case: Case) -> None:
        undo.taken_back(case, seqs[case.id], actor=actor, today=today, now=now)

    with transaction():
        return _each([Ticked(case_id) for case_id in seqs], act, actor=actor)


def write_note(ticked: Iterable[Ticked], body: str, *, actor: Actor, now: datetime) -> list[RowResult]:
    """Write one internal note on many cases."""

    def act(case: Case) -> None:
        note.add(case, body, actor=actor, now=now)

    with transaction():
        return _each(list(ticked), act, actor=actor)


def urge(ticked: Iterable[Ticked], *, actor: Actor, today: date, now: datetime) -> list[RowResult]:
    """Remind those who handle the cases of what is to be done next, once a day (催办)."""
    actor.require(Action.NOTE)
    directory = Directory(actor.agency_id)

    def act(case: Case) -> None:
        if case.closed_on is not None or case.next_action_on is None:
            raise StepNotAllowedError("没有待办的期限，不用催办")
        people = directory.first((HANDLER, LIAISON, HEAD), case.handler, case.unit_id)
        if not people:
            raise StepNotAllowedError("承办人、联络员、负责人都没有邮箱，没有人可以提醒")
        link = outbox.link_to(f"/cases/{case.id}")
        rows = [
            outbox.row(
                agency_id=case.agency_id,
                key=f"urged|{case.id}|{today}|{person.key}",
                kind=PLAIN,
                to=person,
                written=compose.urged(
                    person.language,
                    case.number,
                    case.next_action or "",
                    case.next_action_on,
                    actor.name,
                    link,
                ),
                on=today,
                now=now,
                number=case.number,
                subject_id=case.id,
            )
            for person in people
        ]
        told = select(Message.id).where(Message.key.in_([row["key"] for row in rows]))
        if db.session.scalar(told.limit(1)) is not None:
            raise StepNotAllowedError("今天已经催办过")
        outbox.keep(rows)
        audit.note(
            "urged",
            actor=actor.name,
            now=now,
            target=case.number,
            agency_id=case.agency_id,
            told=[person.name for person in people],
        )

    with transaction():
        return _each(list(ticked), act, actor=actor)
