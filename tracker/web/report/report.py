"""The annual report: six sections, tables whose numbers open their cases, and its files."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from tracker.domain.errors import NotFoundError
from tracker.domain.permission import Action
from tracker.domain.report import format as report_format
from tracker.domain.report import table3
from tracker.domain.report.format import SECTIONS
from tracker.domain.report.table3 import COLUMN_LABELS, COLUMNS, CORNER
from tracker.models.case import Case
from tracker.models.reads.base import count_rows
from tracker.models.reads.case import case_years, shown_cases, within_unit
from tracker.models.reads.table3 import order_of_cell, parts_of_cell, table3_counts
from tracker.now import now, today
from tracker.rendering import annual, chart, document, layout
from tracker.rendering.output import OUTPUTS, file_name
from tracker.services.office import office
from tracker.services.register import listing
from tracker.services.report import edition as report_edition
from tracker.services.report import report as reports
from tracker.services.report import year_end
from tracker.web.guard import current_actor, outward, requires, unit_scope
from tracker.web.page import download, paging, picture

bp = Blueprint("report", __name__, url_prefix="/reports")
OLDEST, NEWEST = 2008, 2199  # the 条例 came into force on 2008-05-01


def _known(year: int) -> int:
    if not OLDEST <= year <= NEWEST:
        raise NotFoundError("没有%(year)s年的年度报告。", year=year)
    return year


def _shown(year: int) -> annual.AnnualReport:
    """Return the edition that the address asks for, else the newest, else the report in the making."""
    agency_id, number = current_actor().agency_id, paging.whole("edition")
    if number is None:
        return reports.shown(agency_id, _known(year), today=today())
    printed = reports.published(agency_id, _known(year), number)
    if printed is None:
        raise NotFoundError("%(year)s年度报告没有第%(number)s版。", year=year, number=number)
    return printed


@bp.get("")
@requires(Action.READ)
def index() -> str:
    agency_id, this_year = current_actor().agency_id, today().year
    first, last = case_years(agency_id) or (this_year, this_year)
    years = max(min(first, this_year - 1), OLDEST), min(max(last, this_year), NEWEST)
    compiled = reports.years(agency_id, *years)
    return render_template("report/index.html", reports=reversed(compiled))


@bp.get("/<int:year>")
@requires(Action.READ)
def show(year: int) -> str:
    report, agency_id = _shown(year), current_actor().agency_id
    return render_template(
        "report/show.html",
        report=report,
        form=report.form,
        sections=SECTIONS,
        title=document.title(report),
        table2=document.table2(report),
        table4=document.table4(report),
        lines=layout.lines(report.form),
        columns=COLUMNS,
        column_labels=COLUMN_LABELS,
        corner=CORNER,
        headings=layout.HEADINGS,
        outputs=OUTPUTS.values(),
        newest=reports.edition(agency_id, year),
        draft=year_end.draft(agency_id, year),
        moved=bool(report.edition) and _moved(report),
        missing=[] if report.edition else reports.missing(report),
        is_zero=annual.is_zero(report),
        ended=today().year > year,
        by_day=office.counting(year).year_of_result,
        charts=picture.charts(year, picture.IN_REPORT),
        svg=chart.svg,
        address=picture.address,
    )


def _moved(report: annual.AnnualReport) -> bool:
    """Return whether a cell would read otherwise if the year were counted now."""
    now_counted = reports.current(current_actor().agency_id, report.year, today=today())
    tables = (report.table2, report.table3, report.table4)
    return tables != (now_counted.table2, now_counted.table3, now_counted.table4)


@bp.get("/<int:year>/cells/<row>/<column>")
@requires(Action.READ)
def cell(year: int, row: str, column: str) -> str:
    if row not in report_format.LEAVES or column not in COLUMNS:
        raise NotFoundError("年度报告表三没有这一格。")
    agency_id = current_actor().agency_id
    edition = reports.edition(agency_id, _known(year), paging.whole("edition"))
    if edition is None:
        parts, order = parts_of_cell(agency_id, year, row, column), order_of_cell(row)
        table = table3.cells(table3_counts(agency_id, year))
        number = sum(table[leaf][column] for leaf in report_format.LEAVES[row])
    else:
        parts = [report_edition.frozen_cases(edition.id, row, column)]
        order, number = (Case.received_on, Case.id), count_rows(*parts)
    return render_template(
        "report/cell.html",
        year=year,
        edition=edition,
        row=row,
        row_label=report_format.LABELS[row],
        column_label=COLUMN_LABELS[column],
        number=number,
        narrowed=unit_scope() is not None,
        page=paging.page_of([within_unit(part, unit_scope()) for part in parts], order, read=shown_cases),
        address=paging.address,
    )


@bp.get("/<int:year>/report.<form>")
@requires(Action.READ)
@outward
def file(year: int, form: str) -> Response:
    if form not in OUTPUTS:
        raise NotFoundError("没有这种格式的文件。")
    report, output = _shown(year), OUTPUTS[form]
    content = output.write(report)
    listing.note_export(f"{year}年度报告（{output.label}）", 1, actor=current_actor(), now=now())
    return download.kept(content, file_name(report, form), output.mime)
