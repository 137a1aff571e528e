"""The term of the answer: from where it counts, by how much it was lengthened, what took its place.

Law: 条例第30、33、35条; 国办函〔2020〕109号. A case has one; a case that is late has a second beside it
(``Standing.waiting``), so that the first never moves again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import msgspec

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case.clock import Due, Pause, due
from tracker.domain.case.event import Entry
from tracker.domain.case.rules import Rules
from tracker.domain.law.law import Law


class Extension(msgspec.Struct, frozen=True):
    """An extension notified to the applicant; a late one changes nothing (edge case 4)."""

    seq: int
    on: date
    days: int
    in_time: bool


class Delay(msgspec.Struct, frozen=True):
    """A delayed answer that was notified (第35条), with what it rests on.

    due_on: the day then due. asked, given: whether reasons were asked for, and came.
    """

    entry: Entry
    due_on: date | None
    asked: bool
    given: bool


@dataclass(slots=True)
class AnswerTerm:
    """What the last day of the answer follows from.

    start_on:      the receipt, or the supplement or payment that the term counts anew from.
    delayed_until: the day that was notified under 第35条 in the term's place.
    fee_pauses:    the waiting for a payment, where the office lets the term go on after it.
    """

    law: Law
    start_on: date
    restarts: list[Entry] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    fee_pauses: list[Pause] = field(default_factory=list)
    delayed_until: date | None = None

    def copy(self) -> "AnswerTerm":
        """Return a term that moves apart from this one."""
        lists = {"restarts": [*self.restarts], "extensions": [*self.extensions]}
        return replace(self, **lists, fee_pauses=[*self.fee_pauses])  # type: ignore[arg-type]

    @property
    def extension_days(self) -> int:
        if not self.extensions:
            return 0
        return min(sum(e.days for e in self.extensions if e.in_time), self.law.extension.days)

    def restart(self, entry: Entry, rules: Rules) -> None:
        """Count anew from the day after the entry."""
        self.start_on = entry.on
        self.restarts.append(entry)
        self.delayed_until = None
        self.fee_pauses = []
        if rules.extension_ends_on_restart:
            self.extensions = []

    def due(self, calendar: WorkCalendar, rules: Rules, pauses: Sequence[Pause]) -> Due:
        """Return the last day of the term; ``pauses`` are the consultations' days."""
        if self.delayed_until:
            return Due(self.delayed_until, provisional=False)  # 第35条: the notified term
        return self.due_with(self.extension_days, calendar, rules, pauses)

    def due_with(self, extension: int, calendar: WorkCalendar, rules: Rules, pauses: Sequence[Pause]) -> Due:
        """Return the last day of the term were it lengthened by these days in all."""
        days, left_out = self.law.reply.days + extension, [*pauses, *self.fee_pauses]
        return due(self.start_on, days, calendar, left_out, union=rules.union_of_consultations)
