"""What a silence means once its term is over, and what a person may then do about it.

Nothing closes by itself: a proposal names the step, the article and the words of the entry; a
person takes it or not. Law: 条例第30、32—35条; 国办函〔2020〕109号.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.domain.case.clock import ONE_DAY
from tracker.domain.case.consultation import Consultation, answered_by
from tracker.domain.case.duty import payment_due
from tracker.domain.case.event import Entry
from tracker.domain.case.standing import COUNTING, Standing
from tracker.domain.case.state import AWAITING_PAYMENT, SUPPLEMENT
from tracker.domain.case.step_field import OPINIONS
from tracker.domain.law import party, term
from tracker.domain.message import Phrase, labels

NONE = "none"
MEANING = labels(
    {
        party.THIRD_PARTY: "不视为同意，也不视为不同意，由本机关依照条例决定是否公开（条例第32条）",
        party.CO_MAKER: "视为同意公开（条例第34条）",
        party.UNTOLD: "视为同意公开（条例第34条）",
        party.OTHER: "没有逾期未答复即推定其意见的规定，由本机关决定（条例第33条第3款）",
    }
)
LABELS = labels(
    {
        "closed_supplement_lapsed": "逾期未补正，可按放弃申请结案",
        "closed_fee_lapsed": "逾期未缴费，可按放弃申请结案",
        "end_consultation": "征求意见期满未答复，可结束征求意见",
        "not_processed_excessive": "逾期未说明理由，可作出决定",
    }
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step that a silence allows. ``from_on`` is the day after the term; details start its form."""

    step: str
    from_on: date
    message: str
    law: str
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return LABELS[self.step]


def proposals(standing: Standing) -> list[Proposal]:
    """Return what the silences of the case allow, each from its day on, the earliest first."""
    possible = [*_supplement(standing), *_payment(standing), *_opinions(standing), *_reasons(standing)]
    return sorted(possible, key=lambda proposal: proposal.from_on)


def _supplement(standing: Standing) -> Iterator[Proposal]:
    if not (day := supplement_over(standing)):
        return
    message = Phrase(
        "补正期限已于%(day)s届满，未收到补正。申请人无正当理由的，视为放弃申请，本机关不再"
        "处理；有正当理由的，收到补正后仍可办理。",
        day=day,
    )
    reason = Phrase(
        "补正期限于%(day)s届满，申请人无正当理由逾期不补正，视为放弃申请（条例第30条）。",
        day=day,
    )
    yield Proposal(
        "closed_supplement_lapsed", day + ONE_DAY, message, standing.law.supplement, {"reason": reason}
    )


def supplement_over(standing: Standing) -> date | None:
    """Return the last day to supplement after which the request lapses.

    None while the applicant's receipt of the notice is not known (rulebook L2), where the term was over
    when the notice came, and where the law of the day of receipt knew no lapse.
    """
    if standing.state != SUPPLEMENT or not standing.law.supplement_lapses:
        return None
    asked = standing.supplements[-1]
    got, deadline = asked.day("received_on"), asked.day("deadline_on")
    return deadline if got and deadline and got < deadline else None


def _payment(standing: Standing) -> Iterator[Proposal]:
    day, law = payment_due(standing), Phrase("条例第42条、%(law)s", law=term.PAYMENT.law)
    if standing.state != AWAITING_PAYMENT or day is None:
        return
    message = Phrase("缴费期限已于%(day)s届满，未缴费的，视为放弃申请，本机关不再处理。", day=day)
    reason = Phrase(
        "缴费期限于%(day)s届满，申请人逾期未缴费，视为放弃申请（%(law)s）。",
        day=day,
        law=law,
    )
    yield Proposal("closed_fee_lapsed", day + ONE_DAY, message, law, {"reason": reason})


def _opinions(standing: Standing) -> Iterator[Proposal]:
    if standing.is_closed:
        return
    for c in standing.consultations:
        if c.ended_on is None and c.term and c.limit_on:
            message = Phrase(
                "“%(name)s”的%(days)s个工作日已于%(limit_on)s届满，未提出意见：%(value)s。",
                name=c.name,
                days=c.term.days,
                limit_on=c.limit_on,
                value=MEANING[c.party],
            )
            reason = Phrase(
                "意见期限于%(limit_on)s届满，未提出意见：%(value)s。",
                limit_on=c.limit_on,
                value=MEANING[c.party],
            )
            details = {
                "consultation": f"{party.written(c.party)}|{c.name}",
                "opinion": NONE,
                "reason": reason,
            }
            yield Proposal("end_consultation", c.limit_on + ONE_DAY, message, c.term.law, details)


def _reasons(standing: Standing) -> Iterator[Proposal]:
    asked = standing.reasons_asked
    if asked is None or standing.state not in COUNTING or not (day := asked.day("deadline_on")):
        return
    message = Phrase(
        "说明理由的期限已于%(day)s届满，未收到理由。条例没有规定逾期不说明的后果（实务）："
        "本机关认定申请数量、频次明显超过合理范围而无正当理由的，可以告知不予处理；否则照常"
        "答复。",
        day=day,
    )
    reason = Phrase("要求说明理由的期限于%(day)s届满，申请人未说明理由（条例第35条）。", day=day)
    law = standing.law.delay or standing.law.reply.law
    yield Proposal("not_processed_excessive", day + ONE_DAY, message, law, {"reason": reason})


def ripe(standing: Standing, on: date) -> list[Proposal]:
    """Return the proposals that a person may take on the day."""
    return [proposal for proposal in proposals(standing) if proposal.from_on <= on]


def words(standing: Standing, entry: Entry) -> str:
    """Return the words, with their article, that an entry resting on a silence must carry.

    Empty where the entry rests on none: another opinion, or a term that is not over.
    """
    if entry.step == "end_consultation" and entry.details.get("opinion") != NONE:
        return ""
    which = f"{party.written(str(entry.details.get('party')))}|{entry.details.get('name')}"
    for proposal in ripe(standing, entry.on):
        if proposal.step == entry.step and proposal.details.get("consultation", which) == which:
            return proposal.details["reason"]
    return ""


def running(standing: Standing, entry: Entry) -> Consultation | None:
    """Return the consultation that the entry would call silent while nobody can say that it is.

    Its term still runs, or has not begun: the day of its receipt is not known (rulebook L2).
    """
    if entry.step != "end_consultation" or entry.details.get("opinion") != NONE:
        return None
    consultation = answered_by(standing.consultations, entry)
    return consultation if consultation and consultation.is_open(entry.on) else None


def conclusion(consultation: Consultation, on: date) -> str:
    """Say what came of a consultation, a silence with its legal meaning."""
    if consultation.opinion and consultation.opinion != NONE:
        return OPINIONS[consultation.opinion]
    if consultation.is_open(on):
        if consultation.received_on or not consultation.term:
            return Phrase("等待意见")
        return Phrase("等待意见，收到日期未记录")
    if consultation.ended_on and consultation.opinion is None:
        return Phrase("已结束")
    if consultation.term is None:
        return OPINIONS[NONE]
    return Phrase("%(opinion)s：%(meaning)s", opinion=OPINIONS[NONE], meaning=MEANING[consultation.party])
