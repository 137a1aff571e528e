"""What jobs leave behind: their runs, flags of overdue cases, drafts of the year's table."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.packing import unpacked
from tracker.models.base import Base, Json, Moment


class JobRun(Base):
    """The runs of a job for one legal day: how often, and how the last of them ended.

    status: ``done``, ``alarm`` (done, and somebody must look), ``failed``, or ``void``: a run of a
            clock that stood in the future, which counts for nothing.
    due_at: the moment for which the run was due by the hours of that time: a later change of the
            hours makes no run of before undone.
    said: the result as one message (domain/packing); empty of an older run, or of a longer result.
    by: who ran it by hand last; empty where the scheduler did. ``by_hand``: nobody else ever did.
    """

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(String(30), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime] = mapped_column(Moment)
    ran_at: Mapped[datetime] = mapped_column(Moment)
    seconds: Mapped[float] = mapped_column()
    result: Mapped[str] = mapped_column(Text)
    said: Mapped[list[Any]] = mapped_column(Json(list), default=list, server_default="[]")
    runs: Mapped[int] = mapped_column()
    by: Mapped[str] = mapped_column(String(60))
    by_hand: Mapped[bool] = mapped_column()

    @property
    def message(self) -> str:
        """What it did, as a message where it was kept as one."""
        return unpacked(self.said[0]) if self.said else self.result


class JobTrouble(Base):
    """A job that fails since some moment: one row from its first failure to its next good run.

    day: the legal day that failed first; ``times``: the failures since; ``words``: those of the last.
    told: up to which stage of the escalation people were written to (services/job/trouble).
    """

    __tablename__ = "job_troubles"

    job: Mapped[str] = mapped_column(String(30), primary_key=True)
    day: Mapped[date]
    since: Mapped[datetime] = mapped_column(Moment)
    failed_at: Mapped[datetime] = mapped_column(Moment)
    times: Mapped[int] = mapped_column()
    told: Mapped[int] = mapped_column()
    words: Mapped[str] = mapped_column(Text)


class OverdueFlag(Base):
    """A case that was open after the last day of its term, once per last day.

    flagged_on: the legal day for which it was found, not the day on which the machine ran.
    """

    __tablename__ = "overdue_flags"
    __table_args__ = (Index("ix_overdue_flags_day", "agency_id", "flagged_on"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    flagged_on: Mapped[date]
    flagged_at: Mapped[datetime] = mapped_column(Moment)


class ReportDraft(Base):
    """Table 3 of a year as it stood when the year was closed, with what did not balance."""

    __tablename__ = "report_drafts"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    table3: Mapped[dict[str, Any]] = mapped_column(Json(dict))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json(list))
    made_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(Moment)
