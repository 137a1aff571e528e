"""Read a case's ledger: where it stands, when its answer is due, how a year ended for it.

``fold`` is the only reader: what columns of ``cases`` restate and the second count of table 3 come from it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from tracker.domain import misfit
from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import event, workflow
from tracker.domain.case.event import Entry
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.rules import RulesOn, defaults
from tracker.domain.case.standing import AUTOMATIC, Standing
from tracker.domain.case.state import VOID
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError, UnlawfulDayError
from tracker.domain.message import Phrase


def flat(entry: Entry) -> dict[str, Any]:
    """Return the entry as one flat mapping, the form that ``correct`` keeps in ``with``."""
    return {"step": entry.step, "on": entry.on.isoformat(), **entry.details}


def unflat(value: Any, seq: int) -> Entry:
    """Return the entry that a flat mapping describes; raise InvalidDetailError where it cannot."""
    if not isinstance(value, dict) or "step" not in value or "on" not in value:
        raise InvalidDetailError("更正后的记录须写明 step 和 on。")
    details = {key: item for key, item in value.items() if key not in ("step", "on")}
    return Entry(value["step"], event.day("on", value["on"]), details, seq)


def own_acts(entries: Iterable[Entry]) -> list[Entry]:
    """Return what the office itself did, corrections included: no mark and no implied acceptance.

    The one definition of what a file of histories names, and of what it is compared and continued by.
    """
    return [entry for entry in entries if entry.step not in AUTOMATIC and not entry.is_implied]


UNDONE = "撤销导入："  # how the reason of a correction begins that takes back what an import brought


def told_acts(entries: Iterable[Entry]) -> list[Entry]:
    """Return the office's own acts without those that an import brought and its undoing took back.

    A file is compared with them, so that it can be taken again.
    """
    acts = own_acts(entries)
    undone = {entry.details["replaces"] for entry in acts if _is_undoing(entry)}
    if not undone:
        return acts
    return [entry for entry in acts if entry.seq not in undone and not _is_undoing(entry)]


def _is_undoing(entry: Entry) -> bool:
    is_taken_back = entry.step == "correct" and entry.details.get("with") is None
    return is_taken_back and str(entry.details.get("reason", "")).startswith(UNDONE)


def in_force(entries: Iterable[Entry]) -> list[Entry]:
    """Return what remains after the corrections: replaced in place, nothing erased.

    Marks and implied accepts are left out: the fold makes the latter anew.
    """
    acts = own_acts(entries)
    if "correct" not in [entry.step for entry in acts]:
        return acts
    kept: dict[int, Entry | None] = {}
    last_held: dict[int, Entry] = {}  # what held last in each place, also where it was taken back since
    for entry in acts:
        if entry.step == "correct":
            place = entry.details["replaces"]
            if place not in kept:
                raise InvalidDetailError("第%(place)s条记录不存在或不能更正。", place=place)
            value = entry.details.get("with")
            kept[place] = None if value is None else _replacement(last_held[place], value, place)
            last_held[place] = kept[place] or last_held[place]
        else:
            kept[entry.seq] = last_held[entry.seq] = entry
    return [entry for entry in kept.values() if entry is not None]


def _replacement(replaced: Entry, value: Any, place: int) -> Entry:
    """Return the entry that takes a place; a receipt keeps the kind, channel and unit not named anew."""
    entry = unflat(value, place)
    if entry.step != "receive":
        return entry
    keep = {k: v for k, v in replaced.details.items() if k in event.OF_CASE}
    return Entry(entry.step, entry.on, {**keep, **entry.details}, place)


def answer_of(entries: Iterable[Entry]) -> Entry | None:
    """Return the entry that ended the case with an outcome, as it holds now; None where none did."""
    return next((entry for entry in reversed(in_force(entries)) if entry.step in BY_CODE), None)


def replaced(entries: Iterable[Entry]) -> dict[int, int]:
    """Return the corrected entries: the seq of each and of the correction that holds now."""
    return {e.details["replaces"]: e.seq for e in entries if e.step == "correct"}


def tells_receipt(entries: Iterable[Entry], correction: Entry) -> bool:
    """Return whether the correction only adds the day on which a letter was received (rulebook L2)."""
    replaced = next((e for e in in_force(entries) if e.seq == correction.details.get("replaces")), None)
    if replaced is None or correction.details.get("with") is None or replaced.details.get("received_on"):
        return False
    put = dict(correction.details["with"])
    return put.pop("received_on", None) is not None and put == flat(replaced)


def _lacks_receipt(entries: Sequence[Entry], remaining: Sequence[Entry]) -> bool:
    """Return whether the receipt itself was corrected away (作废: a slip of the clerk)."""
    return not remaining or remaining[0].seq != entries[0].seq


def fold(
    entries: Sequence[Entry],
    calendar: WorkCalendar,
    rules_on: RulesOn = defaults,
    *,
    until: date | None = None,
) -> Standing:
    """Return where the case stands; with ``until``, as the legal days up to it have it.

    Raises StepNotAllowedError, UnlawfulDayError, InvalidDetailError, naming the entry, where what remains
    after corrections is not lawful; DamagedError where one cannot be read.
    """
    misfit.refuse(entries)
    standing, remaining = Standing(calendar, rules_on), in_force(entries)
    if _lacks_receipt(entries, remaining):
        standing.state = VOID
        return standing
    if until is not None:
        remaining = [entry for entry in remaining if entry.on <= until]
    _run(standing, remaining)
    if not is_by_day(remaining):
        # Lawful as written; what was in time is judged by the days, not by the order of typing.
        standing = Standing(calendar, rules_on)
        _run(standing, sorted(remaining, key=lambda entry: entry.on))
    return standing


def is_by_day(entries: Sequence[Entry]) -> bool:
    """Return whether no entry has an earlier day than the one before it."""
    days = [entry.on for entry in entries]
    return days == sorted(days)


def _run(standing: Standing, entries: Iterable[Entry]) -> None:
    """Take the entries one by one; name the one that is not lawful."""
    for entry in entries:
        try:
            standing.take(entry)
        except (StepNotAllowedError, UnlawfulDayError, InvalidDetailError) as error:
            label = workflow.step_label(entry.step) if entry.step in event.KEYS else entry.step
            raise type(error)(
                Phrase(
                    "第%(seq)s条记录（%(label)s，%(on)s）：%(error)s",
                    seq=entry.seq,
                    label=label,
                    on=entry.on,
                    error=error.message,
                )
            ) from error


def correct(
    entries: Sequence[Entry], correction: Entry, calendar: WorkCalendar, rules_on: RulesOn = defaults
) -> Standing:
    """Return where the case would stand after the correction; refuse what is not lawful then."""
    event.check(correction)
    replacement = correction.details.get("with")
    if replacement is not None:
        event.check(unflat(replacement, correction.details["replaces"]))
    first = entries[0].seq
    if correction.details["replaces"] == first and replacement and replacement["step"] != "receive":
        raise InvalidDetailError("第一条记录只能更正为“收到申请”，或作废。")
    return fold([*entries, correction], calendar, rules_on)


def final_state(
    entries: Sequence[Entry],
    year: int,
    calendar: WorkCalendar,
    rules_on: RulesOn = defaults,
    *,
    folded: Standing | None = None,
) -> str | None:
    """Return how the year ended for the case: an outcome, or ``carried_forward``.

    None where the case is void, was not yet received, or had ended in an earlier year. The only
    place that takes the step ``carry_forward`` (第50条; 国办公开办函〔2021〕30号, row 四).

    folded: what ``fold`` gave of the same entries, where the caller has it.
    """
    standing = folded or fold(entries, calendar, rules_on)
    last_day = date(year, 12, 31)
    if standing.received_on is None or standing.received_on > last_day:
        return None
    if standing.closed_on is not None and standing.closed_on <= last_day:
        return standing.state if standing.closed_on.year == year else None
    then = fold(entries, calendar, rules_on, until=last_day)
    state = then.state if workflow.is_open(then.state) else then.state_before_end
    return workflow.advance(state, "carry_forward")
