"""Named reads of reconsiderations and lawsuits (table 4)."""

from collections.abc import Iterator

from sqlalchemy import or_

from tracker.domain.law.respondent import FIRST, SECOND, THIRD
from tracker.domain.register.remedy import Stage
from tracker.domain.register.respondent import Proceeding, RecordedStep
from tracker.domain.report.table3 import last_day
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.base import kept_rows
from tracker.models.remedy import Reanswer, RemedyCase, RemedyStep


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


def remedies_named(number: str, agency_id: int) -> list[RemedyCase]:
    """Return the reconsiderations and suits of which an instance has the number."""
    numbers = (RemedyCase.number, RemedyCase.second_number, RemedyCase.third_number)
    same = or_(*(column == number for column in numbers))
    query = kept_rows(RemedyCase, agency_id).where(same)
    return list(db.session.scalars(query.order_by(RemedyCase.id)))


def steps_of(row: RemedyCase) -> list[RemedyStep]:
    """Return what was recorded of a reconsideration or suit, the earliest first."""
    query = kept_rows(RemedyStep, row.agency_id).where(RemedyStep.remedy_id == row.id)
    return list(db.session.scalars(query.order_by(RemedyStep.happened_on, RemedyStep.id)))


def proceeding_of(row: RemedyCase) -> Proceeding:
    """Return a reconsideration or suit as the days that it sets are counted from."""
    begun = {FIRST: row.filed_on, SECOND: row.second_filed_on, THIRD: row.third_filed_on}
    closed = {FIRST: row.closed_on, SECOND: row.second_closed_on, THIRD: row.third_closed_on}
    return Proceeding(
        row.kind,
        [
            RecordedStep(
                one.step, one.instance, one.happened_on, one.procedure, one.paper, one.until_on, one.place
            )
            for one in steps_of(row)
        ],
        begun=frozenset(instance for instance, day in begun.items() if day),
        closed=frozenset(instance for instance, day in closed.items() if day),
    )


def reanswers_of(row: RemedyCase) -> list[Reanswer]:
    """Return the answers that a reconsideration or suit ordered anew, the earliest first."""
    query = kept_rows(Reanswer, row.agency_id).where(Reanswer.remedy_id == row.id)
    return list(db.session.scalars(query.order_by(Reanswer.received_on, Reanswer.id)))
