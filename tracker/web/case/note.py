"""Write an internal note on a case."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import InvalidDetailError, StepNotAllowedError
from tracker.domain.permission import Action
from tracker.now import now
from tracker.services.case import note, step
from tracker.web.case import case as web_case
from tracker.web.guard import current_actor, requires
from tracker.web.page.text import _, told

bp = Blueprint("case_note", __name__, url_prefix="/cases/<int:case_id>/notes")


@bp.post("")
@requires(Action.NOTE)
def create(case_id: int) -> Response | tuple[str, int]:
    actor, body = current_actor(), request.form.get("body", "")
    try:
        note.write(case_id, body, actor=actor, now=now())
    except (InvalidDetailError, StepNotAllowedError) as error:
        case = step.find(case_id, actor)
        return web_case.page(case, note_typed=body, note_error=told(error)), 422
    flash(_("备注已保存，只供本机关内部查看。"))
    return redirect(url_for("case.show", case_id=case_id, _anchor="notes"), code=303)
