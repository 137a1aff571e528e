"""What the office itself keeps about working days: holiday notices and local holidays."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.calendar.holiday import Notice
from tracker.models.base import Base, Json, Moment


class CalendarNotice(Base):
    """A notice as it was pasted, or a local holiday (放假办法第4条) with its reason.

    Never deleted: a mistaken one is withdrawn, with a reason. ``digest`` stands for its content,
    so that a calendar once summed is found again.
    """

    __tablename__ = "calendar_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str | None] = mapped_column(String(60))
    year: Mapped[int]
    published_on: Mapped[date | None]
    annual: Mapped[bool]
    local: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(Text)  # the text as pasted; of a local holiday its reason
    digest: Mapped[str] = mapped_column(String(64), index=True)
    kept_at: Mapped[datetime] = mapped_column(Moment)
    kept_by: Mapped[str] = mapped_column(String(60))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[str | None] = mapped_column(String(60))
    withdrawn_why: Mapped[str | None] = mapped_column(Text)

    days: Mapped[list["CalendarDay"]] = relationship(order_by="CalendarDay.day", lazy="selectin")

    @property
    def notice(self) -> Notice:
        """The notice as the domain sums it; a local holiday comes after the notices."""
        return Notice(
            title=self.title,
            year=self.year,
            off={row.day: row.name for row in self.days if not row.works},
            work=frozenset(row.day for row in self.days if row.works),
            number=self.number,
            published_on=self.published_on,
            annual=self.annual,
            made_up={row.day: row.name for row in self.days if row.works and row.name},
            local=self.local,
        )


class CalendarDay(Base):
    """One day that a notice makes free, or a weekend day that it makes worked."""

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("notice_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("calendar_notices.id"))
    day: Mapped[date]
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60))


IMPORTING = "importing"  # the fact: how far the import is that is being written
REGISTER_IMPORTING = "importing_book"  # the same of a large workbook of one of the registers


class OfficeFact(Base):
    """What the office must remember of itself, by name: what its dates were last counted by."""

    __tablename__ = "office_facts"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, object]] = mapped_column(Json(dict))
