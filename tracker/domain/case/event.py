"""Entries of a ledger as the law sees them, and what each step must state.

The keys are those of the exchange format (docs/exchange.md); ``check`` refuses unknown words and
missing keys, never lateness.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from tracker.domain.case import basis, mixed
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.outcome import BY_CODE, Outcome
from tracker.domain.case.workflow import STEPS
from tracker.domain.errors import InvalidDetailError
from tracker.domain.law import law, party
from tracker.domain.message import joined


class Entry(msgspec.Struct, frozen=True):
    """One entry: what happened, on which legal day, with which details.

    ``details`` holds plain JSON values; days among them are ISO texts.
    """

    step: str
    on: date
    details: Mapping[str, Any] = msgspec.field(default_factory=dict)
    seq: int = 0

    def day(self, key: str) -> date | None:
        """Return a day of the details, None where it is not known."""
        value = self.details.get(key)
        return date.fromisoformat(value) if value else None

    @property
    def is_implied(self) -> bool:
        """Whether it is an acceptance that the program made: it makes no other step by itself."""
        return self.step == "accept" and bool(self.details.get("implied"))


_OF_STEPS = {step.name: step.fields for step in STEPS}
_FIELDS = [field for fields in _OF_STEPS.values() for field in fields]

KEYS: dict[str, tuple[str, ...]] = {
    "receive": (
        "arrived_on", "signed_on", "confirmed_on", "tracking_number", "applicant_kind", "channel",
        "unit",
    ),
    "correct": ("replaces", "with", "reason"),
    "recompute": ("duty", "due_from", "due_to", "reason"),
    **{step: tuple(key for field in fields for key in field.kept_as) for step, fields in _OF_STEPS.items()},
    "carry_forward": ("year",),
}  # fmt: skip
for _code in BY_CODE:
    KEYS[_code] += ("override", "basis", "parts")

REQUIRED: dict[str, tuple[str, ...]] = {
    "correct": ("replaces", "reason"),
    **{
        step: tuple(key for field in fields if field.needed for key in field.kept_as)
        for step, fields in _OF_STEPS.items()
    },
    "carry_forward": ("year",),
}

# What a case line says beside its events and its first entry keeps, so that every column can be rebuilt.
OF_CASE = ("applicant_kind", "channel", "unit")

# What the program alone writes: from outside it is an unknown word.
INTERNAL = frozenset({"implied", "override"})
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # the one form of a day: an equal day is an equal text

WORDS = {field.name: field.choices for field in _FIELDS if field.choices}
KINDS: dict[str, tuple[str, ...]] = {
    "applicant_kind": tuple(ApplicantKind),
    "channel": tuple(Channel),
}


_KNOWN = {key: dict.fromkeys(choices) for key, choices in {**KINDS, **WORDS}.items()}
LACKS = "步骤%(step)s缺少“%(key)s”。"
_KEYS = {step: frozenset({*keys, "reason", "implied"}) for step, keys in KEYS.items()}

WHOLE = {"year", "replaces", *(field.name for field in _FIELDS if field.kind == "whole")}
# What is no text. ``bool`` would pass for ``int``: the keys that count are checked once more below.
TYPES: dict[str, type | tuple[type, ...]] = {
    "with": dict,
    "basis": dict,
    "parts": list,
    "implied": bool,
    "amount": (str, int, float),
    **dict.fromkeys(WHOLE, object),
}


def check(entry: Entry) -> None:
    """Raise InvalidDetailError where the entry lacks a key, or holds an unknown one or word."""
    _check_keys(entry)
    for key, value in entry.details.items():
        if type(value) is str and (key in _PLAIN or value in _KNOWN.get(key, ())):
            continue  # most of what a ledger holds
        if value is not None:
            _check_value(entry, key, value)
    if entry.step in BY_CODE:
        _check_year(entry, BY_CODE[entry.step])


def _check_keys(entry: Entry) -> None:
    if not isinstance(entry.step, str) or entry.step not in KEYS:
        raise InvalidDetailError("不认识的步骤：%(step)s", step=entry.step)
    known = _KEYS[entry.step]
    if not entry.details.keys() <= known:
        key = next(key for key in entry.details if key not in known)
        raise InvalidDetailError("步骤%(step)s没有“%(key)s”这一项。", step=entry.step, key=key)
    for key in REQUIRED.get(entry.step, ()):
        value = entry.details.get(key)
        if value is None or not str(value).strip():
            raise InvalidDetailError(LACKS, step=entry.step, key=key)


def _check_year(entry: Entry, outcome: Outcome) -> None:
    """Refuse an outcome that the report of the year of the decision or of its service has no row for."""
    if not outcome.row_in(min(entry.on, entry.day("decided_on") or entry.on).year):
        raise InvalidDetailError(
            "“%(label)s”自%(since)s年起才是一种办理结果。",
            label=outcome.label,
            since=outcome.since,
        )


def _check_value(entry: Entry, key: str, value: Any) -> None:
    if not isinstance(value, TYPES.get(key, str)) or (key == "amount" and isinstance(value, bool)):
        raise InvalidDetailError(
            "“%(key)s”的值不合要求：%(value)s。",
            key=key,
            value=str(value)[:40],
        )
    _check_word(key, value)
    if key.endswith("_on"):
        _check_day(entry, key, value)
    if key in CHECKS:
        CHECKS[key](value)
    if key == "days":
        _check_days(value)
    if key in WHOLE and not (type(value) is int and value > 0):
        raise InvalidDetailError(
            "“%(key)s”应为整数且大于0，现为“%(value)s”。",
            key=key,
            value=value,
        )


def _check_word(key: str, value: Any) -> None:
    """Refuse a word that is none of those that the key knows."""
    known = _KNOWN.get(key)
    if known is not None and value not in known:
        choices = party.CHOICES if key == "party" else known
        raise InvalidDetailError(
            "“%(key)s”不能是“%(value)s”，应为：%(names)s。",
            key=key,
            value=value,
            names=joined(choices, "、"),
        )


def _check_days(value: Any) -> None:
    most, article = law.longest_extension(), law.newest().extension.law
    if type(value) is not int or not 1 <= value <= most:
        raise InvalidDetailError(
            "延长天数应为1至%(most)s的整数（%(article)s），现为“%(value)s”。",
            most=most,
            article=article,
            value=value,
        )


def _check_basis(value: dict[Any, Any]) -> None:
    for key, text in value.items():
        if key not in basis.KEYS or not isinstance(text, str):
            raise InvalidDetailError("答复依据中不认识“%(key)s”，或者它的值不是文字。", key=key)
        if key.endswith("_on") and text:
            day(key, text)


def _check_parts(value: list[Any]) -> None:
    for part in value:
        if not isinstance(part, dict) or not {"content", "outcome"} <= part.keys() <= set(mixed.PART_KEYS):
            raise InvalidDetailError("分项应写明 content 和 outcome，现为“%(part)s”。", part=part)
        if not all(isinstance(text, str) for text in part.values()) or part["outcome"] not in BY_CODE:
            raise InvalidDetailError(
                "分项的 outcome 不能是“%(outcome)s”。",
                outcome=part["outcome"],
            )
        if part.get("end") and part["end"] not in {end.key for end in basis.ENDS[part["outcome"]]}:
            raise InvalidDetailError("分项的 end 不能是“%(end)s”。", end=part["end"])


CHECKS: dict[str, Callable[[Any], None]] = {"basis": _check_basis, "parts": _check_parts}
# Keys whose value is any text.
_PLAIN = {
    key
    for keys in _KEYS.values()
    for key in keys
    if not key.endswith("_on") and key not in {*TYPES, *_KNOWN, *CHECKS, "days"}
}


@lru_cache(maxsize=8192)  # the days of twenty years: a file names the same ones again and again
def _day(text: str) -> date:
    if not DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def day(key: str, value: Any) -> date:
    """Return the day of a text such as 2026-03-02; raise InvalidDetailError naming the key otherwise."""
    try:
        return _day(value)
    except (TypeError, ValueError) as error:
        raise InvalidDetailError(
            "“%(key)s”不是日期（应如2026-03-02）：%(value)s",
            key=key,
            value=str(value)[:40],
        ) from error


def _check_day(entry: Entry, key: str, value: Any) -> None:
    given = day(key, value)
    if key == "decided_on" and given > entry.on:
        raise InvalidDetailError(
            "落款日期（%(given)s）不能晚于送达日期（%(on)s）。",
            given=given,
            on=entry.on,
        )
