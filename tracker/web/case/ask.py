"""Ask others for a step that only they may take, and decline what was asked for."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Action
from tracker.now import now, today
from tracker.services.case import ask as asks
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("step_ask", __name__, url_prefix="/cases/<int:case_id>/asks")


@bp.post("/<name>")
@requires(Action.SIGN)
def ask(case_id: int, name: str) -> Response:
    note = Form.of(request).text("note", _("说明"), longest=asks.LONGEST)
    try:
        asks.ask(case_id, name, note, actor=current_actor(), today=today(), now=now())
        flash(_("已请有权办理的人办理，并列入其工作台。"))
    except InvalidDetailError as error:
        flash(told(error))
    return redirect(url_for("case.show", case_id=case_id), code=303)


@bp.post("/<int:ask_id>/end")
@requires(Action.SIGN)
def end(case_id: int, ask_id: int) -> Response:
    reason = Form.of(request).text("reason", _("理由"), longest=asks.LONGEST)
    try:
        asks.decline(ask_id, reason, actor=current_actor(), now=now())
        flash(_("这项请求已结束。"))
    except InvalidDetailError as error:
        flash(told(error))
    return redirect(url_for("case.show", case_id=case_id), code=303)
