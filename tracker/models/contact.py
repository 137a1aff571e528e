"""The register of letters, visits and calls (来信、来访、来电)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain import misfit
from tracker.domain.contact.contact import ContactFacts
from tracker.domain.folding import folded_lines
from tracker.models import case_index
from tracker.models.agency import Unit
from tracker.models.applicant import Applicant, stand_in
from tracker.models.base import Base, Moment, where_not_null
from tracker.models.case import Case
from tracker.models.cipher import Encrypted

IS_UNSORTED = text("closed_on IS NULL AND triage IS NULL")


SEARCHED = ("number", "person", "summary", "received_by", "told", "result")  # a line each


def _folded(context: Any) -> str:
    row = context.get_current_parameters()
    return folded_lines(*(row.get(name) for name in SEARCHED))


class Contact(Base):
    """One letter, visit or call. Every one is logged and sorted (甄别), request or not.

    folded: what is searched (domain/folding): a line for each column of SEARCHED, made as the row is and as
            it changes, then one for each name of its files (services/office/searched.restate_files).
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("agency_id", "number"),
        UniqueConstraint("form_token"),
        Index("ix_contacts_next", "agency_id", "closed_on", "next_action_on"),
        Index("ix_contacts_year", "agency_id", "arrived_on", "form", "triage"),
        Index("ix_contacts_newest", "agency_id", "arrived_on", "id"),
        Index("ix_contacts_form", "agency_id", "form", "arrived_on", "id"),
        Index("ix_contacts_triage", "agency_id", "triage", "arrived_on", "id"),
        Index("ix_contacts_due", "agency_id", "next_action_on", "id"),
        Index("ix_contacts_form_due", "agency_id", "form", "next_action_on", "id"),
        Index("ix_contacts_triage_due", "agency_id", "triage", "next_action_on", "id"),
        Index(
            "ix_contacts_open",
            *("agency_id", "next_action_on", "id", "arrived_on", "form", "triage"),
            sqlite_where=case_index.IS_OPEN,
            postgresql_where=case_index.IS_OPEN,
        ),
        Index(
            "ix_contacts_unsorted",
            *("agency_id", "arrived_on", "id", "unit_id", "case_id"),
            sqlite_where=IS_UNSORTED,
            postgresql_where=IS_UNSORTED,
        ),
        *where_not_null("contacts", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    number: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(20))
    arrived_on: Mapped[date]
    arrived_time: Mapped[str] = mapped_column(String(5), default="")
    person: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str | None] = mapped_column(Encrypted("contacts.phone"))
    address: Mapped[str | None] = mapped_column(Encrypted("contacts.address"))
    summary: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text, default=_folded)
    received_by: Mapped[str] = mapped_column(String(60))
    triage: Mapped[str | None] = mapped_column(String(20))
    triaged_at: Mapped[datetime | None] = mapped_column(Moment)
    triaged_by: Mapped[str | None] = mapped_column(String(60))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    told: Mapped[str] = mapped_column(Text, default="")
    closed_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(Text, default="")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    form_token: Mapped[str | None] = mapped_column(String(64))  # of the page: a second click adds nothing
    next_action: Mapped[str | None] = mapped_column(String(30))  # restated (services/contact/contact.restate)
    next_action_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    unit: Mapped[Unit | None] = relationship(lazy="joined")
    case: Mapped[Case | None] = relationship(lazy="joined")
    pending: Mapped["PendingRequest | None"] = relationship(lazy="joined")
    acts: Mapped[list["ContactAct"]] = relationship(order_by="ContactAct.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def reach(self) -> tuple[int, int | None]:
        """The agency and unit through which it is reached: its case's, once it became one."""
        return (self.case or self).agency_id, (self.case or self).unit_id

    @property
    def facts(self) -> ContactFacts:
        """What its dates hang on, as the domain reads it."""
        return ContactFacts(
            form=self.form,
            triage=self.triage,
            arrived_on=self.arrived_on,
            channel=self.pending.channel if self.pending else None,
            forwarded_on=self.pending.forwarded_on if self.pending else None,
            told=bool(self.told),
            closed=self.closed_on is not None,
        )


@event.listens_for(Contact, "before_update")
def _fold_anew(_mapper: Any, _connection: Any, row: Contact) -> None:
    """Restate what is searched of a changed row in the same statement; the names of its files stay."""
    texts = [getattr(row, name) for name in SEARCHED]
    if not any(isinstance(one, misfit.Misfit) for one in (*texts, row.folded)):
        row.folded = "\n".join([folded_lines(*texts), *row.folded.split("\n")[len(SEARCHED) :]])


class PendingRequest(Base):
    """A request that has no day of receipt yet: the applicant has still to confirm it (第31条)."""

    __tablename__ = "pending_requests"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicants.id"))
    channel: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(String(100))
    tracking_number: Mapped[str] = mapped_column(String(60), default="")
    forwarded_on: Mapped[date | None]

    applicant: Mapped[Applicant] = relationship(lazy="joined")


class ContactAct(Base):
    """One act on a contact: logged, sorted, referred, told, closed, turned into a request."""

    __tablename__ = "contact_acts"
    __table_args__ = (Index("ix_contact_acts_note", "note", "act"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")


stand_in(PendingRequest)
