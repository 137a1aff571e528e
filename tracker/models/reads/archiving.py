"""Named reads of the files of closed cases: archived, to be archived, due to go to the archive."""

import operator
from collections.abc import Iterator, Sequence
from datetime import date
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from tracker.domain.message import labels
from tracker.domain.register.archive import ARCHIVED, TRANSFERRED
from tracker.models.archiving import Archiving
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.models.case_file import CaseFile
from tracker.models.contact import Contact, ContactAct
from tracker.models.evidence import Evidence
from tracker.models.letter import Letter, VoidedLetter
from tracker.models.reads.base import Parts, among
from tracker.models.reads.follow_up import ABOUT
from tracker.models.redaction import Redaction
from tracker.models.register import RegisterAct, RegisterRow
from tracker.models.remedy import Reanswer, RemedyCase, RemedyStep
from tracker.models.service import LetterService, ServiceResult
from tracker.models.service_agreement import ServiceAgreement
from tracker.models.sign_off import SignOff, SignOffOpinion
from tracker.models.user import AuditEntry

APPLICANTS = "applicants_corrected"  # the act by which who asks is corrected
ENTRY, REMEDY, OTHER = "entry", "remedy", "paper"
CHANGES = labels(
    {
        ENTRY: "台账有新的记录或者更正",
        REMEDY: "登记了行政复议、行政诉讼或者重新答复",
        OTHER: "有新的文书、送达、审批、文件、来信来访记录、复查投诉等登记，或者申请人信息有更正",
    }
)
TO_ARCHIVE_ORDER = (Case.closed_on.desc().nulls_last(), Case.id.desc())
ARCHIVED_ORDER = (Archiving.on, Archiving.id)


def archivings_of(case: Case) -> list[Archiving]:
    """Return the acts on the file of a case, the earliest first."""
    query = select(Archiving).where(Archiving.agency_id == case.agency_id, Archiving.case_id == case.id)
    return list(db.session.scalars(query.order_by(Archiving.id)))


def in_force(case: Case) -> Archiving | None:
    """Return the last act by which the file of a case was archived; None where it never was."""
    acts = [row for row in archivings_of(case) if row.act == ARCHIVED]
    return acts[-1] if acts else None


def changes_since(row: Archiving) -> list[str]:
    """Return what came after the act, as codes of CHANGES: the file in the archive does not hold it."""
    return changes([row]).get(row.id, [])


def changes(rows: Sequence[Archiving]) -> dict[int, list[str]]:
    """Return what came after each act as ``changes_since``, by the ids of those after which something did."""
    return _changed(among(Archiving.id, [row.id for row in rows]))


def _changed(*where: ColumnElement[bool]) -> dict[int, list[str]]:
    """Return what came after the acts that are meant, by their ids: one statement, however many there are."""
    later = _later()
    asked = select(Archiving.id, *(came.label(code) for code, came in later.items()))
    asked = asked.join(Case, Case.id == Archiving.case_id).where(*where, or_(*later.values()))
    rows = db.session.execute(asked).mappings().all()
    return {row["id"]: [code for code in CHANGES if row[code]] for row in rows}


def with_number(agency_id: int, archive_number: str) -> list[Archiving]:
    """Return the acts in force by which files were archived under a number."""
    return list(db.session.scalars(archived(agency_id).where(Archiving.number == archive_number)))


def to_archive(agency_id: int) -> Parts:
    """Return the queries of the closed cases that were never archived, and of those that changed since.

    Which changed is asked once, here: to count them and to turn them over the database need not look again.
    """
    act = aliased(Archiving)
    mine = (Case.agency_id == agency_id, Case.closed_on.is_not(None), Case.received_on.is_not(None))
    closed, done = select(Case).where(*mine), select(act.case_id).where(act.act == ARCHIVED)
    changed = _changed(Archiving.id.in_(_last(agency_id, ARCHIVED)))
    again = done.where(among(act.id, list(changed)))
    return (
        closed.where(Case.id.not_in(done.where(act.agency_id == agency_id))),
        closed.where(Case.id.in_(again)),
    )


def archived(agency_id: int) -> Select[tuple[Archiving]]:
    """Return the query of the acts in force by which files were archived."""
    return select(Archiving).where(Archiving.id.in_(_last(agency_id, ARCHIVED)))


def to_transfer(agency_id: int, closed_by: date) -> Select[tuple[Archiving]]:
    """Return the query of the archived files whose case ended by a day and that were not handed over."""
    query = archived(agency_id).join(Case, Case.id == Archiving.case_id)
    return query.where(Case.closed_on <= closed_by, Archiving.id.in_(_last(agency_id)))


def handed_over(rows: Sequence[Archiving]) -> set[int]:
    """Return the cases whose file was handed over after it was archived by one of these acts."""
    archived_by = {row.case_id: row.id for row in rows}
    gone = select(Archiving.case_id, func.max(Archiving.id)).where(Archiving.act == TRANSFERRED)
    last_of = db.session.execute(
        gone.where(among(Archiving.case_id, list(archived_by))).group_by(Archiving.case_id)
    )
    return {case_id for case_id, last in last_of.all() if last > archived_by[case_id]}


def _last(agency_id: int, code: str = "") -> Select[tuple[int]]:
    """Return the query of the last act of each case, or its last of one kind.

    By groups: asked of each act whether there is a later one, PostgreSQL may go through all for each.
    """
    act = aliased(Archiving)
    query = select(func.max(act.id)).where(act.agency_id == agency_id).group_by(act.case_id)
    return query.where(act.act == code) if code else query


def marks() -> dict[str, ColumnElement[int]]:
    """Return what tells of a case of the query whether something came to it, by the codes of CHANGES.

    Each is the sum of the ids of the rows that it has: these are only ever added, so that whatever comes or
    is led to another case makes it another number, also what was begun before and is there only later.
    """
    return {REMEDY: _sum(_of_remedies()), OTHER: _sum(_of_papers())}


def marks_of(case: Case) -> dict[str, int]:
    """Return the marks of a case as they are now."""
    asked = select(*(mark.label(code) for code, mark in marks().items())).where(Case.id == case.id)
    return {str(code): int(mark) for code, mark in db.session.execute(asked).mappings().one().items()}


def _sum(queries: Iterator[Select[Any]]) -> ColumnElement[int]:
    """Return the sum of what the queries find; each sees the case, however deep it stands."""
    sums = [func.coalesce(query.correlate(Case).scalar_subquery(), 0) for query in queries]
    return reduce(operator.add, sums)


def _ids(column: Any, *where: ColumnElement[bool]) -> Select[Any]:
    return select(func.sum(column)).where(*where)


def _acts(book: str, kind: type[RegisterRow], *where: ColumnElement[bool]) -> Select[Any]:
    """Return the acts on the rows that are about the case: looked for by its rows, never through the book."""
    rows = select(kind.id).where(*where).correlate(Case)
    return _ids(RegisterAct.id, RegisterAct.book == book, RegisterAct.row_id.in_(rows))


def _of_remedies() -> Iterator[Select[Any]]:
    mine = RemedyCase.case_id == Case.id
    yield _acts("remedies", RemedyCase, mine)
    yield _acts("remedy-steps", RemedyStep, RemedyStep.remedy_id == RemedyCase.id, mine)
    yield _acts("reanswers", Reanswer, Reanswer.remedy_id == RemedyCase.id, mine)


def _of_papers() -> Iterator[Select[Any]]:
    letter, service = Letter.case_id == Case.id, LetterService.case_id == Case.id
    yield _ids(Letter.id, letter)
    yield _ids(VoidedLetter.letter_id, VoidedLetter.letter_id == Letter.id, letter)
    yield _ids(LetterService.id, service)
    yield _ids(ServiceResult.id, ServiceResult.service_id == LetterService.id, service)
    yield _ids(ServiceAgreement.id, ServiceAgreement.case_id == Case.id)
    yield _ids(SignOff.id, SignOff.case_id == Case.id)
    yield _ids(SignOffOpinion.id, SignOffOpinion.sign_off_id == SignOff.id, SignOff.case_id == Case.id)
    yield _ids(Redaction.id, Redaction.case_id == Case.id)
    corrected = (AuditEntry.agency_id == Case.agency_id, AuditEntry.act == APPLICANTS)
    yield _ids(AuditEntry.id, *corrected, AuditEntry.target == Case.number)
    for name, kind in ABOUT.items():
        yield _acts(name, kind, kind.case_id == Case.id)
    became = aliased(ContactAct)
    led = (became.act == "convert", became.note == Case.number, became.contact_id == Contact.id)
    for way in ((Contact.case_id == Case.id,), (*led, Contact.agency_id == Case.agency_id)):
        yield _ids(ContactAct.id, ContactAct.contact_id == Contact.id, *way)
        yield _ids(CaseFile.id, CaseFile.contact_id == Contact.id, *way)
        yield _ids(Evidence.id, Evidence.contact_id == Contact.id, *way)
    yield _ids(CaseFile.id, CaseFile.case_id == Case.id)
    yield _ids(Evidence.id, Evidence.case_id == Case.id)


def _later() -> dict[str, ColumnElement[bool]]:
    """Return what holds where something came to the case of the query after it was archived."""
    told, entry = marks(), aliased(CaseEvent)
    return {
        ENTRY: exists().where(entry.case_id == Archiving.case_id, entry.seq > Archiving.seq),
        REMEDY: told[REMEDY] != Archiving.held_remedies,
        OTHER: told[OTHER] != Archiving.held_papers,
    }
