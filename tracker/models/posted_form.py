"""Forms that were sent: the same page sent twice is one act."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Moment


class PostedForm(Base):
    """A form as somebody sent it. led_to: the page it led to once it was kept; empty while it is looked at.

    mark: a digest of the page's own token, the address and everything that was sent.
    """

    __tablename__ = "posted_forms"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    led_to: Mapped[str] = mapped_column(String(2000), default="")
    posted_at: Mapped[datetime] = mapped_column(Moment)
