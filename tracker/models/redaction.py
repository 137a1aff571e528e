"""Redactions of files: the boxes while they are drawn, and what was made of them, which never changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.case import redaction
from tracker.models.base import Base, Json, Moment
from tracker.models.case_file import CaseFile


class RedactionDraft(Base):
    """The boxes of a file that are drawn so far, and who drew last."""

    __tablename__ = "redaction_drafts"

    file_id: Mapped[int] = mapped_column(ForeignKey("case_files.id"), primary_key=True, autoincrement=False)
    boxes: Mapped[list[dict[str, Any]]] = mapped_column(Json(list, redaction.holds))
    version: Mapped[int] = mapped_column()
    drawn_by: Mapped[str] = mapped_column(String(60))
    drawn_at: Mapped[datetime] = mapped_column(Moment)

    __mapper_args__ = {"version_id_col": version}


class Redaction(Base):
    """A redacted copy: from which file, which file it is, what lies under its boxes and why."""

    __tablename__ = "redactions"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("case_files.id"), index=True)
    output_id: Mapped[int] = mapped_column(ForeignKey("case_files.id"), unique=True)
    boxes: Mapped[list[dict[str, Any]]] = mapped_column(Json(list, redaction.holds))
    dpi: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment)

    source: Mapped[CaseFile] = relationship(foreign_keys=[source_id], lazy="joined")
    output: Mapped[CaseFile] = relationship(foreign_keys=[output_id], lazy="joined")
