"""What was written on a case beside its subject, as it is searched."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base


class CaseText(Base):
    """What is searched of a case: ledger, notes, names of files; a line each, folded. id is the case's.

    Made from what it restates; ``tracker check`` compares both.
    """

    __tablename__ = "case_texts"

    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    folded: Mapped[str] = mapped_column(Text)
