"""Clean up what a killed process left: scratch folders and unfinished files of backups and uploads."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from tracker.domain.errors import DomainError
from tracker.domain.message import Phrase, joined
from tracker.models import in_use
from tracker.models.base import db
from tracker.models.calendar import IMPORTING, REGISTER_IMPORTING, OfficeFact
from tracker.services.case import withdrawal
from tracker.services.copy import upload_list
from tracker.services.office import office, posted, store
from tracker.services.operations import backup

AFTER = timedelta(days=1)  # nothing that still runs is that old
CHECKS = ".verify-*"  # made by who only reads: no lock tells whether it still runs


def run(*, on: date, now: datetime) -> str:
    """Remove what is left over, and finish an import that was cut off, as a job of the night."""
    del on  # age is measured from now
    finished = finish(now=now)
    from tracker.services.exchange import waiting  # a command loads what it runs

    waiting.sweep(now=now)
    posted.sweep(now=now)
    again = withdrawal.finish()
    swept = Phrase("清除%(count)s个未完成的文件", count=sweep(now=now))
    destroyed = Phrase("销毁恢复备份时带回的%(count)s个已撤回文件", count=again) if again else ""
    return joined(filter(None, [swept, destroyed, finished]), "；")


def finish(*, now: datetime) -> str:
    """Finish an import that was cut off; return what was done, empty where there was none."""
    facts = select(OfficeFact.name).where(OfficeFact.name.in_((IMPORTING, REGISTER_IMPORTING)))
    there = db.session.scalars(facts).all()
    db.session.rollback()
    if not there:
        return ""
    from tracker.services.exchange import importing
    from tracker.services.register import importing as register_importing  # a command loads what it runs

    return joined([_said(importing.finish, now), _said(register_importing.finish, now)])


def _said(act: Callable[..., str], now: datetime) -> str:
    """Return what an act says, and what refuses it: no command and no start may fail for it."""
    try:
        return act(now=now)
    except DomainError as error:
        return Phrase("有一次导入还没有写完：%(why)s", why=error.message)


def at_start(*, now: datetime) -> int:
    """Remove what is left over as a server starts; where nobody else writes, however young it is.

    On PostgreSQL another host may be at work beside the same folder, so that age alone decides.
    """
    if db.engine.dialect.name != "sqlite":
        return sweep(now=now)
    with in_use.alone(db.engine) as is_alone:
        return sweep(now=now, alone=is_alone)


def sweep(*, now: datetime, alone: bool = False) -> int:
    """Remove what is left over and return how many files and folders that were."""
    count = 0
    for path in _half_made():
        young = datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo) > now - AFTER
        if young and (not alone or path.match(CHECKS)):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        count += 1
    return count


def _half_made() -> Iterator[Path]:
    home, copies = office.settings().instance, backup.folder()
    yield from home.glob(".restore-*")
    for pattern in (".backup-*", CHECKS, ".*.part"):
        yield from copies.glob(pattern)
    yield from (copies / upload_list.FOLDER).rglob("*.part")
    yield from (home / store.FOLDER).rglob("*.part")
