"""The annual report: its texts with their versions, what was published, what other offices sent in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Json, Moment


class ReportText(Base):
    """One version of section 一, 五 or 六 of a year. A save adds a version and changes none."""

    __tablename__ = "report_texts"
    __table_args__ = (UniqueConstraint("agency_id", "year", "section", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[int]
    section: Mapped[str] = mapped_column(String(2))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Moment)
    written_by: Mapped[str] = mapped_column(String(60))


class ReportEdition(Base):
    """A published report, frozen: 1 as first published, 2 and on as corrected. Only ever added to.

    document: the whole report as it was printed; every file of it is made from this.
    reason:   of a correction. hash: over all of it, the cases and the hash of the edition before.
    """

    __tablename__ = "report_editions"
    __table_args__ = (UniqueConstraint("agency_id", "year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[int]
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(Json(dict))
    reason: Mapped[str] = mapped_column(Text, default="")
    approved_by: Mapped[str] = mapped_column(String(60))
    published_on: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(Moment)
    published_by: Mapped[str] = mapped_column(String(60))
    previous_hash: Mapped[str] = mapped_column(String(64), default="")
    hash: Mapped[str] = mapped_column(String(64))


class EditionCase(Base):
    """That a cell of a published table 3 counted a case. Only ever added to."""

    __tablename__ = "report_edition_cases"
    __table_args__ = (Index("ix_report_edition_cases_case", "case_id"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("report_editions.id"), primary_key=True)
    row: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)


class ReportOffice(Base):
    """An office outside this deployment that sends its report in to an agency of it."""

    __tablename__ = "report_offices"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(default=True)


class ReceivedReport(Base):
    """A report as it was sent in; the newest of an office and year counts, the others are kept.

    office_id: None for the sum that the parent itself printed.
    """

    __tablename__ = "received_reports"
    __table_args__ = (Index("ix_received_reports_year", "agency_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("report_offices.id"))
    year: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(Json(dict))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_by: Mapped[str] = mapped_column(String(60))
