"""Measure table 3 of a year, as the report asks for it, against its own statement run bare."""

from collections.abc import Iterator
from time import perf_counter

import grown
from measure import Row, Sizes, times

from tracker.models.base import db
from tracker.models.reads.table3 import table3_counts, table3_statement
from tracker.services.office.agency import default_agency

YEAR = 2025
HEADINGS = ("whole", "bare", "whole / bare")


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield table 3 in each office of both databases."""
    for database in ("SQLite", "PostgreSQL"):
        with grown.kept(sizes, database) as places:
            for place in places:
                with grown.opened(place.folder, place.url).app_context():
                    whole, bare = _whole_and_bare(default_agency().id)
                    db.session.remove()
                    db.engine.dispose()
                cells = (f"{whole * 1000:.1f} ms", f"{bare * 1000:.1f} ms", f"{whole / bare:.2f}")
                large = place.total == sizes.large
                good = whole / bare <= 1.5 if large else None
                yield Row(f"{place.total:,} cases, {database}", cells, "at most 1.5" if large else "", good)


def _whole_and_bare(agency_id: int) -> list[float]:
    """Return the seconds of the whole, through the session, and of its statement on the same connection."""
    statement = table3_statement(agency_id, YEAR, YEAR)
    compiled = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))
    cursor = db.session.connection().connection.cursor()

    def bare() -> None:
        cursor.execute(compiled)
        cursor.fetchall()

    return times(lambda: table3_counts(agency_id, YEAR), bare, clock=perf_counter)
