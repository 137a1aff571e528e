"""Excel workbooks: the annual report in the national layout, and lists as registers."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tracker.domain.report.format import SECTIONS
from tracker.domain.report.section import WRITTEN
from tracker.rendering.annual import AnnualReport
from tracker.rendering.document import LABEL, NUMBER, TABLE_3, Cell, Grid, table2, table3, table4, title

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4 = 9
SHEET_NAME = 31  # the longest that Excel takes
MANY = 10  # columns from which a sheet lies on its side
NARROWEST = 8.0
FIGURE = re.compile(r"-?\d+(\.\d+)?")
Table = tuple[str, Sequence[str], Iterable[Sequence[object]]]  # the name of a sheet, its headers, its rows
BORDER = {"border": 1, "valign": "vcenter", "font_name": "仿宋", "font_size": 10}


def _book(stream: BytesIO, *, long: bool = False) -> Workbook:
    """Open a workbook that never takes a text for a formula or an address.

    long: its rows wait in files of the system's folder for such, not in memory, until it is closed.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return Workbook(stream, {**options, ("constant_memory" if long else "in_memory"): True})


def annual_report(report: AnnualReport) -> bytes:
    """Return tables 2, 3 and 4 in the layout of the year's form, the texts and the findings."""
    stream = BytesIO()
    with _book(stream) as book:
        made = report.published_on or report.compiled_on
        book.set_properties({"title": title(report), "created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001
        for section, grid in (("2", table2(report)), ("3", table3(report)), ("4", table4(report))):
            _grid(book, SECTIONS[section], grid, report)
        _texts(book, report)
        _findings(book, report)
    return stream.getvalue()


def _grid(book: Workbook, name: str, grid: Grid, report: AnnualReport) -> None:
    """Write a table under its heading, on one page of A4; figures are numbers."""
    sheet = book.add_worksheet(name[:SHEET_NAME])
    wide = len(grid.widths) >= MANY
    sheet.set_paper(A4)
    (sheet.set_landscape if wide else sheet.set_portrait)()
    sheet.fit_to_pages(1, 1)
    sheet.set_footer(f"&L编制日期：{report.compiled_on.isoformat()}&R第&P页")
    for column, width in enumerate(grid.widths):
        sheet.set_column(column, column, max(NARROWEST, width / 2))
    heading = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "font_size": 14})
    sheet.merge_range(0, 0, 0, len(grid.widths) - 1, f"{report.agency}{report.year}年度 {name}", heading)
    forms = {
        kind: book.add_format({**BORDER, "align": "center", "text_wrap": True}) for kind in (LABEL, NUMBER)
    }
    for place, line in enumerate(grid.lines, start=1):
        for cell in line:
            _cell(sheet, place, cell, forms[cell.kind])
    if grid.name == TABLE_3:
        sheet.set_row(grid.head, 32)
        sheet.activate()  # the workbook opens on it


def _cell(sheet: Worksheet, place: int, cell: Cell, form: Format) -> None:
    bottom, right = place + cell.rows - 1, cell.column + cell.columns - 1
    value = float(cell.text) if cell.kind == NUMBER and FIGURE.fullmatch(cell.text) else cell.text
    if (bottom, right) != (place, cell.column):
        sheet.merge_range(place, cell.column, bottom, right, "", form)
    if isinstance(value, float):
        sheet.write_number(place, cell.column, value, form)
    else:
        sheet.write_string(place, cell.column, value, form)


def _texts(book: Workbook, report: AnnualReport) -> None:
    sheet = book.add_worksheet("文字部分")
    sheet.set_column(0, 0, 100)
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "font_size": 12})
    bold = book.add_format({"bold": True, "font_size": 12})
    lines: list[tuple[str, Format]] = []
    for section in WRITTEN:
        written = [line for line in report.sections.get(section, "").splitlines() if line.strip()]
        lines += [(SECTIONS[section], bold), *((line, wrapped) for line in written or ["（尚未填写）"])]
    for place, (line, form) in enumerate(lines):
        sheet.write_string(place, 0, line, form)


def _findings(book: Workbook, report: AnnualReport) -> None:
    sheet = book.add_worksheet("核对")
    sheet.set_column(0, 1, 30)
    rows = [(finding.where, finding.message) for finding in report.findings]
    for place, (where, message) in enumerate(rows or [("各项勾稽关系", "核对一致")]):
        sheet.write_string(place, 0, where)
        sheet.write_string(place, 1, message)


def table(title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a register: one sheet, headers frozen and filterable, days as real days."""
    return tables([(title, headers, rows)])


def tables(sheets: Iterable[Table]) -> bytes:
    """Return several registers, each on its sheet."""
    stream = BytesIO()
    with _book(stream, long=True) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, headers, rows in sheets:
            _table(book.add_worksheet(title[:SHEET_NAME]), headers, rows, bold, day)
    return stream.getvalue()


def _table(
    sheet: Worksheet, headers: Sequence[str], rows: Iterable[Sequence[object]], bold: Format, day: Format
) -> None:
    for column, header in enumerate(headers):
        sheet.write_string(0, column, header, bold)
        sheet.set_column(column, column, max(12, 2 * len(header) + 2))
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write(sheet, count, column, value, day)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, count, len(headers) - 1)


def _write(sheet: Worksheet, row: int, column: int, value: object, day: Format) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))
