"""Statistics (统计): pictures with the table behind each, to look at and to take along."""

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from tracker.domain.errors import NotFoundError
from tracker.domain.permission import Action
from tracker.models.reads.case import case_years
from tracker.now import today
from tracker.rendering import chart, statistics
from tracker.rendering.chart import Chart
from tracker.web.guard import current_actor, requires, unit_scope
from tracker.web.page import download, paging
from tracker.web.page.text import _

bp = Blueprint("statistics", __name__, url_prefix="/statistics")
OLDEST, NEWEST = 2008, 2199  # the 条例 came into force on 2008-05-01


def charts(year: int) -> list[Chart]:
    """Return the pictures of the year that the reader may see."""
    if not OLDEST <= year <= NEWEST:
        raise NotFoundError(_("没有%(year)s年的统计。", year=year))
    return statistics.charts(current_actor().agency_id, year, on=today(), unit_scope=unit_scope())


@bp.get("")
@requires(Action.READ)
def index() -> str:
    year = paging.year(today().year) or today().year
    first, last = case_years(current_actor().agency_id) or (year, year)
    return render_template(
        "report/statistics/index.html",
        year=year,
        charts=charts(year),
        svg=chart.svg,
        years=(min(first, year), max(last, year, today().year)),
        narrowed=unit_scope() is not None,
    )


@bp.get("/<int:year>/<key>.<form>")
@requires(Action.READ)
def picture(year: int, key: str, form: str) -> BaseResponse:
    figure = next((each for each in charts(year) if each.key == key), None)
    if figure is None or form not in ("svg", "png"):
        raise NotFoundError(_("没有这张图。"))
    content = chart.svg(figure).encode() if form == "svg" else chart.png(figure)
    mime = "image/svg+xml" if form == "svg" else "image/png"
    if request.args.get("show"):
        return Response(content, mimetype=mime)
    return download.kept(content, f"{year}-{key}.{form}", mime)
