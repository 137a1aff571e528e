"""Internal notes on a case (内部备注): for the office alone, and no entry of its ledger."""

from datetime import datetime

from tracker.domain.errors import InvalidDetailError, StepNotAllowedError
from tracker.domain.permission import Action
from tracker.models.base import ZONE, db, transaction
from tracker.models.case import Case
from tracker.models.case_note import InternalNote
from tracker.models.reads.case_note import notes_of
from tracker.services.case import search_text, step
from tracker.services.office import audit
from tracker.services.office.actor import Actor

LONGEST = 2000


def write(case_id: int, body: str, *, actor: Actor, now: datetime) -> Case:
    """Note something on a case, in one transaction. Raises as ``add``."""
    with transaction():
        case = step.find(case_id, actor)
        add(case, body, actor=actor, now=now)
    return case


def add(case: Case, body: str, *, actor: Actor, now: datetime) -> None:
    """Note something on a case, in the caller's transaction.

    Raises InvalidDetailError without words or with too many; StepNotAllowedError where the same person
    noted the same today.
    """
    actor.require(Action.NOTE)
    body = body.strip()
    if not body or len(body) > LONGEST:
        raise InvalidDetailError("请填写备注，不超过%(longest)s个字。", longest=LONGEST)
    today = now.astimezone(ZONE).date()
    for row in notes_of(case):
        on = row.written_at.astimezone(ZONE).date()
        if (row.body, row.written_by, on) == (body, actor.name, today):
            raise StepNotAllowedError("今天已经写过同样的备注。")
    db.session.add(
        InternalNote(
            agency_id=case.agency_id, case_id=case.id, body=body, written_by=actor.name, written_at=now
        )
    )
    search_text.add({(case.agency_id, case.id): [body]})
    audit.note("noted", actor=actor.name, now=now, target=case.number, agency_id=case.agency_id)
