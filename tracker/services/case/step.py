"""Take a step on a case: the use case behind every button of the case page."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, union
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case import channel, check, silence, wish
from tracker.domain.case.event import Entry
from tracker.domain.case.file import AUTHORITY
from tracker.domain.case.finding import Objection
from tracker.domain.case.representative import PROOFS
from tracker.domain.case.standing import Standing
from tracker.domain.errors import GuardError, NotFoundError, NotPermittedError
from tracker.domain.message import by_law, joined
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact, ContactAct
from tracker.models.reads.applicant import cases_of_people, people_of
from tracker.models.reads.case_file import files_of
from tracker.services.case import agreement, consent, fee, ledger, repeat, review
from tracker.services.office import audit
from tracker.services.office.actor import Actor

RELATED = 10
REVEALED = ("name", "id_number", "id_kept", "phone", "email", "address", "purpose", "help")


def find(case_id: int, actor: Actor, *, with_ledger: bool = False) -> Case:
    """Return the case; refuse another agency's, and another unit's to a handler.

    with_ledger: its entries are read by the same statement.
    """
    ledger_too = [joinedload(Case.events)] if with_ledger else []
    case = db.session.get(Case, case_id, options=ledger_too, populate_existing=with_ledger)
    if case is None or case.agency_id != actor.agency_id:
        raise NotFoundError("没有这个案件。")
    if not actor.reaches(case.agency_id, case.unit_id):
        raise NotPermittedError("查阅其他单位的案件")
    return case


def check_version(case: Case, version: int | None) -> None:
    """Raise StaleDataError (409) where the case is not as the person saw it; None: nobody looked at it."""
    if version is not None and case.version != version:
        raise StaleDataError(f"case {case.number}: version {version} is not {case.version}")


def move(case: Case, seen: int) -> None:
    """Let the case be another than was seen, where no step made it one: a second click is refused (409).

    After the step, which locks the chain before the case.
    """
    if case.version == seen:
        flag_modified(case, "state")


def standing(case: Case) -> Standing:
    """Return where the case stands, folded from its ledger."""
    return ledger.standing(case.entries)


def objections(case: Case, entry: Entry, actor: Actor) -> list[Objection]:
    """Return what the facts say against the step, before it is taken."""
    return [
        *check.objections(standing(case), entry),
        *review.against(case, entry, actor),
        *fee.against(case, entry),
        *repeat.against(case, entry),
        *consent.against(case, entry, actor),
    ]


def preview(case: Case, entry: Entry, *, today: date) -> Standing:
    """Return where the case would stand after the step; nothing is kept. Raises as ``take``."""
    replay = ledger.replay(case.entries, today)
    replay.take(ledger.checked(entry))
    return replay.standing


def take(
    case_id: int,
    entry: Entry,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
    override: str = "",
) -> Case:
    """Take one step in one transaction.

    version:  the version that the person saw; another one raises StaleDataError (409).
    override: why the step is taken against an objection; kept in the entry.

    Raises GuardError, StepNotAllowedError, UnlawfulDayError, InvalidDetailError,
    NotPermittedError; then nothing was kept.
    """
    with transaction(forgets=False):
        case = find(case_id, actor, with_ledger=True)
        check_version(case, version)
        taken(case, entry, actor=actor, today=today, now=now, override=override)
    return case


def taken(case: Case, entry: Entry, *, actor: Actor, today: date, now: datetime, override: str = "") -> None:
    """Take one step in the caller's transaction. Raises as ``take``."""
    clean = ledger.checked(entry)
    ledger.check_permission(case, clean, actor)
    if clean.step == "correct":
        refused(review.against_correction(case, clean))
    else:
        clean = _reasoned(case, _guarded(case, clean, actor, override.strip()))
    ledger.record(case, clean, actor=actor, today=today, now=now)
    agreement.answered(case, clean, now=now)


def refused(against: Iterable[Objection]) -> None:
    """Raise GuardError with everything that is against an act; nothing where there is nothing."""
    if told := [by_law(each.message, each.law) for each in against]:
        raise GuardError(joined(told))


def _guarded(case: Case, entry: Entry, actor: Actor, override: str) -> Entry:
    """Return the entry, with the reason of an override; raise GuardError where it is refused."""
    against = objections(case, entry, actor)
    final = [o for o in against if o.final]
    if final or (against and not override):
        refused(final or against)
    if not against:
        return entry
    kept = "；".join(o.message for o in against)
    reason = "；".join(filter(None, [str(entry.details.get("reason") or ""), f"{override}（{kept}）"]))
    return Entry(entry.step, entry.on, {**entry.details, "reason": reason})


def _reasoned(case: Case, entry: Entry) -> Entry:
    """Return the entry; one that rests on a silence says on which article where the person did not."""
    if entry.details.get("reason") or not (reason := silence.words(standing(case), entry)):
        return entry
    return Entry(entry.step, entry.on, {**entry.details, "reason": reason})


def reveal(case_id: int, *, actor: Actor, now: datetime) -> list[dict[str, str]]:
    """Return the personal data of everybody who asks, then of who acts for them; the look is logged."""
    with transaction():
        case = find(case_id, actor)
        details: dict[str, Any] = {"target": case.number, "agency_id": case.agency_id}
        audit.note("revealed", actor=actor.name, now=now, **details)
        first = case.applicant
        return [
            {key: getattr(who, key) or "" for key in REVEALED}
            for who in (*first.people, *first.representatives)
        ]


def slip(case_id: int, *, actor: Actor, now: datetime) -> Case:
    """Return the case for its receipt, which names the applicant; the look is logged."""
    with transaction():
        case = find(case_id, actor)
        details: dict[str, Any] = {"target": case.number, "agency_id": case.agency_id}
        audit.note("printed", actor=actor.name, now=now, **details)
    return case


def related(case: Case, actor: Actor) -> list[Case]:
    """Return other requests of any of the applicants that the actor may see, the newest first."""
    same = cases_of_people(case.agency_id, people_of(case))
    seen = [c for c in same if c.id != case.id and actor.reaches(c.agency_id, c.unit_id)]
    return seen[:RELATED]


def lacking(case: Case) -> list[str]:
    """Return what the request lacks of what 第29条 asks for; nothing of one that a file brought."""
    who = case.applicant
    if not case.registered_by:
        return []
    everybody = (who, *who.others)
    ways = [way or "" for one in everybody for way in (one.phone, one.email, one.address)]
    missing = channel.lacking(who.name, who.id_number or "", ways)
    roles = {one.role for one in who.representatives}
    wanted = [PROOFS[role] for role in PROOFS if role in roles]
    if not wanted:
        return missing
    proofs = sum(each.purpose == AUTHORITY for each in files_of(case, contacts_of(case)))
    return missing if proofs >= len(wanted) else [*missing, *wanted]


def unproved(case: Case) -> list[str]:
    """Return what an oral request lacks as proof of what it asks for; nothing of one that a file brought."""
    who = case.applicant
    return list(wish.unproved(case.channel, who.filled_by, who.read_back_on)) if case.registered_by else []


BECAME = (  # made once: every page of a case asks it
    select(Contact)
    .where(
        Contact.agency_id == bindparam("agency"),
        Contact.id.in_(
            union(
                select(Contact.id).where(Contact.case_id == bindparam("case")),
                select(ContactAct.contact_id).where(
                    ContactAct.act == "convert", ContactAct.note == bindparam("number")
                ),
            )
        ),
    )
    .order_by(Contact.id)
)


def contacts_of(case: Case) -> list[Contact]:
    """Return the letters, visits and calls that became this request, alone or with others."""
    asked = {"agency": case.agency_id, "case": case.id, "number": case.number}
    return list(db.session.scalars(BECAME, asked).unique())
