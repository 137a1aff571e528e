"""What was refused and waits for its first review (第18条)."""

from flask import Blueprint, render_template

from tracker.domain.permission import Action
from tracker.domain.register.follow_up import first_review_on
from tracker.models.reads.follow_up import UNREVIEWED_ORDER, unreviewed
from tracker.now import today
from tracker.services.office import office
from tracker.web.guard import current_actor, requires, unit_scope
from tracker.web.page import paging

bp = Blueprint("refusal_review", __name__, url_prefix="/books/refusal-reviews")


@bp.get("/waiting")
@requires(Action.READ)
def waiting() -> str:
    agency_id = current_actor().agency_id
    months = office.rules_of(agency_id, today()).first_review_months
    page = paging.page_of(unreviewed(agency_id, unit_scope()), UNREVIEWED_ORDER)
    return render_template(
        "register/refusals.html",
        page=page,
        rows=[(case, first_review_on(case.closed_on, months)) for case in page.items if case.closed_on],
        months=months,
        address=paging.address,
        today=today(),
    )
