"""Messages that are waiting and were overtaken, or that a process claimed and never stamped."""

from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, case, exists, literal, or_, select, update
from sqlalchemy.orm import Session

from tracker.domain.message import worded
from tracker.mail import sms
from tracker.models.base import Moment, db, transaction
from tracker.models.duty import OpenDuty
from tracker.models.outbox import CANCELLED, FAILED, MISSED, SENDING, SERVICE, TOLD, WAITING, Message
from tracker.services.mail.carrier import (
    APPLICANT_SMS,
    TOLD_RESTORED,
    UNSURE,
    UNSURE_RESTORED,
)

DIGEST_MAIL = "digest"
LEASE = timedelta(minutes=30)  # a claim older than this was left by a process that died
SLIP = timedelta(minutes=1)  # clocks of two machines differ
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480, 720, 720, 1440, 1440))
DIGEST_TOO_LATE, TOO_LATE_FOR_DAY = worded("当日没有发出，汇总不补发"), worded("期限已过，不补发")
TOO_LATE = (DIGEST_TOO_LATE, TOO_LATE_FOR_DAY)

Overtaken = tuple[str, str, ColumnElement[bool]]  # the status then, the reason, how it is found


def take_back(now: datetime) -> None:
    """Make waiting again what a process claimed and never stamped, and due what no pause holds back.

    A moment farther away than any lease or pause was written by a clock that stood in the future.
    """
    left = and_(Message.status == SENDING, or_(Message.next_at <= now, Message.next_at > now + LEASE + SLIP))
    pauses = {tries: literal(now + pause, Moment()) for tries, pause in enumerate(PAUSES, start=1)}
    longest = case(pauses, value=Message.tries, else_=literal(now, Moment()))
    held = and_(Message.status == WAITING, Message.next_at > now + SLIP, Message.next_at > longest)
    if db.session.scalar(select(Message.id).where(or_(left, held)).limit(1)) is None:
        return
    is_service, is_text = Message.kind == SERVICE, Message.address == APPLICANT_SMS
    with transaction():
        for those, values in (
            (and_(left, is_service), {"status": FAILED, "next_at": now, "why": UNSURE}),
            (and_(left, is_text), {"status": FAILED, "next_at": now, "why": sms.UNSURE}),
            (and_(left, ~is_service, ~is_text), {"status": WAITING, "next_at": now}),
            (held, {"status": WAITING, "next_at": now}),
        ):
            again = update(Message).where(those).values(**values)
            db.session.execute(again.execution_options(synchronize_session=False))


def settle_restored(session: Session) -> int:
    """Give up what was leaving to applicants as a copy was made, in a database that comes back.

    What left since is not known there. Returns how many messages were given up.
    """
    leaving, count = Message.status.in_((WAITING, SENDING)), 0
    ends = ((SERVICE, FAILED, UNSURE_RESTORED), (TOLD, CANCELLED, TOLD_RESTORED))
    for kind, status, why in ends:
        given_up = update(Message).where(Message.kind == kind, leaving).values(status=status, why=why)
        result = session.execute(given_up.execution_options(synchronize_session=False))
        count += cast(CursorResult[Any], result).rowcount
    return count


def overtaken(on: date) -> list[Overtaken]:
    """Return what no message may leave for any more: its status then, the reason, and how it is found."""
    is_open = exists().where(
        OpenDuty.kind == Message.kind,
        OpenDuty.subject_id == Message.subject_id,
        OpenDuty.name == Message.duty,
        OpenDuty.due_on == Message.due_on,
    )
    of_duty = and_(Message.duty != "", Message.due_on.is_not(None))
    passed = and_(of_duty, Message.due_on < on, ~Message.stage.startswith("+"))
    digest_of_before = and_(Message.kind == DIGEST_MAIL, Message.on < on)
    return [
        (MISSED, DIGEST_TOO_LATE, digest_of_before),
        (CANCELLED, "期限已办结、中止或者变动", and_(of_duty, ~is_open)),
        (MISSED, TOO_LATE_FOR_DAY, passed),
    ]
