"""Agencies, their units, and the counters and chain heads that belong to them."""

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Json, db

DEFAULT = "default"  # the code of the agency that a one-office deployment is, and that runs any other
SAMPLE = "sample"  # the code of the sample office: nothing of it is real, and all of it goes out again


class Agency(Base):
    """An organ (行政机关). A tree: a city runs all its offices in one deployment."""

    __tablename__ = "agencies"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))


class Unit(Base):
    """A unit of an agency (股室、队、所、站), with its liaison (联络员)."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10), default="股室")
    liaison_name: Mapped[str] = mapped_column(String(60), default="")
    liaison_email: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)


class Counter(Base):
    """The last number given, per agency, year and register. Locked in the transaction."""

    __tablename__ = "counters"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    register: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class ChainHead(Base):
    """The last entry of an agency's chain of ledger entries: a cut tail shows against it.

    epochs: [from which number, the salt of the key] in their order; entries before the first have none.
    """

    __tablename__ = "chain_heads"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    chain_no: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")
    epochs: Mapped[list[Any]] = mapped_column(Json(list), default=list)


def running_agency_id() -> int | None:
    """Return the agency whose people act for the whole deployment: the first that was made."""
    return db.session.scalar(select(Agency.id).where(Agency.code == DEFAULT))
