"""Say why a date is what it is: start, limit, restarts, pauses, each day skipped with its notice.

Every date of a case is explained here, and only here; domain/sentence.py has the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.domain import clock, term
from tracker.domain.calendar import WorkCalendar
from tracker.domain.channel import RULES, Channel
from tracker.domain.clock import Day, Pause
from tracker.domain.consultation import OPINION_TERM, Consultation
from tracker.domain.duty import DUTY_LABELS, REPLY
from tracker.domain.event import Entry
from tracker.domain.history import Standing
from tracker.domain.sentence import LANGUAGES, Language, Sentence, say, sentence, words
from tracker.domain.state import SUPPLEMENT
from tracker.domain.term import Term

__all__ = ["Explained", "day_by_day", "every_date", "lines", "reply", "words"]

CIVIL_CODE = "民法典第201条"  # day zero is not counted
SUPPLEMENT_LAW = "条例第30条"
PAUSE_LAW = "条例第33条第3款"


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
    if answer is None or standing.start_on is None:
        return []
    said = list(_starts(standing))
    if standing.delayed_until:
        return [*said, sentence("delayed", until=standing.delayed_until, law=term.DELAY_LAW)]
    said.append(_counted(term.REPLY))
    said += _extensions(standing)
    said += _pauses(standing, standing.start_on, answer.on)
    said += _skipped(day_by_day(standing), standing.pauses)
    return [*said, *_end(standing.calendar, answer.on)]


def every_date(standing: Standing) -> list[Explained]:
    """Return every date that the case has had so far, kept or passed, each with its reasons.

    The first is the limit of the supplement notice (第30条), the last the answer.
    """
    if standing.received_on is None:
        return []
    found = [_from(standing, term.SUPPLEMENT_NOTICE, standing.received_on, list(_receipt(standing)))]
    found += [_supplement(standing, notice) for notice in standing.supplements if notice.day("deadline_on")]
    found += [_opinion(standing, consultation) for consultation in standing.consultations]
    found += [_payment(standing, charge) for charge in standing.charges]
    if (asked := standing.reasons_asked) and (until := asked.day("deadline_on")):
        said = sentence("reasons", day=asked.on, until=until, law=term.DELAY_LAW)
        found.append(_fixed(standing, "reasons", until, term.DELAY_LAW, said))
    return [*found, *_extension(standing), _answer(standing)]


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


def day_by_day(standing: Standing) -> list[Day]:
    """Return every day from the start to the due day, counted or not, with the reason."""
    answer = standing.due()
    if answer is None or standing.start_on is None:
        return []
    return list(clock.days(standing.start_on, answer.on, standing.calendar, standing.pauses))


# -- one date -------------------------------------------------------------------------------------


def _from(standing: Standing, limit: Term, start: date, said: list[Sentence]) -> Explained:
    """Return a limit of working days counted from a day, with nothing left out."""
    calendar = standing.calendar
    last = calendar.add(start, limit.days)
    said = [*said, _counted(limit), *_skipped(clock.days(start, last, calendar)), *_end(calendar, last)]
    return Explained(limit.name, last, calendar.is_provisional(last), limit.law, tuple(said))


def _fixed(standing: Standing, name: str, on: date, law: str, *said: Sentence) -> Explained:
    """Return a day that a notice names: nothing is counted, so nothing is provisional."""
    return Explained(name, on, False, law, said)


def _supplement(standing: Standing, notice: Entry) -> Explained:
    until = notice.day("deadline_on") or notice.on
    said = sentence("asked", day=notice.on, until=until, law=SUPPLEMENT_LAW)
    return _fixed(standing, "supplement", until, SUPPLEMENT_LAW, said)


def _opinion(standing: Standing, consultation: Consultation) -> Explained:
    start = consultation.received_on or consultation.sent_on
    key = "consulted" if consultation.received_on else "consulted_sent"
    said = sentence(key, day=start, name=consultation.name)
    found = _from(standing, OPINION_TERM[consultation.party], start, [said])
    silence = sentence(f"silence_{consultation.party}")
    return Explained(found.name, found.on, found.provisional, found.law, (*found.sentences, silence))


def _payment(standing: Standing, charge: Entry) -> Explained:
    start = charge.day("received_on") or charge.on
    return _from(standing, term.PAYMENT, start, [sentence("charged", day=start)])


def _extension(standing: Standing) -> Iterator[Explained]:
    """Yield the last day to extend, where the term may still be lengthened."""
    answer = standing.due()
    if answer is None or standing.extensions or standing.delayed_until or standing.is_closed:
        return
    latest = standing.due_if_extended(term.EXTENSION.days)
    said = [sentence("extension_by", day=answer.on, days=term.EXTENSION.days, law=term.EXTENSION.law)]
    if latest:
        said.append(sentence("extended_due", days=term.EXTENSION.days, day=latest.on))
    provisional = answer.provisional or bool(latest and latest.provisional)
    if latest and latest.provisional:
        said.append(sentence("provisional", year=latest.on.year))
    yield Explained("extension", answer.on, provisional, term.EXTENSION.law, tuple(said))


def _answer(standing: Standing) -> Explained:
    answer = standing.due()
    if answer is None:
        stopped = "stopped_supplement" if _waits_for_supplement(standing) else "stopped_payment"
        return Explained(REPLY, None, False, term.REPLY.law, (sentence(stopped),))
    law = term.DELAY_LAW if standing.delayed_until else term.REPLY.law
    return Explained(REPLY, answer.on, answer.provisional, law, tuple(reply(standing)))


def _waits_for_supplement(standing: Standing) -> bool:
    return SUPPLEMENT in (standing.state, standing.state_before_end)


# -- sentences ------------------------------------------------------------------------------------


def _receipt(standing: Standing) -> Iterator[Sentence]:
    receipt = standing.receipt
    if receipt is None:
        return
    channel = receipt.details.get("channel")
    if channel in set(Channel):
        law = RULES[Channel(channel)].law
        yield sentence("received", day=receipt.on, channel=channel, rule=channel, law=law)
    else:
        yield sentence("received_plain", day=receipt.on, law="条例第31条")


def _starts(standing: Standing) -> Iterator[Sentence]:
    """Yield the receipt and each start anew since."""
    yield from _receipt(standing)
    for restart in standing.restarts:
        if restart.step == "pay":
            yield sentence("paid", day=restart.on, law=term.PAYMENT.law)
        else:
            yield sentence("supplemented", day=restart.on, law=SUPPLEMENT_LAW)


def _counted(limit: Term) -> Sentence:
    return sentence("counted", days=limit.days, law=limit.law, first=CIVIL_CODE)


def _extensions(standing: Standing) -> Iterator[Sentence]:
    for extension in standing.extensions:
        if extension.in_time:
            yield sentence("extended", day=extension.on, days=extension.days, law=term.EXTENSION.law)
        else:
            yield sentence("extended_late", day=extension.on, law=term.EXTENSION.law)


def _pauses(standing: Standing, start: date, until: date) -> Iterator[Sentence]:
    """Yield the pauses that the count met; one over before its start or sent after its end is none."""
    for pause in standing.pauses:
        if pause.ended_on > start and pause.sent_on < until:
            law = term.PAYMENT.law if pause in standing.fee_pauses else PAUSE_LAW
            yield sentence("paused", why=pause.why, sent=pause.sent_on, ended=pause.ended_on, law=law)


def _skipped(days: Sequence[Day] | Iterator[Day], pauses: Sequence[Pause] = ()) -> Iterator[Sentence]:
    """Group the holidays and make-up days that the count met; plain weekends are not listed."""
    by_reason: dict[str, list[date]] = {}
    for day in days:
        if day.why and day.why not in ("周六", "周日"):
            by_reason.setdefault(day.why, []).append(day.on)
    for why, found in by_reason.items():
        if not any(pause.why == why for pause in pauses):
            yield sentence("skipped", dates=tuple(found), reason=why)


def _end(calendar: WorkCalendar, last: date) -> Iterator[Sentence]:
    yield sentence("ends", day=last)
    if calendar.is_provisional(last):
        yield sentence("provisional", year=last.year)
