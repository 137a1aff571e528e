"""The year's working days, with the notices that they rest on."""

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.calendar.holiday import Notice
from tracker.domain.case.clock import ONE_DAY
from tracker.domain.case.sentence import HEADS
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError
from tracker.domain.message import labels
from tracker.domain.permission import Action
from tracker.now import now, today
from tracker.services.calendar import calendar as calendars
from tracker.services.office import office
from tracker.web.guard import current_actor, requires
from tracker.web.page import paging
from tracker.web.page.form import Form
from tracker.web.page.language import language
from tracker.web.page.text import _, told

bp = Blueprint("calendar", __name__, url_prefix="/calendar")
Answer = Response | str | tuple[str, int]
MONTHS = labels({number: f"{number}月" for number in range(1, 13)})
SHOWN_MOVES = 200  # of the cases that a notice moves; the count is always whole


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day of a month's picture: ``kind`` is work, rest, holiday or made-up."""

    on: date
    kind: str
    why: str


@bp.get("")
@requires(Action.SIGNED_IN)
def show() -> str:
    calendar = office.calendar()
    year = paging.year(today().year) or today().year
    known = sorted(calendar.published | calendar.provisional)
    if year not in known:
        raise NotFoundError("没有%(year)s年的工作日历。", year=year)
    return render_template(
        "calendar/show.html",
        year=year,
        weekdays=HEADS[language()],
        known=known,
        status=calendar.status(year),
        sources=calendar.sources(year),
        month_names=MONTHS,
        months=[month(calendar, year, number) for number in range(1, 13)],
        off=spans(calendar, calendar.off_days(year)),
        made_up=[(day, calendar.why(day)) for day in calendar.work_days(year)],
        kept=calendars.kept(),
        total=calendar.count(date(year - 1, 12, 31), date(year, 12, 31)) if year - 1 in known else None,
    )


def spans(calendar: WorkCalendar, days: Iterable[date]) -> list[tuple[date, date, str]]:
    """Return days off as spans of one holiday: first day, last day, holiday and notice."""
    holidays: list[tuple[date, date, str]] = []
    for day in days:
        why = str(calendar.why(day))
        if holidays and holidays[-1][2] == why and day - holidays[-1][1] == ONE_DAY:
            holidays[-1] = (holidays[-1][0], day, why)
        else:
            holidays.append((day, day, why))
    return holidays


def month(calendar: WorkCalendar, year: int, number: int) -> list[list[MonthDay | None]]:
    """Return the weeks of a month, Monday first, with blanks for other months' days."""
    weeks = months.Calendar().monthdatescalendar(year, number)
    return [[_day(calendar, day) if day.month == number else None for day in week] for week in weeks]


def _day(calendar: WorkCalendar, day: date) -> MonthDay:
    reason = calendar.why(day)
    if reason is None:
        return MonthDay(day, "work", "")
    if reason.works:
        return MonthDay(day, "made-up", str(reason))
    return MonthDay(day, "holiday" if reason.source else "rest", str(reason))


# -- what the office keeps ------------------------------------------------------------------------


@bp.get("/notices/new")
@requires(Action.CALENDAR)
def new() -> str:
    return page(Form())


@bp.post("/notices/new")
@requires(Action.CALENDAR)
def create() -> Answer:
    """Show what was understood; keep it when the same text is sent again to be kept."""
    form = Form.of(request)
    text = form.text("text", _("通知原文"), required=True, longest=LONGEST_NOTICE)
    try:
        form.check()
        if form.value("act") != "keep":
            read = calendars.understand(text)
            return page(form, understood=read, **_effect(*(one.notice for one in read.each)))
        understood, done = calendars.keep(text, actor=current_actor(), today=today(), now=now())
    except DomainError as error:
        return page(form, error=told(error)), 422
    return _kept(done, understood.year)


@bp.get("/local/new")
@requires(Action.CALENDAR)
def new_local() -> str:
    return local_page(Form())


@bp.post("/local/new")
@requires(Action.CALENDAR)
def create_local() -> Answer:
    form = Form.of(request)
    first, last = form.must_day("on", _("首日")), form.day("until", _("末日"))
    reason = form.text("reason", _("理由"), required=True)
    try:
        form.check()
        days = _span(first, last or first)
        name, works = form.text("name", _("名称"), longest=40), form.value("kind") == "work"
        notice = calendars.local_day(days, name, reason, works=works, today=today())
        if form.value("act") != "keep":
            return local_page(form, **_effect(notice))
        done = calendars.keep_local(notice, reason, actor=current_actor(), today=today(), now=now())
    except DomainError as error:
        return local_page(form, error=told(error)), 422
    return _kept(done, notice.year)


@bp.get("/notices/<int:notice_id>")
@requires(Action.SIGNED_IN)
def source(notice_id: int) -> str:
    return render_template("calendar/source.html", row=calendars.find(notice_id), form=Form(), error="")


@bp.post("/notices/<int:notice_id>/withdraw")
@requires(Action.CALENDAR)
def withdraw(notice_id: int) -> Answer:
    form = Form.of(request)
    row = calendars.find(notice_id)
    year = row.year
    try:
        why = form.text("why", _("撤回的理由"), required=True)
        form.check()
        done = calendars.withdraw(notice_id, why, actor=current_actor(), today=today(), now=now())
    except DomainError as error:
        row = calendars.find(notice_id)
        return render_template("calendar/source.html", row=row, form=form, error=told(error)), 422
    flash(_("已撤回，%(count)s件的日期随之重算。", count=len(done.moves)))
    return redirect(url_for("calendar.show", year=year), code=303)


LONGEST_NOTICE = 50_000
LONGEST_HOLIDAY = 40  # days: a span beyond it is a slip


def _span(first: date, last: date) -> list[date]:
    if not 0 <= (last - first).days < LONGEST_HOLIDAY:
        raise InvalidDetailError("末日应不早于首日，且不超过%(days)s天。", days=LONGEST_HOLIDAY)
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def _effect(notice: Notice, *more: Notice) -> dict[str, Any]:
    """Return what the page says of the cases that a notice, or several, move."""
    done = calendars.effect(notice, *more, today=today())
    return {"effect": done, "shown": done.moves[:SHOWN_MOVES], "notice": notice}


def _kept(done: calendars.Effect, year: int) -> Response:
    message = _("已保存，%(count)s件的日期随之重算。", count=len(done.moves))
    flash(_("与现有日历一致，没有变化。") if done.says_nothing_new else message)
    return redirect(url_for("calendar.show", year=year), code=303)


def page(form: Form, error: str = "", **values: Any) -> str:
    """Render the form that takes a notice, with what was understood of it."""
    return render_template("calendar/new.html", form=form, error=error, **values)


def local_page(form: Form, error: str = "", **values: Any) -> str:
    """Render the form that takes a local holiday."""
    return render_template("calendar/local.html", form=form, error=error, **values)
