"""Applicants: named by id from ledgers, so that no ledger holds personal data."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String, event
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from tracker.domain import misfit
from tracker.domain.folding import folded_name
from tracker.models.base import Base, where_not_null
from tracker.models.cipher import Encrypted


def _folded(context: Any) -> str:
    return folded_name(context.get_current_parameters().get("name") or "")


class Applicant(Base):
    """Who asks, or acts for one who asks. ID number, ways of contact and what it is for are encrypted.

    folded:   the name as it is compared (domain/folding), made as the row is.
    id_index: finds an equal ID number. id_kept: why one is kept whose check digit is wrong.
    first_id: of everybody else in a request: the applicant named first, whose kind is counted.
    role:     as what somebody acts for an applicant (``RepresentativeRole``); empty of one who asks. Then
              acts_for_id names that applicant, None for all; scope, from_on and to_on are of the authority.
    gets_letters: of an applicant, in the place of the others; of an agent, that the authority says so.
    form_wanted … read_back_on: what the application asks for (``Wishes``), on the row named first.
    """

    __tablename__ = "applicants"
    __table_args__ = (*where_not_null("applicants", "id_index", "first_id", "acts_for_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200), default="", index=True)
    folded: Mapped[str] = mapped_column(String(200), default=_folded, index=True)
    id_kind: Mapped[str] = mapped_column(String(30), default="")
    id_number: Mapped[str | None] = mapped_column(Encrypted("applicants.id_number"))
    id_kept: Mapped[str | None] = mapped_column(Encrypted("applicants.id_kept"))
    id_index: Mapped[str | None] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(Encrypted("applicants.phone"))
    email: Mapped[str | None] = mapped_column(Encrypted("applicants.email"))
    address: Mapped[str | None] = mapped_column(Encrypted("applicants.address"))
    first_id: Mapped[int | None] = mapped_column(ForeignKey("applicants.id"))
    gets_letters: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(String(20), default="")
    acts_for_id: Mapped[int | None] = mapped_column(ForeignKey("applicants.id"))
    scope: Mapped[str] = mapped_column(String(20), default="")
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    form_wanted: Mapped[str] = mapped_column(String(20), default="")
    way_wanted: Mapped[str] = mapped_column(String(20), default="")
    purpose: Mapped[str | None] = mapped_column(Encrypted("applicants.purpose"))
    help: Mapped[str | None] = mapped_column(Encrypted("applicants.help"))
    filled_by: Mapped[str] = mapped_column(String(60), default="")
    read_back_on: Mapped[date | None]

    others: Mapped[list["Applicant"]] = relationship(foreign_keys=[first_id], order_by="Applicant.id")
    acts_for: Mapped["Applicant | None"] = relationship(foreign_keys=[acts_for_id], remote_side=[id])

    @property
    def further(self) -> list["Applicant"]:
        """Those who ask together with the one named first."""
        return [one for one in self.others if not one.role]

    @property
    def people(self) -> list["Applicant"]:
        """Everybody who asks together, the one named first before the others."""
        return [self, *self.further]

    @property
    def representatives(self) -> list["Applicant"]:
        """Those who act for any of the people."""
        return [one for one in self.others if one.role]


def stand_in(kind: type[Base]) -> None:
    """Let rows of a table whose applicant is not there show one that is damaged; the check names them."""

    def complete(row: Any, *_: Any) -> None:
        if row.__dict__.get("applicant", row) is None:
            unknown = Applicant(agency_id=0, kind=misfit.TEXT, name=misfit.TEXT, folded=misfit.TEXT)
            set_committed_value(row, "applicant", unknown)

    event.listen(kind, "load", complete)
    event.listen(kind, "refresh", complete)
