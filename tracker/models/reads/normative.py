"""Named reads of normative documents and of the counts of decisions (table 2)."""

from collections.abc import Iterator

from sqlalchemy import func

from tracker.domain.register.normative import AMENDED, Document
from tracker.domain.report.table3 import last_day
from tracker.models.base import db
from tracker.models.normative import DecisionCount, NormativeDocument
from tracker.models.reads.base import kept_rows


def documents(agency_id: int, year: int) -> Iterator[Document]:
    """Yield the documents made up to the end of the year."""
    for _row, document in documents_by_row(agency_id, year):
        yield document


def documents_by_row(agency_id: int, year: int) -> Iterator[tuple[NormativeDocument, Document]]:
    """Yield the rows made up to the end of the year, each with what the count needs of it."""
    query = kept_rows(NormativeDocument, agency_id)
    rows = list(db.session.scalars(query.where(NormativeDocument.made_on <= last_day(year))))
    successors = {row.successor for row in rows if row.status == AMENDED and row.successor}
    for row in rows:
        yield row, document_of(row, revises=bool(successors & {row.number, row.title}))


def document_of(row: NormativeDocument, *, revises: bool = False) -> Document:
    """Return what the count needs of a row."""
    return Document(
        kind=row.kind,
        made_on=row.made_on,
        in_force_from=row.in_force_from,
        valid_until=row.valid_until,
        status=row.status,
        ended_on=row.ended_on,
        leads=row.leads == "yes",
        revises=revises,
    )


def decisions(agency_id: int, year: int) -> tuple[int, int, int, int]:
    """Return licences, penalties, coercion and fees (in fen) of the year."""
    names = (DecisionCount.licences, DecisionCount.penalties, DecisionCount.coercion, DecisionCount.fees)
    sums = [func.coalesce(func.sum(column), 0) for column in names]
    query = kept_rows(DecisionCount, agency_id).where(DecisionCount.year == year).with_only_columns(*sums)
    licences, penalties, coercion, fees = db.session.execute(query).one()
    return int(licences), int(penalties), int(coercion), int(fees)
