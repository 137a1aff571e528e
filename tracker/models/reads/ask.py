"""Named reads of what was asked for and is not done."""

from typing import Any

from sqlalchemy import Select, and_, or_, select

from tracker.domain.case.outcome import BY_CODE
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.models.step_ask import AskEnd, StepAsk

MOST = 200


def _open() -> Select[Any]:
    """Return the asks of open cases that nobody ended and whose step was not taken since."""
    taken = select(CaseEvent.id).where(
        CaseEvent.case_id == StepAsk.case_id,
        CaseEvent.recorded_at >= StepAsk.asked_at,
        or_(
            CaseEvent.step == StepAsk.step,
            and_(StepAsk.step == "answer", CaseEvent.step.in_(list(BY_CODE))),
        ),
    )
    ended = select(AskEnd.ask_id).where(AskEnd.ask_id == StepAsk.id)
    query = select(StepAsk).join(Case, Case.id == StepAsk.case_id).where(Case.closed_on.is_(None))
    return query.where(~taken.exists(), ~ended.exists())


def asked_in(agency_id: int) -> Select[tuple[StepAsk]]:
    """Return the query of what is asked for in the agency and not done."""
    return _open().where(StepAsk.agency_id == agency_id)


def open_asks(agency_id: int) -> list[StepAsk]:
    """Return what is asked for in the agency and not done, the oldest first."""
    return list(db.session.scalars(asked_in(agency_id).order_by(StepAsk.id).limit(MOST)).unique())


def asks_of(case: Case) -> list[StepAsk]:
    """Return what is asked for in a case and not done."""
    own = (StepAsk.agency_id == case.agency_id, StepAsk.case_id == case.id)
    return list(db.session.scalars(_open().where(*own).order_by(StepAsk.id)).unique())
