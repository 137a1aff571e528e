"""Consultations: whose opinion is asked for, by which day, and the days that it leaves out.

Law: 条例第32条 (third parties), 第34条 (organs that made the information together), 第33条第3款.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain import party, term
from tracker.domain.clock import Pause
from tracker.domain.event import Entry

OPINION_TERM = {
    party.THIRD_PARTY: term.THIRD_PARTY,
    party.CO_MAKER: term.CO_MAKER,
    party.UNTOLD: term.CO_MAKER,
    party.OTHER: term.AGENCY,
}


@dataclass(slots=True)
class Consultation:
    """A consultation of a third party (第32条), a co-maker (第34条) or another organ (第33条第3款).

    party: the word of the ledger, a key of ``party.LABELS``.
    """

    seq: int
    party: str
    name: str
    sent_on: date
    received_on: date | None
    limit_on: date
    ended_on: date | None = None
    opinion: str | None = None

    @property
    def span(self) -> Pause:
        """The days it leaves out: to its answer, or to the last day of its term if earlier."""
        until = min(self.ended_on, self.limit_on) if self.ended_on else self.limit_on
        return Pause(self.sent_on, until, f"征求{self.name}意见")

    def is_open(self, on: date) -> bool:
        return self.ended_on is None and on <= self.limit_on


def answered_by(consultations: Sequence[Consultation], entry: Entry) -> Consultation | None:
    """Return the consultation that the entry ends: an open one before one that ran out."""
    who = (party.same(entry.details["party"]), entry.details["name"])
    sent = [c for c in consultations if c.sent_on <= entry.on and not c.ended_on]
    waiting = [c for c in sent if (party.same(c.party), c.name) == who]
    still_open = [c for c in waiting if c.is_open(entry.on)]
    return next(iter([*still_open, *reversed(waiting)]), None)
