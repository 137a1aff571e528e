"""Files by which old registers came in, and the rows that each brought: what an undo takes back."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Moment, Said
from tracker.models.cipher import Encrypted

REQUESTS = "requests"  # the book of the list of requests; every other is the name of a register
CONTACTS = "contacts"  # of the register of letters, visits and calls
LOOKING, WAITING, KEEPING, KEPT, UNDOING, UNDONE, DROPPED = (
    "looking", "waiting", "keeping", "kept", "undoing", "undone", "dropped",
)  # fmt: skip


class ImportedFile(Base):
    """A spreadsheet that was uploaded, or given to the command, and what came of it.

    book:    what it is a list of. digest: of its content: the same file is known again.
    state:   being read, waiting, being kept, kept, being undone, undone, dropped without being kept.
    choices: how a person chose that it is read (domain/exchange/choice), as JSON.
    told:    what went wrong the last time, or how far a long act came.
    """

    __tablename__ = "imported_files"
    __table_args__ = (Index("ix_imported_files_digest", "agency_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    book: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    choices: Mapped[str | None] = mapped_column(Encrypted("imported_files.choices"))
    state: Mapped[str] = mapped_column(String(20))
    told: Mapped[str] = mapped_column(Said, default="")
    added: Mapped[int] = mapped_column(default=0)
    continued: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    uploaded_by: Mapped[str] = mapped_column(String(60))
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    began_at: Mapped[datetime | None] = mapped_column(Moment)
    kept_by: Mapped[str | None] = mapped_column(String(60))
    kept_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None] = mapped_column(String(60))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ImportedRow(Base):
    """A case, or a row of a register, that a file brought or continued.

    row_id: of the table that its book keeps rows in. first_seq, last_seq: the entries of a case's ledger
    that it brought: from 1 where the case itself is new; 0 for a row of a register.
    """

    __tablename__ = "imported_rows"

    file_id: Mapped[int] = mapped_column(ForeignKey("imported_files.id"), primary_key=True)
    book: Mapped[str] = mapped_column(String(30), primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_seq: Mapped[int] = mapped_column(default=0)
    last_seq: Mapped[int] = mapped_column(default=0)
