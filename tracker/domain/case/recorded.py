"""What a register records although a form would have objected: kept, and said on the case.

A file is never refused for these (exchange format); a person at a form is asked before. So the words of the
case, not of the step: each names the days that contradict one another.

Law: 条例第30—35条; 国办函〔2020〕109号; practice where no text says what follows.
"""

from collections.abc import Iterator

from tracker.domain.case import fee
from tracker.domain.case.channel import DATE_WORDS, RULES, Channel
from tracker.domain.case.consultation import Consultation
from tracker.domain.case.event import Entry
from tracker.domain.case.finding import Irregularity
from tracker.domain.case.outcome import BY_CODE, Family
from tracker.domain.case.standing import Standing
from tracker.domain.case.time_check import delay_law, opinion_law, waits_for
from tracker.domain.case.workflow import step_label
from tracker.domain.message import Phrase

# What is said of the information itself needs the opinions that were asked for (第32、34条).
DECIDED = (Family.DISCLOSED, Family.PARTIALLY_DISCLOSED, Family.REFUSED)

BY_HAND = ("in_person", "post", "delegated", "on_the_spot")


def irregularities(standing: Standing) -> Iterator[Irregularity]:
    """Yield what the days and sums of the case contradict among themselves."""
    yield from _receipt(standing)
    for asked, came in standing.replies:
        if asked.step == "charge":
            yield from _payment(standing, asked, came)
        else:
            yield from _supplement(standing, asked, came)
    for consultation in standing.consultations:
        yield from _opinion(standing, consultation)
    yield from _rest_days(standing)
    if standing.reasons_given and not standing.asked_for_reasons:
        message = Phrase("收到说明的理由之前，未见要求申请人说明理由的记录。")
        yield Irregularity("no_reasons_asked", message, delay_law(standing))


def _receipt(standing: Standing) -> Iterator[Irregularity]:
    """Hold the day of receipt against the one that the rule of its channel gives (第31条)."""
    receipt = standing.receipt
    if receipt is None or receipt.details.get("channel") not in set(Channel):
        return
    channel = Channel(receipt.details["channel"])
    rule = RULES[channel]
    readings = [rule.needs, "arrived_on"] if channel is Channel.ONLINE else [rule.needs]  # 指导案例26号
    stated = [(key, day) for key in readings if (day := receipt.day(key))]
    if stated and receipt.on not in [day for _key, day in stated]:
        key, day = stated[0]
        message = Phrase(
            "收到申请之日（%(on)s）与%(value)s（%(day)s）不一致：%(label)s%(words)s。",
            on=receipt.on,
            value=DATE_WORDS[key],
            day=day,
            label=rule.label,
            words=rule.words,
        )
        yield Irregularity("receipt_day", message, standing.law.receipt or rule.law)


def _supplement(standing: Standing, asked: Entry, came: Entry) -> Iterator[Irregularity]:
    deadline = asked.day("deadline_on")
    if deadline and came.on > deadline:
        message = Phrase(
            "补正于%(on)s收到，补正期限已于%(deadline)s届满；有正当理由的方可接收。",
            on=came.on,
            deadline=deadline,
        )
        yield Irregularity("supplement_after_its_term", message, standing.law.supplement)


def _payment(standing: Standing, asked: Entry, came: Entry) -> Iterator[Irregularity]:
    got, term = asked.day("received_on"), standing.law.payment
    limit = standing.calendar.add(got, term.days) if got and term else None
    if limit and came.on > limit:
        message = Phrase(
            "缴费于%(on)s收到，缴费期限已于%(limit)s届满，应视为放弃申请并退还。",
            on=came.on,
            limit=limit,
        )
        yield Irregularity("payment_after_its_term", message, fee.LAW)
    charged, paid = fee.yuan(asked.details.get("amount")), fee.yuan(came.details.get("amount"))
    if charged is not None and paid is not None and paid < charged:
        yield Irregularity(
            "short_payment",
            Phrase(
                "应缴%(charged)s元，实缴%(paid)s元，未足额缴纳。",
                charged=charged,
                paid=paid,
            ),
            fee.LAW,
        )


def _opinion(standing: Standing, asked: Consultation) -> Iterator[Irregularity]:
    """Hold a consultation against its term: a silence that nobody can tell, an answer before its end."""
    law = opinion_law(standing, asked)
    if asked.on_last_day:
        message = Phrase(
            "答复期限当日（%(sent_on)s）才征求“%(name)s”意见。",
            sent_on=asked.sent_on,
            name=asked.name,
        )
        yield Irregularity(
            "last_day_consultation",
            message,
            Phrase(
                "%(pause)s（实务）",
                pause=standing.law.pause,
            ),
        )
    if asked.opinion == "none" and asked.ended_on and asked.may_come(asked.ended_on):
        message = Phrase(
            "%(ended_on)s按“%(name)s”逾期未答复处理，而%(waits_for)s。",
            ended_on=asked.ended_on,
            name=asked.name,
            waits_for=waits_for(asked),
        )
        yield Irregularity("early_silence", message, law)
    served = standing.served_on
    if served and _needs_opinions(standing) and asked.ended_on is None and asked.may_come(served):
        message = Phrase(
            "%(served)s作出答复时，未收到“%(name)s”的意见，而%(waits_for)s。",
            served=served,
            name=asked.name,
            waits_for=waits_for(asked),
        )
        yield Irregularity("opinion_awaited", message, law)


def _needs_opinions(standing: Standing) -> bool:
    return standing.state in BY_CODE and BY_CODE[standing.state].family in DECIDED


def _rest_days(standing: Standing) -> Iterator[Irregularity]:
    """Name what left the office by hand or post on a day on which it did not work: perhaps a slip."""
    sent = [(e.step, e.on) for e in (*standing.supplements, *standing.charges)]
    sent += [("consult", c.sent_on) for c in standing.consultations]
    sent += [("extend", e.on) for e in standing.extensions]
    sent += [("delay", d.entry.on) for d in standing.delays]
    if standing.answer and standing.answer.details.get("method") in BY_HAND:
        sent.append((standing.answer.step, standing.answer.on))
    for step, on in sent:
        if not standing.calendar.is_working_day(on):
            message = Phrase(
                "“%(step_label)s”（%(on)s）在休息日，请核对日期。",
                step_label=step_label(step),
                on=on,
            )
            yield Irregularity("rest_day", message, "国务院办公厅节假日安排（实务）")
