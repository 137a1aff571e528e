"""Named reads of the worklist: the open cases by what must happen next."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from tracker.domain.case.state import AWAITING_PAYMENT, PROCESSING, RECEIVED, SUPPLEMENT
from tracker.domain.report.table3 import first_day, last_day
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.duty import CASE, OpenDuty
from tracker.models.reads.case import handler_names, open_cases

WORKLIST_ORDER = (Case.next_action_on, Case.id)
OPINIONS = ("third_party_opinion", "agency_opinion")


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """What the worklist is narrowed to. ``only`` is a key of ``worklist_parts``."""

    only: str = ""
    state: str = ""
    unit_id: int | None = None
    handler: str = ""
    year: int | None = None
    unit_scope: int | None = None


def worklist_cases(agency_id: int, wanted: WorklistFilter, on: date, soon: date) -> Select[tuple[Case]]:
    """Return the open cases that match, without an order (WORKLIST_ORDER)."""
    query = open_cases(agency_id, wanted.unit_scope)
    part = worklist_parts(on, soon).get(wanted.only)
    if part is not None:
        query = query.where(part)
    if wanted.handler:
        query = query.where(Case.handler.in_(handler_names(agency_id, wanted.handler)))
    equal = {Case.state: wanted.state, Case.unit_id: wanted.unit_id}
    for column, value in equal.items():
        if value:
            query = query.where(column == value)
    if wanted.year:
        query = query.where(Case.received_on.between(first_day(wanted.year), last_day(wanted.year)))
    return query


def worklist_parts(on: date, soon: date) -> dict[str, ColumnElement[bool]]:
    """Return the parts of the worklist that are counted at its head, by name."""
    return {
        "overdue": Case.due_on < on,
        "today": Case.due_on == on,
        "soon": and_(Case.due_on > on, Case.due_on <= soon),
        "waiting": Case.state.in_((SUPPLEMENT, AWAITING_PAYMENT)),
        "consulting": Case.id.in_(_consulted()),
        "received": Case.state == RECEIVED,
        "proposed": Case.proposed_on <= on,
    }


def _consulted() -> Select[tuple[int]]:
    """Return the cases that wait for an opinion, or for the day on which its letter was received."""
    one = aliased(Case)
    letter = and_(OpenDuty.name == "receipt", one.state == PROCESSING)  # in other states the applicant's
    query = select(OpenDuty.subject_id).join(one, one.id == OpenDuty.subject_id)
    return query.where(OpenDuty.kind == CASE, or_(OpenDuty.name.in_(OPINIONS), letter))


def worklist_counts(agency_id: int, on: date, soon: date, unit_scope: int | None = None) -> dict[str, int]:
    """Return how many open cases each part has, and all: one row over the open cases."""
    columns = [
        func.coalesce(func.sum(case((part, 1), else_=0)), 0).label(name)
        for name, part in worklist_parts(on, soon).items()
    ]
    query = open_cases(agency_id, unit_scope).with_only_columns(*columns, func.count().label("open"))
    return dict(db.session.execute(query).one()._mapping)
