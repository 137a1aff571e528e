"""By when letters are to be served: kept where reminders find it, made from letters and their services."""

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, select

from tracker.domain.case.duty import Duty
from tracker.domain.letter import service
from tracker.domain.misfit import Misfit
from tracker.models.base import db
from tracker.models.duty import LETTER, OpenDuty
from tracker.models.letter import Letter
from tracker.models.reads.service import of_letters, services_of, to_serve
from tracker.models.service import LetterService
from tracker.services.case import duty, reanswer
from tracker.services.office import office


def is_served(letter: Letter) -> bool:
    """Return whether letters of the kind are served: not forms of the file, nor records told to nobody."""
    return letter.serial is not None and letter.kind not in service.TOLD_TO_NOBODY


def duties_of(letter: Letter, rows: Sequence[LetterService]) -> list[Duty]:
    """Return by when the letter is to be served, or served again (practice); nothing once it was."""
    is_corrected = any(later.voided is None for later in letter.corrected_by)
    if not is_served(letter) or letter.voided is not None or is_corrected:
        return []
    stand = [row.stands for row in rows]
    back = service.again_since(stand)
    if service.served_on(stand) is not None and back is None:
        return []
    from_on, calendar = back or letter.dated_on, office.calendar()
    if isinstance(from_on, Misfit):
        return []  # the check names the row
    on = calendar.add(from_on, office.rules(letter.dated_on).service_days)
    return [Duty("service", on, service.LAW, calendar.is_provisional(on))]


def restate(letter: Letter, rows: Sequence[LetterService]) -> None:
    """Keep the duty of a letter as it is now, in the caller's transaction."""
    duty.restate(LETTER, letter.id, letter.agency_id, duties_of(letter, rows))
    if letter.reanswer_id is not None:
        db.session.flush()
        reanswer.restate(letter.reanswer_id)


def restate_with_corrected(letter: Letter) -> None:
    """Keep the duty of a letter, and of the one that it corrects, in the caller's transaction."""
    services = services_of(letter.case)
    for each in filter(None, (letter, letter.corrects)):
        db.session.refresh(each, ["corrected_by", "voided"])
        restate(each, services.get(each.id, []))


def misstated() -> Iterator[str]:
    """Yield the numbers of the letters whose kept duty is not what their services give."""
    kept = duty.all_kept(LETTER)
    for letter, rows in _waiting():
        if duty.known(duties_of(letter, rows)) != kept.pop(letter.id, {}):
            yield letter.number
    left = select(Letter.number).where(Letter.id.in_(list(kept))).order_by(Letter.id)
    yield from db.session.scalars(left) if kept else ()


def restate_all() -> None:
    """Make the duties of all letters anew, in the caller's transaction."""
    db.session.execute(delete(OpenDuty).where(OpenDuty.kind == LETTER))
    for letter, rows in _waiting():
        duty.add(duty.rows(LETTER, letter.id, letter.agency_id, duties_of(letter, rows)))


def _waiting() -> Iterator[tuple[Letter, list[LetterService]]]:
    for agency_id in db.session.scalars(select(Letter.agency_id).distinct()).all():
        waiting = list(db.session.scalars(to_serve(agency_id, None)))
        rows = of_letters(agency_id, [letter.id for letter in waiting])
        yield from ((letter, rows.get(letter.id, [])) for letter in waiting)
