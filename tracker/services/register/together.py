"""Many rows of a register at once: what a file brings, what is taken back with it; a bulk statement each."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.register.publication import MEDIA
from tracker.domain.register.register import Register
from tracker.models.base import db, insert_rows
from tracker.models.case import Case
from tracker.models.follow_up import OfRequest
from tracker.models.publication import Publication, PublicationMedium
from tracker.models.reads.register import MODELS
from tracker.models.reads.remedy import remedies_named
from tracker.models.register import RegisterAct
from tracker.models.remedy import Reanswer, RemedyCase, RemedyStep
from tracker.services.register import duty, publication
from tracker.services.register import register as registers
from tracker.services.register.register import By, Media, Values


def add(register: Register, rows: Sequence[Values], *, by: By) -> list[int]:
    """Add rows that were checked, with media that the office lacks, in the caller's transaction.

    Returns their keys. Raises StaleDataError where what a row names is gone since it was checked.
    """
    agency_id = by.actor.agency_id
    of_all = {"agency_id": agency_id, "recorded_at": by.now, "recorded_by": by.actor.name, "version": 1}
    ids = _ids_of(register, rows, agency_id)
    media = _media(rows, by)
    keys = insert_rows(
        MODELS[register.name],
        [
            {**registers.columns(register, values), **of_row, **of_all}
            for values, of_row in zip(rows, ids, strict=True)
        ],
    )
    on_media = [
        {"publication_id": key, "medium_id": media[name].id}
        for key, values in zip(keys, rows, strict=True)
        for name in values.get("channels") or ()
    ]
    if on_media:
        db.session.execute(insert(cast(Table, PublicationMedium.__table__)), on_media)
    _note(register, keys, "imported", by)
    return keys


def withdraw(register: Register, keys: Sequence[int], reason: str, *, by: By) -> None:
    """Withdraw rows with a reason, in the caller's transaction."""
    table = cast(Table, MODELS[register.name].__table__)
    withdrawn = update(table).where(table.c.id.in_(keys))
    db.session.execute(withdrawn.values(withdrawn_at=by.now, version=table.c.version + 1))
    _note(register, keys, "withdrawn", by, reason)


def _media(rows: Sequence[Values], by: By) -> Media:
    """Return the office's media by name; those that it lacks are made, their kind is for a person to say."""
    media = registers.media_by_name(by.actor.agency_id)
    named = dict.fromkeys(name for values in rows for name in values.get("channels") or ())
    new = [{**registers.blank(MEDIA), "name": name} for name in named if name not in media]
    if not new:
        return media
    add(MEDIA, new, by=by)
    return registers.media_by_name(by.actor.agency_id)


def _ids_of(register: Register, rows: Sequence[Values], agency_id: int) -> list[dict[str, Any]]:
    """Return the request, or the reconsideration or suit, that each row belongs to."""
    model = MODELS[register.name]
    if issubclass(model, RemedyCase | OfRequest):
        numbers = {values["case_number"] for values in rows} - {""}
        query = select(Case.number, Case.id).where(Case.agency_id == agency_id, Case.number.in_(numbers))
        cases = dict(db.session.execute(query).tuples().all())
        return [{"case_id": cases.get(values["case_number"])} for values in rows]
    if not issubclass(model, RemedyStep | Reanswer):
        return [{} for _ in rows]
    remedies = {}
    for number in {values["remedy_number"] for values in rows}:
        if not (named := remedies_named(number, agency_id)):
            raise StaleDataError(f"{number}: withdrawn since it was looked at")
        remedies[number] = named[0].id
    return [{"remedy_id": remedies[values["remedy_number"]]} for values in rows]


def _note(register: Register, keys: Sequence[int], act: str, by: By, reason: str = "") -> None:
    """Write the same act on rows, and keep their duties as they are then."""
    told = {"agency_id": by.actor.agency_id, "book": register.name, "act": act, "at": by.now}
    told |= {"actor": by.actor.name, "reason": reason.strip(), "changes": {}}
    acts = [{**told, "row_id": key} for key in keys]
    if not acts:
        return
    db.session.execute(insert(cast(Table, RegisterAct.__table__)), acts)
    model = MODELS[register.name]
    if model is Publication:
        publication.restate_all(keys)
    else:
        duty.restate_all(model, keys)
