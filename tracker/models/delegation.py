"""Who signs for whom while somebody is away, from a day to a day. Rows are only ever added."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, Moment
from tracker.models.user import User


class DelegationRow(Base):
    """One person signs for another at some stations, on the days from the first to the last.

    stations: words of ``domain.case.sign_off.Station``, with blanks between.
    """

    __tablename__ = "delegations"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    stations: Mapped[str] = mapped_column(String(60))
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment)

    principal: Mapped[User] = relationship(foreign_keys=[principal_id], lazy="joined")
    deputy: Mapped[User] = relationship(foreign_keys=[deputy_id], lazy="joined")
    end: Mapped["DelegationEnd | None"] = relationship(lazy="joined")


class DelegationEnd(Base):
    """A delegation that ended before its last day: from ``ended_on`` on the deputy signs nothing."""

    __tablename__ = "delegation_ends"

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegations.id"), primary_key=True)
    ended_on: Mapped[date]
    ended_by: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime] = mapped_column(Moment)
