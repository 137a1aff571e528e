"""What applicants agreed to of how they are served and told. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Moment


class ServiceAgreement(Base):
    """What was agreed for one case (送达约定); the newest row holds.

    electronic: whether letters may be served electronically. known_from: what it is known from.
    told_by:    how he is told of receipt and answer: a key of ``domain.case.agreement.TOLD_BY``; empty, not.
    """

    __tablename__ = "service_agreements"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    electronic: Mapped[bool]
    told_by: Mapped[str] = mapped_column(String(10), default="")
    known_from: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
