"""Named reads of the fees that requests paid (信息处理费)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from tracker.domain.report.table3 import first_day, last_day
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.payment import Payment

PAYMENT_ORDER = (Payment.paid_on, Payment.id)


def payments(agency_id: int, year: int, unit_scope: int | None = None) -> Select[tuple[Payment]]:
    """Return the payments of the year, without an order (PAYMENT_ORDER).

    unit_scope: as of a list of cases: those of the own unit and of none.
    """
    of_year = Payment.paid_on.between(first_day(year), last_day(year))
    query = select(Payment).where(Payment.agency_id == agency_id, of_year)
    if unit_scope is None:
        return query
    within = or_(Case.unit_id == unit_scope, Case.unit_id.is_(None))
    return query.where(select(Case.id).where(Case.id == Payment.case_id, within).exists())


def shown_payments(ids: Sequence[int]) -> Sequence[Payment]:
    """Return the payments of the keys, each with the number of its case and nothing else of it."""
    case = joinedload(Payment.case)
    query = (
        select(Payment).where(Payment.id.in_(ids)).options(case.load_only(Case.number), case.lazyload("*"))
    )
    return db.session.scalars(query).all()


def payments_counted(agency_id: int, year: int) -> tuple[int, int]:
    """Return how many payments the year has, and their sum in fen; what is no number adds nothing."""
    sums: tuple[Any, ...] = (func.count(), func.coalesce(func.sum(Payment.fen), 0))
    number, fen = db.session.execute(payments(agency_id, year).with_only_columns(*sums)).one()
    return number, int(fen)
