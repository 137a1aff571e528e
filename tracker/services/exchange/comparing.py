"""Compare what a file says of a case with its ledger: the same, the beginning of more, nothing more."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from tracker.domain.case import event, history
from tracker.domain.case.applicant import ApplicantKind, is_written
from tracker.domain.case.event import Entry
from tracker.domain.errors import InvalidDetailError
from tracker.domain.exchange import request_row
from tracker.domain.folding import fold
from tracker.domain.law import party
from tracker.domain.message import Phrase, joined
from tracker.services.exchange import schema
from tracker.services.exchange.exchange import ReadCase


def comparable(entries: Iterable[Entry]) -> list[tuple[str, date, dict[str, Any]]]:
    """Return a ledger as an import compares it: what the office did, place by place.

    The place that a correction names is counted among the office's own acts.
    """
    places: dict[int, int] = {}
    acts: list[tuple[str, date, dict[str, Any]]] = []
    for entry in history.own_acts(entries):
        places[entry.seq] = len(places) + 1
        details = _as_told({k: v for k, v in entry.details.items() if v is not None or k == "with"})
        if entry.step == "receive":
            details.pop("unit", None)  # where the case went first is no event of the file
        if entry.step == "correct":
            details["replaces"] = places.get(details["replaces"])
            details.setdefault("with", None)
        acts.append((entry.step, entry.on, details))
    return acts


def says_no_more(told: Iterable[Entry], kept: Iterable[Entry]) -> bool:
    """Return whether a row of a register says nothing that the ledger does not hold now.

    A register has no column for much that a ledger holds: what it leaves out contradicts nothing.
    """
    there = iter(sorted(history.in_force(kept), key=lambda entry: entry.on))
    acts = sorted(history.own_acts(told), key=lambda entry: entry.on)
    return all(any(_holds(entry, act) for entry in there) for act in acts)


def _holds(kept: Entry, told: Entry) -> bool:
    if _end(kept.step) != _end(told.step):
        return False
    before, mentioned = ({**_as_told(dict(one.details)), "on": one.on} for one in (kept, told))
    assumed = request_row.ASSUMED.get(str(told.details.get("reason")), ())
    for one in (before, mentioned):
        one.setdefault("decided_on", one["on"].isoformat())
        one.pop("unit", None)
        for key in assumed:
            one.pop(key, None)
    return all(before.get(key) == value for key, value in mentioned.items() if value is not None)


def _end(step: str) -> str:
    """Return a step as the list of requests tells it: what was taken back is closed as 其他 there."""
    return "closed_other" if step == "withdraw" else step


def _as_told(details: dict[str, Any]) -> dict[str, Any]:
    """Return the details as a file tells them.

    An organ that was not told apart is what it is read as (第34条). Of what the program alone writes, and
    older versions kept from files too, only why a step was taken all the same is told, with its reason.
    """
    told = {key: value for key, value in details.items() if key not in event.INTERNAL}
    if why := details.get("override"):
        told["reason"] = "；".join(filter(None, [str(details.get("reason") or ""), str(why)]))
    if isinstance(details.get("with"), dict):
        told["with"] = _as_told(details["with"])
    return {**told, "party": party.same(told["party"])} if "party" in told else told


def same_request(case: ReadCase, kind: str, names: list[str], subject: str, whose: str, written: str) -> None:
    """Raise where the line's number belongs to another request; what is left out differs from nothing.

    names: of everybody who asks: a file says the first alone, all of them, or 某某等2人. written: how the
    other writes the number, which may differ in width, case, dashes, blanks and what cannot be seen.
    """
    told = case.applicant
    name = str(told["name"]) if told["name"] and is_written(str(told["name"]), names) else names[0]
    pairs = (
        ("申请人类型", str(told["kind"]), kind, False),
        ("申请人", told["name"] or name, name, True),
        ("申请内容", case.subject or subject, subject, True),
    )
    different = [
        Phrase(
            "%(label)s为“%(shown)s”，本行为“%(shown2)s”",
            label=label,
            shown=schema.shown(_label(ours)),
            shown2=schema.shown(_label(theirs)),
        )
        for label, theirs, ours, folded in pairs
        if (fold(theirs) != fold(ours) if folded else theirs != ours)
    ]
    if case.number and different:
        differences = joined(different, "；")
        if case.number != written:
            whose = Phrase("（写作%(written)s）%(whose)s", written=written, whose=whose)
        raise InvalidDetailError(
            "编号%(number)s是另一件申请的：%(whose)s%(differences)s。请核对编号。",
            number=case.number,
            whose=whose,
            differences=differences,
        )


def _label(word: str) -> str:
    return ApplicantKind(word).label if word in list(ApplicantKind) else word
