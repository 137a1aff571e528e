"""The evidence bundle of a reconsideration or suit: its papers as a list, and as one PDF or an archive."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.domain.register.remedy import REMEDIES
from tracker.models.remedy import RemedyCase
from tracker.now import now, today
from tracker.rendering import pdf
from tracker.services.register import bundle as bundles
from tracker.services.register import paper
from tracker.services.register import register as registers
from tracker.web.guard import current_actor, outward, requires
from tracker.web.page import download
from tracker.web.page.display import details_words
from tracker.web.page.form import Form
from tracker.web.page.language import chinese
from tracker.web.page.text import _, told

bp = Blueprint("bundle", __name__, url_prefix="/books/remedies/<int:row_id>/bundle")
Answer = Response | str | tuple[str, int]
PDF, ZIP = "pdf", "zip"


def _find(row_id: int) -> RemedyCase:
    row = registers.find(REMEDIES, row_id, current_actor())
    assert isinstance(row, RemedyCase)  # noqa: S101
    return row


@bp.get("")
@requires(Action.REGISTER)
def show(row_id: int) -> Answer:
    return page(_find(row_id))


@bp.post("")
@requires(Action.REGISTER)
@outward
def make(row_id: int) -> Answer:
    """Make the bundle and hand it over; the act is logged."""
    row, form = _find(row_id), Form.of(request)
    try:
        way = form.choice("way", _("格式"), (PDF, ZIP))
        form.check()
        with chinese():
            chosen = set(request.form.getlist("paper"))
            who = {"actor": current_actor(), "today": today(), "now": now()}
            made = bundles.make(row, details_words, chosen=chosen, **who)  # type: ignore[arg-type]
        content = bundles.whole(made) if way == PDF else bundles.archive(made)
    except DomainError as refused:
        return page(row, told(refused), set(request.form.getlist("paper"))), 422
    name = f"证据材料 {row.number or row.organ} {today():%Y%m%d}.{way}"
    return download.kept(content, name, pdf.MIME if way == PDF else "application/zip")


def page(row: RemedyCase, error: str = "", chosen: Collection[str] | None = None) -> str:
    """Render the list of the papers; without their request there is none.

    chosen: the keys of those that were ticked; None where nobody chose yet.
    """
    listed: dict[str, Any] = {"exhibits": [], "case": None}
    try:
        case = bundles.case_of(row, current_actor())
        with chinese():
            held = paper.held(case, details_words)
            ticked = [one.key for one in held if (one.is_chosen if chosen is None else one.key in chosen)]
            listed = {"exhibits": held, "ticked": ticked, "case": case}
    except DomainError as refused:
        error = error or told(refused)
    return render_template("register/bundle.html", row=row, error=error, **listed)
