"""Named reads of every register behind the report. Every one takes the agency; withdrawn rows never count."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, case, func, select

from tracker.domain.case.rules import Rules
from tracker.domain.folding import words
from tracker.domain.register.normative import column_of
from tracker.domain.register.register import Register
from tracker.domain.register.remedy import TOTAL, cells_of
from tracker.domain.report.table3 import first_day, last_day
from tracker.models.base import db
from tracker.models.follow_up import (
    Complaint,
    Conversion,
    GuideUpdate,
    PersonalRequest,
    RecordCorrection,
    RefusalReview,
)
from tracker.models.normative import DecisionCount, NormativeDocument
from tracker.models.publication import Medium, Publication
from tracker.models.reads.base import kept_rows
from tracker.models.reads.normative import documents_by_row
from tracker.models.reads.publication import media_of_items
from tracker.models.reads.remedy import remedies_by_row, stages_of
from tracker.models.register import RegisterAct, RegisterRow
from tracker.models.remedy import Reanswer, RemedyCase, RemedyStep
from tracker.models.supervision import Accountability, Assessment, Training

MODELS: dict[str, type[RegisterRow]] = {
    "publications": Publication,
    "media": Medium,
    "normative-documents": NormativeDocument,
    "decision-counts": DecisionCount,
    "remedies": RemedyCase,
    "remedy-steps": RemedyStep,
    "reanswers": Reanswer,
    "corrections": RecordCorrection,
    "conversions": Conversion,
    "refusal-reviews": RefusalReview,
    "complaints": Complaint,
    "guides": GuideUpdate,
    "personal-requests": PersonalRequest,
    "trainings": Training,
    "assessments": Assessment,
    "accountabilities": Accountability,
}


def register_rows(
    register: Register,
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
    model = MODELS[register.name]
    query = _only(register, kept_rows(model, agency_id) if within is None else within, agency_id, only)
    if year and register.day:
        query = query.where(_within(register, day_of(register), year))
    for name, value in (equal or {}).items():
        if value:
            query = query.where(getattr(model, name) == value)
    for word in words(text):
        query = query.where(model.folded.contains(word, autoescape=True))
    return query


def values_of_rows(register: Register, agency_id: int) -> Iterator[dict[str, Any]]:
    """Yield the values of every row of a register, the oldest first: media by their names."""
    model = MODELS[register.name]
    names = [one.name for one in register.fields if one.kind != "media"]
    columns = [getattr(model, name) for name in names]
    media = media_of_items(agency_id) if model is Publication else None
    query = kept_rows(model, agency_id).order_by(model.id).with_only_columns(model.id, *columns)
    for row_id, *told in db.session.execute(query):
        values = dict(zip(names, told, strict=True))
        yield values if media is None else {**values, "channels": media.get(row_id, [])}


def _within(register: Register, day: Any, year: int) -> ColumnElement[bool]:
    """Return what holds for the rows of a year."""
    if register.day == "year":
        return cast(ColumnElement[bool], day == year)
    return cast(ColumnElement[bool], day.between(first_day(year), last_day(year)))


def _only(register: Register, query: Select[Any], agency_id: int, only: str) -> Select[Any]:
    model = MODELS[register.name]
    if only == "withdrawn":
        return select(model).where(model.agency_id == agency_id, model.withdrawn_at.is_not(None))
    if only in ("published", "unpublished") and register.name == "publications":
        none = Publication.published_on.is_(None)
        return query.where(none if only == "unpublished" else ~none)
    return query


def rows_of_cell(register: Register, agency_id: int, year: int, cell: str, counting: Rules) -> Select[Any]:
    """Return the rows that a cell of table 2 or 4 counts, of every kind; none for another register."""
    ids: list[int] = []
    if register.name == "normative-documents":
        documents = documents_by_row(agency_id, year)
        ids = [row.id for row, document in documents if cell in column_of(document, year, counting)]
    if register.name == "remedies":
        for row in remedies_by_row(agency_id, year):
            cells = cells_of(stages_of(row), year, counting)
            if cell in cells or (cell == TOTAL and cells):
                ids.append(row.id)
    model = MODELS[register.name]
    return kept_rows(model, agency_id).where(model.id.in_(ids))


def day_of(register: Register) -> Any:
    """Return the column whose year a row belongs to; an unpublished item has that of its making."""
    if register.name == "publications":
        return func.coalesce(Publication.published_on, Publication.created_on)
    return getattr(MODELS[register.name], register.day) if register.day else None


def register_order(register: Register, wanted: str, *, down: bool) -> tuple[Any, ...]:
    """Return the order of a list: by a field of the register, the newest first by default."""
    model = MODELS[register.name]
    sortable = {one.name for one in register.fields if one.kind != "media"}
    column = getattr(model, wanted) if wanted in sortable else day_of(register)
    if column is None:
        return (model.id,)
    second = (DecisionCount.month.desc(),) if model is DecisionCount else ()
    first = column.desc().nulls_last() if down else column.asc().nulls_last()
    return (first, *second, model.id.desc() if down else model.id)


def register_years(register: Register, agency_id: int) -> tuple[int, int] | None:
    """Return the first and last year of the rows; None where there is none."""
    if not register.day:
        return None
    day = day_of(register)
    ends = kept_rows(MODELS[register.name], agency_id).with_only_columns(func.min(day), func.max(day))
    low, high = db.session.execute(ends).one()
    return None if low is None else (_year(low), _year(high))


def _year(value: Any) -> int:
    if isinstance(value, int):
        return value
    return value.year if isinstance(value, date) else int(str(value)[:4])


class RegisterExtent(NamedTuple):
    """How many rows a register has, how many of a year, and the years from its first row to its last."""

    rows: int
    of_year: int
    years: tuple[int, int] | None


def register_extent(register: Register, agency_id: int, year: int) -> RegisterExtent:
    """Return what the index says of a register: one reading of its rows."""
    day = day_of(register)
    query = kept_rows(MODELS[register.name], agency_id).order_by(None)
    if day is None:
        rows = db.session.scalar(query.with_only_columns(func.count()))
        return RegisterExtent(rows or 0, 0, None)
    of_year = func.count(case((_within(register, day, year), 1)))
    asked = query.with_only_columns(func.count(), of_year, func.min(day), func.max(day))
    rows, in_year, low, high = db.session.execute(asked).one()
    return RegisterExtent(rows, in_year, None if low is None else (_year(low), _year(high)))


def acts_on(register: str, row_id: int) -> list[RegisterAct]:
    """Return the acts on a row, the oldest first."""
    query = select(RegisterAct).where(RegisterAct.book == register, RegisterAct.row_id == row_id)
    return list(db.session.scalars(query.order_by(RegisterAct.id)))
