"""Time the jobs of a morning among a tenth of all cases: what is due on the day, not what is open.

In a copy of an office: everything of the working day before was told.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from time import process_time

import grown
import office
from measure import Row, Sizes
from sqlalchemy import bindparam, delete, insert, select, update

from tracker.domain.calendar.calendar import shipped
from tracker.jobs.schedule import JOBS
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.duty import CASE, OpenDuty
from tracker.models.job import OverdueFlag
from tracker.models.outbox import Message
from tracker.models.tables import count_anew
from tracker.models.user import User
from tracker.services.job import job, timekeeping
from tracker.services.job.job import AlarmError

LATE = 30  # one open case in so many is overdue, by up to LATE_DAYS working days
TERM, LATE_DAYS = 20, 30  # working days
READERS = 12  # handlers who chose the digest
BATCH = 20_000
MORNING = (
    "flag_overdue",
    "confirm_receipts",
    "report_dates",
    "calendar_missing",
    "remind",
    "escalate",
    "digest",
)


def prepare(open_: int) -> None:
    """Open the newest cases, as many due on each working day of the term; give the office's people addresses.

    Everything of the working day before was told, as in an office whose jobs run each morning.
    """
    calendar = shipped()
    ahead = [calendar.add(office.TODAY, n) for n in range(1, TERM + 1)]
    behind = [_working_day_before(office.TODAY, n) for n in range(1, LATE_DAYS + 1)]
    with transaction():
        for table in (OpenDuty, Message, OverdueFlag):
            db.session.execute(delete(table))
        newest = select(Case.id, Case.agency_id).order_by(Case.id.desc()).limit(open_)
        cases = [
            {"key": key, "agency_id": agency_id, "due": _due(place, ahead, behind)}
            for place, (key, agency_id) in enumerate(db.session.execute(newest).all())
        ]
        _open(cases)
        _give_addresses()
    yesterday = _working_day_before(office.TODAY, 1)
    _run(yesterday)
    with transaction():  # missed is what is told of a day that has passed; here it was told
        db.session.execute(update(Message).values(status="sent"))
    count_anew()  # as the job of the night does


def _working_day_before(day: date, count: int) -> date:
    while count:
        day -= timedelta(days=1)
        count -= shipped().is_working_day(day)
    return day


def _due(place: int, ahead: Sequence[date], behind: Sequence[date]) -> date:
    return behind[place // LATE % len(behind)] if place % LATE == 0 else ahead[place % len(ahead)]


def _open(cases: Sequence[dict[str, object]]) -> None:
    opened = update(Case.__table__).where(Case.__table__.c.id == bindparam("key"))  # type: ignore[attr-defined]
    opened = opened.values(
        state="processing", due_on=bindparam("due"), next_action="reply", next_action_on=bindparam("due"),
        closed_on=None, served_on=None, decided_on=None,
    )  # fmt: skip
    for start in range(0, len(cases), BATCH):
        these = cases[start : start + BATCH]
        db.session.connection().execute(opened, [{"key": each["key"], "due": each["due"]} for each in these])
        duties = [
            {
                "agency_id": each["agency_id"], "kind": CASE, "subject_id": each["key"], "name": "reply",
                "due_on": each["due"], "provisional": False,
            }
            for each in these
        ]  # fmt: skip
        db.session.execute(insert(OpenDuty), duties)


def _give_addresses() -> None:
    for place, unit in enumerate(db.session.scalars(select(Unit))):
        unit.liaison_name, unit.liaison_email = f"联络员{place}", f"liaison{place}@example.org"
    agency_id = db.session.scalar(select(Unit.agency_id).limit(1))
    for user in db.session.scalars(select(User)).unique():
        user.email = f"{user.login}@example.org"
    for place, name in enumerate(grown.HANDLERS):
        db.session.add(
            User(
                agency_id=agency_id, login=f"handler{place}", name=name, email=f"handler{place}@example.org",
                password_hash="x", created_at=office.NOW, digest=place < READERS,
            )
        )  # fmt: skip


def _run(on: date) -> dict[str, tuple[float, str]]:
    """Run the jobs of a morning; return the seconds of processor time that each takes, and its words."""
    taken = {}
    begin = process_time()
    timekeeping.stops(now=office.NOW)
    timekeeping.forget_the_future(now=office.NOW)
    taken["clock"] = (process_time() - begin, "")
    for name in MORNING:
        begin = process_time()
        try:
            said = job.find(JOBS, name).run(on=on, now=office.NOW)
        except AlarmError as alarm:
            said = str(alarm)
        taken[name] = (process_time() - begin, said)
    return taken


def measure(folder: Path, open_: int) -> dict[str, tuple[float, str]]:
    """Return the processor time of each job of a morning in the office of the folder, and what it did."""
    with grown.opened(folder).app_context():
        prepare(open_)
        taken = _run(office.TODAY)
        db.session.remove()
        db.engine.dispose()
    return taken


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield what each job takes where a tenth of the largest office is open, and the whole morning."""
    open_ = sizes.large // 10
    with grown.copied(sizes.large) as place:
        taken = measure(place.folder, open_)
    for name, (seconds, said) in taken.items():
        yield Row(f"morning: {name}", f"{seconds:.2f} s {said[:60]}")
    whole = sum(seconds for seconds, _ in taken.values())
    yield Row(
        f"a morning's jobs, {open_:,} open cases", f"{whole:.2f} s of processor time", "3 s", whole <= 3
    )
