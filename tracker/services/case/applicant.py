"""Those who ask with one request: completed from what is known of them, and corrected with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.folding import folded_name
from tracker.domain.permission import Action
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import PendingRequest
from tracker.models.user import AuditEntry
from tracker.services.case import intake, step
from tracker.services.case.intake import ApplicantData, RequestData
from tracker.services.office import audit
from tracker.services.office.actor import Actor

CORRECTED = "applicants_corrected"  # the act in the audit log
UNSHOWN = ("id_number", "phone", "email", "address")  # what a form that is filled in anew does not show
KEPT = ("kind", "name", "id_number", "id_index", "phone", "email", "address", "folded")


@dataclass(frozen=True, slots=True)
class Line:
    """One further applicant of a form. row_id: of the row that is corrected, None of a new person."""

    data: ApplicantData
    row_id: int | None = None
    is_removed: bool = False


def completed(
    request: RequestData, *, phone: str | None, address: str | None, held: Applicant | None
) -> RequestData:
    """Return the request of a letter with what is known of its people already: the form does not show it.

    phone, address: of whom the letter came from. held: who asked when the letter was converted before.
    """
    first = request.applicant
    told = replace(first, phone=first.phone or phone or "", address=first.address or address or "")
    left = list(held.people if held else ())
    filled = []
    for data in (told, *request.further):
        row = next((row for row in left if row.folded == folded_name(data.name)), None)
        if row is not None:
            left.remove(row)
            known: dict[str, Any] = {key: getattr(data, key) or getattr(row, key) or "" for key in UNSHOWN}
            filled.append(replace(data, **known))
        else:
            filled.append(data)
    return replace(request, applicant=filled[0], further=tuple(filled[1:]))


def ask_instead(pending: PendingRequest, who: Applicant) -> None:
    """Let a waiting request be asked by who was typed last; those typed before it ask nothing."""
    before, pending.applicant = pending.applicant, who
    db.session.flush()
    for row in before.people if before else ():
        db.session.delete(row)


def correct(
    case_id: int,
    first: ApplicantData,
    further: Sequence[Line],
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


def _put_all(case: Case, first: ApplicantData, further: Sequence[Line]) -> dict[str, int]:
    """Write the lines on their rows; return how many were added, corrected, removed, and are left."""
    rows = {row.id: row for row in case.applicant.further}
    if not {line.row_id for line in further if line.row_id is not None} <= rows.keys():
        raise NotFoundError("共同申请人已被他人更正，请重新打开本页。")
    removed = [rows[line.row_id] for line in further if line.row_id is not None and line.is_removed]
    kept = [line for line in further if not line.is_removed]
    named = {line.row_id for line in further}
    untouched = [intake.data_of(row) for key, row in rows.items() if key not in named]
    people = [first, *untouched, *(line.data for line in kept)]
    if case.applicant.name and not first.name.strip():
        raise InvalidDetailError("请填写第一申请人的姓名或者名称。")
    intake.check_people(people)
    corrected = int(_put(case.applicant, replace(first, kind=intake.data_of(case.applicant).kind)))
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
    row = intake.applicant_row(case.agency_id, data)
    row.first_id = case.applicant_id
    return row


def _put(row: Applicant, data: ApplicantData) -> bool:
    """Write what is told on the row; tell whether that changed it."""
    told = intake.applicant_row(row.agency_id, data)
    told.folded = folded_name(told.name)
    changed = [key for key in KEPT if getattr(row, key) != getattr(told, key)]
    for key in changed:
        setattr(row, key, getattr(told, key))
    return bool(changed)


def corrections(case: Case) -> list[AuditEntry]:
    """Return what the audit log says of corrections of who asks with the case, the earliest first."""
    found = select(AuditEntry).where(
        AuditEntry.agency_id == case.agency_id, AuditEntry.act == CORRECTED, AuditEntry.target == case.number
    )
    return list(db.session.scalars(found.order_by(AuditEntry.id)))
