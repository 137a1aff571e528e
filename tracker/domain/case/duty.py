"""What must happen next in a case, by which day, under which article."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import msgspec

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import workflow
from tracker.domain.case.clock import Due
from tracker.domain.case.standing import COUNTING, Standing
from tracker.domain.case.state import AWAITING_PAYMENT, RECEIVED, SUPPLEMENT, WHO_ACTS
from tracker.domain.law import term
from tracker.domain.message import labels, worded

REPLY = "reply"

# The words of exchange.md section 3: every other duty is the office's own to see.
EXCHANGED = ("supplement_notice", "supplement", "third_party_opinion", "agency_opinion", "payment", REPLY)
# Duties that a day's going by ends, done or not.
PASSING = (
    "supplement_notice", "third_party_opinion", "agency_opinion", "reasons", "extension",
    "remedy_hearing", "remedy_appeal",
)  # fmt: skip

RESULT = "result"  # no duty: the day that gives the result its year, where a recount moves it

DUTY_LABELS = labels(
    {
        "supplement_notice": "补正告知期限",
        "supplement": "申请人补正期限",
        "third_party_opinion": "第三方意见期限",
        "agency_opinion": "共同制作机关、其他机关意见期限",
        "payment": "缴费期限",
        "reply": "答复期限",
        "extension": "决定并告知延期的最后一天",
        "reasons": "申请人说明理由期限",
        "receipt": "补记对方收到日期",
        "service": "送达文书（实务）",
        "publication": "主动公开期限",
        "confirmation": "与申请人确认的期限",
        "registration": "登记为申请的期限",
        "reply_at_risk": "按提交之日起算的答复期限",
        "petition_notice": "信访事项书面告知期限",
        "petition": "信访事项办结期限（信访工作条例第31条第（六）项的事项）",
        "sign_off": "审批签出的期限（内部）",
        "redraft": "退回的审批修改后重新送审（内部）",
        "remedy_reply": "复议答复、应诉举证期限",
        "remedy_hearing": "听证、开庭",
        "remedy_appeal": "上诉期限",
        "remedy_execution": "履行复议决定、裁判的期限",
        "reanswer": "重新答复期限",
        "refusal_review": "不予公开信息的复查",
        "complaint": "投诉、督促事项办理期限",
        "guide_update": "公开指南、目录更新期限",
        "personal_request": "个人信息权益请求的答复期限",
        RESULT: "结果归入年度的日期",
    }
)


# Days that a notice names, or that run by natural days: no holiday notice moves them.
FIXED = (
    "supplement",
    "reasons",
    "petition_notice",
    "petition",
    "remedy_hearing",
    "remedy_execution",
    "refusal_review",
    "complaint",
)


def is_provisional(name: str, on: date, calendar: WorkCalendar) -> bool:
    """Return whether the day of a duty leans on a year whose holiday notice is not out yet."""
    return name not in FIXED and calendar.is_provisional(on)


class Duty(msgspec.Struct, frozen=True):
    """Something that a date hangs on: a key of DUTY_LABELS, its day, its article.

    provisional (暂定): the day leans on a year whose holiday notice is not out yet.
    """

    name: str
    on: date
    law: str
    provisional: bool = False


def duties(standing: Standing, on: date) -> list[Duty]:
    """Return the open duties of the case on the day, in the order of their dates."""
    open_duties = [*_notice(standing, on), *_of_applicant(standing), *_opinions(standing, on)]
    if workflow.is_open(standing.state):
        open_duties += [*_receipts(standing), *_answer(standing, on)]
    return sorted(open_duties, key=lambda duty: duty.on)


def exchanged(standing: Standing, on: date) -> Duty | None:
    """Return the nearest duty that ``tracker due`` prints (exchange.md section 3).

    A receipt that is not recorded is stood in for by the day of sending there, until it is known.
    """
    open_duties = [duty for duty in duties(standing, on) if duty.name in EXCHANGED]
    calendar = standing.calendar
    if standing.state == AWAITING_PAYMENT and payment_due(standing) is None:
        day = payment_due(standing, from_sending=True)
        open_duties += [Duty("payment", day, term.PAYMENT.law, calendar.is_provisional(day))] if day else []
    for c in standing.consultations if workflow.is_open(standing.state) else ():
        if c.term and c.limit_on is None and c.is_counted(on):
            day = c.counted_until
            open_duties.append(Duty(c.term.name, day, c.term.law, calendar.is_provisional(day)))
    return min(open_duties, key=lambda duty: duty.on, default=None)


def _counted(standing: Standing, name: str, day: date, law: str) -> Duty:
    return Duty(name, day, law, standing.calendar.is_provisional(day))


def _notice(standing: Standing, on: date) -> Iterator[Duty]:
    limit = standing.law.supplement_notice
    if standing.state == RECEIVED and standing.received_on and limit:
        notice_on = standing.calendar.add(standing.received_on, limit.days)
        if on <= notice_on:
            yield _counted(standing, limit.name, notice_on, limit.law)


def _of_applicant(standing: Standing) -> Iterator[Duty]:
    if standing.state == SUPPLEMENT and (day := standing.supplements[-1].day("deadline_on")):
        yield Duty("supplement", day, standing.law.supplement)
    if standing.state == AWAITING_PAYMENT and (day := payment_due(standing)):
        yield _counted(standing, "payment", day, term.PAYMENT.law)


def _opinions(standing: Standing, on: date) -> Iterator[Duty]:
    """Yield the terms of the opinions that are waited for; none runs from an unknown receipt (L2)."""
    for c in standing.consultations if workflow.is_open(standing.state) else ():
        if c.term and c.limit_on and c.is_open(on):
            yield _counted(standing, c.term.name, c.limit_on, c.term.law)


def _receipts(standing: Standing) -> Iterator[Duty]:
    """Yield the days on which the receipt of what went out is asked for (practice)."""
    for letter in unknown_receipts(standing):
        day = standing.calendar.add(letter.on, standing.rules.receipt_days)
        yield _counted(standing, "receipt", day, letter.law)


@dataclass(frozen=True, slots=True)
class UnreceivedLetter:
    """What went out and whose day of receipt nobody recorded: a term waits for it (rulebook L2).

    seq: the entry that sent it.
    """

    seq: int
    step: str
    on: date
    to: str
    law: str


def unknown_receipts(standing: Standing) -> list[UnreceivedLetter]:
    """Return the letters whose day of receipt is still to be recorded, the earliest first."""
    unreceived_letters = [
        UnreceivedLetter(c.seq, "consult", c.sent_on, c.name, c.term.law)
        for c in standing.consultations
        if c.term and c.received_on is None and c.ended_on is None
    ]
    asked = standing.supplements[-1] if standing.state == SUPPLEMENT else None
    if asked and standing.law.supplement_lapses and not asked.day("received_on"):
        unreceived_letters.append(
            UnreceivedLetter(asked.seq, "ask_supplement", asked.on, worded("申请人"), standing.law.supplement)
        )
    charge = standing.charges[-1] if standing.state == AWAITING_PAYMENT else None
    if charge and standing.law.payment and not charge.day("received_on"):
        unreceived_letters.append(
            UnreceivedLetter(charge.seq, "charge", charge.on, worded("申请人"), standing.law.payment.law)
        )
    return sorted(unreceived_letters, key=lambda letter: (letter.on, letter.seq))


def _answer(standing: Standing, on: date) -> Iterator[Duty]:
    """Yield the answer's own day, and what may still be done about it before it."""
    answer = standing.due()
    if answer:
        yield Duty(REPLY, answer.on, reply_law(standing), answer.provisional)
        if not standing.extensions and not standing.delayed_until and on <= answer.on:
            yield Duty("extension", answer.on, standing.law.extension.law, answer.provisional)
    reasons_on = standing.reasons_asked and standing.reasons_asked.day("deadline_on")
    if reasons_on and standing.state in COUNTING and on <= reasons_on:
        yield Duty("reasons", reasons_on, standing.law.delay or standing.law.reply.law)


def reply_law(standing: Standing) -> str:
    """Return the article of the day on which the answer is due."""
    return standing.law.delay if standing.delayed_until else standing.law.reply.law


def payment_due(standing: Standing, *, from_sending: bool = False) -> date | None:
    """Return the last day to pay: the 20th working day after the notice's receipt (109号).

    None while the receipt is not known (rulebook L2), and where the law of the receipt set no term.

    from_sending: count from the day on which the notice went out until it is known (exchange format).
    """
    if not standing.charges or standing.law.payment is None:
        return None
    charge = standing.charges[-1]
    got = charge.day("received_on") or (charge.on if from_sending else None)
    return standing.calendar.add(got, standing.law.payment.days) if got else None


def waits_until(standing: Standing) -> Due | None:
    """Return until when a late request waits now: what was said to the applicant after its term.

    None where it is not late by a step taken too late, or where no later day was told.
    """
    missed, until = standing.due(), standing.waits_until()
    if missed is None or until is None or standing.is_closed:
        return None
    if standing.state in (SUPPLEMENT, AWAITING_PAYMENT):
        duty = next(iter(_of_applicant(standing)), None)
        until = Due(duty.on, duty.provisional) if duty else None
    return until if until and until.on > missed.on else None


def publication(created_on: date, calendar: WorkCalendar) -> Duty:
    """Return the duty to publish what must be public by itself.

    created_on: the day the information was made, or changed; the 20 working days run from the
                day after it (第26条).
    """
    on = calendar.add(created_on, term.PUBLICATION.days)
    return Duty("publication", on, term.PUBLICATION.law, calendar.is_provisional(on))


def who_acts(standing: Standing) -> str:
    """Say who must act next; empty where nobody must."""
    return WHO_ACTS.get(standing.state, "")


NEXT_STEP = {RECEIVED: "accept", SUPPLEMENT: "receive_supplement", AWAITING_PAYMENT: "pay"}
ANSWER = "answer"  # any answer: one of the outcomes


def expected(standing: Standing, *, lacks_items: bool = False) -> str:
    """Return the step that the law expects next, or ANSWER; empty where the case is closed.

    lacks_items: the request lacks what 第29条 asks for, so that a supplement comes first (第30条).
    """
    if not workflow.is_open(standing.state):
        return ""
    if standing.state == RECEIVED and lacks_items and not standing.supplements:
        return "ask_supplement"
    if standing.state in NEXT_STEP:
        return NEXT_STEP[standing.state]
    if any(c.ended_on is None for c in standing.consultations):
        return "end_consultation"
    return "give_reasons" if standing.reasons_asked else ANSWER
