"""How letters were served and what came of it. Rows are only ever added."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.letter.service import LaterResult, Service
from tracker.models.base import Base, Json, Moment
from tracker.models.cipher import Encrypted
from tracker.models.letter import Letter


def _files(sent: list[Any]) -> bool:
    return all(isinstance(each, dict) and {"name", "type", "size", "sha256"} <= each.keys() for each in sent)


class LetterService(Base):
    """One act of service of a letter (送达).

    seq:        the entry of the ledger that it took, or that stood there already; None where it has none.
    place:      where it went: a postal address, a mailbox. signer: who signed for it.
    through:    the organ that served it for the office.
    upon:       who was served in the applicant's place, with what that rests on; empty of the addressee.
    reason:     why it was recorded against what was said before.
    message:    the key of the mail by which it left; empty where it left otherwise.
    parts:      the items of a mixed answer, until its step is taken. reviewed: its review, until then.
    sent:       the files that the mail carried: name, type, size and SHA-256 of each.
    sha256:     of the proof, in the store.
    """

    __tablename__ = "letter_services"
    __table_args__ = (Index("ix_letter_services_tracking", "agency_id", "tracking"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    seq: Mapped[int | None]
    way: Mapped[str] = mapped_column(String(20))
    handed_on: Mapped[date]
    received_on: Mapped[date | None]
    carrier: Mapped[str] = mapped_column(String(20), default="")
    tracking: Mapped[str] = mapped_column(String(60), default="")
    through: Mapped[str] = mapped_column(String(200), default="")
    upon: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str | None] = mapped_column(Encrypted("letter_services.place"))
    signer: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str] = mapped_column(String(160), default="", index=True)
    parts: Mapped[list[dict[str, str]]] = mapped_column(Json(list), default=list)
    reviewed: Mapped[dict[str, str]] = mapped_column(Json(dict), default=dict)
    sent: Mapped[list[dict[str, Any]]] = mapped_column(Json(list, _files), default=list)
    file_name: Mapped[str | None] = mapped_column(String(200))
    file_type: Mapped[str | None] = mapped_column(String(40))
    file_size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    letter: Mapped[Letter] = relationship(lazy="joined")
    results: Mapped[list["ServiceResult"]] = relationship(
        order_by="ServiceResult.id", lazy="selectin", passive_deletes="all"
    )

    @property
    def entry_seq(self) -> int | None:
        """The entry of the ledger that the service is; None of one that has none, or that is void."""
        if self.stands.is_void:
            return None
        return self.seq or next((result.seq for result in self.results if result.seq), None)

    @property
    def stands(self) -> Service:
        """The service as the domain reads it, with what came of it."""
        results = tuple(LaterResult(result.kind, result.on) for result in self.results)
        return Service(self.way, self.handed_on, self.received_on, results)


class ServiceResult(Base):
    """What came of a service later: received, returned, accepted by a mail server, or never done (void).

    seq: the entry of the ledger that it took, where the service waited for it.
    """

    __tablename__ = "service_results"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("letter_services.id"), index=True)
    seq: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]
    signer: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    file_name: Mapped[str | None] = mapped_column(String(200))
    file_type: Mapped[str | None] = mapped_column(String(40))
    file_size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
