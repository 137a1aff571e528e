"""Lists narrowed by words: the rows that may hold them are found by pairs of characters (migration 0024).

What the index gives is asked again, row by row, in the same words on either database: nothing else is found
than by reading every row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Executable,
    Text,
    bindparam,
    cast,
    false,
    func,
    or_,
    select,
    text,
)

from tracker.domain.folding import words
from tracker.models.applicant import Applicant
from tracker.models.base import Base, db
from tracker.models.case import Case
from tracker.models.case_text import CaseText
from tracker.models.contact import Contact
from tracker.models.reads.base import Parts, among, count_rows, keys_in_order
from tracker.models.reads.case import asks, tells

PAIRS: dict[type[Base], str] = {
    Case: "case_pairs",
    Contact: "contact_pairs",
    Applicant: "applicant_pairs",
    CaseText: "case_text_pairs",
}
# The pairs of a row's folded words, as the triggers of migration 0024 keep them on SQLite.
OF_ROW = """(SELECT group_concat(substr({table}.folded, key + 1, 2), ' ') FROM
    json_each('[' || rtrim(replace(hex(zeroblob(length({table}.folded))), '00', '0,'), ',') || ']'))"""
NAMED = 5  # pairs of an index that the check names
NEWEST = 2_000  # rows by which it is seen whether a word is a frequent one
OFTEN = 16  # one row of so many holds a frequent word
ASKED = 4  # pairs at the end of a long word that are asked for, with its first: they tell numbers apart


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """How far a search looks.

    most:   rows that a rare word may have.
    window: rows at the beginning of a list in which frequent words are sought first.
    """

    most: int = 10_000
    window: int = 5_000


FAR = SearchLimits()


def parts_with(
    typed: str,
    parts: Parts,
    order: Sequence[Any],
    needed: int,
    limits: SearchLimits = FAR,
    *,
    counts: bool = True,
) -> tuple[Parts, bool]:
    """Return the cases or contacts of a list in which every word stands, and whether there may be more.

    needed: rows up to the end of the page that is asked for. counts: the list says how many it has; else of
            frequent words no more than those needed are given.

    Where a word is rare its rows are few. Where all are frequent they are soon met in the order of the
    list: its beginning is read, and what follows only until there are enough for the page.
    """
    model = parts[0].column_descriptions[0]["entity"]
    looked_up: list[WordFound] = [
        (_case_with if model is Case else _contact_with)(word, limits.most) for word in words(typed)
    ]
    exact = [holds for _keys, holds, _index in looked_up]
    rare = [keys for keys, _holds, _index in looked_up if keys is not None]
    if rare:
        few = sorted(set(rare[0]).intersection(*rare[1:]))
        holding = [part.with_only_columns(model.id).where(among(model.id, few), *exact) for part in parts]
        ids = [key for query in holding for key in db.session.scalars(query)]
        return [select(model).where(among(model.id, ids))], False
    window = keys_in_order(parts, order, 0, limits.window)
    begun = select(model.id).where(model.id.in_(window), *exact)
    if not counts:
        begun = begun.order_by(*order).limit(needed)
    hits = db.session.scalars(begun).all()
    more = count_rows(*parts, most=limits.window) > limits.window
    if more and len(hits) < needed:
        # What the beginning has nothing of stands in old rows alone: the index knows which.
        indexed = [] if hits else [index for _keys, _holds, index in looked_up if index is not None]
        every = keys_in_order([part.where(*indexed, *exact) for part in parts], order, 0, needed + 1)
        hits = db.session.scalars(every).all()
        more = len(hits) > needed
    return [select(model).where(among(model.id, hits))], more


# The keys where they are few, what holds for each, and the same of more rows as the index of SQLite has it.
WordFound = tuple[list[int] | None, ColumnElement[bool], ColumnElement[bool] | None]


def _contact_with(word: str, most: int) -> WordFound:
    holds = Contact.folded.contains(word, autoescape=True)
    return _keys_with(Contact, word, most), holds, _by_index(Contact, word)


def _case_with(word: str, most: int) -> WordFound:
    """Return the cases of a word, in themselves, by who asks or by their texts; asked is what can be true."""
    own, people = _keys_with(Case, word, most), _keys_with(Applicant, word, most)
    told = _keys_with(CaseText, word, most)
    holds = [] if own == [] else [Case.folded.contains(word, autoescape=True)]
    holds += [] if people == [] else [asks(word)]
    holds += [] if told == [] else [tells(word)]
    if own is None or people is None or told is None:
        return None, or_(*holds), _by_index(Case, word) if people == [] and told == [] else None
    first = select(func.coalesce(Applicant.first_id, Applicant.id)).where(among(Applicant.id, people))
    theirs = db.session.scalars(select(Case.id).where(Case.applicant_id.in_(first)).limit(most + 1)).all()
    return None if len(theirs) > most else [*own, *theirs, *told], or_(false(), *holds), None


def _by_index(model: Any, word: str) -> ColumnElement[bool] | None:
    """Return what holds of every row in whose own words a word stands, by the index of SQLite."""
    if db.engine.dialect.name == "postgresql" or len(word) == 1:
        return None
    name = PAIRS[model]
    query = text(f"SELECT rowid FROM {name} WHERE {name} MATCH :asked")  # noqa: S608 (our own names)
    found_by = query.bindparams(bindparam("asked", _match(word), unique=True)).columns(model.id)
    condition: ColumnElement[bool] = model.id.in_(found_by)
    return condition


def _keys_with(model: Any, word: str, most: int) -> list[int] | None:
    """Return the keys of the rows whose folded words may hold a word; None of a frequent one."""
    if len(word) == 1 and _stands_often(model, word):
        return None
    if db.engine.dialect.name == "postgresql":
        held = func.tracker_pairs(model.folded).op("@>")(cast(_pairs(word), ARRAY(Text)))
        keyed: Executable = select(model.id).where(held).limit(bindparam("most"))
    else:
        name = PAIRS[model]
        query = text(f"SELECT rowid FROM {name} WHERE {name} MATCH :asked LIMIT :most")  # noqa: S608 (our own names)
        keyed = query.bindparams(asked=_match(word))
    keys = db.session.scalars(keyed, {"most": min(most, NEWEST) + 1}).all()
    if len(keys) > NEWEST:
        if _stands_often(model, word):
            return None
        keys = db.session.scalars(keyed, {"most": most + 1}).all()
    return None if len(keys) > most else list(keys)


def _pairs(word: str) -> list[str]:
    """Return the pairs of a word that are asked for."""
    pairs = list(dict.fromkeys(word[at : at + 2] for at in range(max(len(word) - 1, 1))))
    return [*pairs[-ASKED:], *pairs[:-ASKED][:1]]


def _match(word: str) -> str:
    """Return the pairs of a word, or all that begin with a single character, as FTS5 is asked."""
    quoted = ['"' + pair.replace('"', '""') + '"' for pair in _pairs(word)]
    return " AND ".join(quoted) if len(word) > 1 else f"{quoted[0]} *"


def _stands_often(model: Any, word: str) -> bool:
    """Return whether a word stands in so many of the newest rows that most lists begin with some of them.

    Of a character the rows would be gathered from all the pairs that begin with it.
    """
    newest = select(model.id, model.folded).order_by(model.id.desc()).limit(NEWEST).subquery()
    longest = db.session.scalar(select(func.max(model.id))) or 0
    if longest <= NEWEST:
        return False
    holding = select(func.count()).where(newest.c.folded.contains(word, autoescape=True))
    return (db.session.scalar(holding) or 0) > NEWEST // OFTEN


def astray(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield table and pair where the index on SQLite knows more or fewer rows than hold the pair.

    The index is made once more beside it and both are compared, pair by pair: nothing stands in memory.
    PostgreSQL keeps its index itself.
    """
    if connection.dialect.name != "sqlite":
        return
    for model, name in PAIRS.items():
        yield from ((model.__tablename__, pair) for pair in _differing(connection, model.__tablename__, name))


def make_anew(connection: Connection, table: str) -> None:
    """Make the index of a table's pairs anew, in the caller's transaction."""
    name = next(index for model, index in PAIRS.items() if model.__tablename__ == table)
    connection.exec_driver_sql(f"INSERT INTO {name}({name}) VALUES ('delete-all')")  # noqa: S608
    connection.exec_driver_sql(_filled(name, table))


def _filled(index: str, table: str) -> str:
    return f"INSERT INTO {index}(rowid, pairs) SELECT id, {OF_ROW.format(table=table)} FROM {table}"  # noqa: S608


def _differing(connection: Connection, table: str, name: str) -> list[str]:
    run = connection.exec_driver_sql
    made = run("SELECT sql FROM main.sqlite_master WHERE name = ?", (name,)).scalar_one()
    run(str(made).replace(name, "temp.anew", 1))
    try:
        run(_filled("temp.anew", table))
        for schema, index, terms in (("main", name, "kept"), ("temp", "anew", "right")):
            run(f"CREATE VIRTUAL TABLE temp.{terms} USING fts5vocab('{schema}', '{index}', 'row')")
        both = ("kept", "right"), ("right", "kept")
        each = " UNION ".join(
            f"SELECT term FROM (SELECT term, doc FROM {one} EXCEPT SELECT term, doc FROM {other})"  # noqa: S608
            for one, other in both
        )
        return list(run(f"{each} ORDER BY term LIMIT {NAMED}").scalars())
    finally:
        for temporary in ("kept", "right", "anew"):
            run(f"DROP TABLE IF EXISTS temp.{temporary}")
