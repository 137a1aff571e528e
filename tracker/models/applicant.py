"""Applicants: named by id from ledgers, so that no ledger holds personal data."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base
from tracker.models.cipher import Encrypted


class Applicant(Base):
    """Who asks. ID number, phone and address are encrypted; ``id_index`` finds an equal number."""

    __tablename__ = "applicants"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200), default="", index=True)
    id_number: Mapped[str | None] = mapped_column(Encrypted("applicants.id_number"))
    id_index: Mapped[str | None] = mapped_column(String(64), index=True)
    phone: Mapped[str | None] = mapped_column(Encrypted("applicants.phone"))
    email: Mapped[str | None] = mapped_column(Encrypted("applicants.email"))
    address: Mapped[str | None] = mapped_column(Encrypted("applicants.address"))
