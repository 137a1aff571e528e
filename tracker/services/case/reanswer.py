"""Answers ordered anew: whether one was served, and the duty that ends with it.

Its day has one home: the service of its letter where one was made here, else what the register says of paper.
"""

from datetime import date

from sqlalchemy import select

from tracker.domain.case.duty import Duty
from tracker.domain.errors import UnknownYearError
from tracker.domain.letter import service
from tracker.domain.register import reanswer
from tracker.models.base import db
from tracker.models.duty import REANSWER
from tracker.models.letter import Letter
from tracker.models.remedy import Reanswer
from tracker.models.service import LetterService
from tracker.services.case import duty
from tracker.services.office import office


def letter_served_on(row: Reanswer) -> date | None:
    """Return the day on which its letter reached the applicant; None where none that was made here did."""
    of_row = select(Letter.id).where(Letter.reanswer_id == row.id, Letter.agency_id == row.agency_id)
    services = db.session.scalars(select(LetterService).where(LetterService.letter_id.in_(of_row)))
    return service.served_on([each.stands for each in services])


def served_on(row: Reanswer) -> date | None:
    """Return the day on which the answer ordered anew was served; None while it was not."""
    return letter_served_on(row) or row.served_on


def duties_of(row: Reanswer) -> list[Duty]:
    """Return by when it is to be answered anew; nothing once it was, or nothing orders it any more."""
    if row.withdrawn_at is not None or row.remedy is None or row.remedy.withdrawn_at is not None:
        return []  # without its remedy it is damaged: the check names it
    if served_on(row):
        return []
    days = office.rules(row.received_on).reanswer_days
    try:
        return [reanswer.duty(row.received_on, row.until_on, days, office.calendar())]
    except UnknownYearError:
        return []


def restate(reanswer_id: int) -> None:
    """Keep its duty as it is now, in the caller's transaction: a letter of it was served."""
    row = db.session.get(Reanswer, reanswer_id)
    if row is not None:
        duty.restate(REANSWER, row.id, row.agency_id, duties_of(row))
