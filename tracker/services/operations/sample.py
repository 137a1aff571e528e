"""The sample office: an agency of its own, put in by a click and taken out again whole.

Nothing of it stands in the tables of the office but under its own agency, so that nothing real is mixed with
it. What was registered in it while it was tried goes out with it.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, false, func, or_, select, true
from sqlalchemy.orm import aliased

from tracker.domain.errors import StepNotAllowedError
from tracker.domain.permission import Action
from tracker.models import append_only
from tracker.models.agency import SAMPLE, Agency
from tracker.models.base import db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.reads.register import MODELS
from tracker.models.report import ReportEdition
from tracker.models.service import LetterService
from tracker.models.tables import stored, stored_by_name
from tracker.models.tally import Tally
from tracker.services.office import audit, particulars, store
from tracker.services.office.actor import Actor, system
from tracker.services.office.agency import by_code
from tracker.services.operations import demo
from tracker.services.operations.demo import SamplePerson

NAME = f"{demo.NAME}（示例）"
PREFIX = "shili-"
FILES = "sha256"  # the column by which tables name what lies in the store
UPLOADS = "uploads"
OF_REAL_WORK: tuple[Any, ...] = (Case, Contact, ReportEdition, *MODELS.values())


def is_in() -> bool:
    """Return whether the sample is in."""
    return by_code(SAMPLE) is not None


def holds_real_data() -> bool:
    """Return whether an agency other than the sample has anything that a clerk wrote."""
    for model in OF_REAL_WORK:
        agency = aliased(Agency)
        real = select(model.id).join(agency, agency.id == model.agency_id).where(agency.code != SAMPLE)
        if db.session.scalar(real.limit(1)) is not None:
            return True
    return False


def put_in(*, actor: Actor, today: date, now: datetime) -> list[SamplePerson]:
    """Make the sample office; return its people with their one-time passwords, shown once.

    Raises NotPermittedError; StepNotAllowedError where it is in, or where there is real data.
    """
    actor.require(Action.SETTINGS)
    with transaction(alone=True):
        if is_in():
            raise StepNotAllowedError("示例机关已经在用。")
        if holds_real_data():
            raise StepNotAllowedError("本机关已经有登记的来信、申请或者登记簿，不再放入示例。")
        agency = Agency(code=SAMPLE, name=NAME)
        db.session.add(agency)
        db.session.flush()
        audit.note("sample_put_in", actor=actor.name, now=now, agency_id=actor.agency_id)
        agency_id = agency.id
    particulars.set_to(demo.PARTICULARS, why="示例", actor=system(agency_id), today=today, now=now)
    agency = db.session.get_one(Agency, agency_id)
    return demo.put_into(agency, today=today, now=now, prefix=PREFIX).people


def take_out(*, actor: Actor, now: datetime) -> int:
    """Remove everything of the sample office, in one transaction; return how many rows.

    Raises NotPermittedError; StepNotAllowedError where it is not in.
    """
    actor.require(Action.SETTINGS)
    with transaction(alone=True):
        agency = by_code(SAMPLE)
        if agency is None:
            raise StepNotAllowedError("没有示例机关。")
        agency_id = agency.id
        db.session.expunge_all()
        connection = db.session.connection()
        files = _files(connection, agency_id)
        with append_only.lifted(connection):
            count = sum(_removed(connection, table, agency_id) for table in _in_order())
        facts = stored_by_name()[OfficeFact.__tablename__]
        connection.execute(delete(facts).where(facts.c.name == f"start:{agency_id}"))
        gone = files - _files(connection, None)
        uploads = stored_by_name()[UPLOADS]
        connection.execute(delete(uploads).where(uploads.c.sha256.in_(gone)))
        audit.note("sample_taken_out", actor=actor.name, now=now, agency_id=actor.agency_id, rows=count)
    forget_files(gone)
    return count


def forget_files(gone: set[str]) -> None:
    """Remove files whose rows are gone for good, but for one that an upload has named since.

    Nobody writes meanwhile: an upload of the same content finds the file gone and writes it anew.
    """
    with transaction(alone=True):
        for digest in gone - _files(db.session.connection(), None):
            store.path_of(digest).unlink(missing_ok=True)


def _in_order() -> Iterator[Table]:
    """Yield the tables, children before parents; the tallies once more, which the removal of cases writes."""
    by_name = stored_by_name()
    yield from (table for table in reversed(stored()) if table.name != Agency.__tablename__)
    yield by_name[Tally.__tablename__]
    yield by_name[Agency.__tablename__]


def _removed(connection: Connection, table: Table, agency_id: int) -> int:
    return connection.execute(delete(table).where(_belongs(table, agency_id))).rowcount


def _belongs(table: Table, agency_id: int) -> ColumnElement[bool]:
    """Return which rows of a table are the agency's: by their own column, else by the row they hang on."""
    if table.name == Agency.__tablename__:
        return table.c.id == agency_id
    if "agency_id" in table.c:
        return table.c.agency_id == agency_id
    parents = [
        key.parent.in_(select(key.column).where(_belongs(key.column.table, agency_id)))
        for key in table.foreign_keys
        if key.column.table is not table
    ]
    return or_(false(), *parents)


def _files(connection: Connection, agency_id: int | None) -> set[str]:
    """Return what the rows of an agency, or all rows, name of the store."""
    named: set[str] = set()
    for table in stored():
        if FILES in table.c and table.name != UPLOADS:
            where = _belongs(table, agency_id) if agency_id is not None else table.c[FILES].is_not(None)
            named |= {digest for digest in connection.scalars(select(table.c[FILES]).where(where)) if digest}
    mailed = stored_by_name()[LetterService.__tablename__]
    where = _belongs(mailed, agency_id) if agency_id is not None else true()
    for sent in connection.scalars(select(mailed.c.sent).where(where)):
        named |= {str(each[FILES]) for each in sent} if isinstance(sent, list) else set()
    return named


def size() -> int:
    """Return how many requests the sample holds."""
    agency = by_code(SAMPLE)
    own = select(func.count()).select_from(Case).where(Case.agency_id == (agency.id if agency else 0))
    return db.session.scalar(own) or 0
