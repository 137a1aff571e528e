"""Messages on their way: written with what caused them, sent by ``services/mail/outbox``."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.message import labels
from tracker.models.base import Base, Json, Moment, Said
from tracker.models.duty import CASE

WAITING, SENDING, SENT, FAILED = "waiting", "sending", "sent", "failed"
SERVICE, TOLD = "service", "told"  # to applicants: a letter that is served, a message of how it stands
PLAIN, FOLLOWED = "notice", "followed"  # the second begins the key of a message to who follows a case
ABOUT_CASES = (CASE, PLAIN, TOLD)  # whose subject, where there is one, is a case; a service's is its letter
MISSED, CANCELLED, DIGEST = "missed", "cancelled", "digest"
STATUS = labels(
    {
        WAITING: "等待发送",
        SENDING: "正在发送",
        SENT: "已发送",
        FAILED: "未能送达",
        MISSED: "错过，未补发",
        CANCELLED: "已取消",
        DIGEST: "并入每日汇总",
    }
)


class Message(Base):
    """One message to one recipient.

    key: what it is about, once and for all: case, duty, due date, stage and recipient; of any
         other message the job, the day and the recipient.
    kind, subject_id, duty, due_on, stage: of a reminder, the duty that it reminds of. ``stage`` is
         the working days before the day (−5 …), 0, or those after it (+1 …).
    on: the legal day that it was written for. ``next_at``: no try before it.
    why: the server's words, or why it was not sent.
    urgent: sent outside hours and on rest days too.
    carried_by: of a reminder that went into a mail of many, the key of that mail.
    No personal data of an applicant is in it, nor the words of a request.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_next", "status", "next_at", "id"),
        Index("ix_outbox_subject", "kind", "subject_id", "duty"),
        Index("ix_outbox_list", "agency_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int | None]
    number: Mapped[str] = mapped_column(String(64), default="")
    duty: Mapped[str] = mapped_column(String(30), default="")
    due_on: Mapped[date | None]
    stage: Mapped[str] = mapped_column(String(6), default="")
    on: Mapped[date]
    recipient: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(Json(list))
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    status: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(Said, default="")
    tries: Mapped[int] = mapped_column(default=0)
    urgent: Mapped[bool] = mapped_column(default=False)
    carried_by: Mapped[str] = mapped_column(String(160), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    next_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
