"""Files of a case or of the contact that became it, and which were withdrawn. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, Json, Moment


class CaseFile(Base):
    """One file, and what it is there for; its content is in the store under ``sha256``.

    It hangs on the contact where there was no case yet.

    pages:     of a PDF or an image; 0 of what has none that are shown.
    told:      what could not be looked at as it was kept, in words.
    source_id: the file that it was made from by redaction; its original stays.
    """

    __tablename__ = "case_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    pages: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    told: Mapped[list[str]] = mapped_column(
        Json(list, lambda told: all(isinstance(each, str) for each in told))
    )
    source_id: Mapped[int | None] = mapped_column(ForeignKey("case_files.id"), index=True)
    kept_by: Mapped[str] = mapped_column(String(60))
    kept_at: Mapped[datetime] = mapped_column(Moment)


class WithdrawnFile(Base):
    """That a file was withdrawn: its content is destroyed, its hash, size and day stay on its own row.

    why: of ``domain.case.withdrawal``. name: under which it is shown from now on.
    """

    __tablename__ = "withdrawn_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("case_files.id"), unique=True)
    why: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_by: Mapped[str] = mapped_column(String(60))
    withdrawn_at: Mapped[datetime] = mapped_column(Moment)

    file: Mapped[CaseFile] = relationship(lazy="joined")
