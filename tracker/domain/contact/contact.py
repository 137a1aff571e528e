"""Letters, visits and calls: their forms and what triage (甄别) may find.

Basis: 条例第45条 (登记、审核、办理、答复、归档); practice of local registers (rulebook 7.2); the dates
of petitions: 信访工作条例第23、34条.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import channel
from tracker.domain.case.channel import Channel
from tracker.domain.case.duty import Duty
from tracker.domain.law import law, term
from tracker.domain.message import labels
from tracker.domain.misfit import DamagedError, Misfit

FORMS = labels(
    {
        "letter": "来信",
        "visit": "来访",
        "call": "来电",
        "online": "网络",
        "hotline": "热线转办",
        "other": "其他",
    }
)

TRIAGE = labels(
    {
        "request": "政府信息公开申请",
        "petition": "信访事项",
        "consultation": "咨询",
        "complaint": "投诉举报",
        "suggestion": "建议",
        "other": "其他",
    }
)

ACTS = labels(
    {
        "log": "登记",
        "triage": "甄别",
        "refer": "转办",
        "tell": "告知",
        "close": "办结",
        "hold": "等待与申请人确认",
        "convert": "转为依申请公开",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What the dates of a contact hang on.

    channel:      of a request that waits for its confirmation; None where nothing waits.
    forwarded_on: the day that the disclosure unit got a letter addressed to somebody else.
    told:         the person was told in writing whether the petition is taken.
    """

    form: str
    triage: str | None
    arrived_on: date
    channel: str | None = None
    forwarded_on: date | None = None
    told: bool = False
    closed: bool = False


def duties(facts: ContactFacts, calendar: WorkCalendar, confirmation_days: int) -> list[Duty]:
    """Return what must still happen with the contact, in the order of the dates.

    Raises DamagedError where what they hang on cannot be read.
    """
    if facts.closed:
        return []
    _refuse_damaged(facts)
    if facts.triage == "petition":
        return _petition(facts)
    if facts.triage != "request":
        return []
    if facts.channel is not None:
        way = Channel(facts.channel)
        arrived_on = facts.forwarded_on or facts.arrived_on
        on = channel.confirm_by(way, arrived_on, calendar, confirmation_days)
        confirm = Duty("confirmation", on, channel.RULES[way].law, calendar.is_provisional(on))
        return sorted([confirm, *_at_risk(way, facts.arrived_on, calendar)], key=lambda duty: duty.on)
    if facts.form == "call":  # a call alone is no request (第29条)
        return []
    return [Duty("registration", facts.arrived_on, "条例第45条")]


def _refuse_damaged(facts: ContactFacts) -> None:
    damaged = any(isinstance(day, Misfit) for day in (facts.arrived_on, facts.forwarded_on))
    if damaged or facts.channel not in (None, *Channel):
        raise DamagedError("来件的日期或渠道已损坏，不能据以计算期限。请联系系统管理员运行 tracker check。")


def _at_risk(way: Channel, arrived_on: date, calendar: WorkCalendar) -> Iterator[Duty]:
    """Yield the last day to answer where another reading counts from the submission (指导案例26号)."""
    if way in channel.EARLIER_READING:
        on = calendar.add(arrived_on, law.on(arrived_on).reply.days)
        yield Duty("reply_at_risk", on, channel.EARLIER_READING[way], calendar.is_provisional(on))


def _petition(facts: ContactFacts) -> list[Duty]:
    """Natural days from the receipt; no text rolls them past a holiday, so none is.

    The 60 days run from the acceptance (受理), which is not later told than within the 15: counted
    from the receipt they are never too long.
    """
    petition = Duty("petition", _natural(facts.arrived_on, term.PETITION), term.PETITION.law)
    if facts.told:
        return [petition]
    notice_on = _natural(facts.arrived_on, term.PETITION_NOTICE)
    return [Duty("petition_notice", notice_on, term.PETITION_NOTICE.law), petition]


def _natural(start: date, limit: term.Term) -> date:
    return start + timedelta(days=limit.days)
