"""Regulations and normative documents (第20条第1项), and decisions of the year (第5、6、8项)."""

from datetime import date

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.register import RegisterRow


class NormativeDocument(RegisterRow):
    """A regulation (规章) or a normative document (行政规范性文件).

    valid_until: the last day on which it holds by its own term.
    ended_on:    the first day on which it no longer holds, however it ended.
    """

    __tablename__ = "normative_documents"
    __table_args__ = (Index("ix_normative_documents_made", "agency_id", "kind", "made_on"),)

    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    number: Mapped[str] = mapped_column(String(100), default="")
    maker: Mapped[str] = mapped_column(String(100), default="")
    joint: Mapped[str] = mapped_column(String(200), default="")
    leads: Mapped[str] = mapped_column(String(3), default="yes")
    made_on: Mapped[date]
    in_force_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    legality_review: Mapped[str] = mapped_column(String(200), default="")
    filing: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(10))
    ended_on: Mapped[date | None]
    successor: Mapped[str] = mapped_column(String(300), default="")


class DecisionCount(RegisterRow):
    """Decisions of a month (or of a whole year, month 0) by a unit, and the fees of it in fen (分)."""

    __tablename__ = "decision_counts"
    __table_args__ = (Index("ix_decision_counts_year", "agency_id", "year"),)

    year: Mapped[int]
    month: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str] = mapped_column(String(100), default="")
    licences: Mapped[int] = mapped_column(default=0)
    penalties: Mapped[int] = mapped_column(default=0)
    coercion: Mapped[int] = mapped_column(default=0)
    fees: Mapped[int] = mapped_column(BigInteger, default=0)
