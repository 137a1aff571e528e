"""One row of a spreadsheet of requests as a case history (docs/exchange.md section 4)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.domain.errors import message_of
from tracker.domain.exchange import outcome_words
from tracker.domain.exchange.outcome_words import WITHDRAWN
from tracker.domain.law import law
from tracker.domain.message import Phrase, worded

Values = Mapping[str, Any]
Event = dict[str, Any]
Dated = tuple[str, Event]  # the column that gives the event its day, and the event

RESTARTS = ("receive", "receive_supplement", "pay")  # from these days the term counts (第30、33条, 109号)
SOMEBODY = "第三方"  # where the register does not say who was consulted
NO_DEADLINE = worded("台账未记补正期限，按本机关通常的期限登记（实务）。")
NO_EXTENSION_DAY = worded("台账未记延期告知日，按期限内告知、登记在期限起算之日。")

# What was assumed where a reason of ours stands: it contradicts no ledger.
ASSUMED = {NO_DEADLINE: ("deadline_on", "reason"), NO_EXTENSION_DAY: ("on", "reason", "decided_on")}

# What a column says nothing without: the other column, and the words.
NEEDS = {
    "supplement_by": "asked_on",
    "supplemented_on": "asked_on",
    "opinion_on": "consulted_on",
    "paid_on": "charged_on",
    "extended_on": "extension",
}
LAPSES = {"closed_supplement_lapsed": "asked_on", "closed_fee_lapsed": "charged_on"}
FOLLOWS = ("supplemented_on", "opinion_on", "paid_on")  # answers to what went out on the other day


@dataclass(frozen=True, slots=True)
class RowHistory:
    """What a row says: the history, and of each of its events the column that its day stands in."""

    history: dict[str, Any]
    columns: tuple[str, ...]


class RowUnclearError(ValueError):
    """Columns of a row contradict each other, or lack one; ``columns`` has the words of each."""

    def __init__(self, columns: dict[str, str]) -> None:
        super().__init__("".join(columns.values()))
        self.columns = columns


def told(values: Values, labels: Mapping[str, str], supplement_by: Callable[[date], date]) -> RowHistory:
    """Return the history that the values of a row tell.

    labels:        the label of each column, for the words of what is wrong.
    supplement_by: the day until which the office usually lets supplement, from the day of its notice;
                   taken where the register does not name it.

    Raises RowUnclearError; DomainError where the year of that day has no calendar.
    """
    wrong = dict(_lacking(values, labels))
    ending = None
    try:
        ending = _ending(values)
    except ValueError as error:
        wrong["answer"] = message_of(error)
    else:
        wrong |= _against_answer(values, labels, ending)
    if wrong:
        raise RowUnclearError(wrong)
    dated = [*_before_answer(values, supplement_by), *_answer(values, ending)]
    return RowHistory(
        {
            "number": values["number"] or None,
            "applicant": {
                key: values[key] or None for key in ("kind", "name", "id_number", "phone", "email", "address")
            },
            "channel": values["channel"],
            "subject": values["subject"],
            "unit": values["unit"] or None,
            "events": [event for _column, event in dated],
        },
        tuple(column for column, _event in dated),
    )


# -- what is wrong ----------------------------------------------------------------------------------


def _lacking(values: Values, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, needed in NEEDS.items():
        if values[name] and not values[needed]:
            yield (
                name,
                Phrase(
                    "有%(value)s而没有%(value2)s，请补填。",
                    value=labels[name],
                    value2=labels[needed],
                ),
            )
        elif name in FOLLOWS and values[name] and values[name] < values[needed]:
            yield (
                name,
                Phrase(
                    "%(value)s（%(value2)s）早于%(value3)s（%(value4)s）。",
                    value=labels[name],
                    value2=values[name],
                    value3=labels[needed],
                    value4=values[needed],
                ),
            )


def _ending(values: Values) -> outcome_words.Ending | None:
    """Return how the row ended; None where it is open. Raises ValueError with the words."""
    answer = values["answer"] or values["ground"]
    return outcome_words.ending(answer, values["ground"], values["reason"]) if answer else None


def _against_answer(
    values: Values, labels: Mapping[str, str], ending: outcome_words.Ending | None
) -> dict[str, str]:
    """Hold the outcome against the days that it needs: its own, and of a lapse the notice's before it."""
    day = "answered_on" if values["answered_on"] else "served_on"
    answer = values["answer"] or values["ground"]
    if ending and not values[day]:
        return {"answer": Phrase("已填答复类型“%(answer)s”而没有答复日期，请补填。", answer=answer)}
    notice = LAPSES.get(ending.code) if ending else None
    if notice and not values[notice]:
        return {
            "answer": Phrase(
                "答复类型为“%(answer)s”而没有%(value)s，请补填。",
                answer=answer,
                value=labels[notice],
            )
        }
    if values[day] and not ending:
        answer = values["answer"] or "空"
        return {
            day: Phrase(
                "已填答复日期而答复类型为“%(answer)s”，请填写答复类型，或者删去日期。",
                answer=answer,
            )
        }
    return {}


# -- the events -------------------------------------------------------------------------------------


def _before_answer(values: Values, supplement_by: Callable[[date], date]) -> list[Dated]:
    """Return what happened up to the answer, the receipt first, the rest by their days."""
    dated = [
        _event("receive", "received_on", values, "arrived_on", "signed_on", "confirmed_on", "tracking_number")
    ]
    later = [*_supplement(values, supplement_by), *_fee(values), *_consultation(values)]
    extension = _extension(values)
    if extension and extension["on"]:
        too_many = extension["days"] > law.longest_extension()
        later.append(("extension" if too_many else "extended_on", extension))
    dated += sorted(later, key=lambda one: one[1]["on"])
    if extension and not extension["on"]:
        place = max(at for at, (_column, event) in enumerate(dated) if event["step"] in RESTARTS)
        extension["on"] = dated[place][1]["on"]
        dated.insert(place + 1, ("extension", extension))
    return dated


def _event(step: str, column: str, values: Values, *more: str, **details: object) -> Dated:
    """Return an event on the day of the column, with more columns as details under their own names."""
    event: Event = {"step": step, "on": values[column].isoformat()}
    for name in more:
        if values[name]:
            event[name] = values[name].isoformat() if isinstance(values[name], date) else values[name]
    return column, {**event, **details}


def _supplement(values: Values, supplement_by: Callable[[date], date]) -> Iterator[Dated]:
    if values["asked_on"]:
        until, reason = values["supplement_by"], {}
        if not until:
            until, reason = supplement_by(values["asked_on"]), {"reason": NO_DEADLINE}
        yield _event("ask_supplement", "asked_on", values, deadline_on=until.isoformat(), **reason)
    if values["supplemented_on"]:
        yield _event("receive_supplement", "supplemented_on", values)


def _fee(values: Values) -> Iterator[Dated]:
    if values["charged_on"]:
        yield _event("charge", "charged_on", values)
    if values["paid_on"]:
        yield _event("pay", "paid_on", values)


def _consultation(values: Values) -> Iterator[Dated]:
    who = {"party": "third_party", "name": values["third_party"] or SOMEBODY}
    if values["consulted_on"]:
        yield _event("consult", "consulted_on", values, **who)
    if values["opinion_on"]:
        yield _event("end_consultation", "opinion_on", values, **who)


def _extension(values: Values) -> Event | None:
    """Return the extension. Where its day is not told ``on`` is None until it is placed.

    It is then taken as told in time, on the day that the term counts from: the one day that follows
    from the row whatever the row says later, so that reading it again finds the same history.
    """
    if not values["extension"]:
        return None
    event: Event = {"step": "extend", "on": None, "days": values["extension"]}
    if values["extended_on"]:
        return {**event, "on": values["extended_on"].isoformat()}
    return {**event, "reason": NO_EXTENSION_DAY}


def _answer(values: Values, ending: outcome_words.Ending | None) -> Iterator[Dated]:
    """Return what ended the case, on the day of service; a register with one day has no other."""
    if ending is None:
        return
    column = "served_on" if values["served_on"] else "answered_on"
    reason = {"reason": values["reason"] or values["ground"]}
    reason = {key: value for key, value in reason.items() if value}
    if ending.code == WITHDRAWN:
        yield _event("withdraw", column, values, **reason)
        return
    details: dict[str, object] = {"outcome": ending.code, **reason}
    if values["answered_on"] and values["served_on"]:
        details["decided_on"] = values["answered_on"].isoformat()
    if ending.end:
        details["basis"] = {"end": ending.end}
    yield _event("answer", column, values, "method", "document_number", **details)
