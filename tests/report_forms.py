"""Reports of other offices made up from figures: as JSON, text, web page, Word and Excel.

The tables follow the official forms; a figure that is not known is a blank cell.
"""

import json
from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from xlsxwriter import Workbook

from tracker.domain.report import format as report_format
from tracker.domain.report.format import SECTIONS, TABLE4, TABLE4_COLUMNS, ReportFormat
from tracker.domain.report.table3 import COLUMN_LABELS, COLUMNS, CORNER, GROUP_LABELS, GROUPS
from tracker.rendering.layout import RESULTS

DATA = Path(__file__).parent / "data" / "reports"
NAMES = sorted(path.stem for path in DATA.glob("*.json"))
Cell = tuple[str, int, int]  # words, columns, rows
AT = 6  # of the column of drafts that is put among the figures of table 3
DRAFT = ["", "", "（一）予以公开", 90, 0, 0, 0, 0, 0, 90]


def figures(name: str) -> dict:
    """Return the figures of a published report with its known breaks."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def form_of(report: dict) -> ReportFormat:
    """Return the form that the report is printed in."""
    return report_format.BY_CODE.get(report.get("format"), report_format.FORMATS[-1])


def title(report: dict) -> str:
    return f"{report['agency']}{report['year']}年政府信息公开工作年度报告"


# -- tables as rows of cells that may span ---------------------------------------------------------


def table2(report: dict) -> list[list[Cell]]:
    found, flat = [], dict(_flat(report.get("table2", {})))
    for block in form_of(report).table2:
        found.append([(block.heading, 4, 1)])
        wide = 3 // len(block.columns) if len(block.columns) in (1, 3) else 1
        found.append([("信息内容", 1, 1), *((column, wide, 1) for column in block.columns)])
        for label, keys in block.rows:
            found.append([(label, 1, 1), *((_printed(flat.get(key)), wide, 1) for key in keys)])
    return found


def _flat(table: dict) -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", cell) for name, cell in value.items())
        else:
            yield key, value


def _printed(value: object) -> str:
    return "" if value is None else str(value)


def table3(report: dict) -> list[list[Cell]]:
    lines = list(_lines(report))
    head = [
        [(CORNER, 3, 3), ("申请人情况", 7, 1)],
        [("自然人", 1, 2), ("法人或其他组织", 5, 1), ("总计", 1, 2)],
        [(COLUMN_LABELS[column], 1, 1) for column in COLUMNS[1:-1]],
    ]
    results = [place for place, (labels, _) in enumerate(lines) if labels[0][1] < 3]
    found = []
    for place, (labels, row) in enumerate(lines):
        before = [(RESULTS, 1, len(results))] if place == results[0] else []
        cells = report["table3"].get(row, {})
        found.append([*before, *labels, *((_printed(cells.get(column)), 1, 1) for column in COLUMNS)])
    return [*head, *found]


def _lines(report: dict) -> Iterator[tuple[list[Cell], str]]:
    """Yield the lines: a heading's own figure has a line of its own where the report gives one."""
    given = report["table3"]
    form = report_format.FORMATS[0 if "3.6" in given and "3.6.3" not in given else -1]
    for row in form.rows:
        if not row.group:
            wide = 3 if row.code in ("1", "2", "4") else 2
            yield [(row.label, wide, 1)], row.code
            continue
        code = row.code.rpartition(".")[0]
        first = row.code == GROUPS[code][0]
        if first and code in given:
            yield [(GROUP_LABELS[code], 2, 1)], code
        heading = [(row.group, 1, len(GROUPS[code]))] if first else []
        yield [*heading, (row.label, 1, 1)], row.code


def table4(report: dict) -> list[list[Cell]]:
    given = report.get("table4", {})
    results = [(label, 1, 1) for label in TABLE4_COLUMNS.values()]
    cells = [given.get(block, {}).get(column) for block in TABLE4 for column in TABLE4_COLUMNS]
    return [
        [("行政复议", 5, 1), ("行政诉讼", 10, 1)],
        [
            *((label, 1, 2) for label in TABLE4_COLUMNS.values()),
            ("未经复议直接起诉", 5, 1),
            ("复议后起诉", 5, 1),
        ],
        [*results, *results],
        [(_printed(cell), 1, 1) for cell in cells],
    ]


def parts(report: dict) -> Iterator[str | list[list[Cell]]]:
    """Yield the report's lines and tables in their order; a table of which nothing is known is left out."""
    sections = report.get("sections", {})
    for key, heading in SECTIONS.items():
        yield heading
        if key == "2" and "table2" in report:
            yield table2(report)
        elif key == "3":
            yield table3(report)
        elif key == "4" and "table4" in report:
            yield table4(report)
        yield from sections.get(key, "").split("\n") if sections.get(key) else []


# -- the forms -------------------------------------------------------------------------------------


def as_json(report: dict) -> bytes:
    return json.dumps(report, ensure_ascii=False).encode()


def as_text(report: dict) -> bytes:
    """Return the text as a page copied into a file gives it: cells by tabs, spans as nothing."""
    lines = [f"# {title(report)}", ""]
    for part in parts(report):
        if isinstance(part, str):
            lines += [f"## {part}" if part in SECTIONS.values() else part, ""]
            continue
        for line in part:
            lines.append("\t".join(f"{words}{chr(9) * (wide - 1)}" for words, wide, _ in line))
    text = "\n".join(lines)
    return text.replace("\n\t3.其他\t", "\n3.其他\t\t").replace("结果维持", "结果 维持").encode()


def as_html(report: dict) -> bytes:
    body = [f"<h1>{escape(title(report))}</h1>"]
    for part in parts(report):
        if isinstance(part, str):
            body.append(f"<p><span>{escape(part)}</span></p>")
            continue
        rows = (
            "".join(
                f'<td colspan="{w}" rowspan="{h}"><p>{escape(words)}&nbsp;</p></td>' for words, w, h in line
            )
            for line in part
        )
        body.append(f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>")
    inner = "".join(body)
    page = f"<table><tr><td>首页</td></tr><tr><td><div>{inner}</div></td></tr></table><script>1</script>"
    head = f'<meta charset="gb2312"><title>{escape(title(report))}</title>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{page}</body></html>".encode("gb18030")


def _placed(table: list[list[Cell]]) -> Iterator[tuple[int, int, str, int, int]]:
    """Yield (row, column, words, columns, rows) of every cell, spans counted."""
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(table):
        column = 0
        for words, wide, high in line:
            while (row, column) in taken:
                column += 1
            taken |= {(row + down, column + right) for down in range(high) for right in range(wide)}
            yield row, column, words, wide, high
            column += wide


def as_docx(report: dict) -> bytes:
    document, stream = Document(), BytesIO()
    document.add_heading(title(report), 0)
    for part in parts(report):
        if isinstance(part, str):
            document.add_paragraph(part)
        else:
            document.element.body.insert(len(document.element.body) - 1, parse_xml(_word_table(part)))
    document.save(stream)
    return stream.getvalue()


def _word_table(table: list[list[Cell]]) -> str:
    """Return a table with the marks that Word gives to merged cells: gridSpan, vMerge."""
    cells: dict[tuple[int, int], str] = {}
    for row, column, words, wide, high in _placed(table):
        for down in range(min(high, len(table) - row)):
            span = f'<w:gridSpan w:val="{wide}"/>' if wide > 1 else ""
            merge = "" if high == 1 else "<w:vMerge/>" if down else '<w:vMerge w:val="restart"/>'
            text = "" if down else f"<w:r><w:t>{escape(words)}</w:t></w:r>"
            cells[row + down, column] = f"<w:tc><w:tcPr>{span}{merge}</w:tcPr><w:p>{text}</w:p></w:tc>"
    rows = ("".join(cells[at] for at in sorted(cells) if at[0] == row) for row in range(len(table)))
    return f"<w:tbl {nsdecls('w')}><w:tblPr/>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def as_xlsx(report: dict, *, column: dict | None = None, row: dict | None = None) -> bytes:
    """Return the report in a workbook.

    column, row: a column of drafts among the figures and a row of drafts below table 3, and how the two
    are hidden, as the writer names it; None where there is none.
    """
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True, "strings_to_numbers": True}) as book:
        sheet, top = book.add_worksheet("年度报告"), 2
        sheet.write(0, 0, title(report))
        for part in parts(report):
            if isinstance(part, str):
                sheet.write(top, 0, part)
                top += 1
                continue
            for line, place, words, wide, high in _placed(part):
                first, last = (end + (column is not None and end >= AT) for end in (place, place + wide - 1))
                bottom = min(line + high, len(part)) - 1
                if (first, line) != (last, bottom):
                    sheet.merge_range(top + line, first, top + bottom, last, "")
                sheet.write(top + line, first, words)
            sheet.write_column(top + 2, AT, [7] * (len(part) - 2 if column is not None else 0))
            top += len(part)
            if row is not None and len(part) > len(DRAFT):
                sheet.write_row(top, 0, DRAFT)
                sheet.set_row(top, row.get("height"), None, row.get("options", {}))
                top += 1
        if column is not None:
            sheet.set_column(AT, AT, column.get("width"), None, column.get("options", {}))
    return stream.getvalue()


FORMS = {"json": as_json, "txt": as_text, "html": as_html, "docx": as_docx, "xlsx": as_xlsx}
