"""Uploads on PostgreSQL: in the database, so that every host serves them and a copy of it is whole."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base


class UploadedFile(Base):
    """A photograph or scan, named by the SHA-256 of its content and sealed with the office's key.

    Never changed; which evidence it belongs to, and that it is whole, the evidence says.
    """

    __tablename__ = "uploads"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
