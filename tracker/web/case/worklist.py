"""The worklist (工作台): what must happen next, by its legal date."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case.state import LABELS, WORKING
from tracker.domain.permission import Action
from tracker.models.base import db
from tracker.models.contact import Contact
from tracker.models.duty import REGISTERS, OpenDuty
from tracker.models.reads.case import case_years, shown_cases
from tracker.models.reads.contact import CONTACT_DATES_ORDER, contact_dates
from tracker.models.reads.duty import REGISTER_DUTIES_ORDER, ShownDuty, register_duties, shown_duties
from tracker.models.reads.worklist import (
    PARTS,
    WORKLIST_ORDER,
    WorklistFilter,
    WorklistReader,
    worklist_cases,
    worklist_counts,
)
from tracker.now import today
from tracker.services.case import ask, worklist
from tracker.services.letter import sign_off
from tracker.services.office import office, unit, user
from tracker.services.office.actor import Actor
from tracker.services.operations import start
from tracker.services.report import countdown
from tracker.web.guard import current_actor, requires, unit_scope
from tracker.web.page import paging

bp = Blueprint("worklist", __name__)
SOON = 3  # working days
CONTACTS, OF_REGISTERS = "contacts", "registers"
FEW = 8  # contacts, and duties of registers, shown above the cases
LOOK_AHEAD = 200  # days: the next holiday is nearer than that in every year


def wanted_cases() -> WorklistFilter:
    """Return what the address asks the worklist for."""
    return WorklistFilter(
        only=paging.one_of("only", (*PARTS, CONTACTS, OF_REGISTERS)),
        state=paging.one_of("state", WORKING),
        unit_id=paging.whole("unit"),
        handler=request.args.get("handler", "").strip(),
        year=paging.year(),
        unit_scope=unit_scope(),
    )


@bp.get("/")
@requires(Action.SIGNED_IN)
def index() -> Response | str:
    actor, on = current_actor(), today()
    if not actor.may(Action.READ):
        return redirect(_elsewhere(actor))
    worklist.refresh_for_reader(actor.agency_id, today=on)
    calendar = office.calendar()
    soon = calendar.add(on, SOON)
    wanted = wanted_cases()
    cases = worklist_cases(actor.agency_id, wanted, on, soon)
    dated = contact_dates(actor.agency_id, unit_scope())
    reader = WorklistReader(actor.user_id, actor.name, actor.unit_id, unit_scope())
    counts = worklist_counts(actor.agency_id, on, soon, reader)
    of_registers = register_duties(actor.agency_id, unit_scope())
    contacts: Sequence[Contact] = []
    register_rows: Sequence[ShownDuty] = []
    if wanted.only == CONTACTS:
        page = paging.page_of(dated, CONTACT_DATES_ORDER, counted=counts["contacts"])
        contacts = page.items
    elif wanted.only == OF_REGISTERS:
        page = paging.page_of(of_registers, REGISTER_DUTIES_ORDER, counted=counts["registers"])
        register_rows = shown_duties(page.items)
    else:
        page = paging.page_of(cases, WORKLIST_ORDER, read=shown_cases, counted=_counted(counts, wanted))
        if not wanted.only and not wanted.is_narrowed:
            contacts = _first_contacts(dated) if counts["contacts"] else []
            register_rows = _first_duties(of_registers) if counts["registers"] else []
    return render_template(
        "case/worklist/index.html",
        page=page,
        contacts=contacts,
        register_rows=register_rows,
        registers=REGISTERS,
        address=paging.address,
        counts=counts,
        wanted=wanted,
        **_of_reader(actor, on, counts),
        countdown=None if unit_scope() else countdown.of(actor.agency_id, today=on),
        works=calendar.is_working_day(on),
        reason=calendar.why(on),
        holiday=next_holiday(calendar, on),
        soon=soon,
        units=unit.all_units(actor.agency_id),
        states=[(code, LABELS[code]) for code in WORKING],
        years=case_years(actor.agency_id),
        people=user.active_names(actor.agency_id),
    )


def _elsewhere(actor: Actor) -> str:
    """Return where somebody begins who sees no case: the first hour, while the office is new."""
    is_new = actor.may(Action.OFFICE) and start.is_new(actor.agency_id)
    return url_for("start.index" if is_new else "user.index")


def _counted(counts: dict[str, int], wanted: WorklistFilter) -> int | None:
    """Return how many cases the list has, where the head of the page says so."""
    if wanted.is_narrowed:
        return None
    return counts[wanted.only if wanted.only in PARTS else "open"]


def _of_reader(actor: Actor, on: date, counts: dict[str, int]) -> dict[str, Any]:
    """Return what waits for the reader alone: drafts to sign, steps that others asked for."""
    turns = sign_off.mine(actor, today=on) if counts["turns"] and actor.may(Action.SIGN) else []
    return {"turns": turns, "asks": ask.mine(actor) if counts["asks"] else []}


def _first_contacts(dated: Select[tuple[Contact]]) -> Sequence[Contact]:
    """Return the few contacts with a day that are shown above the cases."""
    return db.session.scalars(dated.order_by(*CONTACT_DATES_ORDER).limit(FEW)).unique().all()


def _first_duties(of_registers: Select[tuple[OpenDuty]]) -> list[ShownDuty]:
    """Return the few duties of registers that are shown above the cases."""
    first = of_registers.order_by(*REGISTER_DUTIES_ORDER).limit(FEW)
    return shown_duties(db.session.scalars(first).all())


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
