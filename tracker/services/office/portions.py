"""Long acts in portions: each in a transaction of its own, so that others can write between.

An import is accepted first: what it will write is kept, sealed, beside how far it is (``keep``,
``keep_place``). Cut off in between, what is left is written later (``finish``), by who can read that kind.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.errors import DomainError
from tracker.models import fault, in_use, sealed_file
from tracker.models.base import PAUSE, db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.register import StagedFile
from tracker.models.sealed_file import IMPORT, UnreadableSealError

TRIES = 3  # beside other writers; then everybody else waits for it
UNREADABLE = "有一次导入没有写完，而所留的内容已不能读取：请核对后重新导入同一文件。"
T = TypeVar("T")
P = TypeVar("P")


class ImportCutOffError(DomainError):
    """The machine failed while a large import was written; what is left is written later."""


class ImportBesideError(DomainError):
    """Another import is being written; this one has changed nothing."""

    def __init__(self) -> None:
        super().__init__("另一个文件正在导入，没有作任何改动：请等它结束后再导入。")


# -- one transaction after the other ----------------------------------------------------------------


def written(act: Callable[[], T]) -> T:
    """Do the act in a transaction, tried again where another writer was first."""
    for _ in range(TRIES):
        with suppress(StaleDataError), transaction():
            return act()
    return _alone(act)


def each(act: Callable[[P], T], portions: Iterable[P], *, alone: bool = False) -> Iterator[T]:
    """Do the act with each portion in a transaction of its own; yield what came of it, and let others in.

    alone: nobody else writes meanwhile: an act that compares no version would write over theirs.
    """
    for portion in portions:
        yield _alone(partial(act, portion)) if alone else written(partial(act, portion))
        time.sleep(PAUSE)


def _alone(act: Callable[[], T]) -> T:
    with transaction(alone=True):
        return act()


@contextmanager
def told(done: Callable[[], str]) -> Iterator[None]:
    """Raise ImportCutOffError, which says what was done, where the machine fails within."""
    try:
        yield
    except (DBAPIError, OSError, StaleDataError) as error:
        message = fault.sentence(error) or ("" if isinstance(error, StaleDataError) else None)
        if message is None:
            raise
        raise ImportCutOffError(
            "导入中断：%(message)s%(done)s其余的在下一次运行命令、启动服务或者夜间任务时"
            "接着写完，不用重新导入。",
            message=message,
            done=done(),
        ) from error


# -- what waits to be written -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """An import that was accepted: what is kept of it, for whom, and how far it is written."""

    file_id: int
    agency_id: int
    name: str
    by: str
    content: bytes
    place: dict[str, Any]


def keep(kind: str, content: bytes, *, agency_id: int, name: str, by: str, now: datetime) -> int:
    """Keep what an import will write in the place of an earlier one, in the caller's transaction.

    Returns the id by which its place names it.
    """
    forget(kind)
    sealed = sealed_file.seal(content, IMPORT)
    file = StagedFile(
        agency_id=agency_id, book=kind, name=name[:200], content=sealed, staged_by=by, staged_at=now
    )
    db.session.add(file)
    db.session.flush()
    return file.id


def keep_place(kind: str, file_id: int, **place: Any) -> None:
    """Keep how far an import is written, in the caller's transaction."""
    db.session.merge(OfficeFact(name=kind, value={"file": file_id, **place}))


def forget(kind: str) -> None:
    """Let go what waits to be written, in the caller's transaction; also what cannot be read any more."""
    db.session.execute(delete(StagedFile).where(StagedFile.book == kind))
    db.session.execute(delete(OfficeFact).where(OfficeFact.name == kind))


@contextmanager
def alone(kind: str, write: Callable[[Waiting], str]) -> Iterator[None]:
    """Be the one import that is being written; what another left is written before.

    Raises ImportBesideError.
    """
    with in_use.importing(db.engine) as is_free:
        if not is_free:
            raise ImportBesideError
        _finished(kind, write)
        yield


def finish(kind: str, write: Callable[[Waiting], str]) -> str:
    """Write what is left of an import that was cut off; say so, empty where there was none.

    Nothing is done where the process that imports is still at work.
    """
    with in_use.importing(db.engine) as is_free:
        return _finished(kind, write) if is_free else ""


def _finished(kind: str, write: Callable[[Waiting], str]) -> str:
    db.session.rollback()
    fact = db.session.get(OfficeFact, kind)
    file = db.session.get(StagedFile, fact.value["file"]) if fact else None
    if fact is None or file is None:
        return ""
    try:
        content = sealed_file.unseal(file.content, IMPORT)
    except UnreadableSealError:
        return UNREADABLE
    return write(Waiting(file.id, file.agency_id, file.name, file.staged_by, content, dict(fact.value)))
