"""Every open duty of every register, restated with its day: what is due is one range of an index."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base

CASE, CONTACT, PUBLICATION = "case", "contact", "publication"
REMEDY, REANSWER = "remedy", "reanswer"
REVIEW, COMPLAINT, GUIDE, PERSONAL = "review", "complaint", "guide", "personal"
SIGN_OFF, LETTER = "sign_off", "letter"
REGISTERS = {  # the register of a kind
    PUBLICATION: "publications", REMEDY: "remedies", REANSWER: "reanswers",
    REVIEW: "refusal-reviews", COMPLAINT: "complaints", GUIDE: "guides",
    PERSONAL: "personal-requests",
}  # fmt: skip
KINDS = (CASE, CONTACT, SIGN_OFF, LETTER, *REGISTERS)


class OpenDuty(Base):
    """A day that something hangs on. Made from what it restates, gone when the duty is over.

    kind and subject_id name the row of a register; name is a code of ``domain/case/duty``.
    """

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "name", "due_on"),
        Index("ix_duties_due", "agency_id", "due_on", "kind", "name"),
        Index("ix_duties_name", "kind", "name", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(30))
    due_on: Mapped[date]
    provisional: Mapped[bool] = mapped_column(default=False)
