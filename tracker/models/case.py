"""A case and its ledger."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.case.event import Entry
from tracker.domain.folding import folded_lines
from tracker.models import case_index
from tracker.models.agency import Unit
from tracker.models.applicant import Applicant, stand_in
from tracker.models.base import Base, Json, Moment

IS_PAYMENT = text("step = 'pay'")


def _folded(context: Any) -> str:
    row = context.get_current_parameters()
    return folded_lines(row.get("number"), row.get("subject"))


class Case(Base):
    """One request.

    ``folded`` is number and subject as they are searched (domain/folding), made as the row is.

    Every column from ``state`` on restates the ledger so that lists and counts are cheap; all of
    them can be rebuilt (services/case/ledger.restate) and ``tracker check`` proves that they agree.
    ``import_key`` identifies a case that was read in without a number (docs/exchange.md).
    A void case has no ``received_on``: no count can reach it.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("agency_id", "number"),
        UniqueConstraint("import_key"),
        # The open cases alone: what becomes overdue is found without reading the closed ones.
        Index(
            "ix_cases_due",
            "due_on",
            "agency_id",
            sqlite_where=case_index.IS_OPEN,
            postgresql_where=case_index.IS_OPEN,
        ),
        *case_index.of_lists(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    number: Mapped[str] = mapped_column(String(64))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicants.id"), index=True)
    subject: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text, default=_folded)
    registered_at: Mapped[datetime] = mapped_column(Moment)
    registered_by: Mapped[str | None] = mapped_column(String(60))  # None where a file brought the case
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    import_key: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int] = mapped_column()

    state: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(20))
    applicant_kind: Mapped[str] = mapped_column(String(20))
    handler: Mapped[str | None] = mapped_column(String(60))
    received_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_is_provisional: Mapped[bool] = mapped_column(default=False)
    next_action: Mapped[str | None] = mapped_column(String(30))
    next_action_on: Mapped[date | None]
    proposed: Mapped[str | None] = mapped_column(
        String(40)
    )  # the step that a silence allows (domain/case/silence.py)
    proposed_on: Mapped[date | None]  # from this day
    decided_on: Mapped[date | None]
    served_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    days_taken: Mapped[int | None]  # working days from receipt to service, by the calendar as it is

    applicant: Mapped[Applicant] = relationship(lazy="joined")
    unit: Mapped[Unit | None] = relationship(lazy="joined")
    events: Mapped[list["CaseEvent"]] = relationship(
        back_populates="case", order_by="CaseEvent.seq", passive_deletes="all"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def entries(self) -> list[Entry]:
        """The ledger as the domain reads it."""
        return [event.entry for event in self.events]


class CaseEvent(Base):
    """One entry of the ledger. Written once; a mistake is answered by a further entry.

    ``effective_on`` is the legal day, ``recorded_at`` the typing of it. ``hash`` covers the entry
    and ``previous_hash``, the hash before it in the agency's chain.

    user_id: who recorded it, for undoing it within the minute; none of a job, an import or a command. It is
             no part of the ledger: the hash does not cover it, and no exchange carries it.
    """

    __tablename__ = "case_events"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        UniqueConstraint("agency_id", "chain_no"),
        Index("ix_case_events_payments", "case_id", sqlite_where=IS_PAYMENT, postgresql_where=IS_PAYMENT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    seq: Mapped[int]
    step: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(Json(dict))
    chain_no: Mapped[int]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    case: Mapped[Case] = relationship(back_populates="events")

    @property
    def entry(self) -> Entry:
        return Entry(self.step, self.effective_on, self.details, self.seq)


stand_in(Case)
