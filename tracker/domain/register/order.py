"""Which day of a row comes not before which: of the row itself, and of the request that it is about.

Law: what follows from an act comes after it; 条例第18条 reviews what was refused before, 第51条 complains of
what was asked before. No article says so in words.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from tracker.domain.case.outcome import BY_CODE
from tracker.domain.message import Phrase
from tracker.domain.register.follow_up import REVIEWED
from tracker.domain.register.index import BY_NAME

Values = Mapping[str, Any]
# By register: the later day and the earlier one. Chains of their own: publications (their review), remedies
# (their instances), steps of a suit (their terms).
ORDER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "corrections": (("told_on", "received_on"),),
    "conversions": (
        ("assessed_on", "raised_on"),
        ("published_on", "raised_on"),
        ("published_on", "assessed_on"),
    ),
    "refusal-reviews": (("next_on", "reviewed_on"), ("published_on", "reviewed_on")),
    "complaints": (("until_on", "received_on"), ("answered_on", "received_on")),
    "guides": (("updated_on", "changed_on"),),
    "personal-requests": (("collected_on", "received_on"), ("answered_on", "received_on")),
    "reanswers": (
        ("until_on", "received_on"),
        ("reviewed_on", "received_on"),
        ("decided_on", "received_on"),
        ("served_on", "received_on"),
        ("served_on", "decided_on"),
    ),
    "normative-documents": (("valid_until", "made_on"), ("ended_on", "made_on")),
}
# Registers whose rows are about a request that came before them.
AFTER_RECEIPT = frozenset({"remedies", "complaints", "personal-requests"})
REVIEWS = "refusal-reviews"


def problems(register: str, values: Values) -> dict[str, str]:
    """Return what is wrong with the order of a row's days, by field; each names both days."""
    wrong: dict[str, str] = {}
    for later, earlier in ORDER.get(register, ()):
        if values[later] and values[earlier] and values[later] < values[earlier]:
            wrong[later] = _early(register, later, values[later], _label(register, earlier), values[earlier])
    return wrong


def of_case(
    register: str, values: Values, *, received_on: date | None, ended_on: date | None, states: Collection[str]
) -> dict[str, str]:
    """Return what is wrong with a row beside the request that it is about, by field.

    ended_on: the day on which it was answered. states: the results that were given, those ordered anew too.
    """
    day = BY_NAME[register].day
    if register in AFTER_RECEIPT and received_on and values[day] < received_on:
        return {day: _early(register, day, values[day], Phrase("收到申请之日"), received_on)}
    if register != REVIEWS:
        return {}
    if not REVIEWED & set(states):
        label = next((BY_CODE[code].label for code in states if code in BY_CODE), "")
        ended = Phrase("结果是“%(label)s”", label=label) if label else Phrase("还没有答复")
        told = Phrase("这件申请%(ended)s，没有不予公开的信息可以复查（条例第18条）。", ended=ended)
        return {"case_number": told}
    if ended_on and values[day] < ended_on:
        return {day: _early(register, day, values[day], Phrase("不予公开的答复之日"), ended_on)}
    return {}


def _label(register: str, name: str) -> str:
    return BY_NAME[register].field(name).label


def _early(register: str, name: str, day: date, other: str, before: date) -> str:
    return Phrase(
        "%(label)s（%(day)s）早于%(other)s（%(before)s）。",
        label=_label(register, name),
        day=day,
        other=other,
        before=before,
    )
