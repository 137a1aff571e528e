"""Checks before a process serves an office: the key, the schema, the clock, unfinished imports."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tracker.domain.errors import DomainError
from tracker.models import identity, migrate
from tracker.models.base import ZONE, db
from tracker.services.calendar import practice
from tracker.services.job import timekeeping
from tracker.services.office import office
from tracker.services.operations import leftover, rekey, setup


class OfficeNotReadyError(DomainError):
    """There is no office yet, or its tables are not the newest."""


def hold(*, now: datetime) -> str:
    """Raise OtherKeyError or OtherTablesError where the office is not this machine's.

    Returns what was done of a restore or a change of keys that was cut off, empty where there was none.
    """
    if _nothing_there():
        return ""
    done = rekey.settle(now)
    with db.engine.connect() as connection:
        identity.hold(connection, upgraded=False)
    return done


def check_made() -> None:
    """Raise NotReadyError where ``tracker init`` has to be run first."""
    if _nothing_there() or not migrate.is_current():
        raise OfficeNotReadyError("这里还没有建立办公室，或数据库不是最新版本：请先运行 tracker init。")


def _nothing_there() -> bool:
    """Return whether there is no file of an office: to connect to it would make one."""
    url = office.settings().database_url
    return url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists()


def ready(*, now: datetime) -> Iterator[str]:
    """Make ready for serving; yield what a person should know."""
    if finished := leftover.finish(now=now):
        yield finished
    setup.recount(now=now)
    leftover.at_start(now=now)
    if jump := timekeeping.jump(now=now):
        yield jump.words
    yield from practice.words(today=now.astimezone(ZONE).date())
