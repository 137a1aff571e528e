"""Proactive disclosure (主动公开): items, and the media that the office publishes on."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base
from tracker.models.register import RegisterRow


class Medium(RegisterRow):
    """A channel of publication (发布渠道), from the office's own list."""

    __tablename__ = "media"

    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))


class Publication(RegisterRow):
    """One item of information that is or will be made public (第19—21条).

    created_on:   of making or change; the 20 working days of 第26条 run from it.
    published_on: None until it is published, which needs the review (第17条) first.
    """

    __tablename__ = "publications"
    __table_args__ = (Index("ix_publications_year", "agency_id", "published_on", "id"),)

    title: Mapped[str] = mapped_column(String(300))
    document_number: Mapped[str] = mapped_column(String(100), default="")
    unit: Mapped[str] = mapped_column(String(100), default="")
    category: Mapped[str] = mapped_column(String(20))
    created_on: Mapped[date | None]
    drafted_by: Mapped[str] = mapped_column(String(60), default="")
    unit_reviewed_by: Mapped[str] = mapped_column(String(60), default="")
    unit_reviewed_on: Mapped[date | None]
    reviewed_by: Mapped[str] = mapped_column(String(60), default="")
    reviewed_on: Mapped[date | None]
    conclusion: Mapped[str] = mapped_column(String(20), default="")
    basis: Mapped[str] = mapped_column(Text, default="")
    approved_by: Mapped[str] = mapped_column(String(60), default="")
    approved_on: Mapped[date | None]
    published_on: Mapped[date | None]
    link: Mapped[str] = mapped_column(String(500), default="")
    taken_down_on: Mapped[date | None]

    channels: Mapped[list[Medium]] = relationship(
        secondary="publication_media", order_by=Medium.id, lazy="selectin"
    )


class PublicationMedium(Base):
    """That an item was published on a medium: one item on one medium is one publication."""

    __tablename__ = "publication_media"

    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"), primary_key=True)
    medium_id: Mapped[int] = mapped_column(ForeignKey("media.id"), primary_key=True, index=True)
