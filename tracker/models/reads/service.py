"""Named reads of how letters were served, and of those that still are to be."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased

from tracker.domain.letter import service
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.letter import Letter, VoidedLetter
from tracker.models.service import LetterService, ServiceResult


def services_of(case: Case) -> dict[int, list[LetterService]]:
    """Return the services of the letters of a case by the letter's id, the earliest first."""
    own = (LetterService.agency_id == case.agency_id, LetterService.case_id == case.id)
    of_letter: dict[int, list[LetterService]] = defaultdict(list)
    for row in db.session.scalars(select(LetterService).where(*own).order_by(LetterService.id)):
        of_letter[row.letter_id].append(row)
    return of_letter


def of_letters(agency_id: int, letter_ids: Iterable[int]) -> dict[int, list[LetterService]]:
    """Return the services of some letters of the agency by the letter's id, the earliest first."""
    ids = list(letter_ids)
    query = select(LetterService).where(
        LetterService.agency_id == agency_id, LetterService.letter_id.in_(ids)
    )
    of_letter: dict[int, list[LetterService]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(LetterService.id)) if ids else ():
        of_letter[row.letter_id].append(row)
    return of_letter


def with_tracking(agency_id: int, tracking: str) -> list[LetterService]:
    """Return the services of the agency by post under a number, but those that were recorded by mistake."""
    same = (LetterService.agency_id == agency_id, LetterService.tracking == tracking)
    query = select(LetterService).where(*same, ~_has(LetterService, service.VOID))
    return list(db.session.scalars(query.order_by(LetterService.id)))


def _has(row: type[LetterService], *kinds: str) -> ColumnElement[bool]:
    return exists().where(ServiceResult.service_id == row.id, ServiceResult.kind.in_(kinds))


def to_serve(agency_id: int, unit_scope: int | None) -> Select[tuple[Letter]]:
    """Return the query of the letters that no service served, or that came back and were not sent again.

    Forms of the file and records that are told to nobody are none, nor what was voided or corrected since.
    """
    mine, later, correction = aliased(LetterService), aliased(LetterService), aliased(Letter)
    standing = (mine.letter_id == Letter.id, ~_has(mine, service.VOID))
    counts = or_(mine.way == service.POST, mine.received_on.is_not(None), _has(mine, service.RECEIVED))
    served = exists().where(*standing, counts, ~_has(mine, service.BOUNCED))
    sent_again = exists().where(
        later.letter_id == mine.letter_id, later.id > mine.id, ~_has(later, service.VOID)
    )
    came_back = exists().where(*standing, _has(mine, service.RETURNED, service.BOUNCED), ~sent_again)
    query = select(Letter).where(
        Letter.agency_id == agency_id,
        Letter.serial.is_not(None),
        Letter.kind.not_in(service.TOLD_TO_NOBODY),
        ~exists().where(VoidedLetter.letter_id == Letter.id),
        ~exists().where(
            correction.corrects_id == Letter.id,
            ~exists().where(VoidedLetter.letter_id == correction.id),
        ),
        or_(~served, came_back),
    )
    if unit_scope is None:
        return query
    seen = or_(Case.unit_id.is_(None), Case.unit_id == unit_scope)
    return query.join(Case, Case.id == Letter.case_id).where(seen)
