"""Journal entries of a writing transaction: which sealed rows it touched, and what they hold now.

Triggers write down the key of each sealed row that is added, changed or removed, with what it held
before: whichever way a row is written, by the session or in bulk, it is seen. They see only the
transactions of ``base.transaction``: on SQLite they are temporary, of the program's own
connections; on PostgreSQL they ask for a mark that the transaction sets, and write into a temporary
table. What is written past them has no entry, and the check finds it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from typing import Any

from sqlalchemy import JSON, Connection, Table, insert, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, scoped_session

from tracker.models import digest
from tracker.models.digest import GONE
from tracker.models.journal import RESTLESS, SEALED, JournalEntry, JournalForm, JournalHead
from tracker.models.reads import journal
from tracker.models.tables import stored_by_name

ROWS = 500  # that are read and sealed together
HEAD = 1
ROTATE = "tracker.rotate"  # of a session whose transaction changes the journal's key
Key = tuple[str, str]  # the table, the primary key as text

# -- what is touched ----------------------------------------------------------------------------

SQLITE_TABLE = """CREATE TEMP TABLE touched
    (place INTEGER PRIMARY KEY, noun TEXT NOT NULL, row_key TEXT NOT NULL, was TEXT, holds TEXT)"""
POSTGRESQL_BEGIN = """CREATE OR REPLACE FUNCTION tracker_witness() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      IF to_regclass('pg_temp.touched') IS NULL THEN
        CREATE TEMP TABLE touched (place bigserial, noun text NOT NULL, row_key text NOT NULL,
          was jsonb, holds jsonb) ON COMMIT DELETE ROWS;
      END IF;
      PERFORM set_config('tracker.writes', 'yes', true);
    END $$"""
# What a writing transaction begins with, in one statement: it waits for who writes alone, lets the triggers
# see, and tells what the database belongs to as it stands then.
POSTGRESQL_ENTER = """CREATE OR REPLACE FUNCTION tracker_enter(wait text, alone boolean, writers integer)
    RETURNS TABLE (revision text, identity json) LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM set_config('lock_timeout', wait, true);
      IF alone THEN PERFORM pg_advisory_xact_lock(writers);
      ELSE PERFORM pg_advisory_xact_lock_shared(writers);
      END IF;
      PERFORM tracker_witness();
      RETURN QUERY SELECT version_num::text,
        (SELECT value FROM office_facts WHERE name = 'identity') FROM alembic_version;
    END $$"""
POSTGRESQL_FUNCTION = """CREATE OR REPLACE FUNCTION tracker_touched() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
      after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    BEGIN
      IF current_setting('tracker.writes', true) = 'yes' THEN
        INSERT INTO pg_temp.touched (noun, row_key, was, holds) SELECT TG_TABLE_NAME,
          string_agg(coalesce(before, after) ->> part, '|' ORDER BY place), before, after
          FROM unnest(TG_ARGV) WITH ORDINALITY AS key (part, place);
      END IF;
      RETURN NULL;
    END $$"""


def begin(connection: Connection) -> None:
    """Let the triggers see what this transaction writes."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT tracker_witness()")
        return
    try:
        connection.exec_driver_sql("DELETE FROM temp.touched")
    except OperationalError:  # the first transaction of this connection
        _watch(connection)


def _watch(connection: Connection) -> None:
    connection.exec_driver_sql(SQLITE_TABLE)
    for table in sealed_tables():
        for statement in _sqlite_triggers(table):
            connection.exec_driver_sql(statement)


def sealed_tables() -> Iterator[Table]:
    """Yield the sealed tables."""
    for noun in SEALED:
        yield stored_by_name()[noun]


def _sqlite_triggers(table: Table) -> Iterator[str]:
    columns = digest.columns_of(table.name)
    changed = " OR ".join(f'OLD."{c.name}" IS NOT NEW."{c.name}"' for c in columns)
    for act, row, was, holds in (
        ("INSERT", "NEW", "NULL", _json("NEW", columns)),
        ("UPDATE", "OLD", _json("OLD", columns), _json("NEW", columns)),
        ("DELETE", "OLD", _json("OLD", columns), "NULL"),
    ):
        key = " || '|' || ".join(f'{row}."{c.name}"' for c in table.primary_key)
        when = f"WHEN {changed}" if act == "UPDATE" else ""
        name = f"witness_{table.name}_{act}"
        values = f"VALUES ('{table.name}', {key}, {was}, {holds})"
        yield (
            f"CREATE TEMP TRIGGER {name} AFTER {act} ON main.{table.name} {when} BEGIN"
            f" INSERT INTO touched (noun, row_key, was, holds) {values}; END"
        )


def _json(row: str, columns: Iterable[Any]) -> str:
    """Return the expression of a row's columns as JSON; bytes as hexadecimal digits."""
    parts = []
    for column in columns:
        value = f'{row}."{column.name}"'
        parts.append(f"'{column.name}', CASE typeof({value}) WHEN 'blob' THEN hex({value}) ELSE {value} END")
    return f"json_object({', '.join(parts)})"


def install(connection: Connection) -> None:
    """Make PostgreSQL's triggers; SQLite's are made by each connection."""
    if connection.dialect.name != "postgresql":
        return
    for function in (POSTGRESQL_BEGIN, POSTGRESQL_ENTER, POSTGRESQL_FUNCTION, journal.POSTGRESQL_END):
        connection.exec_driver_sql(function)
    for table in sealed_tables():
        parts = ", ".join(f"'{c.name}'" for c in table.primary_key)
        changed = " OR ".join(_distinct(column) for column in digest.columns_of(table.name))
        for act, when in (("insert", ""), ("update", f"WHEN ({changed})"), ("delete", "")):
            name = f"witness_{act}"
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table.name}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} AFTER {act} ON {table.name} FOR EACH ROW {when}"
                f" EXECUTE FUNCTION tracker_touched({parts})"
            )


def _distinct(column: Any) -> str:
    cast = "::text" if isinstance(column.type, JSON) else ""  # json has no equality of its own
    return f'OLD."{column.name}"{cast} IS DISTINCT FROM NEW."{column.name}"{cast}'


# -- what it leaves -----------------------------------------------------------------------------

# Every touch in its order, with the last entry of its row.
TOUCHED = """SELECT t.noun, t.row_key, t.was, t.holds, j.no, j.columns, j.digest
    FROM touched AS t LEFT JOIN journal AS j ON j.no =
    (SELECT max(i.no) FROM journal AS i WHERE i.noun = t.noun AND i.row_key = t.row_key)
    ORDER BY t.place"""


def close(session: Session | scoped_session[Any]) -> None:
    """Write the journal entries of what the transaction touched, as the last thing before it ends.

    The head is locked from here to the end alone: writers do not wait for one another before.
    """
    connection = session.connection()
    first: dict[Key, Any] = {}
    newest: dict[Key, Any] = {}
    for touch in connection.exec_driver_sql(TOUCHED):
        if touch.row_key not in RESTLESS.get(touch.noun, ()):
            first.setdefault((touch.noun, touch.row_key), touch)
            newest[touch.noun, touch.row_key] = touch.holds
    if not first:
        return
    chain = Journal(connection)
    for (noun, row_key), holds in newest.items():
        touch = first[noun, row_key]
        last = None if touch.no is None else touch
        altered = not _as_told(noun, row_key, touch.was, last, chain.epochs)
        values = None if holds is None else digest.kept_values(noun, holds)
        chain.write(noun, row_key, values, last, altered=altered)
    if session.info.pop(ROTATE, False):
        chain.rotate()
    chain.close()


class Journal:
    """The open end of the journal, locked until the transaction ends."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        head, last, self.forms = journal.end(connection)
        self.is_new = head is None
        self.epochs: list[Any] = digest.epochs_of(head) if head else [digest.new_epoch(1)]
        self.no: int = last.no if last else 0
        self.hash: bytes = last.hash if last else b""
        self.entries: list[dict[str, Any]] = []
        self.written = 0
        if not journal.head_holds(head, last):
            # The new head would hide it: that it was so is written into the chain.
            self._append(JournalHead.__tablename__, str(HEAD), GONE, altered=True)

    @property
    def key(self) -> bytes:
        """The key of entries that are written now."""
        return digest.key_at(self.epochs, self.no + 1) or b""

    def write(
        self, noun: str, row_key: str, values: Mapping[str, Any] | None, last: Any, *, altered: bool = False
    ) -> None:
        """Write an entry for a row, unless it says what its last one says.

        altered: before the transaction the row was not what its last entry says.
        """
        form = digest.current_form(noun)
        if last is None and values is None and not altered:
            return  # came and went in one transaction
        if not altered and journal.holds(noun, row_key, values, last, form, self.epochs):
            return
        told = GONE if values is None else digest.row_digest(self.key, noun, row_key, values)
        self._append(noun, row_key, told, altered=altered)

    def _append(self, noun: str, row_key: str, told: bytes, *, altered: bool) -> None:
        entry: dict[str, Any] = {"no": self.no + 1, "noun": noun, "row_key": row_key, "digest": told}
        entry |= {"columns": self._form(noun), "altered": altered}
        self.hash = entry["hash"] = digest.link(self.key, self.hash, entry)
        self.no = entry["no"]
        self.written += 1
        self.entries.append(entry)
        if len(self.entries) >= ROWS:
            self._keep()

    def _form(self, noun: str) -> str:
        """Return the id of the columns that the table is sealed by, which the database knows then."""
        if noun not in SEALED:
            return ""
        form = digest.current_form(noun)
        if form not in self.forms:
            names = [column.name for column in digest.columns_of(noun)]
            forms = stored_by_name()[JournalForm.__tablename__]
            self.connection.execute(insert(forms).values(id=form, columns=names))
            self.forms.add(form)
        return form

    def rotate(self) -> None:
        """Go on with another key from the next entry on.

        That it was so is an entry by the key of before; one by the new key covers it at once.
        """
        epoch = digest.new_epoch(self.no + 2)
        told = digest.keyed(self.key, ["rotate", *epoch])
        self._append(JournalHead.__tablename__, str(HEAD), told, altered=False)
        self.epochs = [*self.epochs, epoch]
        told = digest.keyed(self.key, ["rotated", epoch[0]])
        self._append(JournalHead.__tablename__, str(HEAD), told, altered=False)

    def _keep(self) -> None:
        if self.entries:
            self.connection.exec_driver_sql(_add_entries(self.connection.dialect.name), self.entries)
            self.entries = []

    def close(self) -> None:
        """Keep the entries and the head."""
        if not self.written:
            return
        self._keep()
        key = digest.key_at(self.epochs, self.no) or b""
        values = {"no": self.no, "hash": self.hash, "epochs": self.epochs}
        values["seal"] = digest.head_seal(key, self.no, self.hash, self.epochs)
        if self.is_new:
            values["id"] = HEAD
        self.connection.execute(_put_head(new=self.is_new), values)


@cache
def _add_entries(database: str) -> str:
    """Return the statement that adds entries: there are many, whose values both drivers take as they are."""
    names = [column.name for column in JournalEntry.__table__.columns]
    value = "%%(%s)s" if database == "postgresql" else ":%s"
    columns, values = ", ".join(f'"{name}"' for name in names), ", ".join(value % name for name in names)
    return f"INSERT INTO {JournalEntry.__tablename__} ({columns}) VALUES ({values})"  # noqa: S608  (our words)


@cache
def _put_head(*, new: bool) -> Any:
    table = stored_by_name()[JournalHead.__tablename__]
    return insert(table) if new else update(table)


def _as_told(noun: str, row_key: str, was: Any, last: Any, epochs: Sequence[Any]) -> bool:
    """Return whether the row was, before the transaction, what its last entry says."""
    if was is None or last is None or last.digest == GONE:
        return was is None and (last is None or last.digest == GONE)
    form = digest.current_form(noun)
    if last.columns != form:
        return True  # an upgrade that has not been adopted: the check tells
    return journal.holds(noun, row_key, digest.kept_values(noun, was), last, form, epochs)


# -- adopting -----------------------------------------------------------------------------------


def broken(connection: Connection) -> Set[Key]:
    """Return the rows that are not as their entries say, before a migration makes them new."""
    if not connection.dialect.has_table(connection, JournalHead.__tablename__):
        return frozenset()
    head = journal.head(connection)
    epochs = digest.epochs_of(head)
    return {(flaw.noun, flaw.row_key) for flaw in journal.row_flaws(connection, epochs)}


def adopt(connection: Connection, broken: Set[Key]) -> int:
    """Seal what a migration left, once its tables stand; return how many rows had no entry that fits.

    What the first upgrade finds is trusted: nothing tells what it was before.

    broken: the rows that were not as their entries said before the migration; they stay so.
    """
    install(connection)
    chain: Journal | None = None
    for table in sealed_tables():
        restless = RESTLESS.get(table.name, ())
        for window in journal.keys(connection, table):
            keys = [key for key in window if (table.name, key) not in broken and key not in restless]
            chain = chain or Journal(connection)
            last = journal.latest(connection, table.name, keys)
            for key, values in journal.rows(connection, table.name, keys):
                chain.write(table.name, key, values, last.get(key))
    if chain is None:
        return 0
    _removed(chain, broken)
    chain.close()
    return chain.written


def _removed(chain: Journal, broken: Set[Key]) -> None:
    """Write down the rows that the migration removed."""
    for noun in SEALED:
        for last in journal.lasts(chain.connection, noun):
            by_key = dict(journal.rows(chain.connection, noun, last))
            for key, entry in last.items():
                if key not in by_key and (noun, key) not in broken:
                    chain.write(noun, key, None, entry)
