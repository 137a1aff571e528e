"""The triggers that make tables append-only, that see writes and that count: whether they are in place."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from tracker.models.journal import SEALED

TABLES = (
    "case_events", "book_acts", "receipt_evidence", "report_texts", "report_editions", "report_edition_cases",
    "practices", "letters", "voided_letters", "skipped_numbers", "letter_templates", "case_files",
    "sign_offs", "sign_off_opinions", "letter_services", "service_results",
    "delegations", "delegation_ends", "step_asks", "ask_ends",
    "redactions", "service_agreements", "archivings", "case_notes",
    "withdrawn_files", "personal_answers",
)  # fmt: skip
SQLITE = frozenset(f"{table}_no_{act}" for table in TABLES for act in ("UPDATE", "DELETE"))
POSTGRESQL = frozenset(f"{table}_append_only" for table in TABLES)
WITNESSES = frozenset(f"{table}.witness_{act}" for table in SEALED for act in ("insert", "update", "delete"))
TALLIES = frozenset(f"{table}_tally_{act}" for table in ("cases", "contacts") for act in ("in", "out", "new"))
ON_POSTGRESQL = """SELECT t.tgname, c.relname || '.' || t.tgname AS placed FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND t.tgenabled IN ('O', 'A')"""


def missing(connection: Connection) -> list[str]:
    """Return the names of the triggers that are gone, or switched off (PostgreSQL)."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return sorted((SQLITE | TALLIES) - set(connection.scalars(query)))
    there = connection.execute(text(ON_POSTGRESQL)).all()
    named = {row.tgname for row in there} | {row.placed for row in there}
    return sorted((POSTGRESQL | WITNESSES | TALLIES) - named)


@contextmanager
def lifted(connection: Connection, tables: Collection[str] = TABLES) -> Iterator[None]:
    """Let rows of these tables be changed or removed, in this transaction alone: the journal has it."""
    if connection.dialect.name == "sqlite":
        names = {f"{table}_no_{act}" for table in tables for act in ("UPDATE", "DELETE")} & SQLITE
        query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept: list[Any] = [row for row in connection.execute(query) if row.name in names]
        for row in kept:
            connection.exec_driver_sql(f"DROP TRIGGER {row.name}")
        yield
        for row in kept:
            connection.exec_driver_sql(row.sql)
        return
    for act in ("DISABLE", "ENABLE"):
        for table in tables:
            if (name := f"{table}_append_only") in POSTGRESQL:
                connection.exec_driver_sql(f"ALTER TABLE {table} {act} TRIGGER {name}")
        if act == "DISABLE":
            yield
