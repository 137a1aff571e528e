"""Consultations: whose opinion is asked for, by which day, and the days that it leaves out.

Law: 条例第32条 (third parties), 第34条 (organs that made the information together), 第33条第3款.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain import term
from tracker.domain.clock import Pause
from tracker.domain.event import Entry

OPINION_TERM = {"third_party": term.THIRD_PARTY, "agency": term.AGENCY}


@dataclass(slots=True)
class Consultation:
    """A consultation of a third party (第32条) or of another organ (第34条)."""

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
    who = (entry.details["party"], entry.details["name"])
    sent = [c for c in consultations if c.sent_on <= entry.on and not c.ended_on]
    waiting = [c for c in sent if (c.party, c.name) == who]
    still_open = [c for c in waiting if c.is_open(entry.on)]
    return next(iter([*still_open, *reversed(waiting)]), None)
