"""What is agreed with an applicant of how he is served, and of what he wants to be told (送达约定)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.case import wish
from tracker.domain.case.agreement import LAW, TOLD_BY
from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.mail import sms
from tracker.models.case import Case
from tracker.models.reads.agreement import agreements_of
from tracker.now import now
from tracker.services.case import agreement, step
from tracker.services.office import setting
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("agreement", __name__)
Answer = Response | str | tuple[str, int]


@bp.get("/cases/<int:case_id>/agreement")
@requires(Action.READ)
def show(case_id: int) -> str:
    return page(step.find(case_id, current_actor()), Form())


@bp.post("/cases/<int:case_id>/agreement")
@requires(Action.REGISTER)
def record(case_id: int) -> Answer:
    form, actor = Form.of(request), current_actor()
    case = step.find(case_id, actor)
    told_by = form.choice("told_by", _("告知收到和办结的方式"), TOLD_BY, required=False)
    known_from = form.text("known_from", _("从何得知"), longest=300)
    try:
        form.check()
        agreement.record(
            case, electronic=bool(form.value("electronic")), told_by=told_by, known_from=known_from,
            actor=actor, now=now(),
        )  # fmt: skip
    except DomainError as error:
        return page(step.find(case_id, actor), form, told(error)), 422
    flash(_("已登记送达约定。"))
    return redirect(url_for("agreement.show", case_id=case_id), code=303)


def page(case: Case, form: Form, error: str = "") -> str:
    """Render what was agreed, the newest first, and the form of what is agreed now."""
    return render_template(
        "case/agreement.html",
        case=case,
        rows=agreements_of(case),
        form=form,
        error=error,
        told_by=TOLD_BY,
        law=LAW,
        wanted=wish.WAYS.get(case.applicant.way_wanted, ""),
        has_sms=sms.is_set(setting.in_force()),
    )
