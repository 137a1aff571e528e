"""Named reads of the worklist: the open cases by what must happen next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, String, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from tracker.domain.case.state import AWAITING_PAYMENT, PROCESSING, RECEIVED, SUPPLEMENT
from tracker.domain.report.table3 import first_day, last_day
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.case_follow import CaseFollow
from tracker.models.contact import Contact
from tracker.models.duty import CASE, SIGN_OFF, OpenDuty
from tracker.models.reads.ask import asked_in
from tracker.models.reads.base import MOST, counted
from tracker.models.reads.case import handler_names, open_cases, within_unit
from tracker.models.reads.contact import contact_dates, unsorted_contacts
from tracker.models.reads.duty import register_duties
from tracker.models.reads.incoming import incoming_mails
from tracker.models.reads.publication import to_publish
from tracker.models.reads.service import to_serve
from tracker.models.user import FormerName

WORKLIST_ORDER = (Case.next_action_on, Case.id)
OPINIONS, RECEIPT = ("third_party_opinion", "agency_opinion"), "receipt"


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """What the worklist is narrowed to. ``only`` is a key of PARTS."""

    only: str = ""
    state: str = ""
    unit_id: int | None = None
    handler: str = ""
    year: int | None = None
    unit_scope: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether the list is narrowed by more than the part."""
        return bool(self.state or self.unit_id or self.handler or self.year)


def worklist_cases(agency_id: int, wanted: WorklistFilter, on: date, soon: date) -> Select[tuple[Case]]:
    """Return the open cases that match, without an order (WORKLIST_ORDER)."""
    query = open_cases(agency_id, wanted.unit_scope)
    if wanted.only in PARTS:
        query = query.where(PARTS[wanted.only](on, soon))
    if wanted.handler:
        query = query.where(Case.handler.in_(handler_names(agency_id, wanted.handler)))
    equal = {Case.state: wanted.state, Case.unit_id: wanted.unit_id}
    for column, value in equal.items():
        if value:
            query = query.where(column == value)
    if wanted.year:
        day = func.coalesce(Case.received_on, Case.received_on)  # a range of no index but that of the open
        query = query.where(day.between(first_day(wanted.year), last_day(wanted.year)))
    return query


def _consulted() -> Select[tuple[int]]:
    """Return the cases that wait for an opinion, or for the day on which its letter was received."""
    one = aliased(Case)
    asked = OpenDuty.name.in_((*OPINIONS, RECEIPT))  # a range of the index: all duties are many
    letter = or_(OpenDuty.name != RECEIPT, one.state == PROCESSING)  # in other states the applicant's
    query = select(OpenDuty.subject_id).join(one, one.id == OpenDuty.subject_id)
    return query.where(OpenDuty.kind == CASE, asked, letter)


# The parts of the worklist that are counted at its head, by name: of a day and the last that is soon.
PARTS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "overdue": lambda on, _soon: Case.due_on < on,
    "today": lambda on, _soon: Case.due_on == on,
    "soon": lambda on, soon: and_(Case.due_on > on, Case.due_on <= soon),
    "waiting": lambda _on, _soon: Case.state.in_((SUPPLEMENT, AWAITING_PAYMENT)),
    "consulting": lambda _on, _soon: Case.id.in_(_consulted()),
    "received": lambda _on, _soon: Case.state == RECEIVED,
    "proposed": lambda on, _soon: Case.proposed_on <= on,
}


@dataclass(frozen=True, slots=True)
class WorklistReader:
    """Who reads the worklist: the cases that name them, their unit's, and no more than they may read.

    unit_scope: the unit that their reading is narrowed to; None for the whole office.
    """

    user_id: int | None = None
    name: str = ""
    unit_id: int | None = None
    unit_scope: int | None = None


def worklist_counts(agency_id: int, on: date, soon: date, reader: WorklistReader) -> dict[str, int]:
    """Return how many open cases each part has, the reader's own (mine, unit), the year's, and all.

    Beside the cases: those that the reader follows, closed ones too; contacts with a day or not sorted, mails
    not looked at, items to publish, letters to serve; of the whole agency, drafts to sign and steps that are
    asked for.
    No number is above MOST + 1: there are more.
    """
    asked = {
        "agency": agency_id,
        "on": on,
        "soon": soon,
        "unit": reader.unit_scope,
        "user": reader.user_id,
        "name": reader.name,
        "own_unit": reader.unit_id,
        "first": first_day(on.year),
        "last": last_day(on.year),
    }
    return dict(db.session.execute(_counts(narrowed=reader.unit_scope is not None), asked).one()._mapping)


@cache
def _counts(*, narrowed: bool) -> Select[Any]:
    """Return the counts as one statement, made once; each is a range of an index of the open rows."""
    agency: Any = bindparam("agency", type_=Integer)
    on: Any = bindparam("on", type_=Date)
    soon: Any = bindparam("soon", type_=Date)
    unit: Any = bindparam("unit", type_=Integer) if narrowed else None
    user: Any = bindparam("user", type_=Integer)
    each: dict[str, Select[Any]] = {
        name: open_cases(agency, unit).where(part(on, soon)) for name, part in PARTS.items()
    }
    day = func.coalesce(Case.received_on, Case.received_on)
    former = select(FormerName.name).where(FormerName.user_id == user)
    names = or_(Case.handler == bindparam("name", type_=String), Case.handler.in_(former))
    each |= {
        "mine": open_cases(agency, unit).where(names),
        "unit": open_cases(agency, unit).where(Case.unit_id == bindparam("own_unit", type_=Integer)),
        "year": open_cases(agency, unit).where(
            day.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
        ),
    }
    followed = select(Case).join(CaseFollow, CaseFollow.case_id == Case.id).where(CaseFollow.user_id == user)
    each["followed"] = within_unit(followed.where(Case.agency_id == agency), unit)
    contacts, dated = contact_dates(agency, unit), register_duties(agency, unit)
    each |= {
        "open": open_cases(agency, unit),
        "contacts": contacts,
        "late_contacts": contacts.where(Contact.next_action_on < on),
        "unsorted": unsorted_contacts(agency, unit),
        "mails": incoming_mails(agency, unit, user, unlooked=True),
        "publications": to_publish(agency, soon),
        "registers": dated,
        "late_registers": dated.where(OpenDuty.due_on < on),
        "letters": to_serve(agency, unit),
        "turns": select(OpenDuty).where(OpenDuty.agency_id == agency, OpenDuty.kind == SIGN_OFF),
        "asks": asked_in(agency),
    }
    return select(*(counted(query, most=MOST).label(name) for name, query in each.items()))
