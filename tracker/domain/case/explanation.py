"""Say why a date is what it is: start, limit, restarts, pauses, each day skipped with its notice.

Every date of a case is explained here, and only here; domain/case/sentence.py has the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import clock
from tracker.domain.case.channel import RULES
from tracker.domain.case.clock import CountedDay, Pause
from tracker.domain.case.consultation import Consultation
from tracker.domain.case.duty import DUTY_LABELS, REPLY, reply_law, waits_until
from tracker.domain.case.event import Entry
from tracker.domain.case.sentence import Sentence, say, sentence, words
from tracker.domain.case.standing import Standing
from tracker.domain.case.state import SUPPLEMENT
from tracker.domain.law import law, party
from tracker.domain.law.term import PAYMENT, Term
from tracker.domain.message import LANGUAGES, Language

__all__ = ["Explained", "day_by_day", "every_date", "lines", "reply", "words"]

CIVIL_CODE = "民法典第201条"  # day zero is not counted


@dataclass(frozen=True, slots=True)
class Explained:
    """A date of a case, and the sentences that say why it is that day.

    name: a key of ``duty.DUTY_LABELS``. on: None where the term stands still.
    """

    name: str
    on: date | None
    provisional: bool
    law: str
    sentences: tuple[Sentence, ...]


def lines(standing: Standing, language: Language = "zh") -> list[str]:
    """Return the explanation of the answer's due day, one sentence an item.

    Empty where no term runs: the applicant must supplement or pay.
    """
    return [say(one, language) for one in reply(standing)]


def reply(standing: Standing) -> list[Sentence]:
    """Return why the answer is due when it is; empty where no term runs."""
    answer = standing.due()
    if answer is None or standing.term is None:
        return []
    sentences = list(_starts(standing))
    if standing.delayed_until:
        sentences.append(sentence("delayed", until=standing.delayed_until, law=reply_law(standing)))
        return [*sentences, *_lateness(standing, answer.on)]
    sentences.append(_counted(standing.law.reply))
    sentences += _extensions(standing)
    sentences += _pauses(standing, standing.term.start_on, answer.on)
    sentences += _skipped(standing.calendar, standing.term.start_on, answer.on, standing.pauses)
    return [*sentences, *_end(standing.calendar, answer.on), *_lateness(standing, answer.on)]


def every_date(standing: Standing) -> list[Explained]:
    """Return every date that the case has had so far, kept or passed, each with its reasons.

    The first is the limit of the supplement notice (第30条), the last the answer.
    """
    if standing.received_on is None:
        return []
    limit, dates = standing.law.supplement_notice, []
    if limit:
        dates.append(_from(standing, limit, standing.received_on, list(_receipt(standing))))
    dates += [_supplement(standing, notice) for notice in standing.supplements if notice.day("deadline_on")]
    dates += [_opinion(standing, consultation) for consultation in standing.consultations]
    dates += [_payment(standing, charge) for charge in standing.charges]
    if (asked := standing.reasons_asked) and (until := asked.day("deadline_on")):
        article = standing.law.delay or standing.law.reply.law
        reasons = sentence("reasons", day=asked.on, until=until, law=article)
        dates.append(_fixed("reasons", until, article, reasons))
    return [*dates, *_extension(standing), _answer(standing)]


def as_json(item: Explained) -> dict[str, Any]:
    """Return the date as the page's JSON gives it, its reasons in both languages."""
    return {
        "name": item.name,
        "label": DUTY_LABELS[item.name],
        "on": item.on.isoformat() if item.on else None,
        "provisional": item.provisional,
        "law": item.law,
        "explanation": {way: [say(one, way) for one in item.sentences] for way in LANGUAGES},
    }


def day_by_day(standing: Standing) -> list[CountedDay]:
    """Return every day from the start to the due day, counted or not, with the reason."""
    answer = standing.due()
    if answer is None or standing.term is None:
        return []
    return list(clock.days(standing.term.start_on, answer.on, standing.calendar, standing.pauses))


def term(limit: Term, start: date, calendar: WorkCalendar, *, first: str, roll: str = "") -> list[Sentence]:
    """Return why a term that nothing suspends ends when it does: how it is counted, what is skipped, its end.

    first: by which article the first day is not counted. roll: by which it does not end on a day of rest.
    """
    last = clock.last_day(limit, start, calendar).on
    if limit.unit == "working":
        sentences = [sentence("counted", days=limit.days, law=limit.law, first=first)]
        return [*sentences, *_skipped(calendar, start, last), *_end(calendar, last)]
    sentences = [sentence("counted_natural", days=limit.days, law=limit.law, first=first)]
    counted = start + timedelta(days=limit.days)
    if counted != last:
        sentences.append(sentence("rolled", day=counted, law=roll))
    return [*sentences, *_end(calendar, last)]


# -- one date -------------------------------------------------------------------------------------


def _from(standing: Standing, limit: Term, start: date, sentences: list[Sentence]) -> Explained:
    """Return a limit of working days counted from a day, with nothing left out."""
    calendar = standing.calendar
    last = calendar.add(start, limit.days)
    sentences = [*sentences, _counted(limit), *_skipped(calendar, start, last), *_end(calendar, last)]
    return Explained(limit.name, last, calendar.is_provisional(last), limit.law, tuple(sentences))


def _fixed(name: str, on: date, law: str, *sentences: Sentence) -> Explained:
    """Return a day that a notice names: nothing is counted, so nothing is provisional."""
    return Explained(name, on, False, law, sentences)


def _supplement(standing: Standing, notice: Entry) -> Explained:
    until = notice.day("deadline_on") or notice.on
    article = standing.law.supplement
    sentences = [sentence("asked", day=notice.on, until=until, law=article)]
    if standing.law.supplement_lapses:
        got = notice.day("received_on")
        sentences.append(sentence("asked_received", day=got) if got else sentence("asked_unknown"))
    return _fixed("supplement", until, article, *sentences)


def _opinion(standing: Standing, consultation: Consultation) -> Explained:
    limit, got, name = consultation.term, consultation.received_on, consultation.name
    if limit is None:
        told = sentence("consulted_no_term", day=consultation.sent_on, name=name, law=standing.law.pause)
        of_third = consultation.party == party.THIRD_PARTY
        return Explained(
            "third_party_opinion" if of_third else "agency_opinion", None, False, standing.law.pause, (told,)
        )
    if got is None:
        told = sentence(
            "consulted_unknown", day=consultation.sent_on, name=name, days=limit.days, law=limit.law
        )
        return Explained(limit.name, None, False, limit.law, (told,))
    explained = _from(standing, limit, got, [sentence("consulted", day=got, name=name)])
    silence = sentence(f"silence_{consultation.party}")
    return Explained(
        explained.name, explained.on, explained.provisional, explained.law, (*explained.sentences, silence)
    )


def _payment(standing: Standing, charge: Entry) -> Explained:
    limit, got = standing.law.payment, charge.day("received_on")
    if limit is None:
        return Explained("payment", None, False, PAYMENT.law, (sentence("charged_no_term", day=charge.on),))
    if got is None:
        told = sentence("charged_unknown", day=charge.on, days=limit.days, law=limit.law)
        return Explained(limit.name, None, False, limit.law, (told,))
    return _from(standing, limit, got, [sentence("charged", day=got)])


def _extension(standing: Standing) -> Iterator[Explained]:
    """Yield the last day to extend, where the term may still be lengthened."""
    answer = standing.due()
    if answer is None or standing.extensions or standing.delayed_until or standing.is_closed:
        return
    if standing.waiting:
        return  # the term has ended: nothing lengthens it any more
    limit = standing.law.extension
    latest = standing.due_if_extended(limit.days)
    sentences = [sentence("extension_by", day=answer.on, days=limit.days, law=limit.law)]
    if latest:
        sentences.append(sentence("extended_due", days=limit.days, day=latest.on))
    provisional = answer.provisional or bool(latest and latest.provisional)
    if latest and latest.provisional:
        sentences.append(sentence("provisional", year=latest.on.year))
    yield Explained("extension", answer.on, provisional, limit.law, tuple(sentences))


def _answer(standing: Standing) -> Explained:
    answer = standing.due()
    if answer is None:
        stopped = "stopped_supplement" if _waits_for_supplement(standing) else "stopped_payment"
        return Explained(REPLY, None, False, standing.law.reply.law, (sentence(stopped),))
    return Explained(REPLY, answer.on, answer.provisional, reply_law(standing), tuple(reply(standing)))


def _waits_for_supplement(standing: Standing) -> bool:
    return SUPPLEMENT in (standing.state, standing.state_before_end)


# -- sentences ------------------------------------------------------------------------------------


def _receipt(standing: Standing) -> Iterator[Sentence]:
    receipt = standing.receipt
    if receipt is None:
        return
    channel = receipt.details.get("channel")
    if standing.law.receipt:
        yield sentence("received_plain", day=receipt.on, law=standing.law.receipt)
    elif channel in RULES:
        article = RULES[channel].law
        yield sentence("received", day=receipt.on, channel=channel, rule=channel, law=article)
    else:
        yield sentence("received_plain", day=receipt.on, law="条例第31条")
    if standing.law is not law.newest():
        yield sentence("measured_by", decree=standing.law.title)


def _starts(standing: Standing) -> Iterator[Sentence]:
    """Yield the receipt and each start anew since."""
    yield from _receipt(standing)
    for restart in standing.term.restarts if standing.term else ():
        if restart.step == "pay":
            yield sentence("paid", day=restart.on, law=PAYMENT.law)
        else:
            yield sentence("supplemented", day=restart.on, law=standing.law.supplement)


def _counted(limit: Term) -> Sentence:
    return sentence("counted", days=limit.days, law=limit.law, first=CIVIL_CODE)


def _extensions(standing: Standing) -> Iterator[Sentence]:
    for extension in standing.extensions:
        if extension.in_time:
            yield sentence("extended", day=extension.on, days=extension.days, law=standing.law.extension.law)
        else:
            yield sentence("extended_late", day=extension.on, law=standing.law.extension.law)


def _pauses(standing: Standing, start: date, until: date) -> Iterator[Sentence]:
    """Yield the pauses that the count met; one over before its start or sent after its end is none."""
    fee_pauses = standing.term.fee_pauses if standing.term else []
    for pause in standing.pauses:
        if pause.ended_on > start and pause.sent_on < until:
            article = PAYMENT.law if pause in fee_pauses else standing.law.pause
            yield sentence("paused", why=pause.why, sent=pause.sent_on, ended=pause.ended_on, law=article)
    for asked in standing.consultations:
        met = asked.span.ended_on > start and asked.sent_on < until
        if met and asked.term and not asked.received_on and asked.span.ended_on == asked.counted_until:
            yield sentence("paused_unknown", name=asked.name, day=asked.counted_until)


def _skipped(
    calendar: WorkCalendar, start: date, until: date, pauses: Sequence[Pause] = ()
) -> Iterator[Sentence]:
    """Group the holidays and make-up days that the count met; plain weekends are not listed."""
    by_reason: dict[str, list[date]] = {}
    for day, reason in calendar.named(start, until):
        if not reason.works or not any(day in pause for pause in pauses):
            by_reason.setdefault(str(reason), []).append(day)
    for why, days in by_reason.items():
        yield sentence("skipped", dates=tuple(days), reason=why)


def _lateness(standing: Standing, missed: date) -> Iterator[Sentence]:
    """Say that the term had ended before the steps that came after it, and until when it waits now (L1)."""
    if not standing.late_steps:
        return
    steps = tuple((entry.step, entry.on) for entry in standing.late_steps)
    yield sentence("missed", day=missed, steps=steps)
    if until := waits_until(standing):
        yield sentence("waits", day=until.on)


def _end(calendar: WorkCalendar, last: date) -> Iterator[Sentence]:
    yield sentence("ends", day=last)
    if calendar.is_provisional(last):
        yield sentence("provisional", year=last.year)
