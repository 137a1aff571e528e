"""Write case histories out (docs/exchange.md section 1)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import selectinload

from tracker.config import UNNAMED
from tracker.domain import misfit
from tracker.domain.case.event import OF_CASE, Entry
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.law import party
from tracker.domain.message import Phrase
from tracker.models.agency import SAMPLE, Agency
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.reads.case import PEOPLE as PEOPLE_OF
from tracker.services.exchange import people_kept
from tracker.services.exchange.comparing import comparable
from tracker.services.exchange.exchange import (
    FORMAT,
    LATER,
    LATER_KEYS,
    PEOPLE,
    TOLD_APART,
    to_exchange,
)
from tracker.services.office import audit
from tracker.services.office.actor import SYSTEM

WINDOW = 500


def histories(*, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the header and one value a case, a window of cases at a time; the export is logged.

    Nothing of the sample is in it.
    """
    with transaction():
        audit.note("exported", actor=SYSTEM, now=now, target=Phrase("全部案件历史"))
    codes = {agency.id: agency.code for agency in db.session.scalars(select(Agency))}
    version = _version()
    yield {"format": version}
    after, real = 0, _real()
    while True:
        query = select(Case).where(Case.id > after, *real).order_by(Case.id).limit(WINDOW)
        loaded = query.options(selectinload(Case.events), PEOPLE_OF)
        window = list(db.session.scalars(loaded).unique())
        if not window:
            return
        after = window[-1].id
        for case in window:
            yield _value(case, codes[case.agency_id], told_apart=version in (TOLD_APART, PEOPLE))
        db.session.expunge_all()


def of_sample() -> int:
    """Return how many requests of the sample are left out."""
    whose = _sample()
    count = select(func.count()).select_from(Case).where(Case.agency_id == whose)
    return 0 if whose is None else db.session.scalar(count) or 0


def unnamed() -> bool:
    """Return whether an agency whose requests would be exported has no name yet."""
    nameless = select(Agency.id).where(Agency.name == UNNAMED, Agency.code != SAMPLE)
    return db.session.scalar(select(Case.id).where(Case.agency_id.in_(nameless)).limit(1)) is not None


def _sample() -> int | None:
    return db.session.scalar(select(Agency.id).where(Agency.code == SAMPLE))


def _real() -> list[ColumnElement[bool]]:
    """Return what tells the office's requests from those of the sample; nothing where it is not in."""
    whose = _sample()
    return [] if whose is None else [Case.agency_id != whose]


def _version() -> str:
    """Return the first version of the format that has a word for everything that is kept."""
    if _names_people():
        return PEOPLE
    notice = _says(("ask_supplement",), ("correct",), "received_on")  # put by a correction
    if notice or _says(("received_on",), ("ask_supplement",)):
        return TOLD_APART
    if _says(party.TOLD_APART, ("consult", "end_consultation", "correct")):
        return TOLD_APART
    return LATER if _says(LATER_KEYS, (*BY_CODE, "charge", "correct")) else FORMAT


def _names_people() -> bool:
    """Tell whether any request has people beside the first, a document told, or something asked for."""
    row = Applicant
    kept = (row.id_kind, row.form_wanted, row.way_wanted, row.filled_by)
    more = or_(row.first_id.is_not(None), row.gets_letters, *(column != "" for column in kept))
    sealed = (row.id_kept, row.purpose, row.help, row.read_back_on)
    named = or_(more, *(column.is_not(None) for column in sealed))
    first = func.coalesce(row.first_id, row.id)
    query = select(Case.id).join(Applicant, Case.applicant_id == first).where(named, *_real())
    return db.session.scalar(query.limit(1)) is not None


def _says(terms: Iterable[str], steps: Iterable[str], too: str = "") -> bool:
    """Tell whether an entry of one of the steps names one of the words, and the other one with it."""
    text = cast(CaseEvent.details, String)
    named = or_(*(text.contains(f'"{word}"', autoescape=True) for word in terms))
    named = and_(named, text.contains(f'"{too}"', autoescape=True)) if too else named
    query = select(CaseEvent.id).where(CaseEvent.step.in_(tuple(steps)), named)
    if real := _real():
        query = query.join(Case, Case.id == CaseEvent.case_id).where(*real)
    return db.session.scalar(query.limit(1)) is not None


def _value(case: Case, agency: str, *, told_apart: bool) -> dict[str, Any]:
    who = case.applicant
    misfit.refuse(case.entries, case.number)
    acts = [Entry(step, on, details) for step, on, details in comparable(case.entries)]
    of_case = {key: case.entries[0].details.get(key) for key in OF_CASE}
    first = {key: value for key, value in acts[0].details.items() if key not in OF_CASE}
    acts[0] = Entry(acts[0].step, acts[0].on, first)
    applicant = {
        "kind": of_case["applicant_kind"],
        "name": who.name or None,
        "id_number": who.id_number,
        "phone": who.phone,
        "email": who.email,
        "address": who.address,
        **people_kept.document(who),
    }
    return {
        "number": case.number,
        "agency": agency,
        "applicant": applicant,
        "channel": of_case["channel"],
        "subject": case.subject,
        "unit": of_case["unit"],
        **people_kept.written(who),
        "events": [to_exchange(entry, told_apart=told_apart) for entry in acts],
    }
