"""The files that the annual report leaves the program in: each from the same report, by its ending."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tracker.rendering import annual, html, pdf, word, workbook
from tracker.rendering.annual import AnnualReport
from tracker.rendering.document import title


@dataclass(frozen=True, slots=True)
class Output:
    """One kind of file. write: may raise DomainError where the machine lacks what makes it."""

    ending: str
    label: str
    mime: str
    write: Callable[[AnnualReport], bytes]


def _json(report: AnnualReport) -> bytes:
    return (json.dumps(annual.as_json(report), ensure_ascii=False, indent=1) + "\n").encode()


def _html(report: AnnualReport) -> bytes:
    return html.page(report).encode()


OUTPUTS = {
    output.ending: output
    for output in (
        Output("docx", "Word", word.MIME, word.report),
        Output("pdf", "PDF", pdf.MIME, pdf.report),
        Output("html", "HTML", "text/html", _html),
        Output("xlsx", "Excel", workbook.MIME, workbook.annual_report),
        Output("json", "JSON", "application/json", _json),
    )
}


def file_name(report: AnnualReport, ending: str) -> str:
    """Return the name that a person keeps the file under."""
    version = f"（第{report.edition}版）" if report.edition > 1 else ""
    return f"{title(report)}{version}.{ending}"
