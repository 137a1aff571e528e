"""Mails that come into the office's mailbox: a letter, a bounce, an automatic answer, our own.

Only a letter is logged as a contact; what it is about (甄别) a person says. A mail that is not surely of
another kind is a letter: an application must not be lost to a rule.

Standards: RFC 3464 (reports of delivery), RFC 3834 (automatic answers).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from tracker.domain.message import labels, worded

LETTER, BOUNCE, AUTO_REPLY, OWN = "letter", "bounce", "auto_reply", "own"
KINDS = labels(
    {
        LETTER: "来信",
        BOUNCE: "退信",
        AUTO_REPLY: "自动答复",
        OWN: "本系统发出的邮件",
    }
)
FORM = "online"  # of the contact: 网络; its request's channel is 电子邮件
FAILED, PERMANENT = "failed", "5"  # RFC 3464, 2.3.3; RFC 3463: a code that begins so is final
POSTMASTERS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon")
BOUNCED = re.compile(
    r"退信|退回|投递失败|无法投递|未送达|发送失败|undeliver|returned mail"
    r"|delivery (status|failure|has failed)|failure notice|mail delivery failed",
    re.IGNORECASE,
)
ANSWERED = re.compile(
    r"^\W*(自动(回复|答复|回覆|应答)|自動回[覆復]|auto(matic)?[ -]?(reply|response)|out of (the )?office)",
    re.IGNORECASE,
)
MAY_BE_AUTOMATIC = worded(
    "主题像是自动答复，但没有自动答复的标记，也不是答复本系统发出的邮件：按来信登记，请核对。"
)
SENT_BY_A_SYSTEM = worded("邮件自称由系统自动发出（Auto-Submitted），按来信登记，请核对。")
AHEAD = "邮箱记载的收到时间（{said}）晚于登记的时间，来件日期按登记之日：请核对。"


@dataclass(frozen=True, slots=True)
class MailSigns:
    """What a mail says of itself, in its head and its report.

    auto: the field Auto-Submitted. is_answer: another field that only automatic answers have. answers: the
    Message-IDs that it names as what it answers or reports of.
    """

    message_id: str = ""
    address: str = ""
    subject: str = ""
    auto: str = ""
    is_answer: bool = False
    is_report: bool = False
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one recipient (RFC 3464, 2.3)."""

    recipient: str
    action: str
    status: str
    why: str

    @property
    def is_final(self) -> bool:
        return self.action == FAILED and self.status.startswith(PERMANENT)


def kind_of(signs: MailSigns, ours: Collection[str], sender: str) -> str:
    """Return what a mail is. ours: of the Message-IDs that it has or names, those of mails that left here.

    sender: the address from which ours leave.
    """
    if signs.message_id in ours and sender and signs.address.lower() == sender.lower():
        return OWN
    name = signs.address.partition("@")[0].lower()
    if signs.is_report or (name in POSTMASTERS and BOUNCED.search(signs.subject)):
        return BOUNCE
    if signs.auto.startswith("auto-replied") or signs.is_answer:
        return AUTO_REPLY
    if ANSWERED.match(signs.subject) and any(each in ours for each in signs.answers):
        return AUTO_REPLY
    return LETTER


def doubts_of(kind: str, signs: MailSigns) -> list[str]:
    """Return what a person should know of the kind that was taken."""
    if kind != LETTER:
        return []
    doubts = [MAY_BE_AUTOMATIC] if ANSWERED.match(signs.subject) else []
    if signs.auto and signs.auto != "no":
        doubts.append(SENT_BY_A_SYSTEM)
    return doubts


def arrival(received_at: datetime, now: datetime) -> tuple[date, str, str]:
    """Return the day and the time at which a mail entered the office's mailbox, and what is odd about it.

    The day of receipt of a request that it holds follows by the rules of its channel (条例第31条第（三）项).
    received_at, now: in the office's zone.
    """
    if received_at > now:
        return now.date(), "", AHEAD.format(said=f"{received_at:%Y-%m-%d %H:%M}")
    return received_at.date(), f"{received_at:%H:%M}", ""
