"""Training (第48条), assessment (第46条) and accountability (第46、53条): section 一（五）."""

from datetime import date

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.register import RegisterRow


class Training(RegisterRow):
    """A training of those who disclose."""

    __tablename__ = "trainings"

    held_on: Mapped[date]
    topic: Mapped[str] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(20))
    audience: Mapped[str] = mapped_column(String(200), default="")
    people: Mapped[int] = mapped_column(default=0)
    hours: Mapped[int] = mapped_column(default=0)


class Assessment(RegisterRow):
    """An assessment or a public appraisal, and what it found."""

    __tablename__ = "assessments"

    held_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(100), default="")
    result: Mapped[str] = mapped_column(Text, default="")


class Accountability(RegisterRow):
    """Somebody was held to account; how many, by which measure, never who."""

    __tablename__ = "accountabilities"

    held_on: Mapped[date]
    matter: Mapped[str] = mapped_column(String(300))
    measure: Mapped[str] = mapped_column(String(20))
    people: Mapped[int] = mapped_column(default=0)
    basis: Mapped[str] = mapped_column(String(300), default="")
