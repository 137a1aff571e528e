"""Excel workbooks: table 3 in the national layout, and lists as registers."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tracker.domain.annual_report import COLUMN_LABELS, COLUMNS, CORNER
from tracker.reporting.annual import AnnualReport
from tracker.reporting.layout import HEAD_LINES, HEADINGS, TITLE, Label, lines

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_COLUMN = 3  # three columns of labels stand before the figures
BORDER = {"border": 1, "valign": "vcenter", "font_name": "仿宋", "font_size": 10}


def _book(stream: BytesIO) -> Workbook:
    """Open a workbook in memory that never takes a text for a formula or an address."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    return Workbook(stream, {**options, "strings_to_numbers": False})


def annual_report(report: AnnualReport) -> bytes:
    """Return table 3 in the layout of the year's form, and its findings."""
    stream = BytesIO()
    with _book(stream) as book:
        sheet = book.add_worksheet(TITLE[:31])
        centred = book.add_format({**BORDER, "align": "center", "text_wrap": True})
        left = book.add_format({**BORDER, "align": "left", "text_wrap": True})
        number = book.add_format({**BORDER, "align": "center", "num_format": "0"})
        title = book.add_format({"bold": True, "align": "center", "font_size": 14})
        _page(sheet, report)
        words = f"{report.agency}{report.year}年度 {TITLE}"
        sheet.merge_range(0, 0, 0, FIRST_COLUMN + len(COLUMNS) - 1, words, title)
        _head(sheet, centred)
        for place, line in enumerate(lines(report.form), start=HEAD_LINES + 1):
            for label in line.labels:
                _label(sheet, place, label, left)
            for column, key in enumerate(COLUMNS, start=FIRST_COLUMN):
                sheet.write_number(place, column, report.table3[line.row][key], number)
        _findings(book, report)
    return stream.getvalue()


def _page(sheet: Worksheet, report: AnnualReport) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 40)
    sheet.set_column(FIRST_COLUMN, FIRST_COLUMN + len(COLUMNS) - 1, 11)
    sheet.set_footer(f"&L编制日期：{report.compiled_on.isoformat()}&R第&P页")


def _head(sheet: Worksheet, centred: Format) -> None:
    """Write the three lines of headings: 申请人情况, 法人或其他组织, the columns."""
    last = FIRST_COLUMN + len(COLUMNS) - 1
    sheet.merge_range(1, 0, 3, FIRST_COLUMN - 1, CORNER, centred)
    sheet.merge_range(1, FIRST_COLUMN, 1, last, HEADINGS[0], centred)
    sheet.merge_range(2, FIRST_COLUMN + 1, 2, last - 1, HEADINGS[1], centred)
    for column, key in enumerate(COLUMNS, start=FIRST_COLUMN):
        if column in (FIRST_COLUMN, last):
            sheet.merge_range(2, column, 3, column, COLUMN_LABELS[key], centred)
        else:
            sheet.write_string(3, column, COLUMN_LABELS[key], centred)
    sheet.set_row(1, 20)
    sheet.set_row(3, 32)


def _label(sheet: Worksheet, place: int, label: Label, form: Format) -> None:
    bottom, right = place + label.rows - 1, label.column + label.columns - 1
    if (bottom, right) == (place, label.column):
        sheet.write_string(place, label.column, label.words, form)
    else:
        sheet.merge_range(place, label.column, bottom, right, label.words, form)


def _findings(book: Workbook, report: AnnualReport) -> None:
    sheet = book.add_worksheet("核对")
    sheet.set_column(0, 1, 30)
    found = [(finding.where, finding.message) for finding in report.findings]
    for place, (where, message) in enumerate(found or [("各项勾稽关系", "核对一致")]):
        sheet.write_string(place, 0, where)
        sheet.write_string(place, 1, message)


def table(title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a register: one sheet, headers frozen and filterable, days as real days."""
    stream = BytesIO()
    with _book(stream) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, bold)
            sheet.set_column(column, column, max(12, 2 * len(header) + 2))
        count = 0
        for count, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write(sheet, count, column, value, day)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, count, len(headers) - 1)
    return stream.getvalue()


def _write(sheet: Worksheet, row: int, column: int, value: object, day: Format) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))
