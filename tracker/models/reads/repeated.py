"""Named reads of who asked again and again in a year, and of reminders and what came of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.sql.selectable import Subquery

from tracker.domain.case.duty import REPLY
from tracker.domain.report.table3 import first_day, last_day
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.duty import CASE
from tracker.models.outbox import DIGEST, SENT, Message
from tracker.models.reads.case import within_unit

MOST = 100
IN_TIME, LATE, OPEN = KEPT = ("in_time", "late", "open")
# Whoever has the same ID number; without one, the same name and kind.
WHO: ColumnElement[str] = func.coalesce(
    Applicant.id_index, Applicant.kind.concat(":").concat(Applicant.folded)
)
DONE_ON = func.coalesce(Case.served_on, Case.closed_on)
BEFORE_THE_END = ~Message.stage.like("p%")


def _received(agency_id: int, year: int, unit_scope: int | None) -> Select[tuple[Case]]:
    between = Case.received_on.between(first_day(year), last_day(year))
    query = select(Case).join(Applicant, Case.applicant_id == Applicant.id)
    return within_unit(query.where(Case.agency_id == agency_id, between), unit_scope)


def applicants(agency_id: int, year: int, unit_scope: int | None = None) -> Sequence[tuple[Applicant, int]]:
    """Return who asked more than once in the year, first named, the most frequent first."""
    number = func.count()
    one = func.min(Applicant.id).label("id")
    asked = _received(agency_id, year, unit_scope).where(Applicant.folded != "")
    grouped = asked.with_only_columns(one, number.label("number"), maintain_column_froms=True)
    often = grouped.group_by(WHO).having(number > 1).order_by(number.desc(), one).limit(MOST).subquery()
    query = select(Applicant, often.c.number).join(often, often.c.id == Applicant.id)
    rows = db.session.execute(query.order_by(often.c.number.desc(), Applicant.id))
    return [(who, int(count)) for who, count in rows.unique()]


def cases_of(
    agency_id: int, year: int, applicant_id: int, unit_scope: int | None = None
) -> Select[tuple[Case]]:
    """Return the requests of the year of whoever asked in the row, without an order."""
    same = select(WHO).where(Applicant.id == applicant_id, Applicant.agency_id == agency_id).scalar_subquery()
    return _received(agency_id, year, unit_scope).where(Applicant.folded != "", same == WHO)


def _last_reminded(agency_id: int, year: int) -> Subquery:
    """Return the last day of each case of which a reminder went out before it ended."""
    sent = Message.status.in_((SENT, DIGEST))
    of_reply = (Message.kind == CASE, Message.duty == REPLY, sent, BEFORE_THE_END)
    query = select(Message.subject_id.label("case_id"), func.max(Message.due_on).label("due_on"))
    between = Message.due_on.between(first_day(year), last_day(year))
    return query.where(Message.agency_id == agency_id, *of_reply, between).group_by("case_id").subquery()


def _kept(reminded: Subquery) -> ColumnElement[str]:
    in_time = (reminded.c.due_on >= DONE_ON, IN_TIME)
    return case((DONE_ON.is_(None), OPEN), in_time, else_=LATE)


def reminders(agency_id: int, year: int, unit_scope: int | None = None) -> dict[str, int]:
    """Return of how many cases the answer was reminded of, by whether it was done by that day."""
    reminded = _last_reminded(agency_id, year)
    kept = _kept(reminded)
    query = within_unit(select(Case).join(reminded, reminded.c.case_id == Case.id), unit_scope)
    counted: Select[Any] = query.with_only_columns(kept, func.count(), maintain_column_froms=True).group_by(
        kept
    )
    numbers = {str(name): int(number) for name, number in db.session.execute(counted)}
    return {name: numbers.get(name, 0) for name in KEPT}


def cases_reminded(
    agency_id: int, year: int, kept: str, unit_scope: int | None = None
) -> Select[tuple[Case]]:
    """Return the cases behind a number of ``reminders``, without an order."""
    reminded = _last_reminded(agency_id, year)
    query = select(Case).join(reminded, reminded.c.case_id == Case.id)
    return within_unit(query.where(Case.agency_id == agency_id, _kept(reminded) == kept), unit_scope)
