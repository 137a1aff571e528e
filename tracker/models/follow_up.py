"""Corrections (第41条), conversions (第44条), reviews of refusals (第18条), complaints, guide updates."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Moment
from tracker.models.register import RegisterRow


class OfRequest(RegisterRow):
    """What a row that may be about a request has: its number, its unit."""

    __abstract__ = True

    case_number: Mapped[str] = mapped_column(String(64), default="")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    unit: Mapped[str] = mapped_column(String(60), default="")


class RecordCorrection(OfRequest):
    """Somebody asked to correct the record about himself (第41条); no names."""

    __tablename__ = "corrections"

    received_on: Mapped[date] = mapped_column(index=True)
    record: Mapped[str] = mapped_column(String(300))
    asked: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(String(20), default="")
    organ: Mapped[str] = mapped_column(String(100), default="")
    told_on: Mapped[date | None]


class Conversion(OfRequest):
    """Information that was asked for and may be published by itself, with the assessment (第44条)."""

    __tablename__ = "conversions"

    raised_on: Mapped[date] = mapped_column(index=True)
    content: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(20))
    assessment: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str] = mapped_column(String(20), default="")
    assessed_on: Mapped[date | None]
    published_on: Mapped[date | None]


class RefusalReview(OfRequest):
    """A review of what was refused, and when the next is due (第18条)."""

    __tablename__ = "refusal_reviews"

    reviewed_on: Mapped[date] = mapped_column(index=True)
    information: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str] = mapped_column(String(20))
    next_on: Mapped[date | None]
    published_on: Mapped[date | None]


class Complaint(OfRequest):
    """A complaint about disclosure work, or an order of the authority (第47、51条); no names."""

    __tablename__ = "complaints"

    received_on: Mapped[date] = mapped_column(index=True)
    matter: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(20))
    until_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(String(20), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]


class GuideUpdate(RegisterRow):
    """A change that the guide or the catalogue must show (第12条), and the day on which it does."""

    __tablename__ = "guides"

    kind: Mapped[str] = mapped_column(String(20))
    change: Mapped[str] = mapped_column(String(300))
    changed_on: Mapped[date] = mapped_column(index=True)
    unit: Mapped[str] = mapped_column(String(60), default="")
    updated_on: Mapped[date | None]
    link: Mapped[str] = mapped_column(String(500), default="")


class PersonalRequest(OfRequest):
    """A person's request about the own data (个人信息保护法第44至47条); no names: the contact has them."""

    __tablename__ = "personal_requests"

    received_on: Mapped[date] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    contact_number: Mapped[str] = mapped_column(String(64), default="")
    asked: Mapped[str] = mapped_column(Text)
    collected_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    document_number: Mapped[str] = mapped_column(String(80), default="")
    answered_on: Mapped[date | None]


class PersonalAnswer(Base):
    """The answer to such a request as it was made: frozen by its hash; rows are only ever added.

    request_version: of the request as it was answered; what is changed afterwards needs an answer anew.
    """

    __tablename__ = "personal_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("personal_requests.id"), index=True)
    request_version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment)
