"""Keep the open duties of every register where reminders and jobs find them by their day.

Whoever restates a row of a register restates its duties in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, tuple_

from tracker.domain.case.duty import PASSING, Duty
from tracker.domain.message import Phrase
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.duty import (
    CASE,
    COMPLAINT,
    CONTACT,
    GUIDE,
    KINDS,
    LETTER,
    PERSONAL,
    PUBLICATION,
    REANSWER,
    REMEDY,
    REVIEW,
    SIGN_OFF,
    OpenDuty,
)
from tracker.models.follow_up import Complaint, GuideUpdate, PersonalRequest, RefusalReview
from tracker.models.letter import Letter
from tracker.models.publication import Publication
from tracker.models.remedy import Reanswer, RemedyCase
from tracker.models.sign_off import SignOff

SUBJECTS: dict[str, Any] = {
    CASE: Case, CONTACT: Contact, PUBLICATION: Publication, SIGN_OFF: SignOff, REMEDY: RemedyCase,
    LETTER: Letter, REANSWER: Reanswer, REVIEW: RefusalReview, COMPLAINT: Complaint, GUIDE: GuideUpdate,
    PERSONAL: PersonalRequest,
}  # fmt: skip
Known = dict[tuple[str, date], bool]  # (duty, its day) → provisional


def known(duties: Iterable[Duty]) -> Known:
    """Return the duties as they are kept: two of one name on one day are one."""
    return {(duty.name, duty.on): duty.provisional for duty in duties}


def rows(kind: str, subject_id: int, agency_id: int, duties: Iterable[Duty]) -> list[dict[str, Any]]:
    """Return the rows that keep the duties of one subject, for a bulk insert."""
    return _rows(kind, subject_id, agency_id, known(duties).items())


def _rows(
    kind: str, subject_id: int, agency_id: int, told: Iterable[tuple[tuple[str, date], bool]]
) -> list[dict[str, Any]]:
    return [
        {
            "agency_id": agency_id,
            "kind": kind,
            "subject_id": subject_id,
            "name": name,
            "due_on": on,
            "provisional": provisional,
        }
        for (name, on), provisional in told
    ]


def add(new_rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of new subjects in bulk, in the caller's transaction."""
    if new_rows:
        db.session.connection().execute(insert(OpenDuty), new_rows)


def restate(kind: str, subject_id: int, agency_id: int, duties: Iterable[Duty]) -> None:
    """Make the kept duties of one subject those given, in the caller's transaction."""
    wanted, there = known(duties).items(), kept(kind, [subject_id]).get(subject_id, {}).items()
    if there - wanted:
        mine = (OpenDuty.kind == kind, OpenDuty.subject_id == subject_id)
        others = tuple_(OpenDuty.name, OpenDuty.due_on).not_in([key for key, _ in there & wanted])
        db.session.connection().execute(delete(OpenDuty).where(*mine, others))
    add(_rows(kind, subject_id, agency_id, wanted - there))


def kept(kind: str, subject_ids: Sequence[int]) -> dict[int, Known]:
    """Return what is kept of the subjects."""
    return _kept(OpenDuty.kind == kind, OpenDuty.subject_id.in_(subject_ids))


def all_kept(kind: str) -> dict[int, Known]:
    """Return what is kept of a register."""
    return _kept(OpenDuty.kind == kind)


def _kept(*where: ColumnElement[bool]) -> dict[int, Known]:
    columns = (OpenDuty.subject_id, OpenDuty.name, OpenDuty.due_on, OpenDuty.provisional)
    query = select(*columns).where(*where)
    by_subject: dict[int, Known] = defaultdict(dict)
    for subject_id, name, on, provisional in db.session.execute(query):
        by_subject[subject_id][name, on] = provisional
    return by_subject


def passed(agency_id: int, today: date) -> tuple[Any, ...]:
    """Return what the duties have in common that ended with their day."""
    return (OpenDuty.agency_id == agency_id, OpenDuty.due_on < today, OpenDuty.name.in_(PASSING))


def pass_by(agency_id: int, *, today: date) -> None:
    """Take out the duties that ended with their day, in the caller's transaction."""
    db.session.execute(delete(OpenDuty).where(*passed(agency_id, today)))


def as_of(duties: Known, today: date) -> Known:
    """Return the duties without those that a day's going by has ended."""
    return {key: told for key, told in duties.items() if key[1] >= today or key[0] not in PASSING}


def astray() -> Iterator[str]:
    """Yield the duties that belong to another agency than what they restate, or to nothing."""
    for kind, table in SUBJECTS.items():
        subject = select(table.id).where(
            table.id == OpenDuty.subject_id, table.agency_id == OpenDuty.agency_id
        )
        query = select(OpenDuty.id).where(OpenDuty.kind == kind, ~subject.exists())
        yield from (
            Phrase("在办期限 %(row_id)s", row_id=row_id)
            for row_id in db.session.scalars(query.order_by(OpenDuty.id))
        )
    unknown = select(OpenDuty.id).where(OpenDuty.kind.not_in(KINDS)).order_by(OpenDuty.id)
    yield from (Phrase("在办期限 %(row_id)s", row_id=row_id) for row_id in db.session.scalars(unknown))
