"""The audit log: who did what outside the ledgers."""

from flask import Blueprint, render_template, request

from tracker.domain.permission import Action
from tracker.services.office import audit
from tracker.web.guard import current_actor, requires
from tracker.web.page import paging

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@requires(Action.AUDIT)
def index() -> str:
    act, text = paging.one_of("act", audit.ACTS), request.args.get("text", "").strip()[:100]
    entries = audit.entries(current_actor().agency_id, act=act, text=text)
    return render_template(
        "office/audit/index.html",
        page=paging.page_of(entries, audit.NEWEST_FIRST),
        address=paging.address,
        acts=audit.ACTS,
        act=act,
        text=text,
    )
