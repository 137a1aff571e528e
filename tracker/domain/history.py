"""Read a case's ledger: where it stands, when its answer is due, how a year ended for it.

``fold`` is the only reader of a ledger. Everything that a column of ``cases`` restates comes
from here, and so does the second, independent count of table 3.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from tracker.domain import event, term, workflow
from tracker.domain.calendar import WorkCalendar
from tracker.domain.clock import Due, Pause, Rules, due
from tracker.domain.consultation import OPINION_TERM, Consultation, answered_by
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError, UnlawfulDayError
from tracker.domain.event import Entry
from tracker.domain.outcome import BY_CODE
from tracker.domain.state import (
    PROCESSING,
    RECEIVED,
    VOID,
)

COUNTING = (RECEIVED, PROCESSING)
AUTOMATIC = ("carry_forward", "recompute")  # marks that the program writes
MARKS = ("correct", *AUTOMATIC)  # entries that move nothing themselves


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension notified to the applicant; a late one changes nothing (edge case 4)."""

    seq: int
    on: date
    days: int
    in_time: bool


@dataclass(slots=True)
class Standing:
    """Where a case stands after the entries folded so far."""

    calendar: WorkCalendar
    rules: Rules = field(default_factory=Rules)
    state: str = ""
    received_on: date | None = None
    receipt: Entry | None = None
    start_on: date | None = None
    start_step: str = "receive"
    restarts: list[Entry] = field(default_factory=list)
    last_change_on: date | None = None
    state_before_end: str = ""
    decided_on: date | None = None
    served_on: date | None = None
    unit: str | None = None
    handler: str | None = None
    extensions: list[Extension] = field(default_factory=list)
    consultations: list[Consultation] = field(default_factory=list)
    supplements: list[Entry] = field(default_factory=list)
    charges: list[Entry] = field(default_factory=list)
    fee_pauses: list[Pause] = field(default_factory=list)
    delayed_until: date | None = None
    reasons_asked: Entry | None = None  # while no reasons have come (第35条)
    asked_for_reasons: bool = False
    supplemented: bool = False
    answer: Entry | None = None  # the entry that ended the case

    @property
    def is_closed(self) -> bool:
        return self.state in BY_CODE

    @property
    def closed_on(self) -> date | None:
        """The day that gives the result its year (a setting; service by default).

        A decision dated before the receipt is a slip: no case ends before it came in.
        """
        if self.rules.year_of_result != "decided" or self.decided_on is None:
            return self.served_on
        return max(self.decided_on, self.received_on or self.decided_on)

    @property
    def pauses(self) -> list[Pause]:
        return [*(c.span for c in self.consultations), *self.fee_pauses]

    @property
    def extension_days(self) -> int:
        return min(sum(e.days for e in self.extensions if e.in_time), term.EXTENSION.days)

    def due(self) -> Due | None:
        """Return when the answer is due, or was; None while the applicant must act."""
        counting = self.state_before_end if self.is_closed else self.state
        if self.start_on is None or counting not in COUNTING:
            return None
        if self.delayed_until:
            return Due(self.delayed_until, provisional=False)  # 第35条: the notified term
        return self._due(self.start_on, self.extension_days)

    def due_if_extended(self, days: int) -> Due | None:
        """Return when the answer would be due if the term were lengthened by these days in all."""
        return self._due(self.start_on, days) if self.start_on and self.due() else None

    def _due(self, start: date, extension: int) -> Due:
        union = self.rules.union_of_consultations
        return due(start, term.REPLY.days + extension, self.calendar, self.pauses, union=union)

    def is_overdue(self, on: date) -> bool:
        """Return whether the answer is late on the day, or was served late (235号)."""
        answer = self.due()
        if answer is None:
            return False
        return answer.on < (self.served_on or on)

    # -- one step ---------------------------------------------------------------------------

    def take(self, entry: Entry) -> list[Entry]:
        """Move by one entry; return the entries to write, an implied accept before its cause.

        Raises StepNotAllowedError, UnlawfulDayError, InvalidDetailError; then nothing moved.
        """
        event.check(entry)
        if entry.step in MARKS:
            raise StepNotAllowedError(f"“{workflow.step_label(entry.step)}”不是案件的步骤。")
        self._check_day(entry)
        if entry.step == "receive":
            self._receive(entry)
            return [entry]
        if self.state == "":
            raise StepNotAllowedError("案件须从“收到申请”开始。")
        if workflow.needs_accept(self.state, entry.step):
            accept = Entry("accept", entry.on, {"implied": True})
            after = workflow.advance(workflow.advance(self.state, "accept"), entry.step)
            self._note(entry)
            self.state, self.last_change_on = PROCESSING, entry.on
            self._move(after, entry)
            return [accept, entry]
        after = workflow.advance(self.state, entry.step)
        self._note(entry)
        self._move(after, entry)
        return [entry]

    def _check_day(self, entry: Entry) -> None:
        if self.received_on and entry.on < self.received_on:
            raise UnlawfulDayError(f"{entry.on}早于收到申请之日（{self.received_on}）。")
        if self.last_change_on and entry.on < self.last_change_on:
            raise UnlawfulDayError(f"{entry.on}早于前一次状态变更之日（{self.last_change_on}）。")

    def _receive(self, entry: Entry) -> None:
        if self.state:
            raise StepNotAllowedError("“收到申请”只能是第一条记录。")
        self.state = RECEIVED
        self.receipt = entry
        self.unit = entry.details.get("unit")
        self.received_on = self.start_on = self.last_change_on = entry.on

    def _move(self, after: str, entry: Entry) -> None:
        if after in BY_CODE:
            self.state_before_end = self.state
            self.served_on, self.answer = entry.on, entry
            self.decided_on = entry.day("decided_on") or entry.on
        if after != self.state:
            self.state, self.last_change_on = after, entry.on

    def _note(self, entry: Entry) -> None:
        """Keep what the clock reads later. The step is known to be allowed."""
        reader = _READERS.get(entry.step)
        if reader:
            reader(self, entry)

    def _restart(self, entry: Entry) -> None:
        self.start_on, self.start_step = entry.on, entry.step
        self.restarts.append(entry)
        self.delayed_until = None
        self.fee_pauses = []
        if self.rules.extension_ends_on_restart:
            self.extensions = []

    def _note_supplement(self, entry: Entry) -> None:
        self.supplements.append(entry)

    def _note_supplement_received(self, entry: Entry) -> None:
        self.supplemented = True
        self._restart(entry)

    def _note_payment(self, entry: Entry) -> None:
        if self.rules.payment_restarts:
            self._restart(entry)
        else:
            self.fee_pauses.append(Pause(self.charges[-1].on, entry.on, "等待缴费"))

    def _note_extension(self, entry: Entry) -> None:
        days = int(entry.details["days"])
        before = sum(e.days for e in self.extensions)
        if before + days > term.EXTENSION.days:
            raise InvalidDetailError(
                f"延长合计不得超过{term.EXTENSION.days}个工作日（{term.EXTENSION.law}）："
                f"已延长{before}个，又延长{days}个。"
            )
        answer = self.due()
        in_time = answer is not None and entry.on <= answer.on
        self.extensions.append(Extension(entry.seq, entry.on, days, in_time))

    def _note_consultation(self, entry: Entry) -> None:
        party, name = entry.details["party"], entry.details["name"]
        got = entry.day("received_on")
        limit = self.calendar.add(got or entry.on, OPINION_TERM[party].days)
        self.consultations.append(Consultation(entry.seq, party, name, entry.on, got, limit))

    def _note_consultation_end(self, entry: Entry) -> None:
        consultation = answered_by(self.consultations, entry)
        if consultation is None:
            name = entry.details["name"]
            raise StepNotAllowedError(f"没有正在进行的对“{name}”的征求意见。")
        consultation.ended_on = entry.on
        consultation.opinion = entry.details.get("opinion")

    def _note_charge(self, entry: Entry) -> None:
        self.charges.append(entry)

    def _note_reasons_asked(self, entry: Entry) -> None:
        self.reasons_asked, self.asked_for_reasons = entry, True

    def _note_reasons(self, entry: Entry) -> None:
        self.reasons_asked = None

    def _note_delay(self, entry: Entry) -> None:
        self.delayed_until, self.reasons_asked = entry.day("until_on"), None

    def _note_assignment(self, entry: Entry) -> None:
        self.unit = entry.details.get("unit") or self.unit
        self.handler = entry.details.get("handler")


_READERS: dict[str, Any] = {
    "ask_supplement": Standing._note_supplement,
    "receive_supplement": Standing._note_supplement_received,
    "pay": Standing._note_payment,
    "extend": Standing._note_extension,
    "consult": Standing._note_consultation,
    "end_consultation": Standing._note_consultation_end,
    "charge": Standing._note_charge,
    "ask_reasons": Standing._note_reasons_asked,
    "give_reasons": Standing._note_reasons,
    "delay": Standing._note_delay,
    "assign": Standing._note_assignment,
}


# -- the whole ledger -----------------------------------------------------------------------


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
    return [entry for entry in entries if entry.step not in AUTOMATIC and not entry.details.get("implied")]


def in_force(entries: Iterable[Entry]) -> list[Entry]:
    """Return what remains after the corrections: replaced in place, nothing erased.

    Marks and implied accepts are left out: the fold makes the latter anew.
    """
    kept: dict[int, Entry | None] = {}
    said: dict[int, Entry] = {}  # what held last in each place, also where it was taken back since
    for entry in own_acts(entries):
        if entry.step == "correct":
            place = entry.details["replaces"]
            if place not in kept:
                raise InvalidDetailError(f"第{place}条记录不存在或不能更正。")
            value = entry.details.get("with")
            kept[place] = None if value is None else _replacement(said[place], value, place)
            said[place] = kept[place] or said[place]
        else:
            kept[entry.seq] = said[entry.seq] = entry
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


def is_void(entries: Sequence[Entry]) -> bool:
    """Return whether the receipt itself was corrected away (作废: a slip of the clerk)."""
    return _lacks_receipt(entries, in_force(entries))


def _lacks_receipt(entries: Sequence[Entry], remaining: Sequence[Entry]) -> bool:
    return not remaining or remaining[0].seq != entries[0].seq


def fold(
    entries: Sequence[Entry],
    calendar: WorkCalendar,
    rules: Rules | None = None,
    *,
    until: date | None = None,
) -> Standing:
    """Return where the case stands; with ``until``, as the legal days up to it have it.

    Raises StepNotAllowedError, UnlawfulDayError, InvalidDetailError where what remains after
    corrections is not lawful; the text names the entry.
    """
    standing = Standing(calendar, rules or Rules())
    remaining = in_force(entries)
    if _lacks_receipt(entries, remaining):
        standing.state = VOID
        return standing
    remaining = [entry for entry in remaining if until is None or entry.on <= until]
    _run(standing, remaining)
    if not is_by_day(remaining):
        # Lawful as written; what was in time is judged by the days, not by the order of typing.
        standing = Standing(calendar, standing.rules)
        _run(standing, sorted(remaining, key=lambda entry: entry.on))
    return standing


def is_by_day(entries: Sequence[Entry]) -> bool:
    """Return whether no entry has an earlier day than the one before it."""
    return all(first.on <= second.on for first, second in pairwise(entries))


def _run(standing: Standing, entries: Iterable[Entry]) -> None:
    """Take the entries one by one; name the one that is not lawful."""
    for entry in entries:
        try:
            standing.take(entry)
        except (StepNotAllowedError, UnlawfulDayError, InvalidDetailError) as error:
            label = workflow.step_label(entry.step) if entry.step in event.KEYS else entry.step
            raise type(error)(f"第{entry.seq}条记录（{label}，{entry.on}）：{error}") from error


def correct(
    entries: Sequence[Entry], correction: Entry, calendar: WorkCalendar, rules: Rules | None = None
) -> Standing:
    """Return where the case would stand after the correction; refuse what is not lawful then."""
    event.check(correction)
    replacement = correction.details.get("with")
    if replacement is not None:
        event.check(unflat(replacement, correction.details["replaces"]))
    first = entries[0].seq
    if correction.details["replaces"] == first and replacement and replacement["step"] != "receive":
        raise InvalidDetailError("第一条记录只能更正为“收到申请”，或作废。")
    return fold([*entries, correction], calendar, rules)


def final_state(
    entries: Sequence[Entry],
    year: int,
    calendar: WorkCalendar,
    rules: Rules | None = None,
    *,
    folded: Standing | None = None,
) -> str | None:
    """Return how the year ended for the case: an outcome, or ``carried_forward``.

    None where the case is void, was not yet received, or had ended in an earlier year. The only
    place that takes the step ``carry_forward`` (第50条; 国办公开办函〔2021〕30号, row 四).

    folded: what ``fold`` gave of the same entries, where the caller has it.
    """
    standing = folded or fold(entries, calendar, rules)
    last_day = date(year, 12, 31)
    if standing.received_on is None or standing.received_on > last_day:
        return None
    if standing.closed_on is not None and standing.closed_on <= last_day:
        return standing.state if standing.closed_on.year == year else None
    then = fold(entries, calendar, rules, until=last_day)
    state = then.state if workflow.is_open(then.state) else then.state_before_end
    return workflow.advance(state, "carry_forward")
