"""The year's working days, with the notices that they rest on."""

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template

from tracker.domain.calendar import WorkCalendar
from tracker.domain.clock import ONE_DAY
from tracker.domain.errors import NotFoundError
from tracker.domain.permission import Action
from tracker.now import today
from tracker.services import office
from tracker.web import paging
from tracker.web.guard import requires
from tracker.web.text import _

bp = Blueprint("calendar", __name__, url_prefix="/calendar")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month's picture: ``kind`` is work, rest, holiday or made-up."""

    on: date
    kind: str
    why: str


@bp.get("")
@requires(Action.SIGNED_IN)
def show() -> str:
    calendar = office.calendar()
    year = paging.whole("year", today().year) or today().year
    known = sorted(calendar.published | calendar.provisional)
    if year not in known:
        raise NotFoundError(_("没有%(year)s年的工作日历。", year=year))
    return render_template(
        "calendar/show.html",
        year=year,
        known=known,
        status=calendar.status(year),
        sources=calendar.sources(year),
        months=[month(calendar, year, number) for number in range(1, 13)],
        off=spans(calendar, calendar.off_days(year)),
        made_up=[(day, calendar.why(day)) for day in calendar.work_days(year)],
        total=calendar.count(date(year - 1, 12, 31), date(year, 12, 31)) if year - 1 in known else None,
    )


def spans(calendar: WorkCalendar, days: Iterable[date]) -> list[tuple[date, date, str]]:
    """Return days off as spans of one holiday: first day, last day, holiday and notice."""
    found: list[tuple[date, date, str]] = []
    for day in days:
        why = str(calendar.why(day))
        if found and found[-1][2] == why and day - found[-1][1] == ONE_DAY:
            found[-1] = (found[-1][0], day, why)
        else:
            found.append((day, day, why))
    return found


def month(calendar: WorkCalendar, year: int, number: int) -> list[list[Day | None]]:
    """Return the weeks of a month, Monday first, with blanks for other months' days."""
    weeks = months.Calendar().monthdatescalendar(year, number)
    return [[_day(calendar, day) if day.month == number else None for day in week] for week in weeks]


def _day(calendar: WorkCalendar, day: date) -> Day:
    reason = calendar.why(day)
    if reason is None:
        return Day(day, "work", "")
    if reason.works:
        return Day(day, "made-up", str(reason))
    return Day(day, "holiday" if reason.source else "rest", str(reason))
