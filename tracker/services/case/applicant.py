"""Those who ask with one request: how they are kept, and how they are corrected with a reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.request import ApplicantData, check_people
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.folding import folded_name
from tracker.domain.permission import Action
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.cipher import blind_index
from tracker.models.user import AuditEntry
from tracker.services.case import step
from tracker.services.office import audit
from tracker.services.office.actor import Actor

CORRECTED = "applicants_corrected"  # the act in the audit log
KEPT = ("kind", "name", "id_number", "id_index", "phone", "email", "address", "folded")


@dataclass(frozen=True, slots=True)
class ApplicantChange:
    """One further applicant of a form. row_id: of the row that is corrected, None of a new person."""

    data: ApplicantData
    row_id: int | None = None
    is_removed: bool = False


def data_of(row: Applicant) -> ApplicantData:
    """Return what is kept of an applicant as it is typed."""
    typed = {key: getattr(row, key) or "" for key in ("name", "id_number", "phone", "email", "address")}
    return ApplicantData(kind=ApplicantKind(row.kind), **typed)


def row_of(agency_id: int, data: ApplicantData, further: Iterable[ApplicantData] = ()) -> Applicant:
    """Return the row of an applicant, the ID number encrypted and findable, and of those who ask too."""
    return Applicant(
        agency_id=agency_id,
        kind=data.kind.value,
        name=data.name.strip(),
        id_number=data.id_number or None,
        id_index=blind_index(data.id_number) if data.id_number else None,
        phone=data.phone or None,
        email=data.email or None,
        address=data.address or None,
        further=[row_of(agency_id, one) for one in further],
    )


def correct(
    case_id: int,
    first: ApplicantData,
    further: Sequence[ApplicantChange],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Correct who asks with a case, in one transaction; the reason and the counts are logged.

    first:   the one named first; its kind stays, for that is an entry of the ledger.
    further: the others; rows that no line names stay as they are.
    version: the version that the person saw; another one raises StaleDataError (409).

    Raises InvalidDetailError where somebody is not named, two are the same, or nothing is changed;
    NotFoundError where a line names a row of another case.
    """
    actor.require(Action.REGISTER)
    if not reason.strip():
        raise InvalidDetailError("请填写更正的理由。")
    with transaction():
        case = step.find(case_id, actor)
        if version is not None and case.version != version:
            raise StaleDataError(f"case {case.number}: version {version} is not {case.version}")
        counts: dict[str, Any] = _put_all(case, first, further)
        flag_modified(case, "state")  # whoever saw the case before is told
        audit.note(
            CORRECTED,
            actor=actor.name,
            now=now,
            agency_id=case.agency_id,
            target=case.number,
            reason=reason.strip(),
            **counts,
        )
        db.session.flush()
        db.session.expire(case.applicant, ["further"])
    return case


def _put_all(case: Case, first: ApplicantData, further: Sequence[ApplicantChange]) -> dict[str, int]:
    """Write the lines on their rows; return how many were added, corrected, removed, and are left."""
    rows = {row.id: row for row in case.applicant.further}
    if not {line.row_id for line in further if line.row_id is not None} <= rows.keys():
        raise NotFoundError("共同申请人已被他人更正，请重新打开本页。")
    removed = [rows[line.row_id] for line in further if line.row_id is not None and line.is_removed]
    kept = [line for line in further if not line.is_removed]
    named = {line.row_id for line in further}
    untouched = [data_of(row) for key, row in rows.items() if key not in named]
    people = [first, *untouched, *(line.data for line in kept)]
    if case.applicant.name and not first.name.strip():
        raise InvalidDetailError("请填写第一申请人的姓名或者名称。")
    check_people(people)
    corrected = int(_put(case.applicant, replace(first, kind=data_of(case.applicant).kind)))
    added = 0
    for line in kept:
        if line.row_id is None:
            db.session.add(_new(case, line.data))
            added += 1
        else:
            corrected += _put(rows[line.row_id], line.data)
    for row in removed:
        db.session.delete(row)
    if not (added or corrected or removed):
        raise InvalidDetailError("没有更正任何内容。")
    return {"added": added, "corrected": corrected, "removed": len(removed), "people": len(people)}


def _new(case: Case, data: ApplicantData) -> Applicant:
    row = row_of(case.agency_id, data)
    row.first_id = case.applicant_id
    return row


def _put(row: Applicant, data: ApplicantData) -> bool:
    """Write what is told on the row; tell whether that changed it."""
    told = row_of(row.agency_id, data)
    told.folded = folded_name(told.name)
    changed = [key for key in KEPT if getattr(row, key) != getattr(told, key)]
    for key in changed:
        setattr(row, key, getattr(told, key))
    return bool(changed)


def corrections(case: Case) -> list[AuditEntry]:
    """Return what the audit log says of corrections of who asks with the case, the earliest first."""
    query = select(AuditEntry).where(
        AuditEntry.agency_id == case.agency_id, AuditEntry.act == CORRECTED, AuditEntry.target == case.number
    )
    return list(db.session.scalars(query.order_by(AuditEntry.id)))
