"""A long act, a portion at a time: each in a transaction of its own, with room for others between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.errors import DomainError
from tracker.models import fault
from tracker.models.base import db, transaction
from tracker.models.book import StagedFile
from tracker.models.calendar import OfficeFact

TRIES = 3  # beside other writers; then everybody else waits for it
UNREADABLE = "有一次导入没有写完，而所留的内容已不能读取：请核对后重新导入同一文件。"
T = TypeVar("T")


class ImportCutOffError(DomainError):
    """The machine failed while a large import was written; what is left is written later."""


class ImportBesideError(DomainError):
    """Another import is being written; this one has changed nothing."""

    def __init__(self) -> None:
        super().__init__("另一个文件正在导入，没有作任何改动：请等它结束后再导入。")


def forget(kind: str) -> None:
    """Let go what waits to be written, in the caller's transaction; also what cannot be read any more."""
    db.session.execute(delete(StagedFile).where(StagedFile.book == kind))
    db.session.execute(delete(OfficeFact).where(OfficeFact.name == kind))


def written(act: Callable[[], T]) -> T:
    """Do the act in a transaction, tried again where another writer was first."""
    for _ in range(TRIES):
        with suppress(StaleDataError), transaction():
            return act()
    with transaction(alone=True):
        return act()


@contextmanager
def told(done: Callable[[], str]) -> Iterator[None]:
    """Raise ImportCutOffError, which says what was done, where the machine fails within."""
    try:
        yield
    except (DBAPIError, OSError, StaleDataError) as error:
        words = fault.sentence(error) or ("" if isinstance(error, StaleDataError) else None)
        if words is None:
            raise
        raise ImportCutOffError(
            f"导入中断：{words}{done()}其余的在下一次运行命令、启动服务或者夜间任务时接着写完，不用重新导入。"
        ) from error
