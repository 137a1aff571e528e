"""Undo one's own entry within a minute, while nobody relied upon it: a correction, never a deletion."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update

from tracker.domain.case import undo, workflow
from tracker.domain.case.event import Entry
from tracker.domain.errors import StepNotAllowedError
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.letter import Letter
from tracker.models.outbox import ABOUT_CASES, CANCELLED, DIGEST, SENDING, SENT, TOLD, WAITING, Message
from tracker.models.service import LetterService, ServiceResult
from tracker.models.sign_off import SignOff
from tracker.services.case import ledger, step
from tracker.services.case.chain import Chain
from tracker.services.office.actor import Actor

# What may stand on an entry: the row's case, and its moment.
STANDS: tuple[tuple[str, Any, Any], ...] = (
    ("已经制作文书", Letter.case_id, Letter.made_at),
    ("已经登记送达", LetterService.case_id, LetterService.recorded_at),
    ("已经送审", SignOff.case_id, SignOff.drafted_at),
)


def last_own(case: Case, actor: Actor, now: datetime) -> CaseEvent | None:
    """Return the last entry of a case where the person recorded it within the minute and may undo it."""
    event = case.events[-1] if case.events else None
    if event is None or event.step in undo.NEVER or not _is_own(event, actor):
        return None
    if not event.recorded_at <= now <= event.recorded_at + undo.WINDOW:
        return None
    if event.step not in workflow.BY_NAME or not actor.may(workflow.BY_NAME[event.step].action):
        return None
    return None if _against(case, event) else event


def _is_own(event: CaseEvent, actor: Actor) -> bool:
    """Return whether the person recorded the entry: a namesake did not."""
    return (event.actor, event.user_id) == (actor.name, actor.user_id)


def _against(case: Case, event: CaseEvent) -> str:
    """Return what was built on the entry since; empty where nothing was."""
    if str(event.details.get("reason") or "").startswith(undo.HANDED):
        return "已经告知接手的人"
    for why, of_case, moment in STANDS:
        rows = select(of_case).where(of_case == case.id, moment >= event.recorded_at)
        if db.session.scalar(rows.limit(1)) is not None:
            return why
    results = select(ServiceResult.id).join(LetterService, LetterService.id == ServiceResult.service_id)
    later = (LetterService.case_id == case.id, ServiceResult.recorded_at >= event.recorded_at)
    if db.session.scalar(results.where(*later).limit(1)) is not None:
        return "已经登记送达"
    left = (*_about(case, event), Message.status.in_((SENDING, SENT, DIGEST)))
    return "邮件已经发出" if db.session.scalar(select(Message.id).where(*left).limit(1)) is not None else ""


def _about(case: Case, event: CaseEvent) -> tuple[Any, ...]:
    """Return what holds for the messages about a case that were written with the entry or after it."""
    whose = (Message.kind.in_(ABOUT_CASES), Message.subject_id == case.id)
    return *whose, Message.agency_id == case.agency_id, Message.created_at >= event.recorded_at


def take_back(
    case_id: int, seq: int, *, actor: Actor, today: date, now: datetime, version: int | None = None
) -> str:
    """Undo an entry in one transaction; return the step's name.

    Raises StepNotAllowedError where it is not the person's own last entry of this minute, or was relied upon.
    """
    with transaction():
        case = step.find(case_id, actor, with_ledger=True)
        step.check_version(case, version)
        return taken_back(case, seq, actor=actor, today=today, now=now)


def taken_back(case: Case, seq: int, *, actor: Actor, today: date, now: datetime) -> str:
    """Undo an entry in the caller's transaction. Raises as ``take_back``."""
    event = last_own(case, actor, now)
    if event is None or event.seq != seq:
        raise StepNotAllowedError(
            "不能撤销：只有本人一分钟内办理、之后没有其他记录、文书、送达和邮件的一步可以撤销；请负责人更正。"
        )
    correction = Entry("correct", today, {"replaces": seq, "with": None, "reason": undo.REASON})
    replay = ledger.replay(case.entries, today)
    replay.take(ledger.checked(correction))
    # What others and jobs wrote since does not tell of the entry: it leaves.
    own = or_(Message.created_at == event.recorded_at, Message.kind == TOLD)
    waiting = (*_about(case, event), own, Message.status == WAITING)
    taken = update(Message).where(*waiting).values(status=CANCELLED, why=undo.REASON)
    db.session.execute(taken.execution_options(synchronize_session=False))
    ledger.add(case, replay, Chain(case.agency_id), actor=actor, now=now)
    return event.step
