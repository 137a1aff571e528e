"""Named reads of the fees of requests (信息处理费)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tracker.domain import reading
from tracker.domain.case import history
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent


@dataclass(frozen=True, slots=True)
class RequestFee:
    """A payment of 信息处理费: the case, the day, the amount in fen (None where it cannot be read)."""

    case: Case
    paid_on: date
    words: str
    fen: int | None


def request_fees(agency_id: int, year: int) -> list[RequestFee]:
    """Return the payments of the year that hold after the corrections, by day."""
    charged = select(CaseEvent.case_id).where(
        CaseEvent.agency_id == agency_id, CaseEvent.step.in_(("charge", "pay"))
    )
    cases = db.session.scalars(select(Case).where(Case.id.in_(charged), Case.received_on.is_not(None)))
    found = [fee for case in cases.unique() for fee in _fees_of(case) if fee.paid_on.year == year]
    return sorted(found, key=lambda fee: (fee.paid_on, fee.case.id))


def _fees_of(case: Case) -> Iterator[RequestFee]:
    """Yield the payments of a case; one that names no amount paid what was charged."""
    charged = ""
    for entry in history.in_force(case.entries):
        amount = str(entry.details.get("amount") or "")
        if entry.step == "charge":
            charged = amount
        elif entry.step == "pay":
            words, fen = amount or charged, None
            with suppress(ValueError):
                fen = reading.fen_of_yuan(words)
            yield RequestFee(case, entry.on, words, fen)
