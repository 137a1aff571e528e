"""Read the journal: the last entry of a row, the rows that entries tell of, what does not hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    Integer,
    String,
    Table,
    column,
    func,
    inspect,
    select,
    text,
    tuple_,
)
from sqlalchemy.exc import SQLAlchemyError

from tracker.models import digest
from tracker.models.digest import GONE
from tracker.models.journal import RESTLESS, SEALED, JournalEntry, JournalForm, JournalHead
from tracker.models.tables import stored_by_name

WINDOW = 1000  # rows that are read together


def holds(
    noun: str, row_key: str, values: Mapping[str, Any] | None, last: Any, form: str, epochs: Sequence[Any]
) -> bool:
    """Return whether an entry tells of these values, by the columns of that form."""
    if values is None or last is None or last.digest == GONE:
        return values is None and last is not None and bool(last.digest == GONE)
    key = digest.key_at(epochs, last.no)
    fits = digest.row_digest(key or b"", noun, row_key, values) == last.digest
    return bool(last.columns == form and fits)


def latest(connection: Connection, noun: str, keys: Iterable[str]) -> dict[str, Any]:
    """Return the last entry of each row by its key."""
    table = stored_by_name()[JournalEntry.__tablename__]
    mine = (table.c.noun == noun, table.c.row_key.in_(list(keys)))
    numbers = select(func.max(table.c.no)).where(*mine).group_by(table.c.row_key)
    return {row.row_key: row for row in connection.execute(select(table).where(table.c.no.in_(numbers)))}


def rows(
    connection: Connection, noun: str, keys: Iterable[str], names: Sequence[str] | None = None
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Yield the rows of those keys, each with its columns in canonical form.

    names: the columns; those that the table is sealed by now where None.
    A row that cannot be read is yielded as an empty one: no digest fits it.
    """
    table = stored_by_name()[noun]
    try:
        yield from _read(connection, table, list(keys), names)
    except (SQLAlchemyError, ValueError, TypeError):
        for key in keys:
            try:
                yield from _read(connection, table, [key], names)
            except (SQLAlchemyError, ValueError, TypeError):
                yield key, {}


def _read(
    connection: Connection, table: Table, keys: list[str], names: Sequence[str] | None
) -> list[tuple[str, dict[str, Any] | None]]:
    parts = list(table.primary_key)
    wanted = [_column(table, name) for name in names] if names else list(digest.columns_of(table.name))
    titles = [str(each.name) for each in wanted]
    parts_of_keys = (zip(parts, key.split("|"), strict=True) for key in keys)
    values = [tuple(_typed(part, word) for part, word in each) for each in parts_of_keys]
    place = tuple_(*parts).in_(values) if len(parts) > 1 else parts[0].in_([value for (value,) in values])
    read: list[tuple[str, dict[str, Any] | None]] = []
    for row in connection.execute(select(*parts, *wanted).where(place)).all():
        columns = dict(zip(titles, map(digest.plain, row[len(parts) :]), strict=True))
        read.append((digest.key_of(row[: len(parts)]), columns))
    return read


def _column(table: Table, name: str) -> Any:
    """Return a column to read, one that an upgrade is about to drop as it is stored."""
    return table.c[name] if name in table.c else column(name)


def _typed(part: Any, word: str) -> Any:
    if isinstance(part.type, Integer):
        return int(word)
    if isinstance(part.type, Date):
        return date.fromisoformat(word)
    return bool(int(word)) if isinstance(part.type, Boolean) else word


def keys(connection: Connection, table: Table) -> Iterator[list[str]]:
    """Yield the keys of a table's rows, a window at a time, in their order."""
    parts = list(table.primary_key)
    after: tuple[Any, ...] | None = None
    while True:
        query = select(*parts).order_by(*parts).limit(WINDOW)
        if after is not None:
            query = query.where(tuple_(*parts) > after if len(parts) > 1 else parts[0] > after[0])
        portion = connection.execute(query).all()
        if not portion:
            return
        yield [digest.key_of(row) for row in portion]
        after = tuple(portion[-1])


def lasts(connection: Connection, noun: str) -> Iterator[dict[str, Any]]:
    """Yield the last entry of each row that is there by the journal, a window of rows at a time."""
    table = stored_by_name()[JournalEntry.__tablename__]
    after = ""
    while True:
        mine = (table.c.noun == noun, table.c.row_key > after)
        newest = select(func.max(table.c.no)).where(*mine).group_by(table.c.row_key)
        numbers = list(connection.scalars(newest.order_by(table.c.row_key).limit(WINDOW)))
        if not numbers:
            return
        mine_now = select(table).where(table.c.no.in_(numbers)).order_by(table.c.row_key)
        portion = connection.execute(mine_now).all()
        after = portion[-1].row_key
        yield {row.row_key: row for row in portion if row.digest != GONE}


@cache
def _last_entry() -> Any:
    table = stored_by_name()[JournalEntry.__tablename__]
    return select(table).order_by(table.c.no.desc()).limit(1)


@cache
def _head() -> Any:
    return select(stored_by_name()[JournalHead.__tablename__])


def last_entry(connection: Connection) -> Any:
    """Return the last entry of the journal; None where it is empty."""
    return connection.execute(_last_entry()).one_or_none()


def head(connection: Connection) -> Any:
    """Return the row of the journal's end; None where it is missing."""
    return connection.execute(_head()).one_or_none()


LOCK = 714  # the advisory lock of the journal's end on PostgreSQL: the first entry has no head to lock
END = """SELECT h.no, h.hash, h.epochs, h.seal, j.no AS last_no, j.hash AS last_hash,
    (SELECT {ids} FROM journal_forms AS f) AS forms
    FROM (SELECT 1) AS one LEFT JOIN journal_head AS h ON 1 = 1
    LEFT JOIN (SELECT i.no, i.hash FROM journal AS i ORDER BY i.no DESC LIMIT 1) AS j ON 1 = 1"""
# Locked first: what is read is what the writer before left.
POSTGRESQL_END = f"""CREATE OR REPLACE FUNCTION tracker_journal_end() RETURNS TABLE
    (no bigint, hash bytea, epochs json, seal bytea, last_no bigint, last_hash bytea, forms text)
    LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock({LOCK});
      RETURN QUERY {END.format(ids="string_agg(f.id, ' ')")};
    END $$"""
ENDS = {
    "sqlite": END.format(ids="group_concat(f.id, ' ')"),
    "postgresql": "SELECT * FROM tracker_journal_end()",
}


@cache
def _end(database: str) -> Any:
    head, last = JournalHead.__table__.c, JournalEntry.__table__.c
    columns = {"last_no": last.no.type, "last_hash": last.hash.type, "forms": String()}
    return text(ENDS[database]).columns(
        no=head.no.type, hash=head.hash.type, epochs=head.epochs.type, seal=head.seal.type, **columns
    )


def end(connection: Connection) -> tuple[Any, Any, set[str]]:
    """Return the journal's head and its last entry, None where missing, and the forms that it knows.

    On PostgreSQL they are the caller's until the transaction ends.
    """
    row = connection.execute(_end(connection.dialect.name)).one()
    last = None if row.last_no is None else Last(row.last_no, row.last_hash)
    return (None if row.seal is None else row), last, set((row.forms or "").split())


@dataclass(frozen=True, slots=True)
class Last:
    """The last entry of the journal: its number and its hash."""

    no: int
    hash: bytes


def head_holds(head: Any, last: Any) -> bool:
    """Return whether the head is the one that was sealed, and of the last entry."""
    if head is None or last is None:
        return head is None and last is None
    epochs = digest.epochs_of(head)
    key = digest.key_at(epochs, max(head.no, 1))
    sealed = key is not None and digest.head_seal(key, head.no, head.hash, epochs) == head.seal
    return sealed and (head.no, head.hash) == (last.no, last.hash)


# -- what does not hold -------------------------------------------------------------------------

CHANGED, REMOVED, ADDED, ALTERED, UNKNOWN = "changed", "removed", "added", "altered", "unknown"
BROKEN, HEAD_BROKEN = "broken", "head"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What does not hold: a row against its last entry, an entry against the chain, the head.

    kind: CHANGED, REMOVED, ADDED: of a row, by the table ``noun`` and its key.
          ALTERED: a row was not as told before an honest change. UNKNOWN: sealed by columns unknown here.
          BROKEN: the entry ``no`` does not fit into the chain. HEAD_BROKEN: the end was moved or replaced.
    """

    kind: str
    noun: str = ""
    row_key: str = ""
    no: int = 0


def flaws(connection: Connection) -> Iterator[Flaw]:
    """Yield everything that does not hold, the chain first."""
    end, last = head(connection), last_entry(connection)
    if not head_holds(end, last):
        yield Flaw(HEAD_BROKEN, no=end.no if end is not None else 0)
    epochs = digest.epochs_of(end)
    yield from _links(connection, epochs)
    yield from row_flaws(connection, epochs)


def _links(connection: Connection, epochs: Sequence[Any]) -> Iterator[Flaw]:
    table = stored_by_name()[JournalEntry.__tablename__]
    ordered = select(table).order_by(table.c.no).limit(WINDOW)
    no, before = 0, b""
    while True:
        portion = connection.execute(ordered.where(table.c.no > no)).all()
        if not portion:
            return
        for row in portion:
            key = digest.key_at(epochs, row.no)
            fits = key is not None and digest.link(key, before, row._asdict()) == row.hash
            if row.no != no + 1 or not fits:
                yield Flaw(BROKEN, row.noun, row.row_key, row.no)
            elif row.altered:
                yield Flaw(ALTERED, row.noun, row.row_key, row.no)
            no, before = row.no, row.hash


def row_flaws(connection: Connection, epochs: Sequence[Any]) -> Iterator[Flaw]:
    """Yield the rows that are not as their last entries say."""
    known = connection.execute(select(stored_by_name()[JournalForm.__tablename__])).all()
    forms = {row.id: tuple(row.columns) if isinstance(row.columns, list) else () for row in known}
    there = set(inspect(connection).get_table_names())
    for noun in SEALED:
        if noun not in there:
            continue
        count = 0
        for last in lasts(connection, noun):
            count += len(last)
            yield from _rows_hold(connection, noun, last, epochs, forms)
        table = stored_by_name()[noun]
        restless = len(RESTLESS.get(noun, ()))
        if connection.scalar(select(func.count()).select_from(table)) != count or restless:
            yield from _added(connection, table)


def _rows_hold(
    connection: Connection,
    noun: str,
    last: Mapping[str, Any],
    epochs: Sequence[Any],
    forms: Mapping[str, tuple[str, ...]],
) -> Iterator[Flaw]:
    by_form = sorted(last, key=lambda row_key: str(last[row_key].columns))
    for form, some in groupby(by_form, lambda row_key: str(last[row_key].columns)):
        told = list(some)
        if form not in forms or digest.form_of(forms[form]) != form:
            yield from (Flaw(UNKNOWN, noun, row_key, last[row_key].no) for row_key in told)
            continue
        by_key = dict(rows(connection, noun, told, forms[form]))
        for row_key in told:
            if row_key not in by_key:
                yield Flaw(REMOVED, noun, row_key, last[row_key].no)
            elif not holds(noun, row_key, by_key[row_key], last[row_key], form, epochs):
                yield Flaw(CHANGED, noun, row_key, last[row_key].no)


def _added(connection: Connection, table: Table) -> Iterator[Flaw]:
    """Yield the rows without an entry: looked for only where there are more rows than entries tell of."""
    restless = RESTLESS.get(table.name, ())
    for some in keys(connection, table):
        last = latest(connection, table.name, some)
        for row_key in some:
            if row_key not in restless and (row_key not in last or last[row_key].digest == GONE):
                yield Flaw(ADDED, table.name, row_key)
