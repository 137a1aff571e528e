"""Applicants: named by id from ledgers, so that no ledger holds personal data."""

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
    """Who asks. ID number, phone and address are encrypted; ``id_index`` finds an equal number.

    folded:   the name as it is compared (domain/folding), made as the row is.
    first_id: of a further applicant of a joint request: the one named first, whose kind is counted.
    """

    __tablename__ = "applicants"
    __table_args__ = (*where_not_null("applicants", "id_index", "first_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200), default="", index=True)
    folded: Mapped[str] = mapped_column(String(200), default=_folded, index=True)
    id_number: Mapped[str | None] = mapped_column(Encrypted("applicants.id_number"))
    id_index: Mapped[str | None] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(Encrypted("applicants.phone"))
    email: Mapped[str | None] = mapped_column(Encrypted("applicants.email"))
    address: Mapped[str | None] = mapped_column(Encrypted("applicants.address"))
    first_id: Mapped[int | None] = mapped_column(ForeignKey("applicants.id"))

    further: Mapped[list["Applicant"]] = relationship(order_by="Applicant.id")

    @property
    def people(self) -> list["Applicant"]:
        """Everybody who asks together, the one named first before the others."""
        return [self, *self.further]


def stand_in(kind: type[Base]) -> None:
    """Let rows of a table whose applicant is not there show one that is damaged; the check names them."""

    def complete(row: Any, *_: Any) -> None:
        if row.__dict__.get("applicant", row) is None:
            unknown = Applicant(agency_id=0, kind=misfit.TEXT, name=misfit.TEXT, folded=misfit.TEXT)
            set_committed_value(row, "applicant", unknown)

    event.listen(kind, "load", complete)
    event.listen(kind, "refresh", complete)
