"""Document numbers: a sequence an agency, year and word of the kind; each given once, gaps with a reason."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from tracker.domain.errors import InvalidDetailError
from tracker.domain.letter.index import SERIES
from tracker.domain.letter.number import MOST
from tracker.domain.misfit import DamagedError, Misfit
from tracker.domain.permission import Action
from tracker.models.agency import Counter
from tracker.models.base import db, locked, transaction
from tracker.models.letter import Letter, SkippedNumber
from tracker.services.office import audit
from tracker.services.office.actor import Actor

PREFIX = "文号"  # of the counters' names, so that no register of cases has one of them
MOST_SKIPPED = 2000  # numbers in one go


def take(agency_id: int, series: str, year: int, count: int = 1) -> int:
    """Return the first of the next numbers of the sequence, taken in the caller's transaction."""
    key = {"agency_id": agency_id, "register": f"{PREFIX}{series}", "year": year}
    counter = locked(Counter, key, lambda: {"last": 0})
    if isinstance(counter.last, Misfit) or not 0 <= counter.last <= MOST - count:
        raise DamagedError(
            "%(series)s〔%(year)s〕的文号计数器已损坏或者用尽，不能给出文号，什么也没有改"
            "变。请联系系统管理员运行 tracker check。",
            series=series,
            year=year,
        )
    first = counter.last + 1
    counter.last += count
    db.session.flush()
    return first


def next_of(agency_id: int, series: str, year: int) -> int:
    """Return the number that comes next in a sequence, without taking it: another may be given it before."""
    counter = db.session.get(Counter, (agency_id, f"{PREFIX}{series}", year))
    return 1 if counter is None or isinstance(counter.last, Misfit) else counter.last + 1


def skip(series: str, year: int, count: int, reason: str, *, actor: Actor, now: datetime) -> SkippedNumber:
    """Leave out the next numbers of a sequence, such as those given on paper before, and keep why.

    Raises InvalidDetailError, NotPermittedError.
    """
    actor.require(Action.LETTERS)
    if series not in SERIES or not reason.strip() or not 1 <= count <= MOST_SKIPPED:
        raise InvalidDetailError(
            "请选择类别，写明原因，个数在1与%(most_skipped)s之间。",
            most_skipped=MOST_SKIPPED,
        )
    with transaction():
        first = take(actor.agency_id, series, year, count)
        row = SkippedNumber(
            agency_id=actor.agency_id,
            series=series,
            year=year,
            first=first,
            last=first + count - 1,
            reason=reason.strip(),
            skipped_by=actor.name,
            skipped_at=now,
        )
        db.session.add(row)
        target = f"{series}〔{year}〕{first}—{row.last}"
        audit.note("number_skipped", actor=actor.name, now=now, target=target, agency_id=actor.agency_id)
    return row


def behind() -> Iterator[tuple[str, int, int]]:
    """Yield the sequences whose counter is behind a number that was given: name, counter, that number."""
    sequence = (Letter.agency_id, Letter.series, Letter.year)
    newest = select(*sequence, func.max(Letter.serial)).where(Letter.serial.is_not(None)).group_by(*sequence)
    for agency_id, series, year, serial in db.session.execute(newest).tuples():
        counter = db.session.get(Counter, (agency_id, f"{PREFIX}{series}", year))
        last = 0 if counter is None or isinstance(counter.last, Misfit) else counter.last
        if last < (serial or 0):
            yield f"{series}〔{year}〕", last, serial or 0
