"""Evidence of receipt, photographs and scans among it. Rows are only ever added."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Moment


class Evidence(Base):
    """One fact about how a letter or a request came in; with ``sha256``, a file that shows it.

    It hangs on the contact where there is one, so that it is there before there is a case.
    """

    __tablename__ = "receipt_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]
    time: Mapped[str] = mapped_column(String(5), default="")
    way: Mapped[str] = mapped_column(String(20), default="")
    result: Mapped[str] = mapped_column(String(20), default="")
    person: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(60))
    file_name: Mapped[str | None] = mapped_column(String(200))
    file_type: Mapped[str | None] = mapped_column(String(40))
    file_size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
