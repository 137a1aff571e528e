"""The outbox as people use it: its state, sending again, a test mail."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, func, select

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.message import Phrase
from tracker.domain.permission import Action
from tracker.mail import address, channel, compose
from tracker.mail.smtp import Reply
from tracker.models.base import ZONE, db, transaction
from tracker.models.duty import CASE
from tracker.models.outbox import (
    CANCELLED,
    DIGEST,
    FAILED,
    FOLLOWED,
    PLAIN,
    SENDING,
    SERVICE,
    WAITING,
    Message,
)
from tracker.services.mail import outbox, overtaken
from tracker.services.mail.recipient import Recipient
from tracker.services.office import audit, setting
from tracker.services.office.actor import Actor
from tracker.services.office.agency import require_name

LATELY = timedelta(days=3)  # over a weekend


def messages(agency_id: int, *, status: str = "") -> Select[tuple[Message]]:
    """Return the agency's messages, the newest first."""
    query = select(Message).where(Message.agency_id == agency_id)
    if status:
        query = query.where(Message.status == status)
    return query.order_by(Message.id.desc())


def of_case(case_id: int) -> list[tuple[Message, Message | None]]:
    """Return what was written to the office's people about a case, each with the digest that carried it.

    But to those who follow it: that is theirs alone.
    """
    query = select(Message).where(Message.kind.in_((CASE, PLAIN)), Message.subject_id == case_id)
    query = query.where(Message.key.not_like(f"{FOLLOWED}|%"))
    rows = list(db.session.scalars(query.order_by(Message.id.desc())))
    keys = [row.carried_by for row in rows if row.status == DIGEST]
    carried = (
        {m.key: m for m in db.session.scalars(select(Message).where(Message.key.in_(keys)))} if keys else {}
    )
    return [(row, carried.get(row.carried_by) if row.status == DIGEST else None) for row in rows]


def state(agency_id: int | None = None) -> dict[str, Any]:
    """Return how the mail stands: configured or not, how many wait or failed, the last words of a server."""
    settings = setting.in_force()
    where = [Message.agency_id == agency_id] if agency_id is not None else []
    counts = select(Message.status, func.count()).where(
        Message.status.in_((WAITING, SENDING, FAILED)), *where
    )
    counted = dict(db.session.execute(counts.group_by(Message.status)).tuples().all())
    oldest = select(func.min(Message.created_at)).where(Message.status == WAITING, Message.tries > 0, *where)
    return {
        "configured": bool(settings.smtp.host),
        "waiting": counted.get(WAITING, 0) + counted.get(SENDING, 0),
        "failed": counted.get(FAILED, 0),
        "trying_since": db.session.scalar(oldest),
    }


def undelivered(*, now: datetime, agency_id: int | None = None) -> int:
    """Return how many messages of the last days reached nobody, for good: tried again they leave the list."""
    mine = [Message.agency_id == agency_id] if agency_id is not None else []
    lately = (Message.status == FAILED, Message.next_at > now - LATELY, *mine)
    return db.session.scalar(select(func.count()).select_from(Message).where(*lately)) or 0


def retry(message_id: int, *, actor: Actor, now: datetime) -> Message:
    """Put a message that could not be delivered into the queue again, from the first try.

    Raises NotFoundError; InvalidDetailError where it is not waiting and did not fail.
    """
    actor.require(Action.OUTBOX)
    with transaction():
        message = db.session.scalar(
            select(Message)
            .where(Message.id == message_id, Message.agency_id == actor.agency_id)
            .with_for_update()
        )
        if message is None:
            raise NotFoundError("没有这封邮件。")
        if message.status not in (FAILED, WAITING):
            raise InvalidDetailError("只有未能送达或者等待中的邮件可以再试。")
        if message.status == FAILED and message.kind == SERVICE:
            raise InvalidDetailError("文书的送达不再试发：请在该文书的送达页再次送达。")
        message.status, message.tries, message.next_at = WAITING, 0, now
        _note("mail_retried", message, actor, now)
    return message


def of_key(key: str) -> Message | None:
    """Return the message of a key."""
    return db.session.scalar(select(Message).where(Message.key == key)) if key else None


def take_back(key: str) -> None:
    """Cancel a message that did not leave yet, in the caller's transaction.

    Raises InvalidDetailError where it is leaving, or left.
    """
    message = db.session.scalar(select(Message).where(Message.key == key).with_for_update())
    if message is None or message.status in (FAILED, CANCELLED):
        return
    if message.status != WAITING:
        raise InvalidDetailError("这封邮件正在发送或者已经发出，不能作废：没有送到的，登记退回后再次送达。")
    message.status, message.why = CANCELLED, Phrase("送达已作废")


def send_test(to: str, *, language: str, actor: Actor, now: datetime) -> tuple[Message, list[Reply]]:
    """Send a test mail at once and return it with what the server said.

    Raises InvalidDetailError where the address is none, or no server is set; UnnamedOfficeError.
    """
    actor.require(Action.OUTBOX)
    require_name(actor.agency_id)
    settings = setting.in_force()
    to = address.checked(to, settings)
    if not to:
        raise InvalidDetailError("请填写收件地址。")
    if not settings.smtp.host and not channel.scheme(to):
        raise InvalidDetailError(outbox.OFF)
    on = now.astimezone(ZONE).date()
    written = compose.test(language)
    with transaction():
        person = Recipient("test", actor.name, to)
        columns = outbox.row(
            agency_id=actor.agency_id, key=f"test|{now.isoformat()}|{uuid4().hex[:8]}", kind=outbox.TEST,
            to=person, written=written, on=on, now=now, urgent=True, status=SENDING,
            next_at=now + overtaken.LEASE, tries=1,
        )  # fmt: skip
        outbox.keep([columns])
        message = db.session.scalars(select(Message).where(Message.key == columns["key"])).one()
        _note("mail_tested", message, actor, now)
    replies = outbox.send_now(message.id, on=on, now=now)
    return db.session.get_one(Message, message.id, populate_existing=True), replies


def _note(act: str, message: Message, actor: Actor, now: datetime) -> None:
    audit.note(
        act,
        actor=actor.name,
        now=now,
        agency_id=actor.agency_id,
        target=f"{message.number or message.kind} #{message.id}",
    )
