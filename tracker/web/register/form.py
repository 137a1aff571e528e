"""The form and the list of a register: drawn and read from the register's own table of fields."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Request, request

from tracker.domain.message import labels
from tracker.domain.permission import Action
from tracker.domain.register import remedy
from tracker.domain.register.register import Field, Register, typed
from tracker.models.publication import Medium
from tracker.models.reads.publication import media_in_use, media_named, on_medium
from tracker.models.reads.register import register_rows, rows_of_cell
from tracker.services.office import office, unit
from tracker.services.office.actor import Actor
from tracker.services.register import register as registers
from tracker.web.page import paging
from tracker.web.page.form import Form

CHANNEL = "channel-"
NEWEST = 2199
CELL_LABELS = labels(
    {"made": "本年制发", "repealed": "本年废止", "in_force": "现行有效", **remedy.CELL_LABELS}
)


def fields_for(register: Register, actor: Actor) -> tuple[Field, ...]:
    """Return the fields that a person writes: those of the review are the reviewer's (第17条)."""
    may_review = actor.may(Action.OPINION)
    return tuple(one for one in register.fields if may_review or not one.reviewed)


def groups(fields: Sequence[Field]) -> list[tuple[str, list[Field]]]:
    """Return the fields in their groups, in order."""
    grouped: dict[str, list[Field]] = {}
    for one in fields:
        grouped.setdefault(one.group, []).append(one)
    return list(grouped.items())


def form_of(register: Register, values: dict[str, Any], agency_id: int) -> Form:
    """Return the form that holds the values of a row."""
    shown = {one.name: typed(one, values[one.name]) for one in register.fields if one.kind != "media"}
    if "channels" in values:
        ids = {medium.name: medium.id for medium in offered(agency_id, values["channels"])}
        shown |= {f"{CHANNEL}{ids[name]}": name for name in values["channels"]}
    return Form({name: value for name, value in shown.items() if value not in ("", "None")})


def offered(agency_id: int, chosen: Sequence[str] = ()) -> list[Medium]:
    """Return the media to choose from: those in use, and those chosen before."""
    in_use = media_in_use(agency_id)
    missing = set(chosen) - {medium.name for medium in in_use}
    return [*in_use, *(media_named(agency_id, missing) if missing else ())]


def raw_of(fields: Sequence[Field], request: Request) -> dict[str, object]:
    """Return what was typed, by field; fields that the page did not show are not there."""
    sent = request.form
    raw: dict[str, object] = {one.name: sent[one.name] for one in fields if one.name in sent}
    if any(one.kind == "media" for one in fields) and "channels-shown" in sent:
        raw["channels"] = "、".join(value for name, value in sent.items() if name.startswith(CHANNEL))
    return raw


def reviewing(form: Form, actor: Actor, today: date) -> Form:
    """Propose the reviewer and the day where neither was written yet."""
    values = {"reviewed_by": actor.name, "reviewed_on": today.isoformat(), **form.values}
    return Form(values)


def choices(agency_id: int, form: Form) -> dict[str, Any]:
    """Return what the fields offer: units and media."""
    chosen = [value for name, value in form.values.items() if name.startswith(CHANNEL)]
    return {
        "units": [one for one in unit.all_units(agency_id) if one.active],
        "media": offered(agency_id, chosen),
        "channel": CHANNEL,
    }


def refuse(form: Form, error: Exception) -> None:
    """Put what a row was refused for beside its fields."""
    if isinstance(error, registers.RowInvalidError):
        form.errors.update(error.fields)


def filters(register: Register) -> list[Field]:
    """Return the choices that a list can be narrowed by."""
    return [one for one in register.fields if one.kind == "choice" and (one.listed or one.name == "kind")]


def asked_for(register: Register, agency_id: int) -> tuple[Any, dict[str, Any]]:
    """Return the rows that the address asks for, and what it asks."""
    asked = request.args
    equal = {one.name: paging.one_of(one.name, one.words) for one in filters(register)}
    known = {name: value for name, value in equal.items() if value}
    wanted: dict[str, Any] = {
        "year": paging.year(),
        "text": asked.get("text", "").strip()[:100],
        "only": paging.one_of("only", ("withdrawn", "published", "unpublished")),
    }
    cell, year = asked.get("cell", ""), wanted["year"]
    within = None
    if cell in CELL_LABELS and year and 0 < year < NEWEST:
        within, wanted["year"] = rows_of_cell(register, agency_id, year, cell, office.counting(year)), None
    query = register_rows(register, agency_id, **wanted, equal=known, within=within)
    wanted |= {"year": year, "cell": cell if within is not None else ""}
    medium = paging.whole("medium")
    order = paging.one_of("order", tuple(one.name for one in register.fields))
    if medium and register.name == "publications":
        query = on_medium(query, medium)
    return query, {**wanted, **known, "medium": medium, "order": order}
