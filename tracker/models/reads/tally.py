"""Named reads of the tallies: what they say of some years, and what the rows say that they count."""

from collections.abc import Collection, Iterator
from datetime import MAXYEAR, MINYEAR
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    String,
    and_,
    case,
    cast,
    delete,
    extract,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
)

from tracker.models import tally
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.tally import Tally

COUNTED = (Tally.agency_id, Tally.figure, Tally.year, Tally.unit_id, Tally.kind, Tally.key)
SUM = func.sum(Tally.number)
NO_UNIT = 0
Counted = dict[tuple[Any, ...], int]  # by agency, figure, year, unit, kind and key


def tallied(
    agency_id: int, figures: Collection[str], first: int, last: int, unit_scope: int | None = None
) -> list[tuple[str, int, str, str, int]]:
    """Return (figure, year, kind, key, number) of what counts in the years.

    unit_scope: as of a list of cases (reads/case): the own unit and none.
    """
    ours = [Tally.agency_id == agency_id, Tally.figure.in_(figures), Tally.year.between(first, last)]
    if unit_scope is not None:
        ours.append(Tally.unit_id.in_((unit_scope, NO_UNIT)))
    by = (Tally.figure, Tally.year, Tally.kind, Tally.key)
    return list(db.session.execute(select(*by, SUM).where(*ours).group_by(*by).having(SUM != 0)).tuples())


def tallied_by_unit(
    agency_id: int, figures: Collection[str], year: int, unit_scope: int | None = None
) -> list[tuple[str, int, int]]:
    """Return (figure, unit, number) of what counts in the year; the unit is 0 for none."""
    ours = [Tally.agency_id == agency_id, Tally.figure.in_(figures), Tally.year == year]
    if unit_scope is not None:
        ours.append(Tally.unit_id.in_((unit_scope, NO_UNIT)))
    by = (Tally.figure, Tally.unit_id)
    return list(db.session.execute(select(*by, SUM).where(*ours).group_by(*by).having(SUM != 0)).tuples())


def counted() -> CompoundSelect[Any]:
    """Return the query that counts every figure over the cases and contacts themselves, in seconds."""
    unit, month = func.coalesce(Case.unit_id, NO_UNIT), _month
    ended = Case.received_on.is_not(None)
    measured, served = and_(ended, Case.due_on.is_not(None)), and_(ended, Case.served_on.is_not(None))
    late = case((Case.served_on > Case.due_on, tally.LATE), else_=tally.IN_TIME)
    days = func.coalesce(cast(Case.days_taken, String), "")
    return union_all(
        _by(tally.RECEIVED, Case.received_on, kind=Case.applicant_kind),
        _by(tally.ARRIVED, Case.received_on, unit=unit, key=month(Case.received_on)),
        _by(tally.CHANNEL, Case.received_on, unit=unit, key=Case.channel),
        _by(tally.RESULT, Case.closed_on, ended, kind=Case.applicant_kind, key=Case.state),
        _by(tally.OUTCOME, Case.closed_on, ended, unit=unit, key=Case.state),
        _by(tally.ANSWERED, Case.closed_on, ended, unit=unit, key=month(Case.closed_on)),
        _by(tally.LATENESS, Case.closed_on, measured, unit=unit, key=late),
        _by(tally.DAYS, Case.closed_on, served, unit=unit, key=days),
        _by(tally.KIND, Case.received_on, unit=unit, key=Case.applicant_kind),
        _by(tally.HANDLER, Case.closed_on, ended, unit=unit, key=handled_by()),
        _by(
            tally.CONTACT,
            Contact.arrived_on,
            kind=Contact.form,
            key=func.coalesce(Contact.triage, "none"),
        ),
    )


def _by(
    figure: str, day: Any, *where: ColumnElement[bool], unit: Any = None, kind: Any = None, key: Any = None
) -> Select[Any]:
    table, year = day.class_, extract("year", day)
    by = [
        table.agency_id,
        year.label("year"),
        (literal(NO_UNIT) if unit is None else unit).label("unit_id"),
        (literal("") if kind is None else kind).label("kind"),
        (literal("") if key is None else key).label("key"),
    ]
    named = [by[0], literal(figure).label("figure"), *by[1:], func.count().label("number")]
    return select(*named).where(year.between(MINYEAR, MAXYEAR), *where).group_by(*(each for each in by))


def handled_by() -> ColumnElement[str]:
    """Return who had a case, as the tallies name them."""
    return func.substr(func.coalesce(Case.handler, ""), 1, tally.LONGEST)


def _month(day: Any) -> ColumnElement[str]:
    """Return the month of a day in two digits."""
    if db.engine.dialect.name == "postgresql":
        return func.to_char(day, "MM")
    return func.strftime("%m", day)


def differences() -> Iterator[tuple[tuple[Any, ...], int, int]]:
    """Yield each figure that the tallies do not have as the rows have it: its key, kept and counted."""
    kept, fresh = _kept(), _fresh()
    for key in sorted({*kept, *fresh}, key=str):
        if kept.get(key, 0) != fresh.get(key, 0):
            yield key, kept.get(key, 0), fresh.get(key, 0)


def _kept() -> Counted:
    return {
        tuple(key): number for *key, number in db.session.execute(select(*COUNTED, SUM).group_by(*COUNTED))
    }


def _fresh() -> Counted:
    return {
        (agency_id, figure, int(year), *key): number
        for agency_id, figure, year, *key, number in db.session.execute(counted())
    }


def make_anew() -> None:
    """Count every figure anew from the rows, in the caller's transaction, beside which nobody writes."""
    db.session.execute(delete(Tally))
    columns = [*(column.key for column in COUNTED), "number"]
    db.session.execute(insert(Tally).from_select(columns, counted()))


# One statement: what is taken away is what is added up, whatever is written meanwhile.
ADDED_UP = """WITH gone AS (DELETE FROM tallies RETURNING *)
    INSERT INTO tallies (agency_id, figure, year, unit_id, kind, key, number)
    SELECT agency_id, figure, year, unit_id, kind, key, sum(number) FROM gone
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(number) <> 0"""


def compact(connection: Connection) -> None:
    """Add up the rows of each figure, in the caller's transaction. Nobody waits, and nobody sees it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(ADDED_UP))
    else:
        connection.execute(delete(Tally).where(Tally.number == 0))
