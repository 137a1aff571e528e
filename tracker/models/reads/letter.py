"""Named reads of letters, their numbers and templates."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from tracker.domain.letter.index import SERIES
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.letter import Letter, LetterTemplate, SkippedNumber


def letters_of(case: Case) -> list[Letter]:
    """Return the letters of a case with those that correct them, the newest first."""
    own = (Letter.agency_id == case.agency_id, Letter.case_id == case.id)
    query = select(Letter).where(*own).options(selectinload(Letter.corrected_by))
    return list(db.session.scalars(query.order_by(Letter.id.desc())))


def numbered(agency_id: int, series: str, year: int, unit_scope: int | None) -> Select[tuple[Letter]]:
    """Return the query of the letters that have a number of the sequence and year.

    unit_scope: the unit whose cases alone are seen, beside those of none; None for all.
    """
    sequence = (Letter.agency_id == agency_id, Letter.series == series, Letter.year == year)
    return _seen(select(Letter).where(*sequence, Letter.serial.is_not(None)), unit_scope)


def of_number(agency_id: int, year: int, serial: int, unit_scope: int | None) -> Select[tuple[Letter]]:
    """Return the letters of a year's number in every sequence, seen as those of ``numbered``."""
    sequences = (Letter.agency_id == agency_id, Letter.series.in_(SERIES))
    return _seen(select(Letter).where(*sequences, Letter.year == year, Letter.serial == serial), unit_scope)


def _seen(query: Select[tuple[Letter]], unit_scope: int | None) -> Select[tuple[Letter]]:
    if unit_scope is None:
        return query
    seen = or_(Case.unit_id.is_(None), Case.unit_id == unit_scope)
    return query.join(Case, Case.id == Letter.case_id).where(seen)


def skipped(agency_id: int, series: str, year: int) -> list[SkippedNumber]:
    """Return the numbers of the sequence and year that no letter has, the newest first."""
    sequence = {"agency_id": agency_id, "series": series, "year": year}
    query = select(SkippedNumber).filter_by(**sequence).order_by(SkippedNumber.first.desc())
    return list(db.session.scalars(query))


def newest_templates(agency_id: int) -> dict[str, LetterTemplate]:
    """Return the newest version of each kind for which the office ever had its own template."""
    query = select(LetterTemplate).filter_by(agency_id=agency_id).order_by(LetterTemplate.version)
    return {row.kind: row for row in db.session.scalars(query)}


def template_versions(agency_id: int, kind: str) -> list[LetterTemplate]:
    """Return the versions of the office's own template of a kind, the newest first."""
    query = select(LetterTemplate).filter_by(agency_id=agency_id, kind=kind)
    return list(db.session.scalars(query.order_by(LetterTemplate.version.desc())))
