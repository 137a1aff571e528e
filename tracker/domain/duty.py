"""What must happen next in a case, by which day, under which article."""

from dataclasses import dataclass
from datetime import date

from tracker.domain import term, workflow
from tracker.domain.calendar import WorkCalendar
from tracker.domain.consultation import OPINION_TERM
from tracker.domain.history import COUNTING, Standing
from tracker.domain.state import AWAITING_PAYMENT, RECEIVED, SUPPLEMENT, WHO_ACTS

REPLY = term.REPLY.name

# The words of exchange.md section 3: every other duty is the office's own to see.
EXCHANGED = ("supplement_notice", "supplement", "third_party_opinion", "agency_opinion", "payment", REPLY)
# Duties that a day's going by ends, done or not.
PASSING = ("supplement_notice", "third_party_opinion", "agency_opinion", "reasons", "extension")

DUTY_LABELS = {
    "supplement_notice": "补正告知期限",
    "supplement": "申请人补正期限",
    "third_party_opinion": "第三方意见期限",
    "agency_opinion": "共同制作机关、其他机关意见期限",
    "payment": "缴费期限",
    "reply": "答复期限",
    "extension": "决定并告知延期的最后一天",
    "reasons": "申请人说明理由期限",
    "publication": "主动公开期限",
    "confirmation": "与申请人确认的期限",
    "registration": "登记为申请的期限",
    "reply_at_risk": "按提交之日起算的答复期限",
    "petition_notice": "信访事项书面告知期限",
    "petition": "信访事项办结期限（信访工作条例第31条第（六）项的事项）",
}


# Days that a notice names, or that run by natural days: no holiday notice moves them.
FIXED = ("supplement", "reasons", "petition_notice", "petition")


def is_provisional(name: str, on: date, calendar: WorkCalendar) -> bool:
    """Return whether the day of a duty leans on a year whose holiday notice is not out yet."""
    return name not in FIXED and calendar.is_provisional(on)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that a date hangs on: a key of DUTY_LABELS, its day, its article.

    provisional (暂定): the day leans on a year whose holiday notice is not out yet.
    """

    name: str
    on: date
    law: str
    provisional: bool = False


def duties(standing: Standing, on: date) -> list[Duty]:
    """Return the open duties of the case on the day, in the order of their dates."""
    found: list[Duty] = []
    calendar = standing.calendar

    def counted(name: str, day: date, law: str) -> Duty:
        return Duty(name, day, law, calendar.is_provisional(day))

    if standing.state == RECEIVED and standing.received_on:
        notice_on = calendar.add(standing.received_on, term.SUPPLEMENT_NOTICE.days)
        if on <= notice_on:
            found.append(counted("supplement_notice", notice_on, term.SUPPLEMENT_NOTICE.law))
    if standing.state == SUPPLEMENT and (day := standing.supplements[-1].day("deadline_on")):
        found.append(Duty("supplement", day, term.SUPPLEMENT.law))
    if standing.state == AWAITING_PAYMENT:
        found.append(counted("payment", payment_due(standing), term.PAYMENT.law))
    if workflow.is_open(standing.state):
        found += [
            counted(OPINION_TERM[c.party].name, c.limit_on, OPINION_TERM[c.party].law)
            for c in standing.consultations
            if c.is_open(on)
        ]
        found += _answer(standing, on)
    return sorted(found, key=lambda duty: duty.on)


def _answer(standing: Standing, on: date) -> list[Duty]:
    """Return the answer's own day, and what may still be done about it before it."""
    found: list[Duty] = []
    answer = standing.due()
    if answer:
        law = term.DELAY_LAW if standing.delayed_until else term.REPLY.law
        found.append(Duty(REPLY, answer.on, law, answer.provisional))
        if not standing.extensions and not standing.delayed_until and on <= answer.on:
            found.append(Duty("extension", answer.on, term.EXTENSION.law, answer.provisional))
    reasons_on = standing.reasons_asked and standing.reasons_asked.day("deadline_on")
    if reasons_on and standing.state in COUNTING and on <= reasons_on:
        found.append(Duty("reasons", reasons_on, term.DELAY_LAW))
    return found


def payment_due(standing: Standing) -> date:
    """Return the last day to pay: the 20th working day after the notice's receipt (109号)."""
    charge = standing.charges[-1]
    return standing.calendar.add(charge.day("received_on") or charge.on, term.PAYMENT.days)


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
