"""The payments of 信息处理费 that hold after the corrections, restated from the ledgers."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base
from tracker.models.case import Case


class Payment(Base):
    """A payment: the case and the place of its entry, the day, the amount as typed and in fen.

    fen: None where the amount cannot be read as a number.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_payments_paid", "agency_id", "paid_on", "id", "fen"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    paid_on: Mapped[date]
    amount: Mapped[str] = mapped_column(Text)
    fen: Mapped[int | None] = mapped_column(BigInteger)

    case: Mapped[Case] = relationship()
