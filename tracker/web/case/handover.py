"""Hand the cases of a person over to another (交接): all or those that are ticked, with the reason."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import distinct

from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Action, may
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.base import count_rows
from tracker.models.reads.case import handler_names, open_cases, shown_cases
from tracker.now import now, today
from tracker.services.case import bulk, note
from tracker.services.office import user
from tracker.web.case.bulk import results_page, ticked_rows
from tracker.web.guard import current_actor, requires, unit_scope
from tracker.web.page.form import Form
from tracker.web.page.link import url_for
from tracker.web.page.text import _, told

bp = Blueprint("worklist_handover", __name__, url_prefix="/cases/handover")


@bp.get("")
@requires(Action.REGISTER)
def new() -> str:
    return _page(Form({"giver": request.args.get("giver", "").strip()}))


@bp.post("")
@requires(Action.REGISTER)
def create() -> str | tuple[str, int]:
    form = Form.of(request)
    giver = form.text("giver", _("交出的人"), required=True)
    reason = form.text("reason", _("理由"), required=True, longest=note.LONGEST)
    people = {str(row.id): row for row in user.everyone(current_actor().agency_id)}
    taker = people.get(form.choice("taker", _("接手的人"), people))
    try:
        form.check()
        if taker is None:
            raise InvalidDetailError("请选择接手的人。")
        results = bulk.hand_over(
            ticked_rows(), giver, taker, reason, actor=current_actor(), today=today(), now=now()
        )
    except InvalidDetailError as error:
        return _page(form, told(error)), 422
    return results_page("handover", results, url_for("worklist_handover.new", giver=giver))


def _page(form: Form, error: str = "") -> str:
    """Render the form with the open cases of the person who gives them away."""
    actor, giver = current_actor(), form.value("giver")
    ours = open_cases(actor.agency_id, unit_scope())
    handlers = db.session.scalars(ours.with_only_columns(distinct(Case.handler)).order_by(Case.handler))
    cases: list[Any] = []
    total = 0
    if giver:
        theirs = Case.handler.in_(handler_names(actor.agency_id, giver))
        query = ours.with_only_columns(Case.id).where(theirs).order_by(Case.next_action_on, Case.id)
        ids = list(db.session.scalars(query.limit(bulk.MOST)))
        total = len(ids) if len(ids) < bulk.MOST else count_rows(query)
        rows = {row.id: row for row in shown_cases(ids)} if ids else {}
        cases = [rows[key] for key in ids]
    return render_template(
        "case/handover.html",
        form=form,
        error=error,
        cases=cases,
        total=total,
        ticked=set(request.form.getlist("case")) if request.method == "POST" else None,
        handlers=[name for name in handlers if name],
        people=[
            row
            for row in user.everyone(actor.agency_id)
            if row.active and giver not in row.names and may(row.role_set, Action.READ)
        ],
    )
