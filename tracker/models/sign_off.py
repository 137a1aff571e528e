"""The sign-off (审批) of drafts: rounds and the opinions given in them. Rows are only ever added."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, Json, Moment
from tracker.models.case import Case


class SignOff(Base):
    """One round in which the draft of a letter is signed; the next one keeps it.

    matter:           what is decided: every answer of a case is one matter, any other letter is its kind.
    typed:            what was typed for the letter. text: what the letter says by the names of templates.
    template_version: of the office's own template; 0, ours.
    sha256:           of kind, text and template: what is made later must have the same.
    stations:         asked in this order, by the practice of the day on which it was drafted.
    """

    __tablename__ = "sign_offs"
    __table_args__ = (UniqueConstraint("case_id", "matter", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    matter: Mapped[str] = mapped_column(String(60))
    round: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60))
    typed: Mapped[dict[str, Any]] = mapped_column(Json(dict))
    text: Mapped[dict[str, Any]] = mapped_column(Json(dict))
    template_version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stations: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text)
    drafted_on: Mapped[date]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    drafted_by: Mapped[str] = mapped_column(String(60))
    drafted_at: Mapped[datetime] = mapped_column(Moment)

    case: Mapped[Case] = relationship(lazy="joined")
    opinions: Mapped[list["SignOffOpinion"]] = relationship(order_by="SignOffOpinion.id", lazy="selectin")


class SignOffOpinion(Base):
    """What one person said at a station of a round, and on which day.

    for_id, for_name: in whose place, where it was a deputy.
    """

    __tablename__ = "sign_off_opinions"
    __table_args__ = (UniqueConstraint("sign_off_id", "station"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_offs.id"))
    station: Mapped[str] = mapped_column(String(10))
    verdict: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    on: Mapped[date]
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    signed_by: Mapped[str] = mapped_column(String(60))
    for_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    for_name: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
