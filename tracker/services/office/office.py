"""The office that this process serves: its calendar and its practice, as the running transaction has them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import bindparam, select

from tracker.config import Settings
from tracker.domain import misfit
from tracker.domain.calendar.calendar import WorkCalendar, shipped, shipped_notices, shipped_statutory_days
from tracker.domain.case import rules as case_rules
from tracker.domain.case.rules import DatedPractice, PracticeValue, Rules
from tracker.domain.errors import InvalidDetailError
from tracker.domain.law.forum import Forum
from tracker.domain.message import Phrase
from tracker.domain.misfit import DamagedError, Misfit
from tracker.models.agency import DEFAULT, Agency
from tracker.models.base import db
from tracker.models.calendar import CalendarNotice
from tracker.models.practice import PracticeRow

SUMMED_AT_ONCE = 8  # calendars of different content that one process keeps at hand
CALENDAR, PRACTICE = "tracker.calendar", "tracker.practice"
T = TypeVar("T")

summed: dict[tuple[str, ...], WorkCalendar] = {}  # by content, so no calendar here can grow old
current: dict[str, Settings] = {}  # filled by create_app: one office a process
clocks: dict[str, Callable[[], datetime]] = {}  # the same: what that process tells time by


def of_transaction(name: str, read: Callable[[], T]) -> T:
    """Return what the running transaction read by that name: once, and never remembered beyond it."""
    session = db.session()
    running, remembered = session.get_transaction(), session.info.get(name)
    if running is None or remembered is None or remembered[0] is not running:
        known = read()
        remembered = session.info[name] = (session.get_transaction(), known)
    kept: T = remembered[1]
    return kept


# -- the calendar -------------------------------------------------------------------------------


def calendar() -> WorkCalendar:
    """Return the calendar that the running transaction counts by."""
    return of_transaction(CALENDAR, kept_calendar)


HELD = (
    select(CalendarNotice)
    .where(CalendarNotice.withdrawn_at.is_(None), CalendarNotice.id != bindparam("but"))
    .order_by(CalendarNotice.id)
)
DIGESTS = HELD.with_only_columns(CalendarNotice.digest)


def kept_calendar(but: int | None = None) -> WorkCalendar:
    """Return the sum of the shipped notices and of those that the office keeps, as they stand now.

    but: the one that is left out, to see what that would do.
    """
    left_out = {"but": but or 0}
    digests = tuple(db.session.scalars(DIGESTS, left_out))
    if not digests:
        return shipped()
    if digests not in summed:
        rows = db.session.scalars(HELD, left_out)
        notices = (*shipped_notices(), *(row.notice for row in rows))
        if len(summed) >= SUMMED_AT_ONCE:
            summed.clear()
        summed[digests] = WorkCalendar.from_notices(notices, shipped_statutory_days())
    return summed[digests]


def forget_calendar() -> None:
    """Make the running transaction ask anew: a notice was kept or withdrawn in it."""
    db.session().info.pop(CALENDAR, None)


def registration_gap(received_on: date | None, registered_on: date) -> int:
    """Return the working days from the receipt to the registration: offices have lost cases on them."""
    if isinstance(received_on, Misfit) or isinstance(registered_on, Misfit):
        return misfit.NUMBER
    return max(0, calendar().count(received_on, registered_on)) if received_on else 0


# -- the practice -------------------------------------------------------------------------------


def rules(on: date) -> Rules:
    """Return the deployment's practice on a day; a case is counted by that of its day of receipt."""
    return _practices().shared.on(on)


def counting(year: int) -> Rules:
    """Return the practice by which the registers of a year are counted: that of its last day."""
    return rules(date(year, 12, 31))


def rules_of(agency_id: int, on: date) -> Rules:
    """Return the practice on a day with what the agency has of its own: level, upper organ, court."""
    return practice_of(agency_id).on(on)


def practice_of(agency_id: int | None) -> DatedPractice:
    """Return the practice over time, of an agency or of the deployment (None)."""
    practices = _practices()
    return practices.shared if agency_id is None else practices.own.get(agency_id, practices.shared)


def forum(agency_id: int, on: date) -> Forum:
    """Return before whom an agency's answers are contested.

    The deployment's names are those of the agency that runs it: another, which set none of its own, is
    shown them as names to look at.
    """
    rows, forum_of_rules = practice_of(agency_id).rows_on(on), rules_of(agency_id, on).forum(on)
    is_own = all(key in rows and rows[key].own for key in ("upper_organ", "court"))
    return replace(forum_of_rules, named=forum_of_rules.named and (is_own or _code(agency_id) == DEFAULT))


def _code(agency_id: int) -> str:
    return db.session.execute(select(Agency.code).where(Agency.id == agency_id)).scalar_one()


def practice_rows() -> list[PracticeRow]:
    """Return every row of the practice in the order in which they were set."""
    return list(db.session.scalars(select(PracticeRow).order_by(PracticeRow.id)))


def as_practice(rows: list[PracticeRow], agency_id: int | None = None) -> DatedPractice:
    """Return the practice that the rows make: the deployment's, or with what one agency has of its own."""
    ours = [row for row in rows if row.agency_id in (None, agency_id) and not damage(row)]
    return DatedPractice(
        PracticeValue(
            row.key,
            case_rules.read(row.key, row.value),
            row.valid_from,
            own=row.agency_id is not None,
            set_by=row.set_by,
            why=row.why,
        )
        for row in ours
    )


def damage(row: PracticeRow) -> str:
    """Return why a row cannot be read, empty where it can: another tool wrote it."""
    if any(isinstance(each, Misfit) for each in (row.key, row.value, row.valid_from)):
        return "内容已损坏"
    try:
        case_rules.read(row.key, row.value)
    except InvalidDetailError as error:
        return error.message
    if row.agency_id is not None and row.key not in case_rules.OF_AGENCY:
        return Phrase("%(key)s 不是一个机关自己的做法", key=row.key)
    return ""


def check_practice() -> None:
    """Raise DamagedError where a row of the practice cannot be read: nothing is written by the others."""
    if _practices().damaged:
        raise DamagedError("本机关的做法有一行已损坏，什么也没有改变。请联系系统管理员运行 tracker check。")


@dataclass(frozen=True, slots=True)
class _Practices:
    """The deployment's practice, that of each agency with values of its own, and whether a row is damaged."""

    shared: DatedPractice
    own: dict[int, DatedPractice]
    damaged: bool


def _practices() -> _Practices:
    return of_transaction(PRACTICE, _kept_practices)


def _kept_practices() -> _Practices:
    rows = practice_rows()
    own = {each: as_practice(rows, each) for each in {row.agency_id for row in rows} if each is not None}
    return _Practices(as_practice(rows), own, any(damage(row) for row in rows))


def forget_practice() -> None:
    """Make the running transaction ask anew: a row was added in it."""
    db.session().info.pop(PRACTICE, None)


# -- the process --------------------------------------------------------------------------------


def settings() -> Settings:
    """Return the settings of the running process: what a machine needs."""
    running: Settings = current["settings"]
    return running


def moment() -> datetime:
    """Return the present moment, for a pass that lasts: elsewhere the moment is an argument."""
    return clocks["now"]()
