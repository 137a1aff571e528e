"""A register's file that was shown and waits until its rows are kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import delete, or_

from tracker.domain.errors import NotFoundError
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.register import Register
from tracker.models.base import db, transaction
from tracker.models.register import StagedFile
from tracker.services.office.origin import digest_of
from tracker.services.register.register import By

STAGED_FOR = timedelta(days=1)


def stage(wanted: Register, content: bytes, name: str, *, by: By) -> int:
    """Keep a file that was shown until its rows are kept; return its id. Old ones go."""
    with transaction():
        old = or_(
            StagedFile.staged_at < by.now - STAGED_FOR,
            (StagedFile.staged_by == by.actor.name) & (StagedFile.book == wanted.name),
        )
        mine = (StagedFile.agency_id == by.actor.agency_id, StagedFile.book.in_(BY_NAME))
        db.session.execute(delete(StagedFile).where(*mine, old))
        staged = StagedFile(
            agency_id=by.actor.agency_id,
            book=wanted.name,
            name=name[:200],
            content=content,
            staged_by=by.actor.name,
            staged_at=by.now,
        )
        db.session.add(staged)
        db.session.flush()
        return staged.id


def waiting_file(wanted: Register, file_id: int, digest: str, *, by: By) -> StagedFile:
    """Return a copy of the file that waits; raise NotFoundError where another took its place."""
    file = db.session.get(StagedFile, file_id)
    mine = file is not None and (file.agency_id, file.book) == (by.actor.agency_id, wanted.name)
    if file is None or not mine or digest_of(file.content) != digest:
        raise NotFoundError("这个文件已经导入或已过期，请重新选择文件。")
    return StagedFile(name=file.name, content=file.content)


@contextmanager
def staged(wanted: Register, file_id: int, digest: str, *, by: By) -> Iterator[StagedFile]:
    """Give the file that waits, and let it go once its rows were kept."""
    yield waiting_file(wanted, file_id, digest, by=by)
    with transaction():
        db.session.execute(delete(StagedFile).where(StagedFile.id == file_id))
