"""Acts on the file of a closed case: archived (归档), handed over to the archive (移交). Only added to."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.packing import of_text
from tracker.models.base import Base, Json, Moment
from tracker.models.case import Case


class Archiving(Base):
    """One act. A later one of the same kind takes the place of the one before.

    number:    the archive number (归档号), and of a transfer the number of the list it stands in.
    retention: how long the file is kept, a code of domain/register/archive.RETENTIONS.
    receiver:  of a transfer, the archive that took it.
    reason:    why the class is another one than proposed, or why it was archived with something missing.
    proposed_for: why the practice proposed its class then, one of domain/register/archive.WHY.
    lacking:   what was missing then, in words.
    seq:       the last entry of the ledger that the file holds. papers: how many papers.
    held_remedies, held_papers: the marks of what the file holds (models/reads/archiving.marks).
    """

    __tablename__ = "archivings"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(60), default="")
    on: Mapped[date]
    retention: Mapped[str] = mapped_column(String(20), default="")
    receiver: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    proposed_for: Mapped[str] = mapped_column(String(40), default="")
    lacking: Mapped[list[str]] = mapped_column(
        Json(list, lambda told: all(isinstance(each, str) for each in told)), default=list
    )
    seq: Mapped[int] = mapped_column(default=0)
    papers: Mapped[int] = mapped_column(default=0)
    held_remedies: Mapped[int] = mapped_column(BigInteger, default=0)
    held_papers: Mapped[int] = mapped_column(BigInteger, default=0)
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def missing(self) -> list[str]:
        """What was missing then, as messages."""
        return [of_text(each) for each in self.lacking]

    case: Mapped[Case] = relationship(lazy="joined")
