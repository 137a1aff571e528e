"""Cases that somebody wants to be told of (关注)."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Moment


class CaseFollow(Base):
    """That a person follows a case; the row is gone once the person does not any more."""

    __tablename__ = "case_follows"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    since: Mapped[datetime] = mapped_column(Moment)
