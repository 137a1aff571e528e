"""Named reads of reconsiderations and lawsuits (table 4)."""

from collections.abc import Iterator

from tracker.domain.register.remedy import Stage
from tracker.domain.report.table3 import last_day
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.base import kept_rows
from tracker.models.remedy import RemedyCase


def stages_of(row: RemedyCase) -> list[Stage]:
    """Return the instances of a reconsideration or suit, in their order."""
    instances = (
        (row.filed_on, row.closed_on, row.result),
        (row.second_filed_on, row.second_closed_on, row.second_result),
        (row.third_filed_on, row.third_closed_on, row.third_result),
    )
    return [Stage(filed_on, closed_on, result) for filed_on, closed_on, result in instances if filed_on]


def remedies(agency_id: int, year: int) -> Iterator[tuple[str, list[Stage]]]:
    """Yield the kind and the instances of what was filed up to the end of the year."""
    for row in remedies_by_row(agency_id, year):
        yield row.kind, stages_of(row)


def remedies_by_row(agency_id: int, year: int) -> Iterator[RemedyCase]:
    """Yield the rows of what was filed up to the end of the year."""
    filed = kept_rows(RemedyCase, agency_id).where(RemedyCase.filed_on <= last_day(year))
    yield from db.session.scalars(filed)


def remedies_of(case: Case) -> list[RemedyCase]:
    """Return the reconsiderations and suits about a request, the oldest first."""
    query = kept_rows(RemedyCase, case.agency_id).where(RemedyCase.case_id == case.id)
    return list(db.session.scalars(query.order_by(RemedyCase.filed_on, RemedyCase.id)))
