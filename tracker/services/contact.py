"""The register of letters, visits and calls: log, sort, refer, tell, close, turn into a request."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.domain.contact import FORMS, TRIAGE
from tracker.domain.errors import InvalidDetailError, NotPermittedError, StepNotAllowedError
from tracker.domain.permission import Action
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact, ContactAct
from tracker.services import intake, ledger, numbering, office
from tracker.services.actor import Actor


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


def log(data: ContactData, *, actor: Actor, today: date, now: datetime, triage: str | None = None) -> Contact:
    """Log a letter, visit or call, sorted at once where the clerk already knows."""
    actor.require(Action.REGISTER)
    _check(data, triage, today)
    with transaction():
        number = numbering.next_number(actor.agency_id, numbering.CONTACTS, data.arrived_on.year)
        contact = Contact(
            agency_id=actor.agency_id,
            number=number,
            form=data.form,
            arrived_on=data.arrived_on,
            arrived_time=data.arrived_time,
            person=data.person.strip(),
            phone=data.phone or None,
            address=data.address or None,
            summary=data.summary.strip(),
            received_by=actor.name,
            recorded_at=now,
            told="",
            result="",
        )
        db.session.add(contact)
        _act(contact, "log", data.arrived_on, actor, now)
        if triage:
            _sort(contact, triage, actor, today, now)
    return contact


def _check(data: ContactData, triage: str | None, today: date) -> None:
    if data.form not in FORMS:
        raise InvalidDetailError("请选择来件形式。")
    if triage is not None and triage not in TRIAGE:
        raise InvalidDetailError("请选择甄别类型。")
    if data.arrived_on > today:
        raise InvalidDetailError(f"来件日期{data.arrived_on}晚于今天（{today}）。")
    if not data.summary.strip():
        raise InvalidDetailError("请填写反映内容摘要。")


def find(contact_id: int, actor: Actor) -> Contact:
    """Return the contact; refuse another agency's, and another unit's to a handler."""
    contact = db.session.get(Contact, contact_id)
    if contact is None or contact.agency_id != actor.agency_id:
        raise InvalidDetailError("没有这条来信来访来电记录。")
    if not actor.reaches(contact.agency_id, contact.unit_id):
        raise NotPermittedError("查阅其他单位的来件")
    return contact


def triage(contact_id: int, kind: str, *, actor: Actor, today: date, now: datetime) -> Contact:
    """Sort a contact (甄别); may be sorted anew until it is closed."""
    actor.require(Action.REGISTER)
    if kind not in TRIAGE:
        raise InvalidDetailError("请选择甄别类型。")
    with transaction():
        contact = _open(contact_id, actor)
        _sort(contact, kind, actor, today, now)
    return contact


def refer(contact_id: int, unit_id: int, *, actor: Actor, today: date, now: datetime) -> Contact:
    """Refer a contact to a unit (转办)."""
    actor.require(Action.REGISTER)
    with transaction():
        contact = _open(contact_id, actor)
        unit = db.session.get(Unit, unit_id)
        if unit is None or unit.agency_id != actor.agency_id or not unit.active:
            raise InvalidDetailError("请选择承办单位。")
        contact.unit = unit
        _act(contact, "refer", today, actor, now, unit.name)
    return contact


def tell(contact_id: int, words: str, *, actor: Actor, today: date, now: datetime) -> Contact:
    """Keep what the person was told, such as the proper channel (告知情况)."""
    actor.require(Action.REGISTER)
    if not words.strip():
        raise InvalidDetailError("请填写告知情况。")
    with transaction():
        contact = _open(contact_id, actor)
        contact.told = words.strip()
        _act(contact, "tell", today, actor, now, contact.told)
    return contact


def close(contact_id: int, result: str, *, actor: Actor, on: date, today: date, now: datetime) -> Contact:
    """Close a contact with its result; it must have been sorted."""
    actor.require(Action.REGISTER)
    with transaction():
        contact = _open(contact_id, actor)
        if contact.triage is None:
            raise StepNotAllowedError("请先甄别，再办结。")
        if not result.strip():
            raise InvalidDetailError("请填写办理结果。")
        if not contact.arrived_on <= on <= today:
            raise InvalidDetailError("办结日期应在来件日期与今天之间。")
        contact.closed_on, contact.result = on, result.strip()
        _act(contact, "close", on, actor, now, contact.result)
    return contact


def convert(
    contact_id: int,
    *,
    applicant: intake.ApplicantData,
    arrival: intake.Arrival,
    subject: str,
    unit: str | None,
    actor: Actor,
    today: date,
    now: datetime,
) -> Case:
    """Turn a contact into a request that keeps its arrival day; one transaction for both.

    Raises StepNotAllowedError where it already became one, or where it is a call: a call alone is
    no request (第29条, in writing), save the oral exception where the office accepts it by
    telephone (a setting).
    """
    actor.require(Action.REGISTER)
    with transaction():
        contact = _open(contact_id, actor)
        if contact.form == "call" and not office.settings().oral_by_telephone:
            raise StepNotAllowedError(
                "仅凭来电不构成申请（条例第29条：应当采用书面形式）；请告知来电人书面提出或到场口头提出。"
            )
        if arrival.arrived_on != contact.arrived_on:
            raise InvalidDetailError(f"转为申请须保留来件日期（{contact.arrived_on}）。")
        case = intake.add(
            applicant=applicant,
            arrival=arrival,
            subject=subject,
            unit=unit,
            actor=actor,
            today=today,
            now=now,
        )
        if contact.triage != "request":
            _sort(contact, "request", actor, today, now)
        contact.case, contact.closed_on = case, today
        contact.unit_id = ledger.unit_id(case.agency_id, unit) or contact.unit_id
        contact.result = f"转为依申请公开，受理编号{case.number}"
        _act(contact, "convert", today, actor, now, case.number)
    return case


def _open(contact_id: int, actor: Actor) -> Contact:
    contact = find(contact_id, actor)
    if contact.closed_on is not None:
        raise StepNotAllowedError(f"{contact.number}已于{contact.closed_on}办结，不能再办理。")
    return contact


def _sort(contact: Contact, kind: str, actor: Actor, today: date, now: datetime) -> None:
    contact.triage, contact.triaged_at, contact.triaged_by = kind, now, actor.name
    _act(contact, "triage", today, actor, now, TRIAGE[kind])


def _act(contact: Contact, act: str, on: date, actor: Actor, now: datetime, note: str = "") -> None:
    contact.acts.append(ContactAct(act=act, on=on, at=now, actor=actor.name, note=note))
