"""The worklist (工作台): what must happen next, by its legal date."""

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.calendar import WorkCalendar
from tracker.domain.permission import Action
from tracker.domain.state import LABELS, WORKING
from tracker.models import query
from tracker.now import today
from tracker.services import office, unit, worklist
from tracker.web import paging
from tracker.web.guard import current_actor, requires, unit_scope

bp = Blueprint("worklist", __name__)
SOON = 3  # working days
LOOK_AHEAD = 200  # days: the next holiday is nearer than that in every year


@bp.get("/")
@requires(Action.SIGNED_IN)
def index() -> Response | str:
    actor, on = current_actor(), today()
    if not actor.may(Action.READ):
        return redirect(url_for("user.index"))
    worklist.refresh(actor.agency_id, today=on)
    calendar = office.calendar()
    soon = calendar.add(on, SOON)
    wanted = query.Open(
        only=request.args.get("only", ""),
        state=request.args.get("state", ""),
        unit_id=paging.whole("unit"),
        handler=request.args.get("handler", "").strip(),
        year=paging.whole("year"),
        unit_scope=unit_scope(),
    )
    found = query.worklist(actor.agency_id, wanted, on, soon)
    return render_template(
        "worklist/index.html",
        page=paging.page_of(found, query.WORKLIST_ORDER),
        address=paging.address,
        counts=query.worklist_counts(actor.agency_id, on, soon, unit_scope()),
        wanted=wanted,
        works=calendar.is_working_day(on),
        reason=calendar.why(on),
        holiday=next_holiday(calendar, on),
        soon=soon,
        units=unit.all_units(actor.agency_id),
        states=[(code, LABELS[code]) for code in WORKING],
        years=query.years(actor.agency_id),
    )


def next_holiday(calendar: WorkCalendar, on: date) -> tuple[date, str] | None:
    """Return the next named day off after the day; None where the calendar knows none."""
    for days in range(1, LOOK_AHEAD):
        day = on + timedelta(days=days)
        if day.year not in calendar.published | calendar.provisional:
            return None
        reason = calendar.why(day)
        if reason and not reason.works and reason.source:
            return day, reason.name
    return None
