"""The annual report of a year, from the cases as they stand."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from tracker.domain.annual_report import (
    FORMAT,
    TOTAL,
    Cells,
    Finding,
    cells,
    identities,
)
from tracker.models import query


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """Table 3 of one agency and year, with what does not balance."""

    agency: str
    year: int
    compiled_on: date
    table3: Cells
    last_year: Cells
    findings: list[Finding]


def compile_report(
    agency_id: int, agency: str, year: int, *, compiled_on: date, last_year: Cells | None = None
) -> AnnualReport:
    """Count the year: any past year at any time, by legal day up to 24:00 on its 31 December.

    last_year: its table where it has just been counted.
    """
    table = cells(query.table3_counts(agency_id, year))
    before = last_year or cells(query.table3_counts(agency_id, year - 1))
    return AnnualReport(agency, year, compiled_on, table, before, identities(table, before))


def compile_years(
    agency_id: int, agency: str, first: int, last: int, *, compiled_on: date
) -> list[AnnualReport]:
    """Count the years from the first to the last, each once."""
    reports: list[AnnualReport] = []
    for year in range(first, last + 1):
        before = reports[-1].table3 if reports else None
        reports.append(compile_report(agency_id, agency, year, compiled_on=compiled_on, last_year=before))
    return reports


def is_zero(report: AnnualReport) -> bool:
    """Return whether no request was received, answered or carried."""
    return not any(row[TOTAL] for row in report.table3.values())


def as_json(report: AnnualReport) -> dict[str, Any]:
    """Return the report in the exchange format (docs/exchange.md section 2)."""
    none = {"made": 0, "repealed": 0, "in_force": 0}
    suit = dict.fromkeys(("upheld", "corrected", "other", "pending", "total"), 0)
    return {
        "format": FORMAT,
        "agency": report.agency,
        "year": report.year,
        "compiled_on": report.compiled_on.isoformat(),
        "published": False,
        "table2": {
            "regulations": dict(none),
            "normative_documents": dict(none),
            "licences": 0,
            "penalties": 0,
            "coercion": 0,
            "fees_wan_yuan": "0",
        },
        "table3": report.table3,
        "table4": {
            "reconsideration": dict(suit),
            "direct_litigation": dict(suit),
            "litigation_after_reconsideration": dict(suit),
        },
        "findings": [asdict(finding) for finding in report.findings],
    }
