"""People who sign in, their roles, and the audit log of what they did outside ledgers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.packing import unpacked
from tracker.domain.permission import Role
from tracker.models.agency import Unit
from tracker.models.base import Base, Json, Moment


class User(Base):
    """A person of an agency. Deactivated, never deleted: ledgers name people."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    email: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(5), default="zh")  # of mails
    digest: Mapped[bool] = mapped_column(default=False)  # one mail a morning instead of many
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    one_time_until: Mapped[datetime | None] = mapped_column(Moment)  # of a password that was handed out
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)

    roles: Mapped[list["UserRole"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    former: Mapped[list["FormerName"]] = relationship(order_by="FormerName.id")
    unit: Mapped[Unit | None] = relationship(lazy="joined")

    @property
    def names(self) -> list[str]:
        """The name that the person bears, and those that older entries may know the person by."""
        return [self.name, *(row.name for row in self.former if row.name != self.name)]

    @property
    def role_set(self) -> frozenset[Role]:
        return frozenset(Role(row.role) for row in self.roles)


class UserRole(Base):
    """One role of a person; in a bureau of three people one person is several."""

    __tablename__ = "user_roles"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class FormerName(Base):
    """A name that a person bore until it was changed: ledgers and registers go on naming it."""

    __tablename__ = "former_names"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(60))
    until: Mapped[datetime] = mapped_column(Moment)


class AuditEntry(Base):
    """One act outside a ledger: a sign-in, a look at personal data, an export, a setting."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_list", "agency_id", "id"),
        Index("ix_audit_entries_act_list", "agency_id", "act", "id"),
        Index("ix_audit_entries_of_case", "agency_id", "act", "target"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor: Mapped[str] = mapped_column(String(60))
    act: Mapped[str] = mapped_column(String(40), index=True)
    target: Mapped[str] = mapped_column(String(100), default="")
    succeeded: Mapped[bool] = mapped_column(default=True)
    address: Mapped[str] = mapped_column(String(60), default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json(dict), default=dict)

    @property
    def message(self) -> str:
        """What the act was about, as a message where it was kept as one (domain/packing)."""
        return unpacked(self.details["target"]) if "target" in self.details else self.target
