"""What is agreed with an applicant of how he is served and told (送达约定).

235号 knows no electronic service; 条例第40条 lets the applicant ask for a form and a way. That he agreed is
asked for before a letter leaves electronically, and how he agreed is kept (practice).
"""

import re
from collections.abc import Iterator

from tracker.domain.case.finding import Objection
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Phrase, labels, worded

LAW = worded("条例第40条（申请人要求的形式）；须经同意为实务（235号没有规定电子送达）")
EMAIL, SMS = "email", "sms"
TOLD_BY = labels({EMAIL: "电子邮件", SMS: "短信"})
MOBILE = re.compile(r"(?:\+?86)?(1\d{10})")
RECEIVED, ANSWERED = "received", "answered"  # what he is told of


def mobile(phone: str) -> str:
    """Return the number that a text message goes to; empty where it is no mobile telephone's."""
    match = MOBILE.fullmatch(re.sub(r"[\s()-]", "", phone))
    return match[1] if match else ""


def check(*, electronic: bool, known_from: str, email: str) -> None:
    """Raise InvalidDetailError where that cannot be agreed: nobody could be reached, or nothing shows it."""
    if not known_from:
        raise InvalidDetailError("请写明从何得知（申请表勾选、电话、当面、邮件）和日期。")
    if electronic and not email:
        raise InvalidDetailError("申请人没有登记邮箱：请先更正申请人。")


def check_told(told_by: str, reached: str) -> None:
    """Raise InvalidDetailError where a way is none, or leads to nobody. reached: where a message would go."""
    if told_by not in TOLD_BY:
        raise InvalidDetailError("请从列出的方式中选择。")
    if not reached:
        what = Phrase("邮箱") if told_by == EMAIL else Phrase("手机号码")
        raise InvalidDetailError("申请人没有登记%(what)s：请先更正申请人。", what=what)


def against(*, agreed: bool) -> Iterator[Objection]:
    """Yield that an applicant did not agree to be served electronically."""
    if not agreed:
        yield Objection(Phrase("没有记载申请人同意电子送达：请先登记送达约定，或者以其他方式送达。"), LAW)
