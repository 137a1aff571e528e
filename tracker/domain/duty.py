"""What must happen next in a case, by which day, under which article."""

from dataclasses import dataclass
from datetime import date

from tracker.domain import term, workflow
from tracker.domain.consultation import OPINION_TERM
from tracker.domain.history import Standing
from tracker.domain.state import AWAITING_PAYMENT, RECEIVED, SUPPLEMENT, WHO_ACTS

REPLY = term.REPLY.name


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that a date hangs on: a code of exchange.md section 3, its day, its article."""

    name: str
    on: date
    law: str


def duties(standing: Standing, on: date) -> list[Duty]:
    """Return the open duties of the case on the day, in the order of their dates."""
    found: list[Duty] = []
    calendar = standing.calendar
    if standing.state == RECEIVED and standing.received_on:
        notice_on = calendar.add(standing.received_on, term.SUPPLEMENT_NOTICE.days)
        if on <= notice_on:
            found.append(Duty("supplement_notice", notice_on, term.SUPPLEMENT_NOTICE.law))
    if standing.state == SUPPLEMENT and (day := standing.supplements[-1].day("deadline_on")):
        found.append(Duty("supplement", day, term.SUPPLEMENT.law))
    if standing.state == AWAITING_PAYMENT:
        found.append(Duty("payment", payment_due(standing), term.PAYMENT.law))
    if workflow.is_open(standing.state):
        found += [
            Duty(OPINION_TERM[c.party].name, c.limit_on, OPINION_TERM[c.party].law)
            for c in standing.consultations
            if c.is_open(on)
        ]
        if answer := standing.due():
            found.append(Duty(REPLY, answer.on, term.REPLY.law))
    return sorted(found, key=lambda duty: duty.on)


def payment_due(standing: Standing) -> date:
    """Return the last day to pay: the 20th working day after the notice's receipt (109号)."""
    charge = standing.charges[-1]
    return standing.calendar.add(charge.day("received_on") or charge.on, term.PAYMENT.days)


def who_acts(standing: Standing) -> str:
    """Say who must act next; empty where nobody must."""
    return WHO_ACTS.get(standing.state, "")


DUTY_LABELS = {
    "supplement_notice": "补正告知期限",
    "supplement": "申请人补正期限",
    "third_party_opinion": "第三方意见期限",
    "agency_opinion": "其他机关意见期限",
    "payment": "缴费期限",
    "reply": "答复期限",
}
