"""The office itself (本机关信息): name, 代字, level, organ and court, addresses, how long files are kept.

The name is the agency's, everywhere: on letters, receipts and reports, and as the sender of mails. The
rest are the values of the practice that an agency has of its own (``rules.OF_AGENCY``).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.config import UNNAMED
from tracker.domain.case import rules
from tracker.domain.case.rules import PracticeValue
from tracker.domain.errors import InvalidDetailError
from tracker.domain.folding import folded_name
from tracker.domain.permission import Action
from tracker.models.agency import DEFAULT, Agency
from tracker.models.base import db, transaction
from tracker.models.practice import PracticeRow
from tracker.models.user import AuditEntry
from tracker.services.office import audit, office, seen
from tracker.services.office.actor import Actor
from tracker.services.office.setting import FIRST

NAME = "name"
KEYS = (
    "document_code",
    "agency_level",
    "upper_organ",
    "court",
    "letter_contact",
    "online_reconsideration",
    "online_application",
    "retention_disputed",
    "retention_other",
    "transfer_years",
)
LEVEL = "agency_level"
NEEDED = ("document_code", "upper_organ", "court", "letter_contact")  # no letter is made without them
LONGEST_NAME = 100
ALWAYS = date.min
NAMED = "agency_named"


@dataclass(frozen=True, slots=True)
class ParticularChange:
    """One value of the office as it was set. since: None, from the first day."""

    key: str
    value: str
    since: date | None
    set_by: str
    set_at: datetime
    why: str


def values(agency_id: int, on: date) -> dict[str, str]:
    """Return the name, empty where there is none yet, and the other values in force on a day.

    Of another agency than the first the names are its own or none: the deployment's are the first's. Its
    level is what is in force for it.
    """
    agency = db.session.get_one(Agency, agency_id)
    own = {key: rules.written(row.value) for key, row in _own(agency, on).items()}
    defaults = {key: rules.written(rules.KEYS[key].default) for key in KEYS}
    in_force = {LEVEL: rules.written(office.rules_of(agency_id, on).agency_level)}
    return {NAME: "" if agency.name == UNNAMED else agency.name, **defaults, **in_force, **own}


def _own(agency: Agency, on: date) -> dict[str, PracticeValue]:
    """Return the rows in force that the agency set: the deployment's are the first agency's."""
    rows, is_ours = office.practice_of(agency.id).rows_on(on), agency.code == DEFAULT
    return {key: rows[key] for key in KEYS if key in rows and (is_ours or rows[key].own)}


def set_to(
    typed: Mapping[str, str],
    *,
    why: str,
    actor: Actor,
    today: date,
    now: datetime,
    looked_at: str | None = None,
) -> list[str]:
    """Keep what changed, in one transaction; return the keys of what did.

    A value that the agency never set holds from the first day on, a changed one from today. Another agency
    than the first says its level by saving it, also where it is the deployment's.

    looked_at: the mark of what the person saw (``seen.mark`` of ``values``); another one raises
    StaleDataError (409).

    Raises NotPermittedError; InvalidDetailError where a value is impossible, or where one that was set
    before changes without a reason.
    """
    actor.require(Action.OFFICE)
    with transaction():
        agency = db.session.get_one(Agency, actor.agency_id, with_for_update=True)
        office.check_practice()
        known = values(agency.id, today)
        seen.check(looked_at, known)
        held = _own(agency, today)
        if agency.code != DEFAULT and LEVEL not in held:
            known[LEVEL] = ""
        wanted = {key: typed[key].strip() for key in (NAME, *KEYS) if key in typed}
        changed = [key for key, value in wanted.items() if value != known[key]]
        _check_reason(why, {key for key in changed if known[key] and (key == NAME or key in held)})
        reason = why.strip() or FIRST
        for key in changed:
            if key == NAME:
                _rename(agency, wanted[NAME], reason, actor, now)
            else:
                row = _row(agency, key, wanted[key], held.get(key), today)
                row.set_by, row.set_at, row.why = actor.name, now, reason
                _keep(row, actor, now)
        db.session.flush()
        office.forget_practice()
    return changed


def _check_reason(why: str, set_before: Collection[str]) -> None:
    if set_before and not why.strip():
        raise InvalidDetailError("已经填写过的，修改时请写明理由。")


def _row(agency: Agency, key: str, text: str, held: PracticeValue | None, today: date) -> PracticeRow:
    """Return a row of the value: the first agency's is the deployment's, unless it has one of its own."""
    own = agency.code != DEFAULT or (held is not None and held.own)
    return PracticeRow(
        agency_id=agency.id if own else None,
        key=key,
        value=rules.written(rules.read(key, text)),
        valid_from=ALWAYS if held is None else today,
    )


def _keep(row: PracticeRow, actor: Actor, now: datetime) -> None:
    db.session.add(row)
    told: dict[str, Any] = {"value": row.value, "valid_from": row.valid_from.isoformat(), "why": row.why}
    audit.note("practice_set", actor=actor.name, now=now, agency_id=actor.agency_id, target=row.key, **told)


def _rename(agency: Agency, name: str, why: str, actor: Actor, now: datetime) -> None:
    if not name or folded_name(name) == folded_name(UNNAMED):
        raise InvalidDetailError("请填写本机关的全称，如 某县城市管理局。")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidDetailError(
            "名称应为至多%(longest_name)s字的一行文字。",
            longest_name=LONGEST_NAME,
        )
    told: dict[str, Any] = {"before": agency.name, "why": why}
    agency.name = name
    audit.note(NAMED, actor=actor.name, now=now, agency_id=agency.id, target=name, **told)


def history(agency_id: int) -> list[ParticularChange]:
    """Return every value that was set of an agency, the newest first."""
    is_ours = db.session.get_one(Agency, agency_id).code == DEFAULT
    whose = (None, agency_id) if is_ours else (agency_id,)
    rows = [row for row in office.practice_rows() if row.key in KEYS and row.agency_id in whose]
    names = select(AuditEntry).where(AuditEntry.agency_id == agency_id, AuditEntry.act == NAMED)
    changes = [
        ParticularChange(
            row.key, row.value, None if row.valid_from == ALWAYS else row.valid_from, row.set_by, row.set_at,
            row.why,
        )
        for row in rows
        if not office.damage(row)
    ]  # fmt: skip
    changes += [
        ParticularChange(
            NAME, each.target, each.at.date(), each.actor, each.at, str(each.details.get("why", ""))
        )
        for each in db.session.scalars(names)
    ]
    return sorted(changes, key=lambda each: each.set_at, reverse=True)
