"""Reports as PDF: read from the places of their characters; scanned and locked ones refused in words."""

import re
from collections.abc import Callable
from io import BytesIO

import pypdfium2
import pytest
import weasyprint

from tests.report_forms import as_html
from tests.report_layouts import BREAKS, sound
from tracker.domain.errors import UnreadableReportError
from tracker.domain.report.completeness import completeness
from tracker.domain.report.identity import findings
from tracker.reading.report import reader

STYLES = {
    "ruled": "table{border-collapse:collapse;width:100%;font-size:9pt}td{border:1px solid;text-align:center}",
    "narrow, labels broken": "table{border-collapse:collapse;width:100%;font-size:8pt;table-layout:fixed}"
    "td{border:1px solid;vertical-align:middle;text-align:center}",
    "figures glued to their labels": "table{border-collapse:collapse}td{border:1px solid}",
    "high rows": "table{border-collapse:collapse}td{border:1px solid;vertical-align:middle;height:1cm}",
    "page numbers": "table{border-collapse:collapse}td{border:1px solid}"
    "@page{@bottom-center{content:'— ' counter(page) ' —'}@top-center{content:'政府信息公开'}}",
}


def printed(report: dict, style: str) -> bytes:
    page = as_html(report).decode("gb18030").replace('charset="gb2312"', 'charset="utf-8"')
    return weasyprint.HTML(string=page.replace("<head>", f"<head><style>{STYLES[style]}</style>")).write_pdf()


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def page(report: dict, style: str, figure: Callable[[re.Match[str]], str]) -> bytes:
    """Print a report whose figures are written otherwise."""
    text = (
        as_html(report).decode("gb18030").replace('charset="gb2312"', 'charset="utf-8"').replace("&nbsp;", "")
    )
    text = re.sub(r"(?<=<p>)\d+(?=</p>)", figure, text)
    sheet = f"<style>@page{{size:A4;margin:2cm}}{style}</style>"
    return weasyprint.HTML(string=text.replace("<head>", f"<head>{sheet}")).write_pdf()


def test_figures_that_a_narrow_column_breaks_are_put_together():
    given = sound()
    for row in ("1", "3.1", "3.7"):
        given["table3"][row] = {column: 10 * cell for column, cell in given["table3"][row].items()}

    content = page(given, STYLES["ruled"].replace("9pt", "10pt"), lambda m: m[0].translate(WIDE))

    assert reader.read(content, "a.pdf").report.table3 == given["table3"]


def test_a_raised_number_of_a_note_is_no_part_of_a_figure():
    content = page(sound(), STYLES["high rows"], lambda m: f"{m[0]}<sup>1</sup>" if len(m[0]) > 1 else m[0])

    assert reader.read(content, "a.pdf").report.table3 == sound()["table3"]


def kinds(content: bytes) -> set[str]:
    read = reader.read(content, "a.pdf")
    return {f.check for f in [*completeness(read.report, read.expected), *findings(read.report)]}


@pytest.mark.parametrize("style", STYLES)
def test_a_sound_report_is_read_whole_from_a_pdf(style):
    given, content = sound(), printed(sound(), style)

    read = reader.read(content, "a.pdf").report

    assert (read.table3, read.table4) == (given["table3"], given["table4"])
    assert kinds(content) == set()


@pytest.mark.parametrize("kind", BREAKS)
def test_what_breaks_is_found_in_a_pdf(kind):
    assert kind in kinds(printed(BREAKS[kind](sound()), "ruled"))


def test_a_cell_without_a_figure_is_told_from_its_neighbours_by_its_place():
    given = sound()
    given["table3"]["3.1"] = {**given["table3"]["3.1"], "research": None}

    assert kinds(printed(given, "ruled")) == {"blank"}


def test_two_reports_in_one_pdf_are_both_read():
    both, stream = pypdfium2.PdfDocument.new(), BytesIO()
    for report in (sound(), sound(agency="某县水务局")):
        both.import_pages(pypdfium2.PdfDocument(printed(report, "high rows")))
    both.save(stream)

    read = reader.read(stream.getvalue(), "a.pdf")

    assert [one.report.agency for one in (read, *read.others)] == [sound()["agency"], "某县水务局"]
    assert [one.report.table3 for one in read.others] == [sound()["table3"]]


def test_a_pdf_without_text_is_refused_in_words():
    scanned = pypdfium2.PdfDocument.new()
    scanned.new_page(595, 842)
    stream = BytesIO()
    scanned.save(stream)

    with pytest.raises(UnreadableReportError, match="扫描件"):
        reader.read(stream.getvalue(), "a.pdf")
