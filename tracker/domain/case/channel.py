"""Channels of application and the receipt day of each.

Law: 条例第29、31条; 国办公开办函〔2015〕207号; 国办公开办函〔2017〕19号.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Spoken, labels


class Channel(StrEnum):
    """How a request came in (申请渠道). Value: stored code."""

    IN_PERSON = "in_person"
    ORAL = "oral"
    REGISTERED_MAIL = "registered_mail"
    ORDINARY_MAIL = "ordinary_mail"
    ONLINE = "online"
    EMAIL = "email"
    FAX = "fax"
    OTHER = "other"

    @property
    def label(self) -> str:
        return RULES[self].label


@dataclass(frozen=True, slots=True)
class ReceiptRule(Spoken):
    """Which day counts as the day of receipt.

    ``needs`` names the date that makes the day: ``arrived_on``, ``signed_on`` or ``confirmed_on``.
    """

    label: str
    needs: str
    words: str
    law: str


CONFIRMED_LAW = "条例第31条第（三）项"

RULES = {
    Channel.IN_PERSON: ReceiptRule(
        "当面提交", "arrived_on", "以提交之日为收到申请之日", "条例第31条第（一）项"
    ),
    Channel.ORAL: ReceiptRule(
        "口头申请（代为填写）",
        "arrived_on",
        "以代为填写完成之日为收到申请之日（比照当面提交，实务）",
        "条例第29、31条",
    ),
    Channel.REGISTERED_MAIL: ReceiptRule(
        "邮寄（挂号信、EMS，需签收）", "signed_on", "以行政机关签收之日为收到申请之日", "条例第31条第（二）项"
    ),
    Channel.ORDINARY_MAIL: ReceiptRule(
        "平常信函（无需签收）",
        "confirmed_on",
        "应当于收到当日与申请人确认，以确认之日为收到申请之日",
        "条例第31条第（二）项",
    ),
    Channel.ONLINE: ReceiptRule("互联网渠道", "confirmed_on", "以双方确认之日为收到申请之日", CONFIRMED_LAW),
    Channel.EMAIL: ReceiptRule("电子邮件", "confirmed_on", "以双方确认之日为收到申请之日", CONFIRMED_LAW),
    Channel.FAX: ReceiptRule("传真", "confirmed_on", "以双方确认之日为收到申请之日", CONFIRMED_LAW),
    Channel.OTHER: ReceiptRule(
        "其他渠道", "confirmed_on", "以公布的渠道规则为准，未规定的以双方确认之日为准", "207号第一条第5项"
    ),
}

# Two readings of the day on which an online request is received: the text of 2019, and the guiding case
# of 2014, under which the system's own confirmation of the submission is enough (practice).
CONFIRMED, SUBMITTED = "confirmed", "submitted"
GUIDING_CASE = "最高人民法院指导案例26号"
# Where another reading counts from the submission, a request that nobody confirmed is at risk.
EARLIER_READING = labels({Channel.ONLINE: GUIDING_CASE, Channel.EMAIL: "国办公开办函〔2015〕207号第一条"})
ON_SUBMISSION = "以系统确认提交成功之日为收到申请之日"

DATE_WORDS = labels({"arrived_on": "来件日期", "signed_on": "签收日期", "confirmed_on": "确认日期"})


LABELS = {way: rule.label for way, rule in RULES.items()}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The legal day of receipt and why it is that day."""

    on: date
    words: str
    law: str


def receipt(
    channel: Channel,
    *,
    arrived_on: date,
    signed_on: date | None = None,
    confirmed_on: date | None = None,
    forwarded_on: date | None = None,
    online: str = CONFIRMED,
) -> Receipt:
    """Return the day of receipt by the rule of the channel (第31条).

    forwarded_on: the day a letter to a leader or another unit reached the disclosure unit. The
                  organ's own signing counts, which is the earlier and the safe reading; 207号
                  would count from the later confirmation (edge case 16).
    online:       the office's reading for requests submitted online, CONFIRMED or SUBMITTED.

    Raises InvalidDetailError where the date that the rule rests on is missing or lies before
    the arrival.
    """
    rule = rule_of(channel, online)
    day = {"arrived_on": arrived_on, "signed_on": signed_on, "confirmed_on": confirmed_on}[rule.needs]
    if day is None:
        raise InvalidDetailError(
            "%(label)s：请填写%(value)s（%(law)s，%(words)s）。",
            label=rule.label,
            value=DATE_WORDS[rule.needs],
            law=rule.law,
            words=rule.words,
        )
    if rule.needs == "confirmed_on" and day < arrived_on:
        raise InvalidDetailError("%(value)s不能早于来件日期。", value=DATE_WORDS[rule.needs])
    if forwarded_on and forwarded_on < (signed_on or arrived_on):
        raise InvalidDetailError("转到公开机构的日期不能早于本机关签收、收到的日期。")
    return Receipt(day, rule.words, rule.law)


def rule_of(channel: Channel, online: str = CONFIRMED) -> ReceiptRule:
    """Return the rule of the channel, for online requests under the office's reading."""
    rule = RULES[channel]
    if channel is Channel.ONLINE and online == SUBMITTED:
        return replace(rule, needs="arrived_on", words=ON_SUBMISSION, law=GUIDING_CASE)
    return rule


def awaits(channel: Channel, confirmed_on: date | None, online: str = CONFIRMED) -> bool:
    """Return whether there is no day of receipt yet: the applicant has still to confirm (第31条)."""
    return rule_of(channel, online).needs == "confirmed_on" and confirmed_on is None


def lacking(name: str, identity: str, contacts: Sequence[str]) -> list[str]:
    """Return what a request lacks of what 第29条 asks for; it is asked for by a supplement notice (第30条).

    contacts: telephone, e-mail and address, empty where unknown. A missing proof of identity is named
    with the others alone: it may lie in the file.
    """
    missing = [] if name.strip() else ["申请人的姓名或者名称"]
    if not any(contact.strip() for contact in contacts):
        missing.append("联系方式")
    return [*missing, "身份证明"] if missing and not identity.strip() else missing


def confirm_by(channel: Channel, arrived_on: date, calendar: WorkCalendar, days: int) -> date:
    """Return the day by which the organ is to confirm with the applicant.

    arrived_on: at the organ; of a letter that was passed on, at the disclosure unit (207号).
    days:       the office's practice in working days, where the text sets none.
    """
    return arrived_on if channel is Channel.ORDINARY_MAIL else calendar.add(arrived_on, days)
