"""The register of letters, visits and calls: log, sort, refer, tell, close; requests: ``registration``."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case.applicant import together
from tracker.domain.contact.contact import FORMS, TRIAGE
from tracker.domain.errors import (
    InvalidDetailError,
    NotFoundError,
    NotPermittedError,
    StepNotAllowedError,
)
from tracker.domain.permission import Action
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact, ContactAct
from tracker.models.duty import CONTACT
from tracker.services.case import duty
from tracker.services.contact import deadline
from tracker.services.office import audit
from tracker.services.office.actor import Actor

ACT = ("act", "on", "at", "actor", "note")  # columns of an act


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactData:
    """What the clerk types while the telephone rings."""

    form: str
    arrived_on: date
    arrived_time: str = ""
    person: str = ""
    phone: str = ""
    address: str = ""
    summary: str


def check(data: ContactData, triage: str | None, today: date) -> None:
    """Raise InvalidDetailError where the contact lacks what every one has, or lies in the future."""
    if data.form not in FORMS:
        raise InvalidDetailError("请选择来件形式。")
    if triage is not None and triage not in TRIAGE:
        raise InvalidDetailError("请选择甄别类型。")
    if data.arrived_on > today:
        raise InvalidDetailError(
            "来件日期%(arrived_on)s晚于今天（%(today)s）。",
            arrived_on=data.arrived_on,
            today=today,
        )
    if not data.summary.strip():
        raise InvalidDetailError("请填写反映内容摘要。")


def new(data: ContactData, *, actor: Actor, now: datetime, form_token: str | None) -> Contact:
    """Return a contact that is logged, without its number: ``add`` writes it, once all is known of it.

    form_token: the mark of the page that was filled in, which no second contact bears.
    """
    contact = Contact(
        agency_id=actor.agency_id,
        form=data.form,
        arrived_on=data.arrived_on,
        arrived_time=data.arrived_time,
        person=data.person.strip(),
        phone=data.phone or None,
        address=data.address or None,
        summary=data.summary.strip(),
        received_by=actor.name,
        recorded_at=now,
        form_token=form_token,
        told="",
        result="",
        acts=[],
        pending=None,
        case=None,
    )
    record(contact, "log", data.arrived_on, actor=actor, now=now)
    return contact


def add(contact: Contact) -> None:
    """Write a new contact, with the case that it became, in the transaction that registers it.

    Its acts are one statement; its duties are kept beside it.
    """
    upcoming = deadline.put(contact)
    acts = [{name: getattr(act, name) for name in ACT} for act in contact.acts]
    contact.acts.clear()
    db.session.add(contact)
    db.session.flush()
    rows = [{**act, "contact_id": contact.id} for act in acts]
    db.session.connection().execute(insert(ContactAct), rows)
    db.session.expire(contact, ["acts"])
    duty.add(duty.rows(CONTACT, contact.id, contact.agency_id, upcoming))


def find(contact_id: int, actor: Actor) -> Contact:
    """Return the contact; refuse another agency's, and another unit's to a handler.

    One that became a case is reached as its case is.
    """
    contact = db.session.get(Contact, contact_id)
    if contact is None or contact.agency_id != actor.agency_id:
        raise NotFoundError("没有这条来信来访来电记录。")
    if not actor.reaches(*contact.reach):
        raise NotPermittedError("查阅其他单位的来件")
    return contact


def reveal(contact_id: int, *, actor: Actor, now: datetime) -> dict[str, str]:
    """Return the person's data in the clear; the look is logged."""
    with transaction():
        contact = find(contact_id, actor)
        audit.note(
            "revealed",
            actor=actor.name,
            now=now,
            agency_id=contact.agency_id,
            target=contact.number,
        )
        details = {key: getattr(contact, key) or "" for key in ("person", "phone", "address")}
        people = contact.pending.applicant.people if contact.pending else ()
        return {**details, "people": together([who.name for who in people])}


def triage(
    contact_id: int,
    kind: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
) -> Contact:
    """Sort a contact (甄别); may be sorted anew until it is closed."""
    actor.require(Action.REGISTER)
    if kind not in TRIAGE:
        raise InvalidDetailError("请选择甄别类型。")
    with transaction():
        contact = find_open(contact_id, actor, version)
        sort(contact, kind, actor=actor, today=today, now=now)
        deadline.restate(contact)
    return contact


def refer(
    contact_id: int,
    unit_id: int,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
) -> Contact:
    """Refer a contact to a unit (转办)."""
    actor.require(Action.REGISTER)
    with transaction():
        contact = find_open(contact_id, actor, version)
        unit = db.session.get(Unit, unit_id)
        if unit is None or unit.agency_id != actor.agency_id or not unit.active:
            raise InvalidDetailError("请选择承办单位。")
        contact.unit = unit
        record(contact, "refer", today, actor=actor, now=now, note=unit.name)
    return contact


def tell(
    contact_id: int,
    told: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
) -> Contact:
    """Keep what the person was told, such as the proper channel (告知情况)."""
    actor.require(Action.REGISTER)
    if not told.strip():
        raise InvalidDetailError("请填写告知情况。")
    with transaction():
        contact = find_open(contact_id, actor, version)
        contact.told = told.strip()
        record(contact, "tell", today, actor=actor, now=now, note=contact.told)
        deadline.restate(contact)
    return contact


def close(
    contact_id: int,
    result: str,
    *,
    on: date,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
) -> Contact:
    """Close a contact with its result; it must have been sorted."""
    actor.require(Action.REGISTER)
    with transaction():
        contact = find_open(contact_id, actor, version)
        if contact.triage is None:
            raise StepNotAllowedError("请先甄别，再办结。")
        if not result.strip():
            raise InvalidDetailError("请填写办理结果。")
        if not contact.arrived_on <= on <= today:
            raise InvalidDetailError("办结日期应在来件日期与今天之间。")
        contact.closed_on, contact.result = on, result.strip()
        record(contact, "close", on, actor=actor, now=now, note=contact.result)
        deadline.restate(contact)
    return contact


def find_open(contact_id: int, actor: Actor, version: int | None = None) -> Contact:
    """Return a contact that may still be acted on, as the person saw it (else StaleDataError)."""
    contact = find(contact_id, actor)
    if version is not None and contact.version != version:
        raise StaleDataError(f"contact {contact.number}: version {version} is not {contact.version}")
    if contact.closed_on is not None:
        raise StepNotAllowedError(
            "%(number)s已于%(closed_on)s办结，不能再办理。",
            number=contact.number,
            closed_on=contact.closed_on,
        )
    return contact


def sort(contact: Contact, kind: str, *, actor: Actor, today: date, now: datetime) -> None:
    """Sort a contact in the caller's transaction."""
    contact.triage, contact.triaged_at, contact.triaged_by = kind, now, actor.name
    record(contact, "triage", today, actor=actor, now=now, note=TRIAGE[kind])


def record(contact: Contact, act: str, on: date, *, actor: Actor, now: datetime, note: str = "") -> None:
    """Write an act; each raises the version of its contact, also where it says what was said before."""
    if contact.id:
        flag_modified(contact, "triage")
    contact.acts.append(ContactAct(act=act, on=on, at=now, actor=actor.name, note=note))


def case_numbers(contact: Contact) -> list[str]:
    """Return the numbers of the cases that the contact became, in their order."""
    return [act.note for act in contact.acts if act.act == "convert"]


def cases_of(contact: Contact) -> list[Case]:
    """Return every request that the contact became: one letter may hold several."""
    numbers = case_numbers(contact)
    query = select(Case).where(Case.agency_id == contact.agency_id, Case.number.in_(numbers))
    return list(db.session.scalars(query.order_by(Case.id)).unique()) if numbers else []
