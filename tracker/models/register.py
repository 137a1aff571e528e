"""What every row of a register behind the report has, and the acts on it.

A row is never deleted: it is withdrawn with a reason and kept. Every change leaves an act with
the old and the new value of each field.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Json, Moment


class RegisterRow(Base):
    """The columns that the rows of all registers share.

    folded: what is searched of the row, as it is searched (services/register/register.fill; domain/folding).
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    folded: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(String(60))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    form_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


def _pairs(changes: dict[str, Any]) -> bool:
    """Return whether each field has its old and its new value."""
    return all(isinstance(pair, list) and len(pair) == len(("old", "new")) for pair in changes.values())


class RegisterAct(Base):
    """One act on a row: added, read in, changed, withdrawn, taken back. Only ever added to."""

    __tablename__ = "book_acts"
    __table_args__ = (Index("ix_book_acts_row", "book", "row_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    book: Mapped[str] = mapped_column(String(30))  # the name of the register
    row_id: Mapped[int]
    act: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[dict[str, Any]] = mapped_column(Json(dict, _pairs), default=dict)  # in words


class StagedFile(Base):
    """A workbook that was shown and waits to be kept; gone once kept, or after a day.

    Or the lines of an import that is being written in batches, sealed; gone once all are written.
    """

    __tablename__ = "staged_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    book: Mapped[str] = mapped_column(String(30))  # the name of the register
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    staged_by: Mapped[str] = mapped_column(String(60))
    staged_at: Mapped[datetime] = mapped_column(Moment)
