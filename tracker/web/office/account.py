"""Sign in and out; one's own password."""

import re

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.message import LANGUAGES
from tracker.domain.permission import Action
from tracker.now import now
from tracker.services.office import list_choice
from tracker.services.office import session as sessions
from tracker.services.office import user as office_user
from tracker.web import guard
from tracker.web.guard import current_actor, current_session_id, current_user, public, requires
from tracker.web.page import columns, device, resume
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("account", __name__)
Answer = Response | str | tuple[str, int]
OUTSIDE = re.compile(r"[/\\\s]{2}")  # browsers take a backslash for a slash


def _inside(address: str) -> str:
    """Return the address within this office; the worklist where it leads elsewhere or is none."""
    if address.startswith("/") and address.isprintable() and not OUTSIDE.match(address):
        return address
    return url_for("worklist.index")


@bp.get("/sign-in")
@public
def sign_in() -> Answer:
    return render_template("office/account/sign_in.html", to=request.args.get("to", ""), fields=[])


@bp.post("/sign-in")
@public
def enter() -> Answer:
    to = _inside(request.form.get("to") or "/")
    login, password = request.form.get("login", ""), request.form.get("password", "")
    kept = resume.kept()
    known = device.known()
    try:
        user = office_user.sign_in(
            login, password, now=now(), address=request.remote_addr or "", devices=known
        )
    except office_user.SignInError as error:
        fields = [(f"{resume.KEPT}{name}", value) for name, value in kept]
        page = render_template(
            "office/account/sign_in.html", to=to, fields=fields, error=told(error), login=login
        )
        return page, 401
    guard.sign_in(user)
    answer = make_response(resume.send_again(to, kept, 200) if kept else redirect(to, code=303))
    device.remember(answer, user.id, known)
    return answer


@bp.post("/sign-out")
@requires(Action.SIGNED_IN)
def sign_out() -> Answer:
    office_user.sign_out(current_actor(), now=now())
    guard.sign_out()
    flash(_("已退出。"))
    return redirect(url_for("account.sign_in"), code=303)


@bp.get("/account/password")
@requires(Action.SIGNED_IN)
def password() -> Answer:
    return render_template("office/account/password.html", must=current_user().must_change_password)


@bp.post("/account/password")
@requires(Action.SIGNED_IN)
def change_password() -> Answer:
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        if new != request.form.get("again", ""):
            raise InvalidDetailError("两次输入的新密码不一致。")
        user = office_user.change_password(current_user().id, old, new, actor=current_actor(), now=now())
    except DomainError as error:
        must = current_user().must_change_password
        return render_template("office/account/password.html", must=must, error=told(error)), 422
    guard.sign_in(user)
    flash(_("密码已修改。"))
    return redirect(url_for("worklist.index"), code=303)


@bp.get("/account/sessions")
@requires(Action.SIGNED_IN)
def signed_in() -> Answer:
    rows = sessions.open_of(current_user().id, now=now())
    return render_template("office/account/sessions.html", rows=rows, current=current_session_id())


@bp.post("/account/sessions/end")
@requires(Action.SIGNED_IN)
def end_elsewhere() -> Answer:
    return _ended(None)


@bp.post("/account/sessions/<int:session_id>/end")
@requires(Action.SIGNED_IN)
def end_session(session_id: int) -> Answer:
    return _ended(session_id)


def _ended(which: int | None) -> Answer:
    sessions.end_elsewhere(current_session_id(), which, actor=current_actor(), now=now())
    flash(_("已退出其他登录。"))
    return redirect(url_for("account.signed_in"), code=303)


@bp.get("/account/preferences")
@requires(Action.SIGNED_IN)
def preferences() -> Answer:
    user = current_user()
    digest = "1" if user.digest else ""
    return preferences_page(Form({"email": user.email, "language": user.language, "digest": digest}))


def preferences_page(form: Form, error: str = "") -> str:
    """Render the form of how oneself is told."""
    return render_template("office/account/preferences.html", form=form, languages=LANGUAGES, error=error)


@bp.post("/account/preferences")
@requires(Action.SIGNED_IN)
def prefer() -> Answer:
    form = Form.of(request)
    details = {name: request.form.get(name, "") for name in ("email", "language")}
    try:
        digest = bool(form.value("digest"))
        office_user.prefer(current_user().id, **details, digest=digest, actor=current_actor(), now=now())
    except DomainError as error:
        return preferences_page(form, told(error)), 422
    flash(_("已保存。"))
    return redirect(url_for("account.preferences"), code=303)


@bp.post("/account/lists/<name>")
@requires(Action.SIGNED_IN)
def keep_list(name: str) -> Answer:
    """Keep which columns of a list the person sees, and lead back to the list."""
    known, actor = columns.columns_of(name), current_actor()
    try:
        if request.form.get("usual"):
            list_choice.forget(name, actor=actor, now=now())
        else:
            chosen = [one.name for one in known if request.form.get(f"column-{one.name}")]
            is_dense = bool(request.form.get("dense"))
            list_choice.keep(name, chosen, is_dense=is_dense, actor=actor, now=now())
    except DomainError as error:
        flash(told(error))
    return redirect(_inside(request.form.get("to", "")), code=303)
