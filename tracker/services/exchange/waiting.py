"""What waits with a file that is to be imported: its content, the look at it, the rows that were not taken.

Each is sealed, named by its file, and gone after some days (``sweep``).
"""

import json
import zlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select, update

from tracker.domain.packing import packed_within, unpacked_within
from tracker.models import sealed_file
from tracker.models.base import db, transaction
from tracker.models.imported import DROPPED, LOOKING, WAITING, ImportedFile
from tracker.models.register import StagedFile
from tracker.models.sealed_file import IMPORT, UnreadableSealError

CONTENT, LOOK, REST = PARTS = ("import", "import-look", "import-rest")
WAITS = timedelta(days=7)


def put(file: ImportedFile, part: str, content: bytes, *, by: str, now: datetime) -> None:
    """Keep a part in the place of an earlier one, in the caller's transaction."""
    remove(file.id, part)
    row = StagedFile(agency_id=file.agency_id, book=part, name=str(file.id), staged_by=by, staged_at=now)
    row.content = sealed_file.seal(content, IMPORT)
    db.session.add(row)


def get(file: ImportedFile, part: str) -> bytes | None:
    """Return a part; None where it is gone, or was sealed with a former key."""
    query = select(StagedFile.content).where(
        StagedFile.agency_id == file.agency_id, StagedFile.book == part, StagedFile.name == str(file.id)
    )
    kept = db.session.scalar(query)
    try:
        return sealed_file.unseal(kept, IMPORT) if kept is not None else None
    except UnreadableSealError:
        return None


def put_look(file: ImportedFile, look: dict[str, Any], *, by: str, now: datetime) -> None:
    """Keep the look at a file, in the caller's transaction."""
    content = zlib.compress(json.dumps(packed_within(look), ensure_ascii=False).encode(), 1)
    put(file, LOOK, content, by=by, now=now)


def look_of(file: ImportedFile) -> dict[str, Any] | None:
    """Return the look at a file; None where it is gone."""
    content = get(file, LOOK)
    if content is None:
        return None
    look: dict[str, Any] = unpacked_within(json.loads(zlib.decompress(content)))
    return look


def remove(file_id: int, *parts: str) -> None:
    """Let parts of a file go, in the caller's transaction."""
    here = (StagedFile.book.in_(parts), StagedFile.name == str(file_id))
    db.session.execute(delete(StagedFile).where(*here))


def sweep(*, now: datetime) -> int:
    """Let go what waited too long; return how many files were never kept."""
    with transaction():
        old = (StagedFile.book.in_(PARTS), StagedFile.staged_at < now - WAITS)
        db.session.execute(delete(StagedFile).where(*old))
        forgotten = update(ImportedFile).where(
            ImportedFile.state.in_((LOOKING, WAITING)), ImportedFile.uploaded_at < now - WAITS
        )
        done = db.session.execute(forgotten.values(state=DROPPED, version=ImportedFile.version + 1))
    return done.rowcount if isinstance(done, CursorResult) else 0


def has(file: ImportedFile, part: str) -> bool:
    """Return whether a part of a file is there."""
    query = select(StagedFile.id).where(
        StagedFile.agency_id == file.agency_id, StagedFile.book == part, StagedFile.name == str(file.id)
    )
    return db.session.scalar(query) is not None
