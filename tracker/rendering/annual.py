"""The annual report of a year, from the cases as they stand."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from tracker.domain.case.rules import Rules
from tracker.domain.report import format as report_format
from tracker.domain.report.format import ReportFormat
from tracker.domain.report.table3 import TOTAL, Cells, Finding, cells, identities
from tracker.models.reads.table3 import table3_of_years
from tracker.rendering import register


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """The report of one agency and year, with what does not balance.

    table2, table4: in the shapes of docs/exchange.md section 2.
    table3: the rows that cases are counted in and those that the year's form prints as a sum.
    sections: the texts of 一, 五 and 六 by their number, figures put in; empty where not written.
    edition, published_on: of a published report, whose figures no longer move; 0 and None before.
    """

    agency: str
    year: int
    compiled_on: date
    table2: dict[str, Any]
    table3: Cells
    table4: dict[str, dict[str, int]]
    last_year: Cells
    findings: list[Finding]
    sections: Mapping[str, str] = field(default_factory=dict)
    edition: int = 0
    published_on: date | None = None

    @property
    def form(self) -> ReportFormat:
        """The form of the year."""
        return report_format.of_year(self.year)


def compile_report(
    agency_id: int,
    agency: str,
    year: int,
    *,
    compiled_on: date,
    last_year: Cells | None = None,
    counting: Rules = register.PRACTICE,
) -> AnnualReport:
    """Count the year: any past year at any time, by legal day up to 24:00 on its 31 December.

    last_year: the table of the year before, where it was published.
    counting:  the office's practice for tables 2 and 4 (services/office/office.counting).
    """
    counts = table3_of_years(agency_id, year - 1, year)
    form = report_format.of_year(year)
    table = form.printed(cells(counts[year]))
    before = form.printed(last_year or cells(counts[year - 1]))
    return AnnualReport(
        agency=agency,
        year=year,
        compiled_on=compiled_on,
        table2=register.table2(agency_id, year, counting),
        table3=table,
        table4=register.table4(agency_id, year, counting),
        last_year=before,
        findings=identities(table, before),
    )


def is_zero(report: AnnualReport) -> bool:
    """Return whether no request was received, answered or carried."""
    return not any(row[TOTAL] for row in report.table3.values())


def as_json(report: AnnualReport) -> dict[str, Any]:
    """Return the report in the exchange format (docs/exchange.md section 2)."""
    texts = {section: text for section, text in report.sections.items() if text}
    return {
        "format": report.form.code,
        "agency": report.agency,
        "year": report.year,
        "compiled_on": report.compiled_on.isoformat(),
        "published": bool(report.edition),
        "table2": report.table2,
        "table3": report.table3,
        "table4": report.table4,
        **({"sections": texts} if texts else {}),
        "findings": [asdict(finding) for finding in report.findings],
    }


def as_document(report: AnnualReport) -> dict[str, Any]:
    """Return the report so that ``from_document`` gives the same again: what a publication freezes."""
    return {**as_json(report), "sections": dict(report.sections), "last_year": report.last_year}


def from_document(
    document: Mapping[str, Any], *, edition: int = 0, published_on: date | None = None
) -> AnnualReport:
    """Return the report that a publication froze."""
    return AnnualReport(
        agency=document["agency"],
        year=document["year"],
        compiled_on=date.fromisoformat(document["compiled_on"]),
        table2=document["table2"],
        table3=document["table3"],
        table4=document["table4"],
        last_year=document["last_year"],
        findings=[Finding(**finding) for finding in document["findings"]],
        sections=document["sections"],
        edition=edition,
        published_on=published_on,
    )
