"""Take out the contacts that a file brought, as one act, as long as nothing is built on them.

A letter or visit has no ledger and no state of being void, and an imported row is a copy of the office's own
register: it goes out whole, with its acts. The audit log keeps the file, the count and the reason.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, delete, select

from tracker.models.base import Base, db
from tracker.models.contact import Contact, ContactAct
from tracker.models.duty import CONTACT, OpenDuty
from tracker.models.follow_up import PersonalRequest
from tracker.models.imported import CONTACTS, ImportedFile, ImportedRow
from tracker.services.office.actor import REGISTER
from tracker.services.office.journal import NOUNS

BATCH = 500


def built_on(file: ImportedFile) -> Iterator[tuple[str, str]]:
    """Yield the numbers of the contacts on which something stands, and what it is."""
    brought = _mine(file)
    for why, query in _against(brought):
        for number in db.session.scalars(select(Contact.number).where(Contact.id.in_(query))):
            yield number, why
    numbers = select(Contact.number).where(Contact.id.in_(brought))
    named = (PersonalRequest.contact_number.in_(numbers), PersonalRequest.agency_id == file.agency_id)
    for number in db.session.scalars(
        select(PersonalRequest.contact_number)
        .where(*named, PersonalRequest.withdrawn_at.is_(None))
        .distinct()
    ):
        yield number, NOUNS[PersonalRequest.__tablename__]


def _mine(file: ImportedFile) -> Select[Any]:
    return select(ImportedRow.row_id).where(ImportedRow.file_id == file.id, ImportedRow.book == CONTACTS)


def _against(brought: Select[Any]) -> Iterator[tuple[str, Select[Any]]]:
    acts = select(ContactAct.contact_id).where(
        ContactAct.contact_id.in_(brought), ContactAct.actor != REGISTER
    )
    yield "后来的办理记录", acts
    for table in Base.metadata.sorted_tables:
        if table.name == ContactAct.__tablename__:
            continue
        for column in table.columns:
            if any(key.column is Contact.__table__.c.id for key in column.foreign_keys):
                yield NOUNS.get(table.name, table.name), select(column).where(column.in_(brought))


def take_out(file: ImportedFile) -> int:
    """Take every contact of the file out, in the caller's transaction; return how many there were."""
    ids = list(db.session.scalars(_mine(file).order_by(ImportedRow.row_id)))
    for begin in range(0, len(ids), BATCH):
        chosen = ids[begin : begin + BATCH]
        db.session.execute(delete(OpenDuty).where(OpenDuty.kind == CONTACT, OpenDuty.subject_id.in_(chosen)))
        db.session.execute(delete(ContactAct).where(ContactAct.contact_id.in_(chosen)))
        db.session.execute(delete(Contact).where(Contact.id.in_(chosen)))
    brought = (ImportedRow.file_id == file.id, ImportedRow.book == CONTACTS)
    db.session.execute(delete(ImportedRow).where(*brought))  # their keys may be given again
    return len(ids)
