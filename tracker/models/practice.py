"""The office's practice: what it set, from which day on, who set it and why."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Moment


class PracticeRow(Base):
    """A value of one key of the practice (domain/case/rules.Rules) from a day on.

    Only ever added to, by trigger: of one key and day the row that was added last counts.

    agency_id: whose it is; None, the whole deployment's.
    value:     as text (``rules.written``).
    """

    __tablename__ = "practices"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    set_by: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(Text)
