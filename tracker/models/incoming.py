"""Mails that came into the office's mailbox, whatever they are: each once."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.packing import of_text
from tracker.models.base import Base, Json, Moment, where_not_null
from tracker.models.cipher import Encrypted
from tracker.models.contact import Contact
from tracker.models.service import LetterService


def _places(places: list[Any]) -> bool:
    return all(isinstance(each, list) and len(each) == PLACE for each in places)


PLACE = 4  # the parts of a place
SHOWN = 16  # characters of a sender in a list


class IncomingMail(Base):
    """One mail (domain/contact/incoming). What it is, a person may say otherwise: then it has a contact.

    same:        a mark that every copy of it has. places: where it lies in the mailbox, each the folder's
                 number (UIDVALIDITY), the mail's (UID), its size and the moment at which it came in there.
    placed_at:   the last of these moments; ``received_at`` is the first.
    sender:      name and address as they stand in it. text: its words.
    sha256:      of the mail as it came, in the store; None where it was not kept, and ``told`` says why.
    told:        what could not be read or kept, and what a person should know of it.
    message:     the key of the mail of ours that it reports of or answers; service: the service by that mail.
    looked_by:   who has seen a bounce or an automatic answer.
    """

    __tablename__ = "incoming_mails"
    __table_args__ = (
        UniqueConstraint("agency_id", "same"),
        Index("ix_incoming_mails_message_id", "agency_id", "message_id"),
        Index("ix_incoming_mails_placed", "agency_id", "placed_at"),
        Index("ix_incoming_mails_kind", "agency_id", "kind", "looked_at", "id"),
        *where_not_null("incoming_mails", "contact_id", "service_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    same: Mapped[str] = mapped_column(String(64))
    mailbox: Mapped[str] = mapped_column(String(300))
    places: Mapped[list[Any]] = mapped_column(Json(list, _places))
    received_at: Mapped[datetime] = mapped_column(Moment)
    placed_at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[str] = mapped_column(String(12))
    message_id: Mapped[str] = mapped_column(String(320), default="")
    sender: Mapped[str | None] = mapped_column(Encrypted("incoming_mails.sender"))
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str | None] = mapped_column(Encrypted("incoming_mails.text"))
    told: Mapped[list[str]] = mapped_column(
        Json(list, lambda told: all(isinstance(each, str) for each in told))
    )
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(String(64))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    message: Mapped[str] = mapped_column(String(160), default="")
    service_id: Mapped[int | None] = mapped_column(ForeignKey("letter_services.id"))
    kept_at: Mapped[datetime] = mapped_column(Moment)
    looked_by: Mapped[str] = mapped_column(String(60), default="")
    looked_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def messages(self) -> list[str]:
        """What could not be read or kept, as messages."""
        return [of_text(each) for each in self.told]

    @property
    def who(self) -> str:
        """The sender in a few characters: the name, else the begin of the address."""
        return (self.sender or "").strip("<").partition(" <")[0].partition("@")[0][:SHOWN]

    contact: Mapped[Contact | None] = relationship(lazy="joined")
    service: Mapped[LetterService | None] = relationship(lazy="select")
