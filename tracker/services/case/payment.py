"""Keep the payments of requests where a year finds them. Whoever writes a ledger restates its payments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select

from tracker.domain.case.event import Entry
from tracker.domain.case.payment import Paid, paid
from tracker.models.base import db
from tracker.models.payment import Payment


def of_ledger(entries: Sequence[Entry], received_on: date | None) -> list[Paid]:
    """Return the payments of a case; a void one, which was received on no day, has none."""
    has_any = received_on is not None and any(entry.step == "pay" for entry in entries)
    return list(paid(entries)) if has_any else []


def rows(case_id: int, agency_id: int, payments: Sequence[Paid]) -> list[dict[str, Any]]:
    """Return the rows that keep the payments of a case, for a bulk insert."""
    return [{"case_id": case_id, "agency_id": agency_id, **asdict(payment)} for payment in payments]


def add(new_rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of new cases in bulk, in the caller's transaction."""
    if new_rows:
        db.session.execute(insert(Payment), new_rows)


def restate(case_id: int, agency_id: int, entries: Sequence[Entry], received_on: date | None) -> None:
    """Make the kept payments of a case those of its ledger, in the caller's transaction.

    A ledger in which nothing was ever paid is asked for none: entries are only added.
    """
    if not any(entry.step == "pay" for entry in entries):
        return
    wanted = of_ledger(entries, received_on)
    if kept([case_id]).get(case_id, []) != wanted:
        db.session.execute(delete(Payment).where(Payment.case_id == case_id))
        add(rows(case_id, agency_id, wanted))


def kept(case_ids: Sequence[int]) -> dict[int, list[Paid]]:
    """Return the payments that are kept of the cases."""
    columns = (Payment.case_id, Payment.seq, Payment.paid_on, Payment.amount, Payment.fen)
    query = select(*columns).where(Payment.case_id.in_(case_ids)).order_by(Payment.id)
    by_case: dict[int, list[Paid]] = defaultdict(list)
    for case_id, *values in db.session.execute(query):
        by_case[case_id].append(Paid(*values))
    return by_case
