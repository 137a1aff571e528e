"""Undo an import as one act, as long as nothing is built on what it brought.

A ledger is only added to: a case that the file brought is voided by a correction of its receipt, and what it
added to a case that was there is taken back entry by entry. Nothing is erased, no figure counts it any more,
and the same file can be taken again: the number that the old register gave goes to the case that is read
then, and the void one is marked (``writer``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, Table, delete, func, insert, select, update
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case import basis, history
from tracker.domain.case.event import Entry
from tracker.domain.case.standing import AUTOMATIC
from tracker.domain.case.state import VOID
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError, StepNotAllowedError
from tracker.domain.message import Phrase, joined
from tracker.models.base import Base, db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.case_follow import CaseFollow
from tracker.models.case_text import CaseText
from tracker.models.duty import CASE, OpenDuty
from tracker.models.evidence import Evidence
from tracker.models.imported import CONTACTS, KEPT, REQUESTS, UNDOING, UNDONE, ImportedFile, ImportedRow
from tracker.models.job import OverdueFlag
from tracker.models.payment import Payment
from tracker.models.reads.base import among
from tracker.models.report import ReportEdition
from tracker.services.case import ledger, search_text
from tracker.services.case.chain import Chain
from tracker.services.case.repeat import REPEAT
from tracker.services.contact import undoing as contact_undoing
from tracker.services.office import agency, audit
from tracker.services.office.actor import REGISTER, Actor
from tracker.services.office.journal import NOUNS
from tracker.services.register import undoing as register_undoing
from tracker.services.register.register import By

BATCH = 500  # cases of one statement
# What the import itself writes beside a ledger, what a job of the night marks, who wants to be told.
WITH_THE_CASE = {
    one.__tablename__ for one in (CaseEvent, Payment, OverdueFlag, Evidence, CaseFollow, CaseText)
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A row that something was built on since it came in, and what."""

    name: str
    why: str


class ImportBuiltOnError(DomainError):
    """Something stands on rows of the import: it is not undone; ``obstacles`` names each."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        first = obstacles[0]
        super().__init__(
            "有%(count)s处已经以导入的内容为依据（首先是%(name)s：%(why)s），不能整体撤销，没有作任何改动。",
            count=len(obstacles),
            name=first.name,
            why=first.why,
        )
        self.obstacles = list(obstacles)


def find(file_id: int, actor: Actor) -> ImportedFile:
    """Return the file; another agency's is not there."""
    file = db.session.get(ImportedFile, file_id)
    if file is None or file.agency_id != actor.agency_id:
        raise NotFoundError("没有这次导入。")
    return file


def listed() -> list[ImportedFile]:
    """Return every import of the deployment that was kept, the oldest first."""
    kept = ImportedFile.state.in_((KEPT, UNDOING, UNDONE))
    return list(db.session.scalars(select(ImportedFile).where(kept).order_by(ImportedFile.id)))


def of_command(file_id: int) -> ImportedFile:
    """Return a file, whosever it is: a command is run by who runs the deployment."""
    file = db.session.get(ImportedFile, file_id)
    if file is None:
        raise NotFoundError(
            "没有编号为%(file_id)s的导入；tracker imports list 列出全部。",
            file_id=file_id,
        )
    return file


def obstacles(file: ImportedFile) -> list[Obstacle]:
    """Return what was built on the rows of an import, by number."""
    if file.book == CONTACTS:
        return [Obstacle(*told) for told in contact_undoing.built_on(file)]
    if file.book != REQUESTS:
        return [*_reports(file), *(Obstacle(*told) for told in register_undoing.built_on(file))]
    mine = select(ImportedRow.row_id).where(ImportedRow.file_id == file.id, ImportedRow.book == REQUESTS)
    whys_of: dict[int, dict[str, None]] = {}
    for why, query in _built_on(mine, file):
        for case_id in db.session.scalars(query):
            whys_of.setdefault(case_id, {})[why] = None
    numbers: dict[int, str] = {}
    for begin in range(0, len(whys_of), BATCH):
        ids = list(whys_of)[begin : begin + BATCH]
        rows = db.session.execute(select(Case.id, Case.number).where(Case.id.in_(ids)))
        numbers |= dict(rows.tuples().all())
    told = [Obstacle(numbers[key], joined(whys, "、")) for key, whys in whys_of.items()]
    return sorted([*told, *_named_as_earlier(mine, file)], key=lambda one: one.name)


def _reports(file: ImportedFile) -> Iterator[Obstacle]:
    """Yield the annual reports that were published since: they count the registers as they stood."""
    since = (ReportEdition.agency_id == file.agency_id, ReportEdition.published_at >= file.kept_at)
    for year in db.session.scalars(select(ReportEdition.year).where(*since).distinct()):
        yield Obstacle(Phrase("%(year)s年度报告", year=year), Phrase("导入以后已经公布"))


def _built_on(mine: Select[Any], file: ImportedFile) -> Iterator[tuple[str, Select[Any]]]:
    """Yield what may stand on a case, with the query of the cases on which it does."""
    yield "后来的办理记录", select(Case.id).where(Case.id.in_(_continued(file)))
    yield (
        "收件证据",
        select(Evidence.case_id).where(Evidence.case_id.in_(mine), Evidence.actor != REGISTER).distinct(),
    )
    for table in Base.metadata.sorted_tables:
        if table.name in WITH_THE_CASE:
            continue
        for column in table.columns:
            if any(key.column is Case.__table__.c.id for key in column.foreign_keys):
                query = select(column).where(column.in_(mine)).distinct()
                if "withdrawn_at" in table.c:
                    query = query.where(table.c.withdrawn_at.is_(None))
                yield NOUNS.get(table.name, table.name), query


def _continued(file: ImportedFile) -> list[int]:
    """Return the cases that have an entry since; what a later import brought and was undone is none."""
    later = (CaseEvent.seq > ImportedRow.last_seq, CaseEvent.step.not_in(AUTOMATIC))
    of_file = (ImportedRow.file_id == file.id, ImportedRow.book == REQUESTS)
    entries = select(CaseEvent.case_id, ImportedRow.last_seq).join(
        ImportedRow, ImportedRow.row_id == CaseEvent.case_id
    )
    last = dict(db.session.execute(entries.where(*of_file, *later).distinct()).tuples().all())
    kept = ledger.entries_of(list(last))
    return [key for key, acts in kept.items() if any(act.seq > last[key] for act in history.told_acts(acts))]


def _named_as_earlier(mine: Select[Any], file: ImportedFile) -> Iterator[Obstacle]:
    """Yield the imported requests that an answer to a repeated one names (条例第36条第（六）项)."""
    repeats = select(CaseEvent.details).where(
        CaseEvent.agency_id == file.agency_id, CaseEvent.step == REPEAT, CaseEvent.case_id.not_in(mine)
    )
    named = {
        basis.basis_of(details).get("earlier_number", "").strip() for details in db.session.scalars(repeats)
    }
    numbers = sorted(named - {""})
    for begin in range(0, len(numbers), BATCH):
        there = Case.number.in_(numbers[begin : begin + BATCH])
        for number in db.session.scalars(select(Case.number).where(there, Case.id.in_(mine))):
            yield Obstacle(number, "另一件重复申请的答复以它为先前的答复")


def undo(
    file_id: int, reason: str, *, actor: Actor, today: date, now: datetime, version: int | None = None
) -> ImportedFile:
    """Take back what a file brought, as one act in one transaction.

    version: the version that the person saw; another one raises StaleDataError (409).

    Raises ImportBuiltOnError naming each row that stands against it, StepNotAllowedError where the file is
    not kept, InvalidDetailError without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise InvalidDetailError("请填写撤销导入的理由。")
    with transaction():
        file = find(file_id, actor)
        agency.lock(file.agency_id)
        chain = Chain(file.agency_id)
        check(file, version)
        if against := obstacles(file):
            raise ImportBuiltOnError(against)
        why = f"{history.UNDONE}{reason}"
        if file.book == REQUESTS:
            count = _Undoing(file, why, chain, actor, today, now).run()
        elif file.book == CONTACTS:
            count = contact_undoing.take_out(file)
        else:
            count = register_undoing.take_back(file, why, By(actor=actor, today=today, now=now))
        file.state, file.undone_by, file.undone_at, file.told = UNDONE, actor.name, now, ""
        file.reason = reason
        named: dict[str, Any] = {"agency_id": file.agency_id, "file": file.name[:100], "import": file.id}
        audit.note(
            "import_undone",
            actor=actor.name,
            now=now,
            target=Phrase("导入%(id)s", id=file.id),
            rows=count,
            reason=reason,
            **named,
        )
    return file


def check(file: ImportedFile, version: int | None) -> None:
    """Raise where a file cannot be undone, or is not the one that was seen."""
    if file.state not in (KEPT, UNDOING):
        raise StepNotAllowedError("这次导入已经撤销，或者还没有保存，没有可以撤销的内容。")
    if version is not None and file.version != version:
        raise StaleDataError(f"import {file.id}: version {version} is not {file.version}")


class _Undoing:
    """The cases of one file being taken back in the running transaction; the chain is locked."""

    def __init__(
        self, file: ImportedFile, reason: str, chain: Chain, actor: Actor, today: date, now: datetime
    ) -> None:
        self.file, self.reason, self.chain = file, reason, chain
        self.actor, self.today, self.now = actor, today, now

    def run(self) -> int:
        """Take back every row; return how many."""
        query = select(ImportedRow).where(ImportedRow.file_id == self.file.id, ImportedRow.book == REQUESTS)
        rows = db.session.execute(
            query.with_only_columns(ImportedRow.row_id, ImportedRow.first_seq, ImportedRow.last_seq).order_by(
                ImportedRow.row_id
            )
        ).all()
        for row in rows:
            if row.first_seq > 1:
                self._take_back(row.row_id, row.first_seq, row.last_seq)
        new = [row.row_id for row in rows if row.first_seq == 1]
        for begin in range(0, len(new), BATCH):
            self._void(new[begin : begin + BATCH])
        return len(rows)

    def _correction(self, replaces: int, seq: int = 0) -> Entry:
        return Entry("correct", self.today, {"replaces": replaces, "with": None, "reason": self.reason}, seq)

    def _take_back(self, case_id: int, first: int, last: int) -> None:
        """Take back what the file added to a case that was there, the last entry first."""
        case = db.session.get_one(Case, case_id)
        replay = ledger.replay(case.entries, self.today)
        for act in reversed(history.own_acts(case.entries)):
            if first <= act.seq <= last:
                replay.take(self._correction(act.seq))
        ledger.add(case, replay, self.chain, actor=self.actor, now=self.now)

    def _void(self, ids: Sequence[int]) -> None:
        """Void cases that the file brought, many by one statement: they all stand alike then."""
        table, entries = cast(Table, Case.__table__), cast(Table, CaseEvent.__table__).c
        first, last = func.min(entries.seq).label("first"), func.max(entries.seq).label("last")
        query = select(table.c.id, table.c.state, first, last).where(among(table.c.id, ids))
        query = query.where(entries.case_id == table.c.id).group_by(table.c.id, table.c.state)
        events: list[dict[str, Any]] = []
        for case in db.session.execute(query.order_by(table.c.id)):
            move = ledger.Move(self._correction(case.first, case.last + 1), case.state, VOID)
            rows = ledger.rows(case.id, self.file.agency_id, [move], actor=self.actor, now=self.now)
            events += [self.chain.link(row) for row in rows]
        db.session.execute(insert(cast(Table, CaseEvent.__table__)), events)
        told = search_text.of_entries([self._correction(1)])
        search_text.add({(self.file.agency_id, key): told for key in ids})
        standing = ledger.standing(ledger.entries_of(ids[:1])[ids[0]])  # as it is void now
        values = {**ledger.restated(standing, self.today), "unit_id": None}
        voiding = update(table).where(among(table.c.id, ids))
        db.session.execute(voiding.values(**values, version=table.c.version + 1))
        duties, payments = cast(Table, OpenDuty.__table__), cast(Table, Payment.__table__)
        of_cases = (duties.c.kind == CASE, among(duties.c.subject_id, ids))
        db.session.execute(delete(duties).where(*of_cases))
        db.session.execute(delete(payments).where(among(payments.c.case_id, ids)))
