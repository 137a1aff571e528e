"""The office that this process serves: its calendar and its practice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import and_, select

from tracker.config import Settings
from tracker.domain import misfit
from tracker.domain.calendar.calendar import WorkCalendar, shipped, shipped_notices, shipped_statutory_days
from tracker.domain.case.clock import Rules
from tracker.domain.case.fee import Tariff, bands_of
from tracker.domain.law import forum as forums
from tracker.domain.law.forum import Forum
from tracker.domain.misfit import Misfit
from tracker.domain.register.counting import Counting
from tracker.models.agency import DEFAULT, Agency
from tracker.models.base import db
from tracker.models.calendar import CalendarNotice

SUMMED_AT_ONCE = 8  # calendars of different content that one process keeps at hand
CALENDAR = "tracker.calendar"

summed: dict[tuple[str, ...], WorkCalendar] = {}  # by content, so no calendar here can grow old
current: dict[str, Settings] = {}  # filled by create_app: one office a process
clocks: dict[str, Callable[[], datetime]] = {}  # the same: what that process tells time by


def calendar() -> WorkCalendar:
    """Return the calendar that the running transaction counts by.

    Which notices hold is asked once a transaction, never remembered beyond it.
    """
    session = db.session()
    running, found = session.get_transaction(), session.info.get(CALENDAR)
    if running is None or found is None or found[0] is not running:
        known = kept_calendar()
        found = session.info[CALENDAR] = (session.get_transaction(), known)
    counted_by: WorkCalendar = found[1]
    return counted_by


def kept_calendar(but: int | None = None) -> WorkCalendar:
    """Return the sum of the shipped notices and of those that the office keeps, as they stand now.

    but: the one that is left out, to see what that would do.
    """
    held = and_(CalendarNotice.withdrawn_at.is_(None), CalendarNotice.id != (but or 0))
    digests = tuple(db.session.scalars(select(CalendarNotice.digest).where(held).order_by(CalendarNotice.id)))
    if not digests:
        return shipped()
    if digests not in summed:
        rows = db.session.scalars(select(CalendarNotice).where(held).order_by(CalendarNotice.id))
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


def settings() -> Settings:
    """Return the settings of the running office."""
    found: Settings = current["settings"]
    return found


def moment() -> datetime:
    """Return the present moment, for a pass that lasts: elsewhere the moment is an argument."""
    return clocks["now"]()


def settings_of(agency_id: int) -> Settings:
    """Return the settings as they hold for one agency of the deployment."""
    return settings().of_agency(_code(agency_id))


def forum(agency_id: int) -> Forum:
    """Return before whom an agency's answers are contested.

    The deployment's names are those of the agency that runs it: another, which set none of its own, is
    shown them as names to look at.
    """
    code = _code(agency_id)
    found, own = settings_of(agency_id), settings().agencies.get(code, {})
    named = forums.of(found.agency_level, found.upper_organ, found.court)
    is_own = code == DEFAULT or {"upper_organ", "court"} <= own.keys()
    return replace(named, named=named.named and is_own)


def _code(agency_id: int) -> str:
    return db.session.execute(select(Agency.code).where(Agency.id == agency_id)).scalar_one()


def misnamed() -> str:
    """Return in words which codes have settings of their own and belong to no agency: most often a slip."""
    codes = sorted(settings().agencies.keys() - set(db.session.scalars(select(Agency.code))))
    return f"config.toml 的 [agency] 表写了本系统没有的机关代码：{'、'.join(codes)}。" if codes else ""


def rules() -> Rules:
    """Return the office's practice where the law is silent."""
    return settings().rules


def counting() -> Counting:
    """Return how the office counts its registers where no text says so."""
    return settings().counting


def tariff() -> Tariff:
    """Return what the office charges by (109号; bands above 31 pieces and pages are practice)."""
    set_to = settings()
    return Tariff(set_to.fee_step_pieces, set_to.fee_step_rate, bands_of(set_to.fee_pages))
