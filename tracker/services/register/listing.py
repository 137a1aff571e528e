"""Rows of cases and contacts for lists that leave the program, such as an export to Excel."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import selectinload

from tracker.domain import misfit
from tracker.domain.case.duty import DUTY_LABELS
from tracker.domain.contact import contact
from tracker.domain.errors import DomainError
from tracker.domain.exchange.request_column import EXPORTED, Listed
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.reads.case import PEOPLE
from tracker.services.case import ledger
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor

CASE_HEADERS = tuple(column.label for column in EXPORTED)
CONTACT_COLUMNS: tuple[tuple[str, Callable[[Contact], Any]], ...] = (
    ("登记编号", lambda row: row.number),
    ("来件形式", lambda row: misfit.label(contact.FORMS, row.form)),
    ("日期", lambda row: row.arrived_on),
    ("时间", lambda row: row.arrived_time),
    ("来信（访、电）人", lambda row: row.person),
    ("反映内容摘要", lambda row: row.summary),
    ("接待（接听）人", lambda row: row.received_by),
    ("甄别类型", lambda row: misfit.label(contact.TRIAGE, row.triage) if row.triage else ""),
    ("转办单位", lambda row: row.unit.name if row.unit else ""),
    ("告知情况", lambda row: row.told),
    ("办结日期", lambda row: row.closed_on),
    ("办理结果", lambda row: row.result),
    ("关联受理编号", lambda row: row.case.number if row.case else ""),
    ("下一期限", lambda row: row.next_action_on),
    ("期限事由", lambda row: misfit.label(DUTY_LABELS, row.next_action) if row.next_action else ""),
)
CONTACT_HEADERS = tuple(header for header, _cell in CONTACT_COLUMNS)


def note_export(what: str, count: int, *, actor: Actor, now: datetime) -> None:
    """Write that a register left the program."""
    with transaction():
        audit.note("exported", actor=actor.name, now=now, target=what, agency_id=actor.agency_id, rows=count)


def case_rows(query: Select[tuple[Case]], today: date) -> Iterator[tuple[Any, ...]]:
    """Yield the list's row of each case of the query."""
    loaded = query.options(selectinload(Case.events), PEOPLE).order_by(Case.received_on, Case.id)
    for case in db.session.scalars(loaded).unique():
        yield _case_row(case, today)


def _case_row(case: Case, today: date) -> tuple[Any, ...]:
    try:
        standing = ledger.standing(case.entries)
    except (DomainError, LookupError, TypeError, ValueError):  # ``tracker check`` names it
        return _damaged_row(case)
    gap = None
    if case.registered_by:  # of a case that a file brought the registration is not known
        gap = office.registration_gap(case.received_on, case.registered_at.date())
    row = Listed(case, standing, today, gap)
    return tuple(column.cell(row) for column in EXPORTED)


def _damaged_row(case: Case) -> tuple[Any, ...]:
    known = {"number": case.number, "subject": case.subject}
    return tuple(known.get(column.name, misfit.WORDS) for column in EXPORTED)


def contact_rows(query: Select[tuple[Contact]]) -> Iterator[tuple[Any, ...]]:
    """Yield the list's row of each contact of the query."""
    for row in db.session.scalars(query.order_by(Contact.arrived_on, Contact.id)).unique():
        yield tuple(cell(row) for _header, cell in CONTACT_COLUMNS)
