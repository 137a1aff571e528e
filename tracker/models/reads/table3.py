"""Named reads of table 3: what a year counts, and the cases behind each cell."""

from typing import Any

from sqlalchemy import Select, case, func, or_, select, union_all

from tracker.domain.case.outcome import BY_CODE
from tracker.domain.report.format import LEAVES
from tracker.domain.report.table3 import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    RECEIVED_ROW,
    ROW_OF_STATE,
    TOTAL,
    TOTAL_ROW,
    first_day,
    last_day,
)
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.base import together
from tracker.models.reads.case import Ways, open_at_end

CODE_OF_ROW = {row: code for code, row in ROW_OF_STATE.items() if code in BY_CODE}


def results_statement(agency_id: int, year: int) -> Select[Any]:
    """Return the first grouped count: results of the year by state and applicant kind."""
    return (
        select(Case.state, Case.applicant_kind, func.count())
        .where(
            Case.agency_id == agency_id,
            Case.closed_on.between(first_day(year), last_day(year)),
            Case.received_on.is_not(None),
        )
        .group_by(Case.state, Case.applicant_kind)
    )


def flow_statement(agency_id: int, year: int) -> Select[Any]:
    """Return the second: new, carried in and carried out by applicant kind.

    A case that closed before the year plays no part in it. The open ones and those that closed
    since are two ranges of the covering index, joined: an OR of both would read every case.
    """
    start, end = first_day(year), last_day(year)
    columns = (
        Case.applicant_kind.label("kind"),
        case((Case.received_on >= start, 1), else_=0).label("new"),
        case((or_(Case.closed_on.is_(None), Case.closed_on > end), 1), else_=0).label("out"),
    )
    mine = select(*columns).where(Case.agency_id == agency_id, Case.received_on <= end)
    both = union_all(mine.where(Case.closed_on >= start), mine.where(Case.closed_on.is_(None))).subquery()
    kind, new, out = both.c.kind, both.c.new, both.c.out
    return select(kind, func.sum(new), func.sum(1 - new), func.sum(out)).group_by(kind)


def table3_counts(agency_id: int, year: int) -> dict[tuple[str, str], int]:
    """Return the counts of table 3 by (row, applicant kind): two grouped queries."""
    counts: dict[tuple[str, str], int] = {}
    for state, kind, count in db.session.execute(results_statement(agency_id, year)):
        if state in ROW_OF_STATE:  # a closing day on an open case is tampering, and ``check`` says so
            counts[ROW_OF_STATE[state], kind] = count
    for kind, new, carried_in, out in db.session.execute(flow_statement(agency_id, year)):
        counts[RECEIVED_ROW, kind] = new
        counts[CARRIED_IN_ROW, kind] = carried_in
        counts[CARRIED_OUT_ROW, kind] = out
    return counts


def cases_of_cell(agency_id: int, year: int, row: str, column: str) -> Select[tuple[Case]]:
    """Return the cases that a cell of table 3 counts."""
    return together(parts_of_cell(agency_id, year, row, column))


def parts_of_cell(agency_id: int, year: int, row: str, column: str) -> list[Select[tuple[Case]]]:
    """Return the cases that a cell of table 3 counts, as queries that are each one range of an index."""
    start, end = first_day(year), last_day(year)
    ended = (Case.closed_on.between(start, end), Case.received_on.is_not(None))
    ways: dict[str, Ways] = {
        RECEIVED_ROW: [(Case.received_on.between(start, end),)],
        CARRIED_IN_ROW: open_at_end(year - 1),
        CARRIED_OUT_ROW: open_at_end(year),
        TOTAL_ROW: [ended],
    }
    if row not in ways:
        ways[row] = [(*ended, Case.state == CODE_OF_ROW[leaf]) for leaf in LEAVES[row]]
    kind = () if column == TOTAL else (Case.applicant_kind == column,)
    return [select(Case).where(Case.agency_id == agency_id, *way, *kind) for way in ways[row]]


def order_of_cell(row: str) -> tuple[Any, ...]:
    """Return the order in which the cases of a cell are listed: of results by their day, else by receipt."""
    if row in (RECEIVED_ROW, CARRIED_IN_ROW, CARRIED_OUT_ROW):
        return (Case.received_on, Case.id)
    return (Case.closed_on, Case.id)
