"""The payments of a request's 信息处理费, as its ledger tells them (国办函〔2020〕109号)."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from tracker.domain import reading
from tracker.domain.case import history
from tracker.domain.case.event import Entry


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment: the place of its entry, its day, the amount as typed and in fen (None: no number)."""

    seq: int
    paid_on: date
    amount: str
    fen: int | None


def paid(entries: Iterable[Entry]) -> Iterator[Paid]:
    """Yield the payments that hold after the corrections; one that names no amount paid what was charged."""
    charged = ""
    for entry in history.in_force(entries):
        amount = str(entry.details.get("amount") or "")
        if entry.step == "charge":
            charged = amount
        elif entry.step == "pay":
            typed, fen = amount or charged, None
            with suppress(ValueError):
                fen = reading.fen_of_yuan(typed)
            yield Paid(entry.seq, entry.on, typed, fen)
