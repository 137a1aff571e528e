"""Named reads of the mails that came into the mailbox. None returns a mail of another agency."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, and_, cast, literal, or_, select

from tracker.domain.contact.incoming import AUTO_REPLY, BOUNCE
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.incoming import IncomingMail
from tracker.models.outbox import ABOUT_CASES, SERVICE, Message
from tracker.models.reads.contact import contacts_matching
from tracker.models.service import LetterService

INCOMING_ORDER = (IncomingMail.id.desc(),)


def incoming_mails(
    agency_id: int,
    unit_scope: int | None = None,
    user_id: int | None = None,
    *,
    kind: str = "",
    unlooked: bool = False,
) -> Select[tuple[IncomingMail]]:
    """Return the mails, without an order (INCOMING_ORDER): of a unit what is not another unit's.

    What answers a mail of ours that is about no one case (a digest, a hand-over) is its addressee's alone.
    user_id: who reads.
    unlooked: the bounces and automatic answers that nobody has seen.
    """
    query = select(IncomingMail).where(IncomingMail.agency_id == agency_id)
    if kind:
        query = query.where(IncomingMail.kind == kind)
    if unlooked:
        kinds = IncomingMail.kind.in_((BOUNCE, AUTO_REPLY))
        query = query.where(kinds, IncomingMail.looked_at.is_(None), IncomingMail.contact_id.is_(None))
    if unit_scope is not None:
        contacts = contacts_matching(agency_id, unit_scope=unit_scope).with_only_columns(Contact.id)
        others = Case.unit_id != unit_scope
        told = _told().where(Message.key == IncomingMail.message, others).exists()
        of_no_case = or_(Message.subject_id.is_(None), Message.kind.not_in((*ABOUT_CASES, SERVICE)))
        is_theirs = Message.recipient.is_distinct_from(literal("user:").concat(cast(user_id, String)))
        ours = select(Message.id).where(Message.key == IncomingMail.message)
        of_others = ours.where(of_no_case, is_theirs).exists()
        served = _served().where(LetterService.id == IncomingMail.service_id, others).exists()
        is_contact = contacts.where(Contact.id == IncomingMail.contact_id).exists()
        query = query.where(
            or_(is_contact, and_(IncomingMail.contact_id.is_(None), ~told, ~served, ~of_others))
        )
    return query


def _told() -> Select[tuple[Case]]:
    """Return the cases that mails of ours tell of."""
    about = and_(Case.id == Message.subject_id, Case.agency_id == Message.agency_id)
    return select(Case).join(Message, about).where(Message.kind.in_(ABOUT_CASES))


def _served() -> Select[tuple[Case]]:
    """Return the cases whose letters were served."""
    return select(Case).join(LetterService, LetterService.case_id == Case.id)


def case_of_mail(row: IncomingMail) -> Case | None:
    """Return the case of which the mail of ours tells that a mail answers, or reports of."""
    if row.service_id is not None:
        return db.session.scalar(_served().where(LetterService.id == row.service_id))
    return db.session.scalar(_told().where(Message.key == row.message, Case.agency_id == row.agency_id))


def mail_of_contact(agency_id: int, contact_id: int) -> IncomingMail | None:
    """Return the mail that a contact came by; None where it came otherwise."""
    own = (IncomingMail.agency_id == agency_id, IncomingMail.contact_id == contact_id)
    return db.session.scalars(select(IncomingMail).where(*own).order_by(IncomingMail.id)).unique().first()


def places_since(agency_id: int, mailbox: str, since: datetime) -> set[tuple[Any, ...]]:
    """Return where the mails lie that came into the mailbox since (``IncomingMail.places``)."""
    own = (IncomingMail.agency_id == agency_id, IncomingMail.mailbox == mailbox)
    query = select(IncomingMail.places).where(*own, IncomingMail.placed_at >= since)
    return {tuple(place) for places in db.session.scalars(query) for place in places}
