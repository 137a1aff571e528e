"""Units (股室、队、所、站) and their liaisons (联络员)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.models.agency import Unit
from tracker.now import now
from tracker.services.office import unit as units
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("unit", __name__, url_prefix="/units")
Answer = Response | str | tuple[str, int]


@bp.get("")
@requires(Action.USERS)
def index() -> str:
    return render_template("office/unit/index.html", units=units.all_units(current_actor().agency_id))


@bp.get("/new")
@requires(Action.USERS)
def new() -> str:
    return page(None, Form({"kind": units.KINDS[0]}))


@bp.post("/new")
@requires(Action.USERS)
def create() -> Answer:
    form = Form.of(request)
    try:
        data = _read(form)
        form.check()
        units.create(actor=current_actor(), now=now(), **data)
    except DomainError as error:
        return page(None, form, told(error)), 422
    flash(_("已保存。"))
    return redirect(url_for("unit.index"), code=303)


@bp.get("/<int:unit_id>")
@requires(Action.USERS)
def show(unit_id: int) -> str:
    row = units.find(unit_id, current_actor())
    keys = ("name", "kind", "liaison_name", "liaison_email")
    return page(row, Form({key: getattr(row, key) for key in keys}))


@bp.post("/<int:unit_id>")
@requires(Action.USERS)
def update(unit_id: int) -> Answer:
    form = Form.of(request)
    try:
        data = _read(form)
        form.check()
        active = bool(form.value("active"))
        units.update(unit_id, active=active, actor=current_actor(), now=now(), **data)
    except DomainError as error:
        return page(units.find(unit_id, current_actor()), form, told(error)), 422
    flash(_("已保存。"))
    return redirect(url_for("unit.index"), code=303)


def _read(form: Form) -> dict[str, str]:
    return {
        "name": form.text("name", _("名称"), required=True, longest=60),
        "kind": form.choice("kind", _("类别"), units.KINDS),
        "liaison_name": form.text("liaison_name", _("联络员"), longest=60),
        "liaison_email": form.text("liaison_email", _("联络员邮箱"), longest=200),
    }


def page(row: Unit | None, form: Form, error: str = "") -> str:
    """Render the form of a unit, new or known."""
    return render_template("office/unit/edit.html", unit=row, form=form, kinds=units.KINDS, error=error)
