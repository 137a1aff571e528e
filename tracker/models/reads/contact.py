"""Named reads of letters, visits and calls. None returns a contact of another agency."""

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from tracker.domain.folding import words
from tracker.domain.report.table3 import first_day, last_day
from tracker.models import tally
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.reads.tally import tallied

CONTACT_DATES_ORDER = (Contact.next_action_on, Contact.id)


def contacts_matching(
    agency_id: int,
    *,
    year: int | None = None,
    form: str = "",
    triage: str = "",
    state: str = "",
    text: str = "",
    unit_scope: int | None = None,
) -> Select[tuple[Contact]]:
    """Return the contacts that match. ``triage`` may be ``none``; ``state`` open or closed."""
    query = select(Contact).where(Contact.agency_id == agency_id)
    if unit_scope is not None:
        query = query.where(_contact_within(unit_scope))
    if year:
        query = query.where(Contact.arrived_on.between(first_day(year), last_day(year)))
    if form:
        query = query.where(Contact.form == form)
    if triage:
        none = Contact.triage.is_(None)
        query = query.where(none if triage == "none" else Contact.triage == triage)
    if state:
        is_open = Contact.closed_on.is_(None)
        query = query.where(is_open if state == "open" else ~is_open)
    for word in words(text):
        query = query.where(Contact.folded.contains(word, autoescape=True))
    return query


def _contact_within(unit_scope: int) -> ColumnElement[bool]:
    """Return what holds for a contact that a unit reaches: through its case, once it became one."""
    own = and_(Contact.case_id.is_(None), or_(Contact.unit_id == unit_scope, Contact.unit_id.is_(None)))
    cases = select(Case.id).where(
        Case.id == Contact.case_id, or_(Case.unit_id == unit_scope, Case.unit_id.is_(None))
    )
    return or_(own, cases.exists())


def unsorted_contacts(agency_id: int, unit_scope: int | None = None) -> Select[tuple[Contact]]:
    """Return the open contacts that nobody has sorted (甄别), without an order."""
    return contacts_matching(agency_id, triage="none", state="open", unit_scope=unit_scope)


def contact_dates(agency_id: int, unit_scope: int | None = None) -> Select[tuple[Contact]]:
    """Return the open contacts that a date hangs on, without an order (CONTACT_DATES_ORDER)."""
    query = contacts_matching(agency_id, state="open", unit_scope=unit_scope)
    return query.where(Contact.next_action_on.is_not(None))


def contact_counts(agency_id: int, year: int, unit_scope: int | None = None) -> dict[tuple[str, str], int]:
    """Return the year's contacts by (form, triage); ``none`` where not sorted yet.

    A handler's own are counted one by one: the unit of a contact is that of its case.
    """
    if unit_scope is None:
        rows = tallied(agency_id, (tally.CONTACT,), year, year)
        return {(form, kind): number for _figure, _year, form, kind, number in rows}
    matching = contacts_matching(agency_id, year=year, unit_scope=unit_scope)
    triage = func.coalesce(Contact.triage, "none")
    query = matching.with_only_columns(Contact.form, triage, func.count()).group_by(
        Contact.form, Contact.triage
    )
    return {(form, kind): number for form, kind, number in db.session.execute(query)}


CONTACT_ENDS = select(*(  # each from the end of an index
    select(end).where(Contact.agency_id == bindparam("agency")).scalar_subquery()
    for end in (func.min(Contact.arrived_on), func.max(Contact.arrived_on))
))  # fmt: skip


def contact_years(agency_id: int) -> tuple[int, int] | None:
    """Return the first and last year of arrival; None where there is no contact."""
    low, high = db.session.execute(CONTACT_ENDS, {"agency": agency_id}).one()
    return None if low is None or high is None else (low.year, high.year)
