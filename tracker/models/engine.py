"""What every connection to SQLite must be told, and the engine options of both databases.

BEGIN IMMEDIATE where a transaction writes: with the driver's own BEGIN two processes lose each
other's updates in silence. A transaction that only reads takes no lock and waits for nobody.
synchronous=FULL: a receipt date lost in a power cut is a legal problem.
"""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

from tracker.models import anything
from tracker.models.base import BUSY_SECONDS, PATIENCE, WRITES


def options(url: str) -> dict[str, Any]:
    """Return the engine options. Bound values stay out of error texts: they hold names."""
    common: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return {**common, "connect_args": {"timeout": BUSY_SECONDS}}
    return {**common, "pool_pre_ping": True}


def prepare(engine: Engine) -> None:
    """Attach what makes SQLite keep its word, and what reads a damaged value on either database."""
    if engine.dialect.name != "sqlite":
        anything.allow_on_postgresql(engine)
        return
    anything.allow_on_sqlite(engine)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.text_factory = anything.DECODE
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        writes, patience = options.get(WRITES), options.get(PATIENCE, BUSY_SECONDS)
        if connection.info.get(PATIENCE, BUSY_SECONDS) != patience:  # the connection keeps it
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1000)}")
            connection.info[PATIENCE] = patience
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
