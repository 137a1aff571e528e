"""Withdraw the rows that a file brought into a register, as one act, as long as nothing is built on them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from tracker.domain.register.index import BY_NAME
from tracker.models.base import Base, db
from tracker.models.imported import ImportedFile, ImportedRow
from tracker.models.publication import PublicationMedium
from tracker.models.reads.register import MODELS
from tracker.models.register import RegisterAct
from tracker.services.office.journal import NOUNS
from tracker.services.register import register as registers
from tracker.services.register import together
from tracker.services.register.register import By

BATCH = 500  # rows of one statement


def built_on(file: ImportedFile) -> Iterator[tuple[str, str]]:
    """Yield the rows of the file on which something stands, by what they are called, and what it is."""
    wanted, model = BY_NAME[file.book], MODELS[file.book]
    mine = ids_of(file)
    for why, query in _against(mine, file):
        for row in db.session.scalars(select(model).where(model.id.in_(query)).order_by(model.id)):
            yield registers.called(wanted, row), why


def ids_of(file: ImportedFile) -> Select[Any]:
    """Return the rows that a file brought into its register, as a query."""
    return select(ImportedRow.row_id).where(ImportedRow.file_id == file.id, ImportedRow.book == file.book)


def _against(mine: Select[Any], file: ImportedFile) -> Iterator[tuple[str, Select[Any]]]:
    acts = select(RegisterAct.row_id).where(RegisterAct.book == file.book, RegisterAct.row_id.in_(mine))
    yield "后来的修改或者撤销", acts.where(RegisterAct.act != "imported")
    model: Any = MODELS[file.book]
    of_the_row = {PublicationMedium.__tablename__} if file.book == "publications" else set()
    for table in Base.metadata.sorted_tables:
        if table.name in of_the_row:
            continue
        for column in table.columns:
            if any(key.column is model.__table__.c.id for key in column.foreign_keys):
                query = select(column).where(column.in_(mine))
                if "withdrawn_at" in table.c:
                    query = query.where(table.c.withdrawn_at.is_(None))
                yield NOUNS.get(table.name, table.name), query


def take_back(file: ImportedFile, reason: str, by: By) -> int:
    """Withdraw every row that the file brought, in the caller's transaction; return how many."""
    wanted = BY_NAME[file.book]
    ids = list(db.session.scalars(ids_of(file).order_by(ImportedRow.row_id)))
    for begin in range(0, len(ids), BATCH):
        together.withdraw(wanted, ids[begin : begin + BATCH], reason, by=by)
    return len(ids)
