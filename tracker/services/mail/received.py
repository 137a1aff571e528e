"""Mails that came into the mailbox, as people look at them."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.errors import NotFoundError, NotPermittedError
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.incoming import IncomingMail
from tracker.models.reads.incoming import case_of_mail, incoming_mails
from tracker.services.office import audit, store
from tracker.services.office.actor import Actor


def find(mail_id: int, actor: Actor) -> IncomingMail:
    """Return a mail. Raises NotFoundError; NotPermittedError of what belongs to another unit."""
    row = db.session.get(IncomingMail, mail_id)
    if row is None or row.agency_id != actor.agency_id:
        raise NotFoundError("没有这封邮件。")
    own = incoming_mails(actor.agency_id, actor.unit_scope, actor.user_id).where(IncomingMail.id == mail_id)
    if db.session.scalar(own.with_only_columns(IncomingMail.id)) is None:
        raise NotPermittedError("查阅其他单位的来件")
    return row


def reaches_case(row: IncomingMail, actor: Actor) -> bool:
    """Return whether the case that a mail is about is one of the actor's to see, or there is none."""
    case = case_of_mail(row)
    return case is None or actor.reaches(case.agency_id, case.unit_id)


def look(mail_id: int, *, actor: Actor, now: datetime) -> None:
    """Say that somebody has seen a bounce or an automatic answer."""
    actor.require(Action.REGISTER)
    with transaction():
        row = find(mail_id, actor)
        if row.looked_at is None:
            row.looked_by, row.looked_at = actor.name, now
            audit.note("mail_looked", actor=actor.name, now=now, agency_id=row.agency_id, target=f"#{row.id}")


def read(mail_id: int, *, actor: Actor, now: datetime) -> IncomingMail:
    """Return a mail whose words are to be shown; the look is logged."""
    with transaction():
        row = find(mail_id, actor)
        audit.note("mail_read", actor=actor.name, now=now, agency_id=row.agency_id, target=f"#{row.id}")
    return row


def original(mail_id: int, *, actor: Actor, now: datetime) -> bytes:
    """Return a mail as it came; the look is logged. Raises NotFoundError where it is not kept, or damaged."""
    row = find(mail_id, actor)
    content = store.get(row.sha256) if row.sha256 else None
    if content is None:
        raise NotFoundError("没有保存这封邮件的原件，或者已丢失、被改动：请到邮箱查看。")
    with transaction():
        told: dict[str, Any] = {"agency_id": row.agency_id, "sha256": row.sha256}
        audit.note("mail_seen", actor=actor.name, now=now, target=f"#{row.id}", **told)
    return content


def broken() -> list[IncomingMail]:
    """Return the mails whose original is gone or changed; of a contact it is evidence."""
    rows = db.session.scalars(
        select(IncomingMail).where(IncomingMail.sha256.is_not(None), IncomingMail.contact_id.is_(None))
    ).unique()
    return [row for row in rows if store.get(row.sha256 or "") is None]
