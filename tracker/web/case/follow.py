"""Follow a case, or not any more; take back one's own entry of a moment ago."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.case import workflow
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError
from tracker.domain.permission import Action
from tracker.now import now, today
from tracker.services.case import follow, step, undo
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("case_follow", __name__, url_prefix="/cases/<int:case_id>")


@bp.post("/follow")
@requires(Action.NOTE)
def change(case_id: int) -> Response:
    actor, on = current_actor(), request.form.get("on") == "1"
    case = step.find(case_id, actor)
    try:
        follow.change(case, on=on, actor=actor, now=now())
        flash(_("已关注：他人每办理一步都会告知您。") if on else _("不再关注。"))
    except InvalidDetailError as error:
        flash(told(error))
    return redirect(url_for("case.show", case_id=case_id), code=303)


@bp.post("/undo/<int:seq>")
@requires(Action.REGISTER)
def take_back(case_id: int, seq: int) -> Response:
    actor = current_actor()
    step.find(case_id, actor)
    version = Form.of(request).version()
    try:
        name = undo.take_back(case_id, seq, actor=actor, today=today(), now=now(), version=version)
        flash(_("已撤销“%(step)s”，记录和撤销都留在台账里。", step=workflow.step_label(name)))
    except StepNotAllowedError as error:
        flash(told(error))
    return redirect(url_for("case.show", case_id=case_id), code=303)
