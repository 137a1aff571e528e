"""The indexes of the lists of cases: no list is read whole, and none is sorted but a short one.

A list is narrowed by some columns (NARROWED), by the year of receipt or by nothing, and ordered by one of
four (ORDERED). Every column has an index by day of receipt, from which the few cases of a rare value are
found and then sorted. Units and handlers come and go: theirs may all be old, or new, so that they have an
index in each order. Of a state, a kind or a channel that is frequent some soon turn up in any order. The open
cases have indexes of their own with all that they are narrowed, ordered and counted by: they are few.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Index, TextClause, text

COME_AND_GO = ("unit_id", "handler")
NARROWED = ("state", "unit_id", "handler", "applicant_kind", "channel")
ORDERED = {"received": "received_on", "number": "number", "due": "due_on", "closed": "closed_on"}
IS_OPEN, IS_CLOSED = text("closed_on IS NULL"), text("closed_on IS NOT NULL")
# SQLite takes the open cases for as many as close in a day, and would read them from an index of closing days
# and sort them. Asked in these words it has no choice.
AMONG_OPEN = text("(closed_on IS NULL) = TRUE")
IS_LATE = text("served_on > due_on")
OF_CELLS = ("received_on", "applicant_kind")  # what a cell of table 3 asks besides
COUNTED = ("received_on", "unit_id", "closed_on")  # what a count asks besides
OPEN = {
    "ix_cases_open": (
        "next_action_on", "id", "received_on", "due_on", "number", "state", "unit_id", "handler",
        "applicant_kind", "channel", "proposed_on", "closed_on", "next_action",
    ),
    "ix_cases_open_due": ("due_on", *COUNTED),
    "ix_cases_open_state": ("state", *COUNTED),
    "ix_cases_open_proposed": ("proposed_on", *COUNTED, "handler", "due_on"),
}  # fmt: skip
# The year of a day as the reads ask for it: an index over an expression serves the same expression alone.
YEAR = {"sqlite": "CAST(STRFTIME('%Y', {}) AS INTEGER)", "postgresql": "EXTRACT(year FROM {})"}
CROSSED = {  # what closed in a later year than it was received in: SQLite knows no other words again
    "sqlite": "substr(cases.closed_on, 1, 4) > substr(cases.received_on, 1, 4)",
    "postgresql": "EXTRACT(year FROM cases.closed_on) > EXTRACT(year FROM cases.received_on)",
}
DOWNWARDS = {"closed_on": "closed_on DESC NULLS LAST"}  # PostgreSQL reads it in no other direction


def of_lists() -> Iterator[Index]:
    """Yield the indexes over ``cases`` that lists are read from."""
    yield from (_among_open(name, columns) for name, columns in OPEN.items())
    yield Index("ix_cases_newest", "agency_id", "id")
    yield Index("ix_cases_received", "agency_id", "received_on", "id", *NARROWED)
    yield from _ordered("ix_cases_by_due", "due_on")
    yield from _ordered("ix_cases_by_closed", "closed_on", besides=OF_CELLS)
    # The cells of table 3: each result by its day. An open case is in none of them.
    yield from _ordered("ix_cases_result", "closed_on", "state", where=IS_CLOSED, besides=OF_CELLS)
    for narrowed in NARROWED:
        others = (column for column in NARROWED if column != narrowed)
        yield Index(f"ix_cases_{narrowed}_received", "agency_id", narrowed, "received_on", "id", *others)
    for order, column in ORDERED.items():
        for narrowed in COME_AND_GO:
            if order != "received":
                yield from _ordered(f"ix_cases_{narrowed}_{order}", column, narrowed)
        yield from _ordered(f"ix_cases_late_{order}", column, where=IS_LATE)
    for dialect, year in YEAR.items():
        received = year.format("received_on")
        crossed: dict[str, Any] = {f"{dialect}_where": text(CROSSED[dialect].replace("cases.", ""))}
        columns = ("closed_on", "received_on", "id", "applicant_kind")
        yield Index("ix_cases_crossed", "agency_id", *columns, **crossed).ddl_if(dialect=dialect)
        for order, column in list(ORDERED.items())[1:]:
            last = _last(column, dialect)
            yield Index(f"ix_cases_year_{order}", "agency_id", text(received), *last).ddl_if(dialect=dialect)


def _among_open(name: str, columns: tuple[str, ...]) -> Index:
    return Index(name, "agency_id", *columns, sqlite_where=AMONG_OPEN, postgresql_where=AMONG_OPEN)


def _ordered(
    name: str,
    column: str,
    *narrowed: str,
    where: TextClause | None = None,
    besides: tuple[str, ...] = (),
) -> Iterator[Index]:
    partial: dict[str, Any] = {} if where is None else {"sqlite_where": where, "postgresql_where": where}
    if column not in DOWNWARDS:
        yield Index(name, "agency_id", *narrowed, column, "id", *besides, **partial)
        return
    for dialect in YEAR:
        columns = ("agency_id", *narrowed, *_last(column, dialect), *besides)
        yield Index(name, *columns, **partial).ddl_if(dialect=dialect)


def _last(column: str, dialect: str) -> tuple[Any, ...]:
    if dialect == "postgresql" and column in DOWNWARDS:
        return text(DOWNWARDS[column]), text("id DESC")
    return column, "id"
