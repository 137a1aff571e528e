"""The dates of every letter, visit and call: shown, held against what is kept, counted again."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import or_, select

from tracker.domain.case.duty import Duty
from tracker.domain.contact.contact import ContactFacts, duties
from tracker.domain.errors import DomainError
from tracker.domain.misfit import DamagedError
from tracker.models.base import db
from tracker.models.contact import Contact
from tracker.models.duty import CONTACT
from tracker.services.case import duty
from tracker.services.office import office

RESTATED = ("next_action", "next_action_on", "duties")  # a change of it counts every contact anew


def dates(row: Contact) -> list[Duty]:
    """Return what must still happen with the contact; raise DamagedError where it cannot be told."""
    return dates_of(row.facts)


def dates_of(facts: ContactFacts) -> list[Duty]:
    """Return what must still happen with a contact of these facts."""
    days = office.rules(facts.arrived_on).confirmation_days
    return duties(facts, office.calendar(), days)


def next_of(upcoming: Sequence[Duty]) -> dict[str, Any]:
    """Return the columns that say which date comes next."""
    first = upcoming[0] if upcoming else None
    return {"next_action": first.name if first else None, "next_action_on": first.on if first else None}


def put(row: Contact) -> list[Duty]:
    """Write on the contact which date comes next; return what must still happen with it."""
    with db.session.no_autoflush:  # a row is written once, with its dates
        upcoming = dates(row)
    for name, value in next_of(upcoming).items():
        setattr(row, name, value)
    return upcoming


def restate(row: Contact) -> None:
    """Write on the contact which date comes next, and keep its duties where reminders look for them."""
    upcoming = put(row)
    db.session.flush()
    duty.restate(CONTACT, row.id, row.agency_id, upcoming)


def shown(row: Contact) -> list[Duty]:
    """Return what must still happen with the contact, for a page: of a damaged one nothing is known."""
    try:
        return dates(row)
    except DamagedError:
        return []


def restate_open() -> None:
    """Count the dates of all open contacts again: the calendar or a setting changed."""
    for row in list(_misstated()):
        with suppress(DamagedError):  # the check names it
            restate(row)


def misstated() -> Iterator[str]:
    """Yield the numbers of the contacts whose restated date is not what their facts say."""
    yield from (row.number for row in _misstated())


def _misstated() -> Iterator[Contact]:
    kept = duty.all_kept(CONTACT)
    dated = or_(Contact.closed_on.is_(None), Contact.next_action_on.is_not(None))
    for row in db.session.scalars(select(Contact).where(dated).order_by(Contact.id)).unique():
        try:
            upcoming = dates(row)
        except DomainError:
            yield row
            continue
        told = (upcoming[0].name, upcoming[0].on) if upcoming else (None, None)
        if told != (row.next_action, row.next_action_on) or kept.get(row.id, {}) != duty.known(upcoming):
            yield row
