"""The days that rows of registers set the organ, kept among the open duties of the office.

Each kind of duty hangs on the rows of one register. Whoever changes such a row, or what it is counted from,
restates its duties in the same transaction; they are counted anew where the calendar or the law changes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, select, tuple_

from tracker.domain.case import clock
from tracker.domain.case.duty import Duty
from tracker.domain.errors import UnknownYearError
from tracker.domain.law import term
from tracker.domain.register import follow_up, personal_request, respondent
from tracker.models.base import db
from tracker.models.duty import COMPLAINT, GUIDE, PERSONAL, REANSWER, REMEDY, REVIEW, OpenDuty
from tracker.models.follow_up import Complaint, GuideUpdate, PersonalRequest, RefusalReview
from tracker.models.reads.base import kept_rows
from tracker.models.reads.remedy import proceeding_of, reanswers_of
from tracker.models.register import RegisterRow
from tracker.models.remedy import Reanswer, RemedyCase, RemedyStep
from tracker.services.case import duty, reanswer
from tracker.services.office import office

RESTATED = ("remedy", "reanswer", "review", "complaint", "guide", "personal")


@dataclass(frozen=True, slots=True)
class RegisterDuty:
    """A kind of duty: the rows that it hangs on, what each must do, and which rows may still have any."""

    kind: str
    model: type[RegisterRow]
    duties_of: Callable[[Any], list[Duty]]
    may_have: Callable[[], ColumnElement[bool]]


def _of_remedy(row: RemedyCase) -> list[Duty]:
    return respondent.duties(proceeding_of(row), office.calendar())


def _has_steps() -> ColumnElement[bool]:
    return RemedyCase.id.in_(select(RemedyStep.remedy_id).where(RemedyStep.withdrawn_at.is_(None)))


def _of_review(row: RefusalReview) -> list[Duty]:
    """Return the next review of what is still refused; a later row of the same information is that review."""
    if row.conclusion != "kept" or row.next_on is None:
        return []
    later = kept_rows(RefusalReview, row.agency_id).where(
        RefusalReview.information == row.information,
        RefusalReview.case_number == row.case_number,
        tuple_(RefusalReview.reviewed_on, RefusalReview.id) > (row.reviewed_on, row.id),
    )
    if db.session.scalar(later.limit(1)) is not None:
        return []
    return [Duty(follow_up.REVIEW, row.next_on, follow_up.LAWS[follow_up.REVIEW])]


def _of_complaint(row: Complaint) -> list[Duty]:
    if row.answered_on or row.until_on is None:
        return []
    return [Duty(follow_up.COMPLAINT, row.until_on, follow_up.LAWS[follow_up.COMPLAINT])]


def _of_guide(row: GuideUpdate) -> list[Duty]:
    if row.updated_on:
        return []
    last = clock.last_day(term.PUBLICATION, row.changed_on, office.calendar())
    return [Duty(follow_up.GUIDE, last.on, follow_up.LAWS[follow_up.GUIDE], last.provisional)]


def _of_personal(row: PersonalRequest) -> list[Duty]:
    if row.answered_on:
        return []
    calendar, days = office.calendar(), office.rules(row.received_on).personal_request_days
    on = calendar.add(row.received_on, days)
    return [Duty(personal_request.DUTY, on, personal_request.LAW, calendar.is_provisional(on))]


KEPT = (
    RegisterDuty(REMEDY, RemedyCase, _of_remedy, _has_steps),
    RegisterDuty(REANSWER, Reanswer, reanswer.duties_of, lambda: Reanswer.served_on.is_(None)),
    RegisterDuty(REVIEW, RefusalReview, _of_review, lambda: RefusalReview.next_on.is_not(None)),
    RegisterDuty(COMPLAINT, Complaint, _of_complaint, lambda: Complaint.answered_on.is_(None)),
    RegisterDuty(GUIDE, GuideUpdate, _of_guide, lambda: GuideUpdate.updated_on.is_(None)),
    RegisterDuty(PERSONAL, PersonalRequest, _of_personal, lambda: PersonalRequest.answered_on.is_(None)),
)
_BY_MODEL = {kept.model: kept for kept in KEPT}


def restate(row: RegisterRow, changes: Mapping[str, Sequence[str]] | None = None) -> None:
    """Keep the duties that hang on a row, or on the row that it belongs to, in the caller's transaction.

    changes: by field, what stood there before and what stands there now.
    """
    if isinstance(row, RemedyStep):
        row = row.remedy
    kept = _BY_MODEL.get(type(row))
    if kept:
        duty.restate(kept.kind, row.id, row.agency_id, duties_of(kept, row))
    if isinstance(row, RemedyCase):
        for one in reanswers_of(row):
            restate(one)
    if kept and isinstance(row, RefusalReview):
        about = {row.information, *(changes or {}).get("information", ())}
        for other in db.session.scalars(_of_same_information(row, about)):
            duty.restate(kept.kind, other.id, other.agency_id, duties_of(kept, other))


def restate_all(model: type[RegisterRow], ids: Sequence[int]) -> None:
    """Keep the duties of many rows that were added or withdrawn together, in the caller's transaction."""
    if model is RemedyStep:
        steps = select(RemedyStep.remedy_id).where(RemedyStep.id.in_(ids))
        for remedy in db.session.scalars(select(RemedyCase).where(RemedyCase.id.in_(steps))):
            restate(remedy)
    kept = _BY_MODEL.get(model)
    if kept is None:
        return
    db.session.execute(delete(OpenDuty).where(OpenDuty.kind == kept.kind, OpenDuty.subject_id.in_(ids)))
    _add(kept, kept.model.id.in_(ids))
    if model is RefusalReview:  # a later review of the same information is the one that an earlier waits for
        about = select(RefusalReview.information).where(RefusalReview.id.in_(ids))
        same = (RefusalReview.information.in_(about), RefusalReview.id.not_in(ids))
        for other in list(_open(kept, *same)):
            duty.restate(kept.kind, other.id, other.agency_id, duties_of(kept, other))


def _of_same_information(row: RefusalReview, about: set[str]) -> Select[tuple[RefusalReview]]:
    """Return the other open reviews of what this one is about, and of what it was about before."""
    mine = (RefusalReview.agency_id == row.agency_id, RefusalReview.id != row.id)
    same = RefusalReview.information.in_(about)
    return select(RefusalReview).where(*mine, same, RefusalReview.next_on.is_not(None))


def duties_of(kept: RegisterDuty, row: RegisterRow) -> list[Duty]:
    """Return what a row still asks for; nothing once it is withdrawn, or of a year without a calendar.

    The page of the row says then why (``why_uncounted``).
    """
    if row.withdrawn_at is not None:
        return []
    try:
        return kept.duties_of(row)
    except UnknownYearError:
        return []


def why_uncounted(row: RegisterRow) -> list[str]:
    """Say why the days of a row cannot be counted; nothing where they can, or where it sets none."""
    kept = _BY_MODEL.get(type(row))
    try:
        if kept is not None:
            kept.duties_of(row)
    except UnknownYearError as error:
        return [error.message]
    return []


def restate_open() -> None:
    """Count the days of all rows that may have any again: the calendar changed."""
    for kept in KEPT:
        db.session.execute(delete(OpenDuty).where(OpenDuty.kind == kept.kind))
        _add(kept)


def _add(kept: RegisterDuty, *where: ColumnElement[bool]) -> None:
    """Keep the duties of rows that have none kept."""
    rows = list(_open(kept, *where))
    duty.add(
        [
            row_of_duty
            for row in rows
            for row_of_duty in duty.rows(kept.kind, row.id, row.agency_id, duties_of(kept, row))
        ]
    )


def misstated(today: date) -> Iterator[tuple[str, int]]:
    """Yield kind and id of the rows whose kept duties are not what the register says."""
    for kept in KEPT:
        known = duty.all_kept(kept.kind)
        rows = {row.id: row for row in _open(kept)}
        others = known.keys() - rows.keys()
        rows |= {
            row.id: row for row in db.session.scalars(select(kept.model).where(kept.model.id.in_(others)))
        }
        for row_id in sorted(rows.keys() | known.keys()):
            row = rows.get(row_id)
            wanted = duty.known(duties_of(kept, row)) if row else {}
            if duty.as_of(known.get(row_id, {}), today) != duty.as_of(wanted, today):
                yield kept.kind, row_id


def _open(kept: RegisterDuty, *where: ColumnElement[bool]) -> Iterator[Any]:
    may = (kept.model.withdrawn_at.is_(None), kept.may_have())
    yield from db.session.scalars(select(kept.model).where(*may, *where).order_by(kept.model.id))
