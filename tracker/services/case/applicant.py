"""Those who ask with one request and who acts for them: how they are kept, and corrected with a reason."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.representative import ALL, Representative
from tracker.domain.case.request import (
    ApplicantData,
    AskingData,
    RepresentativeData,
    check_documents,
    check_people,
)
from tracker.domain.case.wish import Wishes
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
TYPED = ("name", "id_kind", "id_number", "id_kept", "phone", "email", "address")
KEPT = ("kind", *TYPED, "id_index", "folded", "gets_letters", "role", "scope", "from_on", "to_on")
NOT_ASKING = "%(name)s代理的申请人已删除：请一并删除，或者另选所代理的申请人。"
GONE = "共同申请人、代理人已被他人更正，请重新打开本页。"


@dataclass(frozen=True, slots=True)
class ApplicantChange:
    """One further applicant of a form. row_id: of the row that is corrected, None of a new person."""

    data: ApplicantData
    row_id: int | None = None
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class RepresentativeChange:
    """One who acts for an applicant, of a form; as ``ApplicantChange``.

    The place of the applicant is that of the form's lines: 1 the first, from 2 on the further ones.
    """

    data: RepresentativeData
    row_id: int | None = None
    is_removed: bool = False


def data_of(row: Applicant) -> ApplicantData:
    """Return what is kept of a person as it is typed."""
    typed = {key: getattr(row, key) or "" for key in TYPED}
    return ApplicantData(kind=ApplicantKind(row.kind), gets_letters=row.gets_letters, **typed)


def wishes_of_row(row: Applicant) -> Wishes:
    """Return what the application of the one named first asks for."""
    return Wishes(
        form=row.form_wanted,
        way=row.way_wanted,
        purpose=row.purpose or "",
        help=row.help or "",
        filled_by=row.filled_by,
        read_back_on=row.read_back_on,
    )


def named(first: Applicant) -> list[Representative]:
    """Return those who act for the people of a request, as letters name them."""
    places = {row.id: place for place, row in enumerate(first.people, start=1)}
    return [
        Representative(
            row.role,
            row.name,
            places.get(row.acts_for_id or 0, ALL),
            row.scope,
            row.from_on,
            row.to_on,
            row.gets_letters,
        )
        for row in first.representatives
    ]


def of_request(agency_id: int, asking: AskingData) -> Applicant:
    """Return the row of who asks with a request, with those who ask too and who act for them."""
    first = _person(agency_id, asking.applicant)
    people = [first, *(_person(agency_id, one) for one in asking.further)]
    acting = [_representative(agency_id, each, people) for each in asking.representatives]
    first.others = [*people[1:], *acting]
    _put_wishes(first, asking.wishes)
    return first


def _person(agency_id: int, data: ApplicantData) -> Applicant:
    """Return the row of a person, the ID number encrypted and findable."""
    number = data.id_number.strip()
    return Applicant(
        agency_id=agency_id,
        kind=data.kind.value,
        name=data.name.strip(),
        id_kind=data.id_kind,
        id_number=number or None,
        id_kept=_why_kept(data),
        id_index=blind_index(number) if number else None,
        phone=data.phone or None,
        email=data.email or None,
        address=data.address or None,
        gets_letters=data.gets_letters,
    )


def _why_kept(data: ApplicantData) -> str | None:
    """Return why a wrong number is kept; None of a right one, whatever was typed."""
    return data.id_kept.strip() or None if replace(data, id_kept="").misread else None


def _representative(agency_id: int, data: RepresentativeData, people: Sequence[Applicant]) -> Applicant:
    row = _person(agency_id, data.person)
    row.role, row.scope, row.from_on, row.to_on = data.role, data.scope, data.from_on, data.to_on
    row.acts_for = None if data.place == ALL else people[data.place - 1]
    return row


def _wished(wishes: Wishes) -> dict[str, Any]:
    return {
        "form_wanted": wishes.form,
        "way_wanted": wishes.way,
        "purpose": wishes.purpose.strip() or None,
        "help": wishes.help.strip() or None,
        "filled_by": wishes.filled_by.strip(),
        "read_back_on": wishes.read_back_on,
    }


def remove(first: Applicant) -> None:
    """Take everybody of a request that became none out of the database, in the caller's transaction."""
    for some in (first.representatives, first.further, [first]):
        for one in some:
            db.session.delete(one)
        db.session.flush()


# -- corrected ----------------------------------------------------------------------------------------


def correct(
    case_id: int,
    first: ApplicantData,
    further: Sequence[ApplicantChange],
    *,
    representatives: Sequence[RepresentativeChange] = (),
    wishes: Wishes | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
    today: date | None = None,
    version: int | None = None,
) -> Case:
    """Correct who asks with a case, in one transaction; the reason and the counts are logged.

    first:   the one named first; its kind stays, for that is an entry of the ledger.
    further: the others; rows that no line names stay as they are. representatives: likewise.
    wishes:  what the application asks for; None leaves it.
    version: the version that the person saw; another one raises StaleDataError (409).

    Raises InvalidDetailError where somebody is not named, two are the same, or nothing is changed;
    NotFoundError where a line names a row of another case.
    """
    actor.require(Action.REGISTER)
    if not reason.strip():
        raise InvalidDetailError("请填写更正的理由。")
    with transaction():
        case = step.find(case_id, actor)
        step.check_version(case, version)
        if wishes is not None:
            wishes.check(arrived_on=_arrived_on(case), today=today or now.date())
        counts: dict[str, Any] = _put_all(case, first, further, representatives, wishes)
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
        db.session.expire(case.applicant, ["others"])
    return case


def _arrived_on(case: Case) -> date:
    receipt = case.entries[0]
    return receipt.day("arrived_on") or receipt.on


def _put_all(
    case: Case,
    first: ApplicantData,
    further: Sequence[ApplicantChange],
    representatives: Sequence[RepresentativeChange],
    wishes: Wishes | None,
) -> dict[str, int]:
    """Write the lines on their rows; return how many were added, corrected, removed, and how many ask."""
    rows = {row.id: row for row in case.applicant.others}
    asking = {row.id for row in case.applicant.further}
    if not ({line.row_id for line in further} <= asking | {None}) or not (
        {line.row_id for line in representatives} <= rows.keys() - asking | {None}
    ):
        raise NotFoundError(GONE)
    count = _check(case, first, further, representatives)
    kind = data_of(case.applicant).kind
    changed = [_put(case.applicant, _person(case.agency_id, replace(first, kind=kind)))]
    changed.append(wishes is not None and _put_wishes(case.applicant, wishes))
    tally: Counter[str] = Counter(added=0, corrected=int(any(changed)), removed=0)
    lines: list[Applicant | None] = [case.applicant]  # the row of each place of the form
    for line in further:
        lines.append(_taken(case, line, _person(case.agency_id, line.data), rows, tally))
    for each in representatives:
        told = (
            _person(case.agency_id, each.data.person) if each.is_removed else _acting(case, each.data, lines)
        )
        _taken(case, each, told, rows, tally)
    db.session.flush()
    _remove([rows[line.row_id] for line in further if line.is_removed and line.row_id is not None])
    if not tally.total():
        raise InvalidDetailError("没有更正任何内容。")
    return {**tally, "people": count}


def _check(
    case: Case,
    first: ApplicantData,
    further: Sequence[ApplicantChange],
    representatives: Sequence[RepresentativeChange],
) -> int:
    """Raise InvalidDetailError where the people would not be those of a request; return how many ask."""
    if case.applicant.name and not first.name.strip():
        raise InvalidDetailError("请填写第一申请人的姓名或者名称。")
    told = {line.row_id for line in further}
    untouched = [data_of(row) for row in case.applicant.further if row.id not in told]
    people = [first, *untouched, *(line.data for line in further if not line.is_removed)]
    check_people(people)
    acting = [each.data for each in representatives if not each.is_removed]
    for data in acting:
        data.check(1 + len(further))
    check_documents(people, acting)
    return len(people)


def _acting(case: Case, data: RepresentativeData, lines: Sequence[Applicant | None]) -> Applicant:
    """Return a representative as a row that is not kept yet; who is acted for must go on asking."""
    if data.place != ALL and lines[data.place - 1] is None:
        raise InvalidDetailError(NOT_ASKING, name=data.person.name)
    return _representative(case.agency_id, data, [line or case.applicant for line in lines])


def _taken(
    case: Case,
    line: ApplicantChange | RepresentativeChange,
    told: Applicant,
    rows: Mapping[int, Applicant],
    tally: Counter[str],
) -> Applicant | None:
    """Write one line on its row, or as a new one; None of one that goes."""
    row = None if line.row_id is None else rows[line.row_id]
    if line.is_removed:
        tally["removed"] += row is not None
        if row is not None and row.role:
            db.session.delete(row)
        return None
    if row is not None:
        tally["corrected"] += _put(row, told)
        return row
    told.first_id = case.applicant_id
    db.session.add(told)
    tally["added"] += 1
    return told


def _remove(rows: Sequence[Applicant]) -> None:
    """Take further applicants out; nobody may act for one of them any more."""
    keys = [row.id for row in rows]
    left = db.session.scalar(select(Applicant.name).where(Applicant.acts_for_id.in_(keys))) if keys else None
    if left is not None:
        raise InvalidDetailError(NOT_ASKING, name=left)
    for row in rows:
        db.session.delete(row)


def _put(row: Applicant, told: Applicant) -> bool:
    """Write what is told on the row; tell whether that changed it."""
    told.folded = folded_name(told.name)
    changed = [key for key in KEPT if (getattr(row, key) or "") != (getattr(told, key) or "")]
    for key in changed:
        setattr(row, key, getattr(told, key))
    if row.acts_for is not told.acts_for:
        row.acts_for = told.acts_for
        return True
    return bool(changed)


def _put_wishes(row: Applicant, wishes: Wishes) -> bool:
    changed = {name: value for name, value in _wished(wishes).items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def corrections(case: Case) -> list[AuditEntry]:
    """Return what the audit log says of corrections of who asks with the case, the earliest first."""
    query = select(AuditEntry).where(
        AuditEntry.agency_id == case.agency_id, AuditEntry.act == CORRECTED, AuditEntry.target == case.number
    )
    return list(db.session.scalars(query.order_by(AuditEntry.id)))
