"""The term of proactive disclosure (第26条), kept among the open duties of the office."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, delete, select

from tracker.domain.case.clock import Due
from tracker.domain.case.duty import Duty, publication
from tracker.models.base import db
from tracker.models.duty import PUBLICATION, OpenDuty
from tracker.models.publication import Publication
from tracker.services.case import duty
from tracker.services.office import office

RESTATED = ("publication",)


def due_of(row: Publication) -> Due | None:
    """Return the last day to publish an item: 20 working days from its making or change."""
    if row.created_on is None:
        return None
    due = publication(row.created_on, office.calendar())
    return Due(due.on, due.provisional)


def duties_of(row: Publication) -> list[Duty]:
    """Return the open duty of an item; none once it is published, refused or withdrawn."""
    is_over = row.published_on or row.withdrawn_at or row.conclusion == "refused"
    if row.created_on is None or is_over:
        return []
    return [publication(row.created_on, office.calendar())]


def restate(row: Publication) -> None:
    """Keep the open duty of one item, in the caller's transaction."""
    duty.restate(PUBLICATION, row.id, row.agency_id, duties_of(row))


def restate_all(ids: Sequence[int]) -> None:
    """Keep the open duties of many items, in the caller's transaction."""
    db.session.execute(delete(OpenDuty).where(OpenDuty.kind == PUBLICATION, OpenDuty.subject_id.in_(ids)))
    _add(_unpublished(Publication.id.in_(ids)))


def _add(rows: Iterable[Publication]) -> None:
    duty.add(
        [
            row_of_duty
            for row in rows
            for row_of_duty in duty.rows(PUBLICATION, row.id, row.agency_id, duties_of(row))
        ]
    )


def restate_open() -> None:
    """Count the terms of all items not yet published again: the calendar changed."""
    db.session.execute(delete(OpenDuty).where(OpenDuty.kind == PUBLICATION))
    _add(_unpublished())


def misstated() -> Iterator[str]:
    """Yield the titles of the items whose kept duty is not what the register says."""
    kept = select(OpenDuty.subject_id).where(OpenDuty.kind == PUBLICATION)
    ids = set(db.session.scalars(kept))
    items = {row.id: row for row in _unpublished()}
    items |= {row.id: row for row in db.session.scalars(select(Publication).where(Publication.id.in_(ids)))}
    known = duty.kept(PUBLICATION, list(ids))
    for row in items.values():
        if known.get(row.id, {}) != duty.known(duties_of(row)):
            yield row.title
    if ids - set(items):
        yield f"#{min(ids - set(items))}"


def _unpublished(*where: ColumnElement[bool]) -> Iterator[Publication]:
    waiting = (Publication.published_on.is_(None), Publication.withdrawn_at.is_(None))
    yield from db.session.scalars(select(Publication).where(*waiting, *where))
