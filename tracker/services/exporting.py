"""Write case histories out (docs/exchange.md section 1)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import selectinload

from tracker.domain.event import OF_CASE, Entry
from tracker.domain.outcome import BY_CODE
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.services import audit
from tracker.services.exchange import FORMAT, LATER, LATER_KEYS, to_exchange
from tracker.services.importing import comparable

WINDOW = 500


def histories(*, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the header and one value a case, a window of cases at a time; the export is logged."""
    with transaction():
        audit.note("exported", actor="系统", now=now, target="全部案件历史")
    codes = {agency.id: agency.code for agency in db.session.scalars(select(Agency))}
    yield {"format": LATER if _needs_later() else FORMAT}
    after = 0
    while True:
        query = select(Case).where(Case.id > after).order_by(Case.id).limit(WINDOW)
        window = list(db.session.scalars(query.options(selectinload(Case.events))).unique())
        if not window:
            return
        after = window[-1].id
        for case in window:
            yield _value(case, codes[case.agency_id])
        db.session.expunge_all()


def _needs_later() -> bool:
    """Tell whether some entry states what the first version of the format had no key for."""
    text = cast(CaseEvent.details, String)
    named = or_(*(text.contains(f'"{key}"', autoescape=True) for key in LATER_KEYS))
    closing = select(CaseEvent.id).where(CaseEvent.step.in_((*BY_CODE, "charge", "correct")), named)
    return db.session.scalar(closing.limit(1)) is not None


def _value(case: Case, agency: str) -> dict[str, Any]:
    who = case.applicant
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
        "events": [to_exchange(entry) for entry in acts],
    }
