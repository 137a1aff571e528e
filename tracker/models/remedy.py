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
