"""Reconsiderations and suits about disclosure work (第50条第3项, table 4)."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.case import Case
from tracker.models.register import RegisterRow


class RemedyCase(RegisterRow):
    """One reconsideration or suit with its stages; names nobody: the request it is about does."""

    __tablename__ = "remedies"
    __table_args__ = (Index("ix_remedies_filed", "agency_id", "filed_on"),)

    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(100), default="")
    case_number: Mapped[str] = mapped_column(String(64), default="")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    cause: Mapped[str] = mapped_column(Text, default="")
    organ: Mapped[str] = mapped_column(String(100))
    filed_on: Mapped[date]
    result: Mapped[str] = mapped_column(String(20), default="")
    closed_on: Mapped[date | None]
    second_number: Mapped[str] = mapped_column(String(100), default="")
    second_organ: Mapped[str] = mapped_column(String(100), default="")
    second_filed_on: Mapped[date | None]
    second_result: Mapped[str] = mapped_column(String(20), default="")
    second_closed_on: Mapped[date | None]
    third_number: Mapped[str] = mapped_column(String(100), default="")
    third_organ: Mapped[str] = mapped_column(String(100), default="")
    third_filed_on: Mapped[date | None]
    third_result: Mapped[str] = mapped_column(String(20), default="")
    third_closed_on: Mapped[date | None]

    case: Mapped[Case | None] = relationship(lazy="select")

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of its instances, as papers name it."""
        return tuple(filter(None, (self.number, self.second_number, self.third_number)))


class RemedyStep(RegisterRow):
    """What happened in a reconsideration or suit, or is set for a day: domain/register/respondent.STEPS."""

    __tablename__ = "remedy_steps"
    __table_args__ = (Index("ix_remedy_steps_happened", "agency_id", "happened_on"),)

    remedy_number: Mapped[str] = mapped_column(String(100))
    remedy_id: Mapped[int] = mapped_column(ForeignKey("remedies.id"), index=True)
    instance: Mapped[str] = mapped_column(String(10))
    step: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date]
    procedure: Mapped[str] = mapped_column(String(10), default="")
    paper: Mapped[str] = mapped_column(String(10), default="")
    until_on: Mapped[date | None]
    time: Mapped[str] = mapped_column(String(20), default="")
    place: Mapped[str] = mapped_column(String(200), default="")

    remedy: Mapped[RemedyCase] = relationship(lazy="joined")


class Reanswer(RegisterRow):
    """An answer that a decision ordered anew: with its own term, letters and service, outside table 3."""

    __tablename__ = "reanswers"
    __table_args__ = (Index("ix_reanswers_received", "agency_id", "received_on"),)

    remedy_number: Mapped[str] = mapped_column(String(100))
    remedy_id: Mapped[int] = mapped_column(ForeignKey("remedies.id"), index=True)
    received_on: Mapped[date]
    until_on: Mapped[date | None]
    ordered: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    why_same: Mapped[str] = mapped_column(String(20), default="")
    document_number: Mapped[str] = mapped_column(String(100), default="")
    decided_on: Mapped[date | None]
    method: Mapped[str] = mapped_column(String(20), default="")
    served_on: Mapped[date | None]
    reviewer: Mapped[str] = mapped_column(String(60), default="")
    reviewed_on: Mapped[date | None]
    review: Mapped[str] = mapped_column(Text, default="")

    remedy: Mapped[RemedyCase] = relationship(lazy="joined")
