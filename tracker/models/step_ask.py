"""Steps that somebody asked those for who may take them. Rows are only ever added."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, Moment
from tracker.models.case import Case


class StepAsk(Base):
    """A step of a case that its asker may not take. step: of the workflow, or ``answer`` for any answer.

    It is over once the step was taken, the case is closed, or it was declined or taken back (``AskEnd``).
    """

    __tablename__ = "step_asks"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    step: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_on: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(Moment)

    case: Mapped[Case] = relationship(lazy="joined")


class AskEnd(Base):
    """That a step which was asked for is declined, or not asked for any more, and why."""

    __tablename__ = "ask_ends"

    ask_id: Mapped[int] = mapped_column(ForeignKey("step_asks.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    ended_by: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime] = mapped_column(Moment)
