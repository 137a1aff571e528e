"""People and their roles."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError
from tracker.domain.permission import PEOPLE, Action, Role
from tracker.models.user import User
from tracker.now import now
from tracker.services.office import unit, user
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("user", __name__, url_prefix="/users")
Answer = Response | str | tuple[str, int]


@bp.get("")
@requires(Action.USERS)
def index() -> str:
    return render_template("office/user/index.html", users=user.everyone(current_actor().agency_id))


@bp.get("/new")
@requires(Action.USERS)
def new() -> str:
    return page(None, Form(), set())


@bp.post("/new")
@requires(Action.USERS)
def create() -> Answer:
    form = Form.of(request)
    data = _read(form)
    login = form.text("login", _("用户名"), required=True, longest=60)
    try:
        form.check()
        row, password = user.create(login=login, actor=current_actor(), now=now(), **data)
    except DomainError as error:
        return page(None, form, set(data["roles"]), told(error)), 422
    return render_template("office/user/password.html", user=row, password=password)


@bp.get("/<int:user_id>")
@requires(Action.USERS)
def show(user_id: int) -> str:
    row = user.find(user_id, current_actor())
    start = {"name": row.name, "email": row.email, "unit": str(row.unit_id or "")}
    return page(row, Form(start), set(row.role_set))


@bp.post("/<int:user_id>")
@requires(Action.USERS)
def update(user_id: int) -> Answer:
    form = Form.of(request)
    data = _read(form)
    active = bool(form.value("active"))
    try:
        form.check()
        user.update(user_id, active=active, actor=current_actor(), now=now(), **data)
    except DomainError as error:
        row = user.find(user_id, current_actor())
        return page(row, form, set(data["roles"]), told(error)), 422
    flash(_("已保存。"))
    return redirect(url_for("user.index"), code=303)


@bp.post("/<int:user_id>/password")
@requires(Action.USERS)
def reset(user_id: int) -> Answer:
    row = user.find(user_id, current_actor())
    password = user.reset_password(user_id, actor=current_actor(), now=now())
    return render_template("office/user/password.html", user=row, password=password)


def _read(form: Form) -> dict[str, Any]:
    chosen = form.whole("unit", _("所属单位"), required=False)
    return {
        "name": form.text("name", _("姓名"), required=True, longest=60),
        "email": form.text("email", _("电子邮箱"), longest=200),
        "unit_id": chosen,
        "roles": [Role(role) for role in request.form.getlist("roles") if role in set(PEOPLE)],
    }


def page(row: User | None, form: Form, held: set[Role], error: str = "") -> str:
    """Render the form of a person, new or known."""
    units = [u for u in unit.all_units(current_actor().agency_id) if u.active]
    return render_template(
        "office/user/edit.html", user=row, form=form, held=held, roles=PEOPLE, units=units, error=error
    )
