"""Letters as they were made, their numbers, and the office's own templates. Rows are only ever added."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.case.workflow import BY_NAME
from tracker.domain.letter.index import BY_KEY
from tracker.models.base import Base, Json, Moment
from tracker.models.case import Case


class Letter(Base):
    """One letter of a case: what it states, and the Word file that it is (``sha256``, in the store).

    series, year, serial: of its document number; a form of the file has no serial and no number.
    facts:            what was typed for it.
    template_version: of the office's own template; 0, ours.
    reanswer_id:      the answer ordered anew that it belongs to; of the request itself None.
    corrects_id:      the letter that it takes the place of; reason: why.
    """

    __tablename__ = "letters"
    __table_args__ = (UniqueConstraint("agency_id", "series", "year", "serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(100))
    addressee: Mapped[str] = mapped_column(Text)
    series: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    serial: Mapped[int | None]
    number: Mapped[str] = mapped_column(String(80))
    dated_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(20))
    facts: Mapped[dict[str, Any]] = mapped_column(Json(dict))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    template_version: Mapped[int]
    reanswer_id: Mapped[int | None] = mapped_column(ForeignKey("reanswers.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def told_step(self) -> str:
        """The step of the ledger that the letter tells of; empty where it tells of none that is typed.

        An answer ordered anew is no step of the request: it was answered.
        """
        if self.reanswer_id is not None:
            return ""
        kind = BY_KEY.get(self.kind)
        return kind.step if kind and kind.step in BY_NAME else ""

    case: Mapped[Case] = relationship(lazy="joined")
    corrects: Mapped["Letter | None"] = relationship(remote_side=[id])
    corrected_by: Mapped[list["Letter"]] = relationship(order_by="Letter.id", viewonly=True)
    voided: Mapped["VoidedLetter | None"] = relationship(lazy="joined")


class VoidedLetter(Base):
    """A letter that never left (作废), and why: its number stays taken."""

    __tablename__ = "voided_letters"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    voided_by: Mapped[str] = mapped_column(String(60))
    voided_at: Mapped[datetime] = mapped_column(Moment)


class SkippedNumber(Base):
    """Numbers of a sequence that no letter here has, from the first to the last, and why."""

    __tablename__ = "skipped_numbers"
    __table_args__ = (UniqueConstraint("agency_id", "series", "year", "first"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    series: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    skipped_by: Mapped[str] = mapped_column(String(60))
    skipped_at: Mapped[datetime] = mapped_column(Moment)


class LetterTemplate(Base):
    """A version of the office's own template of a kind; without ``sha256``: back to ours."""

    __tablename__ = "letter_templates"
    __table_args__ = (UniqueConstraint("agency_id", "kind", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int]
    kept_by: Mapped[str] = mapped_column(String(60))
    kept_at: Mapped[datetime] = mapped_column(Moment)
