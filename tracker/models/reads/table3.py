"""Named reads of table 3: what a year counts, and the cases behind each cell."""

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Select, case, func, select

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
from tracker.models import tally
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.base import together
from tracker.models.reads.case import Ways, open_at_end
from tracker.models.tally import Tally

CODE_OF_ROW = {row: code for code, row in ROW_OF_STATE.items() if code in BY_CODE}


def table3_counts(agency_id: int, year: int) -> dict[tuple[str, str], int]:
    """Return the counts of table 3 by (row, applicant kind), from the tallies."""
    return table3_of_years(agency_id, year, year)[year]


def table3_statement(agency_id: int, first: int, last: int) -> Select[Any]:
    """Return the query of (figure, year, kind, state, number): requests and results of the years.

    What was before stands under the year before the first, of every state together.
    """
    year = case((Tally.year < first, first - 1), else_=Tally.year)
    state = case((Tally.year < first, ""), else_=Tally.key)
    by = (Tally.figure, year, Tally.kind, state)
    figures = Tally.figure.in_((tally.RECEIVED, tally.RESULT))
    ours = (Tally.agency_id == agency_id, figures, Tally.year <= last)
    return select(*by, func.sum(Tally.number)).where(*ours).group_by(*by)


def table3_of_years(agency_id: int, first: int, last: int) -> dict[int, dict[tuple[str, str], int]]:
    """Return the counts of table 3 of every year from the first to the last, in one statement.

    What is carried over at the end of a year is what was received up to it less what ended up to it.
    """
    counts: dict[int, dict[tuple[str, str], int]] = {year: {} for year in range(first, last + 1)}
    balance: dict[str, Counter[int]] = defaultdict(Counter)  # by kind: in how far each year changes it
    for figure, year, kind, state, number in db.session.execute(table3_statement(agency_id, first, last)):
        balance[kind][year] += number if figure == tally.RECEIVED else -number
        row = RECEIVED_ROW if figure == tally.RECEIVED else ROW_OF_STATE.get(state)
        if row and year in counts:  # a closing day on an open case is tampering, and ``check`` says so
            counts[year][row, kind] = number
    for kind, changes in balance.items():
        carried = changes[first - 1]
        for year in counts:
            counts[year][CARRIED_IN_ROW, kind] = carried
            carried += changes[year]
            counts[year][CARRIED_OUT_ROW, kind] = carried
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
    return (Case.closed_on.asc().nulls_first(), Case.id)  # as PostgreSQL reads its index backwards
