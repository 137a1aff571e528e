"""Consultations: whose opinion is asked for, by which day, and the days that it leaves out.

Law: 条例第32条 (third parties), 第34条 (organs that made the information together), 第33条第3款.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case.clock import Pause
from tracker.domain.case.event import Entry
from tracker.domain.law import party
from tracker.domain.law.law import UNENDED, Law
from tracker.domain.law.term import Term


@dataclass(slots=True)
class Consultation:
    """A consultation of a third party (第32条), a co-maker (第34条) or another organ (第33条第3款).

    party:         the word of the ledger, a key of ``party.LABELS``.
    term:          the term of its opinion; None where the law of the receipt set none.
    limit_on:      the last day of that term; None while the addressee's receipt is not known, for it
                   runs from the receipt alone (rulebook L2).
    counted_until: the last day that it leaves out by itself: counted from the sending while the
                   receipt is not known, which is the earlier and the safe day.
    on_last_day:   the letter went out on the last day of the answer's term.
    """

    seq: int
    party: str
    name: str
    sent_on: date
    received_on: date | None
    term: Term | None
    limit_on: date | None
    counted_until: date
    ended_on: date | None = None
    opinion: str | None = None
    on_last_day: bool = False

    @property
    def span(self) -> Pause:
        """The days it leaves out: to its answer, or to the last day of its term if earlier."""
        until = self.counted_until
        if self.ended_on:
            until = min(self.ended_on, until) if self.term else self.ended_on
        return Pause(self.sent_on, until, f"征求{self.name}意见")

    def is_open(self, on: date) -> bool:
        """Return whether an opinion may still be waited for on the day."""
        return self.ended_on is None and self.may_come(on)

    def may_come(self, on: date) -> bool:
        """Return whether its term had not ended on the day, or none runs: its silence says nothing yet."""
        return self.limit_on is None or on <= self.limit_on

    def is_counted(self, on: date) -> bool:
        """Return whether it may still leave the day out."""
        return self.ended_on is None and on <= self.counted_until

    def holds(self, on: date) -> bool:
        """Return whether it has no term and no end on the day: nobody can say when it will be over."""
        return self.term is None and self.ended_on is None and self.sent_on < on


def sent(entry: Entry, law: Law, calendar: WorkCalendar) -> Consultation:
    """Return the consultation that the entry begins, by the law of the day of receipt."""
    party, got = entry.details["party"], entry.day("received_on")
    term = law.opinions.get(party)
    until = calendar.add(got or entry.on, (term or UNENDED).days)
    limit = until if term and got else None
    return Consultation(entry.seq, party, entry.details["name"], entry.on, got, term, limit, until)


def answered_by(consultations: Sequence[Consultation], entry: Entry) -> Consultation | None:
    """Return the consultation that the entry ends: an open one before one that ran out."""
    who = (party.same(entry.details["party"]), entry.details["name"])
    sent = [c for c in consultations if c.sent_on <= entry.on and not c.ended_on]
    waiting = [c for c in sent if (party.same(c.party), c.name) == who]
    still_open = [c for c in waiting if c.is_counted(entry.on)]
    return next(iter([*still_open, *reversed(waiting)]), None)
