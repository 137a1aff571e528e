"""Statistics (统计): pictures with the table behind each; every number opens its cases."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy import Select
from werkzeug.wrappers import Response as BaseResponse

from tracker.domain.errors import NotFoundError
from tracker.domain.permission import Action
from tracker.models.case import Case
from tracker.models.reads import counted, repeated
from tracker.models.reads.case import case_years, shown_cases
from tracker.models.reads.counted import ANY, Counted, cases_counted, order_of
from tracker.now import today
from tracker.rendering import chart, workbook
from tracker.rendering.chart import Chart
from tracker.services.office.agency import name_of
from tracker.web.guard import current_actor, outward, requires, unit_scope
from tracker.web.page import download, paging, picture
from tracker.web.page.language import chinese

bp = Blueprint("statistics", __name__, url_prefix="/statistics")
OLDEST, NEWEST = 2008, 2199  # the 条例 came into force on 2008-05-01


def _known(year: int) -> int:
    if not OLDEST <= year <= NEWEST:
        raise NotFoundError("没有%(year)s年的统计。", year=year)
    return year


@bp.get("")
@requires(Action.READ)
def index() -> str:
    year = paging.year(today().year) or today().year
    first, last = case_years(current_actor().agency_id) or (year, year)
    return render_template(
        "report/statistics/index.html",
        year=year,
        charts=picture.charts(_known(year)),
        svg=chart.svg,
        address=picture.address,
        years=(min(first, year), max(last, year, today().year)),
        narrowed=unit_scope() is not None,
    )


@bp.get("/<int:year>/<key>.<form>")
@requires(Action.READ)
@outward
def file(year: int, key: str, form: str) -> BaseResponse:
    with chinese():
        figure = next(iter(picture.charts(_known(year), (key,))), None)
    if figure is None or form not in ("svg", "png", "xlsx"):
        raise NotFoundError("没有这张图。")
    if form == "xlsx":
        return download.excel(_workbook(figure), f"{year}-{key}.xlsx")
    content = chart.svg(figure).encode() if form == "svg" else chart.png(figure)
    mime = "image/svg+xml" if form == "svg" else "image/png"
    if request.args.get("show"):
        return Response(content, mimetype=mime)
    return download.kept(content, f"{year}-{key}.{form}", mime)


def _workbook(figure: Chart) -> bytes:
    """Return the table of a picture, whose it is and what it counts below it."""
    rows: list[list[object]] = []
    for place, label in enumerate(figure.labels):
        rows.append([label, *(values[place] for _name, values in figure.series)])
    told = [figure.title, name_of(current_actor().agency_id), figure.counts, figure.note]
    rows.append([])
    rows += [list[object]([text]) for text in told if text]
    return workbook.table(
        figure.title, ["", *(f"{name}（{figure.unit}）" for name, _v in figure.series)], rows
    )


@bp.get("/<int:year>/cases/<figure>")
@requires(Action.READ)
def cases(year: int, figure: str) -> str:
    """List exactly the cases that a number of the page counts."""
    if figure not in counted.WHERE:
        raise NotFoundError("没有这个统计数。")
    keys = tuple(filter(None, request.args.get("keys", "").split(picture.BETWEEN)))
    if figure == "handler" and "keys" in request.args and not keys:
        keys = ("",)
    unit, handler = request.args.get("unit", ANY), request.args.get("handler", ANY)
    if any(key.isdecimal() and not paging.is_whole(key) for key in keys):
        raise NotFoundError("没有这个统计数。")
    if unit not in (ANY, "") and not paging.is_whole(unit):
        raise NotFoundError("没有这个单位。")
    wanted = Counted(figure, _known(year), keys, unit, handler)
    query = cases_counted(current_actor().agency_id, wanted, unit_scope())
    return _listed(year, query, order_of(wanted))


def _listed(year: int, query: Select[tuple[Case]], order: Sequence[Any] = (Case.received_on, Case.id)) -> str:
    return render_template(
        "report/statistics/cases.html",
        year=year,
        page=paging.page_of(query, order, read=shown_cases),
        address=paging.address,
        narrowed=unit_scope() is not None,
    )


@bp.get("/<int:year>/more")
@requires(Action.READ)
def more(year: int) -> str:
    """Tell who asked again and again, and whether what was reminded of was done in time."""
    agency_id, scope = current_actor().agency_id, unit_scope()
    return render_template(
        "report/statistics/more.html",
        year=_known(year),
        applicants=repeated.applicants(agency_id, year, scope),
        most=repeated.MOST,
        reminders=repeated.reminders(agency_id, year, scope),
        narrowed=scope is not None,
    )


@bp.get("/<int:year>/applicants/<int:applicant_id>")
@requires(Action.READ)
def applicant(year: int, applicant_id: int) -> str:
    """List the requests of the year of one who asked more than once."""
    query = repeated.cases_of(current_actor().agency_id, _known(year), applicant_id, unit_scope())
    return _listed(year, query)


@bp.get("/<int:year>/reminders/<kept>")
@requires(Action.READ)
def reminded(year: int, kept: str) -> str:
    """List the cases whose answer was reminded of, by whether it was served in time."""
    if kept not in repeated.KEPT:
        raise NotFoundError("没有这个统计数。")
    return _listed(year, repeated.cases_reminded(current_actor().agency_id, _known(year), kept, unit_scope()))
