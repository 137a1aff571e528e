"""The annual report: table 3, each number with the cases behind it."""

import json

from flask import Blueprint, render_template
from flask import Response as FileResponse
from werkzeug.wrappers import Response

from tracker.domain import report_format
from tracker.domain.annual_report import COLUMN_LABELS, COLUMNS, CORNER, ROWS
from tracker.domain.errors import NotFoundError
from tracker.domain.permission import Action
from tracker.models import query
from tracker.models.case import Case
from tracker.now import now, today
from tracker.reporting import annual, layout, workbook
from tracker.services import office, register, setup
from tracker.web import download, paging
from tracker.web.guard import current_actor, requires, unit_scope
from tracker.web.text import _

bp = Blueprint("report", __name__, url_prefix="/reports")
OLDEST, NEWEST = 2008, 2199  # the 条例 came into force on 2008-05-01


def _known(year: int) -> int:
    if not OLDEST <= year <= NEWEST:
        raise NotFoundError(_("没有%(year)s年的年度报告。", year=year))
    return year


def _compiled(year: int) -> annual.AnnualReport:
    agency_id = current_actor().agency_id
    name = setup.agency_name(agency_id)
    return annual.compile_report(
        agency_id, name, _known(year), compiled_on=today(), counting=office.counting()
    )


@bp.get("")
@requires(Action.READ)
def index() -> str:
    agency_id, this_year = current_actor().agency_id, today().year
    first, last = query.years(agency_id) or (this_year, this_year)
    years = max(first, OLDEST), min(max(last, this_year), NEWEST)
    name = setup.agency_name(agency_id)
    reports = annual.compile_years(agency_id, name, *years, compiled_on=today(), counting=office.counting())
    return render_template("report/index.html", reports=reversed(reports))


@bp.get("/<int:year>")
@requires(Action.READ)
def show(year: int) -> str:
    report = _compiled(year)
    return render_template(
        "report/show.html",
        report=report,
        lines=layout.lines(report.form),
        form=report.form,
        columns=COLUMNS,
        column_labels=COLUMN_LABELS,
        corner=CORNER,
        headings=layout.HEADINGS,
        title=layout.TITLE,
        is_zero=annual.is_zero(report),
        ended=today().year > year,
        by_day=office.settings().year_of_result,
    )


@bp.get("/<int:year>/cells/<row>/<column>")
@requires(Action.READ)
def cell(year: int, row: str, column: str) -> str:
    if row not in report_format.LEAVES or column not in COLUMNS:
        raise NotFoundError(_("年度报告表三没有这一格。"))
    found = query.of_cell(current_actor().agency_id, _known(year), row, column)
    seen = query.within(found, unit_scope())
    return render_template(
        "report/cell.html",
        year=year,
        row=row,
        row_label=report_format.LABELS[row],
        column_label=COLUMN_LABELS[column],
        number=query.count(found),
        page=paging.page_of(seen, (Case.received_on, Case.id)),
        address=paging.address,
    )


@bp.get("/<int:year>/table3.xlsx")
@requires(Action.READ)
def as_workbook(year: int) -> Response:
    report = _compiled(year)
    register.note_export(f"{year}年度报告", len(ROWS), actor=current_actor(), now=now())
    return download.excel(workbook.annual_report(report), f"{report.agency}{year}年度报告表三.xlsx")


@bp.get("/<int:year>/report.json")
@requires(Action.READ)
def as_json(year: int) -> Response:
    report = _compiled(year)
    register.note_export(f"{year}年度报告", len(ROWS), actor=current_actor(), now=now())
    text = json.dumps(annual.as_json(report), ensure_ascii=False, indent=1)
    return FileResponse(text, mimetype="application/json")
