"""What the office has set that is no matter of a machine: the mail server, hours, addresses."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Moment
from tracker.models.cipher import Encrypted


class SettingRow(Base):
    """A value of one key (domain/office/setting.OFFICE_SETTINGS) from a moment on; of a key the last counts.

    No row is changed or removed, but for a new key of the office, which seals ``secret`` anew.

    value:  as text. secret: a password instead, sealed; it is never shown.
    """

    __tablename__ = "settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(Encrypted("settings.secret"))
    set_by: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(Text)
