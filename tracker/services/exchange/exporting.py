"""Write case histories out (docs/exchange.md section 1)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import selectinload

from tracker.domain import misfit
from tracker.domain.case.event import OF_CASE, Entry
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.law import party
from tracker.models.agency import Agency
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.services.exchange.exchange import FORMAT, LATER, LATER_KEYS, TOLD_APART, to_exchange
from tracker.services.exchange.plan import comparable
from tracker.services.office import audit
from tracker.services.office.actor import SYSTEM

WINDOW = 500


def histories(*, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the header and one value a case, a window of cases at a time; the export is logged."""
    with transaction():
        audit.note("exported", actor=SYSTEM, now=now, target="全部案件历史")
    codes = {agency.id: agency.code for agency in db.session.scalars(select(Agency))}
    version = _version()
    yield {"format": version}
    after = 0
    while True:
        query = select(Case).where(Case.id > after).order_by(Case.id).limit(WINDOW)
        window = list(db.session.scalars(query.options(selectinload(Case.events))).unique())
        if not window:
            return
        after = window[-1].id
        for case in window:
            yield _value(case, codes[case.agency_id], told_apart=version == TOLD_APART)
        db.session.expunge_all()


def joint() -> list[tuple[str, int]]:
    """Return the numbers of requests of several people, with how many: the format names the first alone."""
    count = func.count(Applicant.id) + 1
    query = select(Case.number, count).join(Applicant, Applicant.first_id == Case.applicant_id)
    return list(db.session.execute(query.group_by(Case.id, Case.number).order_by(Case.id)).tuples())


def _version() -> str:
    """Return the first version of the format that has a word for everything that the ledgers say."""
    notice = _says(("ask_supplement",), ("correct",), "received_on")  # put by a correction
    if notice or _says(("received_on",), ("ask_supplement",)):
        return TOLD_APART
    if _says(party.TOLD_APART, ("consult", "end_consultation", "correct")):
        return TOLD_APART
    return LATER if _says(LATER_KEYS, (*BY_CODE, "charge", "correct")) else FORMAT


def _says(terms: Iterable[str], steps: Iterable[str], too: str = "") -> bool:
    """Tell whether an entry of one of the steps names one of the words, and the other one with it."""
    text = cast(CaseEvent.details, String)
    named = or_(*(text.contains(f'"{word}"', autoescape=True) for word in terms))
    named = and_(named, text.contains(f'"{too}"', autoescape=True)) if too else named
    query = select(CaseEvent.id).where(CaseEvent.step.in_(tuple(steps)), named)
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
    }
    return {
        "number": case.number,
        "agency": agency,
        "applicant": applicant,
        "channel": of_case["channel"],
        "subject": case.subject,
        "unit": of_case["unit"],
        "events": [to_exchange(entry, told_apart=told_apart) for entry in acts],
    }
