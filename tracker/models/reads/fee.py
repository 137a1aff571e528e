"""Named reads of the fees of requests (信息处理费)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.domain import reading
from tracker.domain.case import history
from tracker.domain.report.table3 import first_day, last_day
from tracker.models.base import db
from tracker.models.case import MOVES_FEES, Case, CaseEvent


@dataclass(frozen=True, slots=True)
class RequestFee:
    """A payment of 信息处理费: the case, the day, the amount in fen (None where it cannot be read)."""

    case: Case
    paid_on: date
    words: str
    fen: int | None


def request_fees(agency_id: int, year: int) -> list[RequestFee]:
    """Return the payments of the year that hold after the corrections, by day.

    Looked at are the cases with a payment of the year, and those with a payment and a correction, which
    may have moved it from one year to another; each with its ledger, read together.
    """
    mine = select(CaseEvent.case_id).where(CaseEvent.agency_id == agency_id, MOVES_FEES)
    in_year = mine.where(
        CaseEvent.step == "pay", CaseEvent.effective_on.between(first_day(year), last_day(year))
    )
    moved = mine.where(CaseEvent.step == "correct").intersect(mine.where(CaseEvent.step != "correct"))
    cases = select(Case).where(
        Case.id.in_(in_year.union(select(moved.subquery().c.case_id))), Case.received_on.is_not(None)
    )
    rows = db.session.scalars(cases.options(selectinload(Case.events))).unique()
    fees = [fee for case in rows for fee in _fees_of(case) if fee.paid_on.year == year]
    return sorted(fees, key=lambda fee: (fee.paid_on, fee.case.id))


def _fees_of(case: Case) -> Iterator[RequestFee]:
    """Yield the payments of a case; one that names no amount paid what was charged."""
    charged = ""
    for entry in history.in_force(case.entries):
        amount = str(entry.details.get("amount") or "")
        if entry.step == "charge":
            charged = amount
        elif entry.step == "pay":
            amount_typed, fen = amount or charged, None
            with suppress(ValueError):
                fen = reading.fen_of_yuan(amount_typed)
            yield RequestFee(case, entry.on, amount_typed, fen)
