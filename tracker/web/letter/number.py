"""The register of document numbers: every number of a sequence, its letter, or why it has none."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError
from tracker.domain.letter.index import SERIES
from tracker.domain.permission import Action
from tracker.models.letter import Letter
from tracker.models.reads.letter import numbered, skipped
from tracker.now import now, today
from tracker.services.letter import number
from tracker.web.guard import current_actor, requires, unit_scope
from tracker.web.page import paging
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("letter_number", __name__, url_prefix="/letter-numbers")


def _series() -> str:
    return paging.one_of("series", SERIES, SERIES[0])


@bp.get("")
@requires(Action.READ)
def register() -> str:
    agency_id, series = current_actor().agency_id, _series()
    year = paging.year() or today().year
    return render_template(
        "letter/register.html",
        page=paging.page_of(numbered(agency_id, series, year, unit_scope()), (Letter.serial.desc(),)),
        address=paging.address,
        gaps=skipped(agency_id, series, year),
        all_series=SERIES,
        series=series,
        year=year,
    )


@bp.post("")
@requires(Action.LETTERS)
def skip() -> Response:
    form = Form.of(request)
    series = form.choice("series", _("类别"), SERIES)
    year, count = form.whole("year", _("年份")), form.whole("count", _("个数"))
    reason = form.text("reason", _("原因"), required=True, longest=400)
    try:
        form.check()
        row = number.skip(series, year or 0, count or 0, reason, actor=current_actor(), now=now())
        flash(_("第%(first)s—%(last)s号不再使用。", first=row.first, last=row.last))
    except DomainError as error:
        flash("".join(form.errors.values()) or told(error))
    return redirect(url_for("letter_number.register", series=series, year=year), code=303)
