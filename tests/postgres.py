"""Databases of the run's PostgreSQL server: made once, and given back as they were to the next test."""

import os
import re

import psycopg
from psycopg import sql

SERVER = "TEST_PG_URL"
# What a test may do to a database beside its rows; where it differs afterwards the next test gets a new one. Each
# change of the catalogue writes a row of it anew, in another transaction.
SHAPE = """
SELECT string_agg(concat_ws(' ', kind, number, written), ';' ORDER BY kind) FROM (
  SELECT 'class', count(*), sum(xmin::text::bigint) FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'column', count(*), sum(a.xmin::text::bigint)
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'default', count(*), sum(xmin::text::bigint) FROM pg_attrdef
  UNION ALL SELECT 'constraint', count(*), sum(xmin::text::bigint)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'trigger', count(*), sum(xmin::text::bigint) FROM pg_trigger
  UNION ALL SELECT 'index', count(*), sum(xmin::text::bigint) FROM pg_index
  UNION ALL SELECT 'function', count(*), sum(xmin::text::bigint)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'schema', count(*), sum(xmin::text::bigint) FROM pg_namespace WHERE nspname NOT LIKE 'pg_t%'
  UNION ALL SELECT 'extension', count(*), sum(xmin::text::bigint) FROM pg_extension
  UNION ALL SELECT 'setting', count(*), sum(s.xmin::text::bigint)
    FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()
  UNION ALL SELECT 'database', count(*), sum(xmin::text::bigint)
    FROM pg_database WHERE datname = current_database()
) shape(kind, number, written)"""
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
)
SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
OBJECTS = "SELECT lo_unlink(oid) FROM pg_largeobject_metadata"


def database_url(name: str) -> str:
    """Return the address of a database of the server."""
    return re.sub(r"/postgres(\?|$)", rf"/{name}\1", os.environ[SERVER])


def on_server(statement: str) -> None:
    """Run a statement that belongs to no transaction, such as one that makes a database."""
    with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
        connection.execute(statement)


def make_empty(name: str) -> str:
    """Make a database that sorts as the program wants it, in the place of one of that name; return its address."""
    return _made(name, "template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")


def make_copy(name: str, template: str) -> str:
    """Make a database with what the template holds, in the place of one of that name; return its address."""
    return _made(name, f"{template} STRATEGY FILE_COPY")


def _made(name: str, template: str) -> str:
    on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    return database_url(name)


class Lent:
    """A copy of a template that one test after the other uses: making a copy costs half a second, refilling it milliseconds."""

    def __init__(self, name: str, template: str) -> None:
        self.name = name
        self.template = template
        self._shape = ""
        with psycopg.connect(database_url(template)) as connection:
            tables = [row[0] for row in connection.execute(TABLES)]
            kept = {table: _rows(connection, table) for table in tables}
            names = [row[0] for row in connection.execute(SEQUENCES)]
            places = {name: _position(connection, name) for name in names}
        # Many statements in one message: the way to the server costs more than what they do.
        deleted = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in tables]
        self._emptied = sql.SQL("; ").join(deleted)
        positions = [
            sql.SQL("setval({}::regclass, {}, {})").format(f'public."{name}"', last, called)
            for name, (last, called) in places.items()
        ]
        self._counted = sql.SQL("SELECT {}; {}").format(sql.SQL(", ").join(positions), sql.SQL(OBJECTS))
        self._kept = {table: rows for table, rows in kept.items() if rows}

    def fresh(self) -> str:
        """Return the address of the database, filled as the template is."""
        if not self._shape or not self._refilled():
            with psycopg.connect(make_copy(self.name, self.template)) as connection:
                self._shape = _one(connection, SHAPE)
        return database_url(self.name)

    def _refilled(self) -> bool:
        try:
            with psycopg.connect(database_url(self.name)) as connection:
                connection.execute(OTHERS)
                if _one(connection, SHAPE) != self._shape:
                    return False
                connection.execute("SET session_replication_role = replica")  # no trigger, no foreign key
                self._refill(connection)
        except psycopg.OperationalError:
            return False  # a test dropped it, or shut it to everybody
        return True

    def _refill(self, connection: psycopg.Connection) -> None:
        connection.execute(self._emptied)
        for table, rows in self._kept.items():
            statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write(rows)
        connection.execute(self._counted)


def _rows(connection: psycopg.Connection, table: str) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(bytes(part) for part in copy)


def _position(connection: psycopg.Connection, name: str) -> tuple[int, bool]:
    statement = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))
    last, called = connection.execute(statement).fetchone()
    return last, called


def _one(connection: psycopg.Connection, statement: str) -> str:
    return connection.execute(statement).fetchone()[0]
