"""By which file an import comes in: its row, and the rows that it brought, kept as they are written."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Table, func, insert, select

from tracker.domain.exchange import choice
from tracker.domain.exchange.choice import Choices
from tracker.models.base import db
from tracker.models.imported import KEEPING, KEPT, ImportedFile, ImportedRow
from tracker.services.office.actor import COMMAND

Brought = tuple[int, int, int]  # a row, and the first and last entry of its ledger that came in


@dataclass(frozen=True, slots=True)
class Origin:
    """A file that is taken in.

    file_id: of its row, where a page has made one. by: who takes it. choices: how it is read, as JSON.
    """

    name: str
    digest: str
    by: str = COMMAND
    file_id: int | None = None
    choices: str | None = None


def digest_of(content: bytes) -> str:
    """Return what tells a file from others: the same content is the same file."""
    return sha256(content).hexdigest()


def text_of(choices: Choices) -> str | None:
    """Return choices as they are kept with a file; None where nothing was chosen."""
    return json.dumps(choice.as_json(choices), ensure_ascii=False) if choices else None


def choices_of(kept: str | None) -> Choices:
    """Return the choices that are kept with a file."""
    return choice.of_json(json.loads(kept)) if kept else Choices()


def chosen_before(digest: str, book: str, agency_id: int) -> Choices:
    """Return what was chosen the last time that the same file came in."""
    query = select(ImportedFile.choices).where(
        ImportedFile.agency_id == agency_id, ImportedFile.digest == digest, ImportedFile.book == book
    )
    kept = (text for text in db.session.scalars(query.order_by(ImportedFile.id.desc())) if text)
    return choices_of(next(kept, None))


def going_on(origin: Origin, book: str, agency_id: int) -> Origin:
    """Return the origin with the row of the same file that a command began and that was cut off, if any."""
    same = (ImportedFile.digest == origin.digest, ImportedFile.state == KEEPING, ImportedFile.book == book)
    query = select(ImportedFile.id).where(ImportedFile.agency_id == agency_id, *same)
    if origin.file_id is not None or (file_id := db.session.scalar(query)) is None:
        return origin
    return replace(origin, file_id=file_id)


def begin(origin: Origin, book: str, *, agency_id: int, now: datetime) -> int:
    """Return the row of a file that begins to be written, made where it has none."""
    if origin.file_id is not None:
        return origin.file_id
    file = ImportedFile(
        agency_id=agency_id,
        book=book,
        name=origin.name[:200],
        digest=origin.digest,
        choices=origin.choices,
        state=KEEPING,
        uploaded_by=origin.by,
        uploaded_at=now,
        began_at=now,
    )
    db.session.add(file)
    db.session.flush()
    return file.id


def note_rows(file_id: int, book: str, brought: Sequence[Brought]) -> None:
    """Keep which rows a file brought, in the caller's transaction."""
    if not brought:
        return
    rows = [
        {"file_id": file_id, "book": book, "row_id": row_id, "first_seq": first, "last_seq": last}
        for row_id, first, last in brought
    ]
    db.session.execute(insert(cast(Table, ImportedRow.__table__)), rows)


def brought(file_id: int, book: str) -> int:
    """Return how many rows of a book a file has brought so far."""
    mine = (ImportedRow.file_id == file_id, ImportedRow.book == book)
    return db.session.scalar(select(func.count()).select_from(ImportedRow).where(*mine)) or 0


def end(file_id: int, *, now: datetime, **counts: int) -> None:
    """Say that a file is kept, and what came of it, in the caller's transaction."""
    file = db.session.get_one(ImportedFile, file_id)
    file.state, file.kept_at, file.told = KEPT, now, ""
    file.kept_by = file.kept_by or file.uploaded_by
    for name, count in counts.items():
        setattr(file, name, count)


def note_refused(file_id: int, rows: int) -> None:
    """Keep how many rows of a file were not taken, in the caller's transaction."""
    db.session.get_one(ImportedFile, file_id).refused = rows


def seqs(moves: Iterable[Any]) -> tuple[int, int]:
    """Return the places of the first and the last of new entries."""
    places = [move.entry.seq for move in moves]
    return places[0], places[-1]
