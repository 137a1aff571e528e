"""Case histories as JSON Lines (docs/exchange.md section 1): read, due dates, write.

Reading knows nothing of the database; services/importing keeps what was read.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.domain import event, explanation, history, party
from tracker.domain.applicant import ApplicantKind
from tracker.domain.calendar import WorkCalendar
from tracker.domain.channel import Channel
from tracker.domain.clock import Rules
from tracker.domain.duty import EXCHANGED, duties
from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.event import Entry
from tracker.domain.outcome import BY_CODE

# 1.1: what LATER_KEYS name; 1.2: the party ``co_maker`` beside ``agency``.
FORMATS = FORMAT, LATER, TOLD_APART = tuple(f"tracker-history/{version}" for version in ("1", "1.1", "1.2"))
LATER_KEYS = ("basis", "parts", "way", "count")
CASE_KEYS = frozenset({"number", "agency", "applicant", "channel", "subject", "unit", "events"})
APPLICANT_KEYS = ("kind", "name", "id_number", "phone", "email", "address")


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
    applicant: Mapping[str, str | None]
    channel: str
    subject: str
    entries: list[Entry] = field(default_factory=list)


def read(lines: Iterable[str]) -> Iterator[ReadCase | BadLine]:
    """Yield each case line as read, or why it cannot be."""
    version = FORMAT
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            value = json.loads(text)
            if _is_header(value, number):
                version = value["format"]
                continue
            yield _case(value, number, text, version)
        except json.JSONDecodeError as error:
            yield BadLine(number, f"不是有效的 JSON：第{error.colno}列，{error.msg}", text)
        except DomainError as error:
            yield BadLine(number, str(error), text)


def _is_header(value: Any, number: int) -> bool:
    if not isinstance(value, dict):
        raise InvalidDetailError("每行应是一个 JSON 对象。")
    if "format" not in value:
        return False
    if number != 1 or value["format"] not in FORMATS:
        raise InvalidDetailError(f"格式“{value['format']}”不认识；第一行可写 {'、'.join(FORMATS)}。")
    return True


def _case(value: dict[str, Any], line: int, text: str, version: str) -> ReadCase:
    unknown = sorted(value.keys() - CASE_KEYS)
    if unknown:
        raise InvalidDetailError(f"不认识的项：{'、'.join(unknown)}。")
    applicant = _applicant(value.get("applicant"))
    channel = value.get("channel")
    if channel not in list(Channel):
        raise InvalidDetailError(f"channel 不能是“{channel}”，应为：{'、'.join(Channel)}。")
    events = value.get("events")
    if not isinstance(events, list) or not events:
        raise InvalidDetailError("缺少 events，或 events 为空。")
    told_apart = version == TOLD_APART or any(_names_co_maker(item) for item in events)
    entries = [_placed(item, place, told_apart) for place, item in enumerate(events, start=1)]
    if entries[0].step == "receive":
        first, unit = entries[0], _text(value, "unit")
        more = {"applicant_kind": applicant["kind"], "channel": channel}
        more |= {"unit": unit} if unit else {}
        entries[0] = Entry(first.step, first.on, {**first.details, **more}, first.seq)
    return ReadCase(
        line,
        text,
        _text(value, "number"),
        _text(value, "agency") or "default",
        applicant,
        channel,
        _text(value, "subject") or "",
        entries,
    )


def _text(value: Mapping[str, Any], key: str) -> str | None:
    found = value.get(key)
    if found is not None and not isinstance(found, str):
        raise InvalidDetailError(f"“{key}”应为文字，现为“{found}”。")
    return found.strip() or None if found else None


def _applicant(value: Any) -> dict[str, str | None]:
    if not isinstance(value, dict):
        raise InvalidDetailError("缺少 applicant。")
    unknown = sorted(value.keys() - set(APPLICANT_KEYS))
    if unknown:
        raise InvalidDetailError(f"applicant 中不认识的项：{'、'.join(unknown)}。")
    if value.get("kind") not in list(ApplicantKind):
        words = "、".join(ApplicantKind)
        raise InvalidDetailError(f"applicant.kind 不能是“{value.get('kind')}”，应为：{words}。")
    return {key: _text(value, key) for key in APPLICANT_KEYS}


def _names_co_maker(item: Any) -> bool:
    """Return whether the event says ``co_maker``: then the line tells it from ``agency``, header or not."""
    if not isinstance(item, dict):
        return False
    return item.get("party") == party.CO_MAKER or _names_co_maker(item.get("with"))


def _placed(item: Any, place: int, told_apart: bool) -> Entry:
    try:
        entry = from_exchange(item, place, told_apart=told_apart)
        event.check(entry)
    except DomainError as error:
        step = item.get("step") if isinstance(item, dict) else item
        raise InvalidDetailError(f"第{place}个事件（{step}）：{error}") from error
    return entry


def from_exchange(item: Any, seq: int, *, told_apart: bool = True) -> Entry:
    """Return the entry of an exchange event: ``answer`` becomes its outcome's code.

    told_apart: ``agency`` is no co-maker (``/1.2``); in an older file it keeps the meaning that it had.
    """
    if not isinstance(item, dict):
        raise InvalidDetailError("事件应是一个 JSON 对象。")
    item = {key: value for key, value in item.items() if value is not None or key == "with"}
    step, on = item.pop("step", None), item.pop("on", None)
    if step == "answer":
        step = item.pop("outcome", None)
        if not isinstance(step, str) or step not in BY_CODE:
            raise InvalidDetailError(f"outcome 不能是“{step}”，应为：{'、'.join(BY_CODE)}。")
    elif not isinstance(step, str) or step in {*BY_CODE, "recompute"} or step not in event.KEYS:
        raise InvalidDetailError(f"不认识的步骤“{step}”。")
    try:
        day = date.fromisoformat(on)
    except (TypeError, ValueError) as error:
        raise InvalidDetailError(f"on 不是日期：{on}") from error
    if step == "correct" and item.get("with") is not None:
        item["with"] = history.flat(from_exchange(item["with"], seq, told_apart=told_apart))
    if isinstance(item.get("party"), str):
        item["party"] = _party(item["party"], told_apart)
    return Entry(step, day, item, seq)


def _party(word: str, told_apart: bool) -> str:
    """Return what the ledger keeps for a party; raise where the word is none of the format."""
    if word not in party.CHOICES:
        raise InvalidDetailError(f"“party”不能是“{word}”，应为：{'、'.join(party.CHOICES)}。")
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


def due_line(case: ReadCase, on: date, calendar: WorkCalendar, rules: Rules) -> dict[str, Any] | None:
    """Return the line of ``tracker due`` for the case; None where it is not yet received, or void.

    Raises DomainError where the history is not lawful.
    """
    if case.entries[0].on > on:
        return None
    entries = [entry for entry in case.entries if entry.on <= on]
    standing = history.fold(entries, calendar, rules)
    if standing.received_on is None:
        return None
    answer = standing.due()
    duty = next((duty for duty in duties(standing, on) if duty.name in EXCHANGED), None)
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
