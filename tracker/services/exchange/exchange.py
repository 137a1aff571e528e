"""Case histories as JSON Lines (docs/exchange.md section 1): read, due dates, write.

Reading knows nothing of the database; services/exchange/importing keeps what was read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import bound, event, explanation, history
from tracker.domain.case.duty import exchanged
from tracker.domain.case.event import Entry
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.rules import RulesOn
from tracker.domain.errors import DomainError, InvalidDetailError, UnknownYearError
from tracker.domain.law import party
from tracker.domain.message import Phrase, joined
from tracker.services.exchange import people, schema

# 1.1: what LATER_KEYS name; 1.2: the party ``co_maker`` beside ``agency``, ``received_on`` of ask_supplement;
# 1.3: ``joint``, ``representatives``, ``wishes``, what is known of a document, who gets the letters.
VERSIONS = ("1", "1.1", "1.2", "1.3")
FORMATS = FORMAT, LATER, TOLD_APART, PEOPLE = tuple(f"tracker-history/{version}" for version in VERSIONS)
LATER_KEYS = ("basis", "parts", "way", "count")
_OF_CASE = frozenset(event.OF_CASE)
APPLICANT_KEYS = schema.ApplicantSchema.__struct_fields__


# How a refusal names the event that it is about: its place in the list, its step, and its day where known.
OF_EVENT = re.compile(r"^第(\d+)个事件（[^）]*）：")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was refused: its number, the reason in words, its text."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadCase:
    """One line that was read. ``entries`` are placed: seq is the place in the list, from 1."""

    line: int
    text: str
    number: str | None
    agency: str
    applicant: Mapping[str, Any]
    channel: str
    subject: str
    entries: list[Entry] = field(default_factory=list)
    beside: dict[str, Any] = field(default_factory=dict)  # of the people and wishes (people.py)


def read(lines: Iterable[str | bytes]) -> Iterator[ReadCase | BadLine]:
    """Yield each case line as read, or why it cannot be; no line keeps the next from being read."""
    version = FORMAT
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        if case := _plainly(raw, number, version):
            yield case
            continue
        try:
            value = schema.parse(raw)
            if _is_header(value, number):
                version = value["format"]
                continue
            yield _case(schema.line(value), number, _legible(raw), version)
        except DomainError as error:
            yield BadLine(number, error.message, _legible(raw))


def _plainly(raw: str | bytes, number: int, version: str) -> ReadCase | None:
    """Return the case of a line that is plainly sound: most are. Why another is not, a second look says."""
    told = schema.plainly(raw)
    if told is None:
        return None
    try:
        return _case(told, number, raw if isinstance(raw, str) else raw.decode(), version)
    except DomainError:
        return None


def _legible(raw: str | bytes) -> str:
    """Return the text of a line as a file of refused lines can hold it; what is too long is cut."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return schema.SURROGATE.sub("\ufffd", text[: schema.LINE_BYTES])


def _is_header(value: Any, number: int) -> bool:
    if not isinstance(value, dict):
        raise InvalidDetailError("每行应是一个 JSON 对象。")
    if "format" not in value:
        return False
    if number != 1 or value["format"] not in FORMATS:
        format_name = schema.shown(value["format"])
        raise InvalidDetailError(
            "格式“%(format_name)s”不认识；第一行可写 %(names)s。",
            format_name=format_name,
            names=joined(FORMATS, "、"),
        )
    if unknown := sorted(value.keys() - {"format"}):
        raise InvalidDetailError(
            "第一行不认识的项：%(shown)s。",
            shown=schema.shown(joined(unknown, "、")),
        )
    return True


def _case(told: schema.LineSchema, line: int, text: str, version: str) -> ReadCase:
    told_apart = version in (TOLD_APART, PEOPLE) or any(map(_names_co_maker, told.events))
    entries = [_placed(item, place, told_apart) for place, item in enumerate(told.events, start=1)]
    if entries[0].step == "receive":
        first, unit = entries[0], _clean(told.unit)
        more = {"applicant_kind": told.applicant.kind.value, "channel": told.channel.value}
        more |= {"unit": unit} if unit else {}
        entries[0] = Entry(first.step, first.on, {**first.details, **more}, first.seq)
    who, beside = _applicant(told.applicant), people.beside(told)
    people.check(who, beside)
    return ReadCase(
        line,
        text,
        _clean(told.number),
        _clean(told.agency) or "default",
        who,
        told.channel.value,
        _clean(told.subject) or "",
        entries,
        beside,
    )


def _clean(text: str | None) -> str | None:
    return text.strip() or None if text else None


def _applicant(told: schema.ApplicantSchema) -> dict[str, Any]:
    person = people.person(told)
    return {key: person.get(key) for key in APPLICANT_KEYS}


def _names_co_maker(item: Any) -> bool:
    """Return whether the event says ``co_maker``: then the line tells it from ``agency``, header or not."""
    if not isinstance(item, dict):
        return False
    return item.get("party") == party.CO_MAKER or ("with" in item and _names_co_maker(item["with"]))


def _placed(item: Any, place: int, told_apart: bool) -> Entry:
    try:
        entry = from_exchange(item, place, told_apart=told_apart)
        event.check(entry)
        if entry.step == "receive" and not _OF_CASE.isdisjoint(entry.details):
            given = sorted(_OF_CASE & entry.details.keys())
            raise InvalidDetailError(
                "步骤receive没有“%(names)s”这一项：写在事件之外。",
                names=joined(given, "、"),
            )
        bound.check(entry)
    except DomainError as error:
        step = schema.shown(item.get("step") if isinstance(item, dict) else item)
        raise InvalidDetailError(
            "第%(place)s个事件（%(step)s）：%(error)s",
            place=place,
            step=step,
            error=error.message,
        ) from error
    return entry


def from_exchange(item: Any, seq: int, *, told_apart: bool = True) -> Entry:
    """Return the entry of an exchange event: ``answer`` becomes its outcome's code.

    told_apart: ``agency`` is no co-maker (``/1.2``); in an older file it keeps the meaning that it had.
    """
    if not isinstance(item, dict):
        raise InvalidDetailError("事件应是一个 JSON 对象。")
    if not event.INTERNAL.isdisjoint(item):
        raise InvalidDetailError(
            "不认识的项：%(names)s。",
            names=joined(sorted(item.keys() & event.INTERNAL), "、"),
        )
    if None in item.values():
        item = {key: value for key, value in item.items() if value is not None or key == "with"}
    else:
        item = item.copy()
    step, on = _step(item), item.pop("on", None)
    day = event.day("on", on)
    if step == "correct" and item.get("with") is not None:
        item["with"] = history.flat(from_exchange(item["with"], seq, told_apart=told_apart))
    if isinstance(item.get("party"), str):
        item["party"] = _party(item["party"], told_apart)
    return Entry(step, day, item, seq)


def _step(item: dict[str, Any]) -> str:
    """Take the step out of an event and return it; an answer is known by its outcome."""
    step = item.pop("step", None)
    if step == "answer":
        step = item.pop("outcome", None)
        if not isinstance(step, str) or step not in BY_CODE:
            outcomes = "、".join(BY_CODE)
            raise InvalidDetailError(
                "outcome 不能是“%(shown)s”，应为：%(outcomes)s。",
                shown=schema.shown(step),
                outcomes=outcomes,
            )
    elif not isinstance(step, str) or step in {*BY_CODE, "recompute"} or step not in event.KEYS:
        raise InvalidDetailError("不认识的步骤“%(shown)s”。", shown=schema.shown(step))
    return step


def _party(word: str, told_apart: bool) -> str:
    """Return what the ledger keeps for a party; raise where the word is none of the format."""
    if word not in party.CHOICES:
        choices = "、".join(party.CHOICES)
        raise InvalidDetailError(
            "“party”不能是“%(shown)s”，应为：%(choices)s。",
            shown=schema.shown(word),
            choices=choices,
        )
    return party.kept(word, told_apart=told_apart)


def to_exchange(entry: Entry, *, told_apart: bool = True) -> dict[str, Any]:
    """Return the exchange event of an entry. told_apart: as ``/1.2`` says it."""
    details = dict(entry.details)
    if entry.step == "correct" and details.get("with"):
        details["with"] = to_exchange(history.unflat(details["with"], 0), told_apart=told_apart)
    if "party" in details:
        details["party"] = party.written(details["party"], told_apart=told_apart)
    if entry.step in BY_CODE:
        return {"step": "answer", "on": entry.on.isoformat(), "outcome": entry.step, **details}
    return {"step": entry.step, "on": entry.on.isoformat(), **details}


def check_years(entries: Iterable[Entry], calendar: WorkCalendar) -> None:
    """Raise InvalidDetailError naming the first event in a year without a calendar: most often a slip."""
    for entry in entries:
        if entry.on.year not in calendar.published and entry.on.year not in calendar.provisional:
            label = Phrase(
                "第%(seq)s个事件（%(step)s，%(on)s）",
                seq=entry.seq,
                step=entry.step,
                on=entry.on,
            )
            raise InvalidDetailError(
                "%(label)s：没有%(year)s年的工作日历；请核对年份是否写错。",
                label=label,
                year=entry.on.year,
            )


@contextmanager
def counted() -> Iterator[None]:
    """Refuse a line whose days lead out of the calendar, naming the year, whatever is counted from them."""
    try:
        yield
    except UnknownYearError as error:
        message = Phrase(
            "由其中的日期推算到%(year)s年，没有这一年的工作日历；请核对各日期的年份是否写错。",
            year=error.year,
        )
        raise InvalidDetailError(message) from error
    except OverflowError as error:
        raise InvalidDetailError("由其中的日期推算超出了日历的范围；请核对各日期的年份是否写错。") from error


def due_line(case: ReadCase, on: date, calendar: WorkCalendar, rules_on: RulesOn) -> dict[str, Any] | None:
    """Return the line of ``tracker due`` for the case; None where it is not yet received, or void.

    Raises DomainError where the history is not lawful.
    """
    if case.entries[0].on > on:
        return None
    entries = [entry for entry in case.entries if entry.on <= on]
    check_years(entries, calendar)
    with counted():
        return _due_line(case, entries, on, calendar, rules_on)


def _due_line(
    case: ReadCase, entries: list[Entry], on: date, calendar: WorkCalendar, rules_on: RulesOn
) -> dict[str, Any] | None:
    standing = history.fold(entries, calendar, rules_on)
    if standing.received_on is None:
        return None
    answer = standing.due()
    duty = exchanged(standing, on)
    return {
        "number": case.number,
        "state": standing.state,
        "due_on": answer.on.isoformat() if answer else None,
        "provisional": bool(answer and answer.provisional),
        "overdue": standing.is_overdue(on),
        "next_action": duty.name if duty else None,
        "next_action_on": duty.on.isoformat() if duty else None,
        "explanation": explanation.lines(standing),
    }
