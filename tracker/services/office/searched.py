"""Folded words that searches use: find rows where they do not fit their columns, and make them anew.

The folded words are made from what is sealed and are part of no seal (domain/folding), so nothing else would
see one that was changed or left stale: a request that no search finds, a person who is not the same person.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, select, update

from tracker.domain.folding import folded_lines
from tracker.domain.message import Phrase, worded
from tracker.domain.register.index import BY_NAME
from tracker.models.applicant import Applicant
from tracker.models.base import db, snapshot, transaction
from tracker.models.case import Case
from tracker.models.contact import SEARCHED, Contact
from tracker.models.reads import search
from tracker.models.reads.beside import files_of_contacts
from tracker.models.reads.register import MODELS
from tracker.services.office import audit, portions
from tracker.services.office.actor import SYSTEM

WINDOW = 2000
TOGETHER = 500  # rows that are mended in one transaction
# Each kind of row: what it is called, its model, the columns whose words are searched.
SOURCES: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (worded("申请人"), Applicant, ("name",)),
    (worded("案件"), Case, ("number", "subject")),
    (worded("来信来访来电"), Contact, SEARCHED),
    *((register.title, MODELS[name], register.searched) for name, register in BY_NAME.items()),
)


def words(texts: Any) -> str:
    """Return the texts of a row's columns as they are searched."""
    return folded_lines(*(str(text or "") for text in texts))


def stale() -> Iterator[tuple[str, int]]:
    """Yield kind and id of each row whose folded words are not those of its columns."""
    for noun, model, columns in SOURCES:
        for row_id, _ in _stale(model, columns):
            yield noun, row_id


def _stale(model: Any, columns: tuple[str, ...], *where: ColumnElement[bool]) -> Iterator[tuple[int, str]]:
    """Yield the id and the right words of each stale row, in the order of ids, a window at a time."""
    kind = model.folded.type
    longest = kind.length if isinstance(kind, String) else None
    query = (
        select(model.id, model.folded, *(getattr(model, name) for name in columns))
        .where(*where)
        .order_by(model.id)
    )
    after = 0
    while rows := db.session.execute(query.where(model.id > after).order_by(model.id).limit(WINDOW)).all():
        files = files_of_contacts([row.id for row in rows]) if model is Contact else {}
        for row_id, kept, *texts in rows:
            if kept != (right := words([*texts, *files.get(row_id, ())])[:longest]):
                yield row_id, right
        after = rows[-1].id


def restate_files(contact: Contact) -> None:
    """Make anew what is searched of a letter, visit or call whose files changed, in the caller's transaction.

    The row is no newer for it: who has its page open may act on it.
    """
    texts = (getattr(contact, name) for name in SEARCHED)
    right = words([*texts, *files_of_contacts([contact.id])[contact.id]])
    db.session.execute(update(Contact).where(Contact.id == contact.id).values(folded=right))


def mend(*, now: datetime) -> int:
    """Make anew the folded words of every stale row, so many a transaction, and each index that lost some.

    Returns how many rows and indexes there were.
    """
    count = 0
    for noun, model, columns in SOURCES:
        ids = [row_id for row_id, _ in _stale(model, columns)]
        parts = (ids[begin : begin + TOGETHER] for begin in range(0, len(ids), TOGETHER))
        for mended in portions.each(partial(_mend, model, columns, noun, now), parts):
            count += mended
    with snapshot():
        lost = {table for table, _pair in search.astray(db.session.connection())}
    for table in sorted(lost):
        with transaction():
            search.make_anew(db.session.connection(), table)
            audit.note(
                "words_mended", actor=SYSTEM, now=now, target=Phrase("检索索引 %(table)s", table=table)
            )
    return count + len(lost)


def _mend(model: Any, columns: tuple[str, ...], noun: str, now: datetime, ids: Sequence[int]) -> int:
    """Mend rows by what they hold now, in the caller's transaction; return how many needed it."""
    stale_rows = list(_stale(model, columns, model.id.in_(ids)))
    for row_id, right in stale_rows:
        db.session.execute(update(model).where(model.id == row_id).values(folded=right))
    if stale_rows:
        audit.note(
            "words_mended",
            actor=SYSTEM,
            now=now,
            target=Phrase("%(noun)s%(count)s行", noun=noun, count=len(stale_rows)),
        )
    return len(stale_rows)
