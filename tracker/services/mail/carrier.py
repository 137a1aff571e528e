"""Messages to applicants: the outbox holds no address of theirs, and asks who knows them as it sends.

Whether a letter that is served has left is proof or it is nothing: where that is in doubt it is not sent
again, and a person finds out.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from tracker.domain.errors import message_of
from tracker.domain.message import joined, worded
from tracker.mail.smtp import Acceptance, NotSentError, OutgoingMail
from tracker.models.outbox import SERVICE, TOLD

CARRIED = (SERVICE, TOLD)
APPLICANT, APPLICANT_SMS = "applicant", "sms://applicant"  # in place of an address
UNSURE = worded("不能确定是否已经发出（发送中断）：请查发件服务器的记录，登记结果或者再次送达。")
UNSURE_RESTORED = worded(
    "不能确定是否已经发出（从备份恢复，备份制成时还没有发出）：请查发件服务器的记录，登记结果或者再次送达。"
)
TOLD_RESTORED = worded("从备份恢复：备份制成以后可能已经告知，没有再发")
HIDDEN = "〈收件人〉"
CODE = re.compile(r"\d{3}\b")  # of an answer of a server
Stamp = Callable[[], None]  # to be called in the transaction that keeps how a message went


class Carrier(Protocol):
    """Who knows a kind of message to applicants: where it goes, what it carries, what becomes of it."""

    def prepared(self, key: str, letter: OutgoingMail, moment: datetime) -> OutgoingMail:
        """Return the message with its address and its files. Raises NotSentError where it may not leave."""

    def accepted(self, key: str, taken: Acceptance, moment: datetime, stamp: Stamp) -> None:
        """Keep in one transaction that a server took it over."""

    def refused(self, key: str, why: str, moment: datetime, stamp: Stamp) -> None:
        """Keep in one transaction that it reached nobody."""


def without(answer: str, to: str) -> str:
    """Return what a server said without the address, in whatever case it repeats it, and without its name.

    The number with which an answer begins stays.
    """
    code = CODE.match(answer)
    start = code.end() if code else 0
    told = answer[start:]
    for each in dict.fromkeys((to, to.partition("@")[0])):
        if each:
            alone = rf"(?<![A-Za-z0-9]){re.escape(each)}(?![A-Za-z0-9])"
            told = re.sub(alone if each != to else re.escape(to), HIDDEN, told, flags=re.IGNORECASE)
    return answer[:start] + told


def unnamed(error: NotSentError, to: str, kind: str) -> NotSentError:
    """Return the fault without the address, which servers repeat; of a service, one in doubt is an end."""
    why = without(str(error), to)
    why = message_of(error) if why == str(error) else why
    if error.unsure and kind == SERVICE:
        return NotSentError(joined((UNSURE, why)), permanent=True, unsure=True)
    return NotSentError(why, permanent=error.permanent, server=error.server)
