"""Named reads of the registers behind the report. Every one takes the agency; withdrawn rows never count."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from tracker.domain import reading
from tracker.domain.case import history
from tracker.domain.folding import words
from tracker.domain.register.book import Book
from tracker.domain.register.counting import Counting
from tracker.domain.register.normative import AMENDED, Document, column_of
from tracker.domain.register.remedy import TOTAL, Stage, cells_of
from tracker.domain.report.table3 import first_day, last_day
from tracker.models.base import db
from tracker.models.book import BookAct, BookRow
from tracker.models.case import Case, CaseEvent
from tracker.models.duty import PUBLICATION, OpenDuty
from tracker.models.normative import DecisionCount, NormativeDocument
from tracker.models.publication import Medium, Publication, PublicationMedium
from tracker.models.remedy import RemedyCase
from tracker.models.supervision import Accountability, Assessment, Training


def kept(model: type[BookRow], agency_id: int) -> Select[Any]:
    """Return the rows of the agency that are not withdrawn."""
    return select(model).where(model.agency_id == agency_id, model.withdrawn_at.is_(None))


def documents(agency_id: int, year: int) -> Iterator[Document]:
    """Yield the documents made up to the end of the year."""
    for _row, document in _documents(agency_id, year):
        yield document


def _documents(agency_id: int, year: int) -> Iterator[tuple[NormativeDocument, Document]]:
    found = kept(NormativeDocument, agency_id)
    rows = list(db.session.scalars(found.where(NormativeDocument.made_on <= last_day(year))))
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
    found = kept(DecisionCount, agency_id).where(DecisionCount.year == year).with_only_columns(*sums)
    licences, penalties, coercion, fees = db.session.execute(found).one()
    return int(licences), int(penalties), int(coercion), int(fees)


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
    for row in _remedies(agency_id, year):
        yield row.kind, stages_of(row)


def _remedies(agency_id: int, year: int) -> Iterator[RemedyCase]:
    yield from db.session.scalars(kept(RemedyCase, agency_id).where(RemedyCase.filed_on <= last_day(year)))


def of_cell(book: Book, agency_id: int, year: int, cell: str, counting: Counting) -> Select[Any]:
    """Return the rows that a cell of table 2 or 4 counts, of every kind; none for another register."""
    ids: list[int] = []
    if book.name == "normative-documents":
        found = _documents(agency_id, year)
        ids = [row.id for row, document in found if cell in column_of(document, year, counting)]
    if book.name == "remedies":
        for row in _remedies(agency_id, year):
            cells = cells_of(stages_of(row), year, counting)
            if cell in cells or (cell == TOTAL and cells):
                ids.append(row.id)
    model = MODELS[book.name]
    return kept(model, agency_id).where(model.id.in_(ids))


def remedies_of(case: Case) -> list[RemedyCase]:
    """Return the reconsiderations and suits about a request, the oldest first."""
    found = kept(RemedyCase, case.agency_id).where(RemedyCase.case_id == case.id)
    return list(db.session.scalars(found.order_by(RemedyCase.filed_on, RemedyCase.id)))


# -- publications ---------------------------------------------------------------------------------


def published(agency_id: int, year: int) -> Select[Any]:
    """Return the items published in the year."""
    found = kept(Publication, agency_id)
    return found.where(Publication.published_on.between(first_day(year), last_day(year)))


def to_publish(agency_id: int, until: date) -> int:
    """Return how many items must be published by the day, those overdue included (第26条)."""
    due = select(func.count()).where(
        OpenDuty.agency_id == agency_id, OpenDuty.kind == PUBLICATION, OpenDuty.due_on <= until
    )
    return db.session.scalar(due) or 0


def items_by_category(agency_id: int, year: int) -> dict[str, int]:
    """Return how many distinct items were published in the year, by category."""
    category = Publication.category
    found = published(agency_id, year).with_only_columns(category, func.count()).group_by(category)
    return dict(db.session.execute(found).tuples().all())


def items_by_medium(agency_id: int, year: int) -> list[tuple[str, str, int]]:
    """Return (name, kind, number) of each medium used in the year: an item counts once on each."""
    found = (
        published(agency_id, year)
        .join(PublicationMedium, PublicationMedium.publication_id == Publication.id)
        .join(Medium, Medium.id == PublicationMedium.medium_id)
        .with_only_columns(Medium.name, Medium.kind, func.count())
        .group_by(Medium.id, Medium.name, Medium.kind)
        .order_by(Medium.id)
    )
    return [(name, kind, number) for name, kind, number in db.session.execute(found)]


def held(model: type[BookRow], agency_id: int, year: int) -> Select[Any]:
    """Return the trainings, assessments or acts of accountability of the year."""
    day: Any = model.held_on  # type: ignore[attr-defined]
    return kept(model, agency_id).where(day.between(first_day(year), last_day(year)))


def total(model: type[BookRow], agency_id: int, year: int, column: Any = None) -> int:
    """Return how many rows were held in the year, or the sum of a column."""
    what = func.count() if column is None else func.coalesce(func.sum(column), 0)
    return int(db.session.scalar(held(model, agency_id, year).with_only_columns(what)) or 0)


# -- fees of requests -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestFee:
    """A payment of 信息处理费: the case, the day, the amount in fen (None where it cannot be read)."""

    case: Case
    paid_on: date
    words: str
    fen: int | None


def request_fees(agency_id: int, year: int) -> list[RequestFee]:
    """Return the payments of the year that hold after the corrections, by day."""
    charged = select(CaseEvent.case_id).where(
        CaseEvent.agency_id == agency_id, CaseEvent.step.in_(("charge", "pay"))
    )
    cases = db.session.scalars(select(Case).where(Case.id.in_(charged), Case.received_on.is_not(None)))
    found = [fee for case in cases.unique() for fee in _fees_of(case) if fee.paid_on.year == year]
    return sorted(found, key=lambda fee: (fee.paid_on, fee.case.id))


def _fees_of(case: Case) -> Iterator[RequestFee]:
    """Yield the payments of a case; one that names no amount paid what was charged."""
    charged = ""
    for entry in history.in_force(case.entries):
        amount = str(entry.details.get("amount") or "")
        if entry.step == "charge":
            charged = amount
        elif entry.step == "pay":
            words, fen = amount or charged, None
            with suppress(ValueError):
                fen = reading.fen_of_yuan(words)
            yield RequestFee(case, entry.on, words, fen)


# -- lists ------------------------------------------------------------------------------------------

MODELS: dict[str, type[BookRow]] = {
    "publications": Publication,
    "media": Medium,
    "normative-documents": NormativeDocument,
    "decision-counts": DecisionCount,
    "remedies": RemedyCase,
    "trainings": Training,
    "assessments": Assessment,
    "accountabilities": Accountability,
}


def day_of(book: Book) -> Any:
    """Return the column whose year a row belongs to; an unpublished item has that of its making."""
    if book.name == "publications":
        return func.coalesce(Publication.published_on, Publication.created_on)
    return getattr(MODELS[book.name], book.day) if book.day else None


def rows(
    book: Book,
    agency_id: int,
    *,
    year: int | None = None,
    text: str = "",
    only: str = "",
    equal: Mapping[str, str] | None = None,
    within: Select[Any] | None = None,
) -> Select[Any]:
    """Return the rows of a register that match, or of ``within`` those that do.

    only: withdrawn, published or unpublished.
    """
    model = MODELS[book.name]
    found = _only(book, kept(model, agency_id) if within is None else within, agency_id, only)
    if year and book.day:
        day = day_of(book)
        span = day == year if book.day == "year" else day.between(first_day(year), last_day(year))
        found = found.where(span)
    for name, value in (equal or {}).items():
        if value:
            found = found.where(getattr(model, name) == value)
    for word in words(text):
        found = found.where(model.folded.contains(word, autoescape=True))
    return found


def _only(book: Book, found: Select[Any], agency_id: int, only: str) -> Select[Any]:
    model = MODELS[book.name]
    if only == "withdrawn":
        return select(model).where(model.agency_id == agency_id, model.withdrawn_at.is_not(None))
    if only in ("published", "unpublished") and book.name == "publications":
        none = Publication.published_on.is_(None)
        return found.where(none if only == "unpublished" else ~none)
    return found


def on_medium(found: Select[Any], medium_id: int) -> Select[Any]:
    """Narrow items to those on one medium."""
    return found.where(Publication.channels.any(Medium.id == medium_id))


def order(book: Book, wanted: str, *, down: bool) -> tuple[Any, ...]:
    """Return the order of a list: by a field of the register, the newest first by default."""
    model = MODELS[book.name]
    sortable = {one.name for one in book.fields if one.kind != "media"}
    column = getattr(model, wanted) if wanted in sortable else day_of(book)
    if column is None:
        return (model.id,)
    second = (DecisionCount.month.desc(),) if model is DecisionCount else ()
    first = column.desc().nulls_last() if down else column.asc().nulls_last()
    return (first, *second, model.id.desc() if down else model.id)


def years(book: Book, agency_id: int) -> tuple[int, int] | None:
    """Return the first and last year of the rows; None where there is none."""
    if not book.day:
        return None
    day = day_of(book)
    ends = kept(MODELS[book.name], agency_id).with_only_columns(func.min(day), func.max(day))
    low, high = db.session.execute(ends).one()
    return None if low is None else (_year(low), _year(high))


def _year(value: Any) -> int:
    if isinstance(value, int):
        return value
    return value.year if isinstance(value, date) else int(str(value)[:4])


def count(book: Book, agency_id: int, year: int | None = None) -> int:
    """Return how many rows the register has, in a year or at all."""
    found = rows(book, agency_id, year=year)
    return int(db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0)


def media(agency_id: int) -> list[Medium]:
    """Return the media of the office that are in use, in their order."""
    return list(db.session.scalars(kept(Medium, agency_id).order_by(Medium.id)))


def media_named(agency_id: int, names: Collection[str]) -> list[Medium]:
    """Return the media of those names, withdrawn ones too."""
    found = select(Medium).where(Medium.agency_id == agency_id, Medium.name.in_(names))
    return list(db.session.scalars(found.order_by(Medium.id)))


def acts(book: str, row_id: int) -> list[BookAct]:
    """Return the acts on a row, the oldest first."""
    found = select(BookAct).where(BookAct.book == book, BookAct.row_id == row_id)
    return list(db.session.scalars(found.order_by(BookAct.id)))
