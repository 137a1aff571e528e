"""The register of letters, visits and calls: log, sort, refer, tell, close, turn into a request."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case.applicant import ApplicantKind, together
from tracker.domain.case.channel import Channel
from tracker.domain.case.duty import Duty
from tracker.domain.case.evidence import Fact
from tracker.domain.contact.contact import FORMS, TRIAGE, duties
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
from tracker.models.contact import Contact, ContactAct, PendingRequest
from tracker.models.duty import CONTACT
from tracker.services.case import applicant, duty, evidence, intake, ledger, numbering
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor

RESTATED = ("next_action", "next_action_on", "duties")  # a change of it counts every contact anew


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


def log(
    data: ContactData,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    triage: str | None = None,
    request: intake.RequestData | None = None,
    token: str = "",
) -> Contact:
    """Log a letter, visit or call; sort it and turn it into a request where that is known at once.

    request: the request it is, kept in the same transaction; ``triage`` is then ``request``.
    token:   of the page that was filled in; the same page sent twice gives the first contact.
    """
    actor.require(Action.REGISTER)
    _check(data, triage, today)
    words: dict[str, Any] = {"triage": triage, "request": request, "token": token}
    try:
        return _log(data, actor=actor, today=today, now=now, **words)
    except StaleDataError:  # two clicks at the same moment: the second finds what the first kept
        if (earlier := _of_token(token, actor)) is None:
            raise
        return earlier


def _log(
    data: ContactData,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    triage: str | None,
    request: intake.RequestData | None,
    token: str,
) -> Contact:
    with transaction():
        if (earlier := _of_token(token, actor)) is not None:
            return earlier
        contact = _new(data, actor, now, token)
        _act(contact, "log", data.arrived_on, actor, now)
        if triage:
            _sort(contact, triage, actor, today, now)
        if request is not None:
            _convert(contact, request, actor, today, now)
        restate(contact)
    return contact


def _of_token(token: str, actor: Actor) -> Contact | None:
    same = select(Contact).where(Contact.form_token == actor.page_mark(token))
    return db.session.scalar(same) if token else None


def _new(data: ContactData, actor: Actor, now: datetime, token: str) -> Contact:
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
        form_token=actor.page_mark(token),
        told="",
        result="",
    )
    db.session.add(contact)
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
        found = {key: getattr(contact, key) or "" for key in ("person", "phone", "address")}
        people = contact.pending.applicant.people if contact.pending else ()
        return {**found, "people": together([who.name for who in people])}


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
        contact = _open(contact_id, actor, version)
        _sort(contact, kind, actor, today, now)
        restate(contact)
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
        contact = _open(contact_id, actor, version)
        unit = db.session.get(Unit, unit_id)
        if unit is None or unit.agency_id != actor.agency_id or not unit.active:
            raise InvalidDetailError("请选择承办单位。")
        contact.unit = unit
        _act(contact, "refer", today, actor, now, unit.name)
    return contact


def tell(
    contact_id: int,
    words: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
) -> Contact:
    """Keep what the person was told, such as the proper channel (告知情况)."""
    actor.require(Action.REGISTER)
    if not words.strip():
        raise InvalidDetailError("请填写告知情况。")
    with transaction():
        contact = _open(contact_id, actor, version)
        contact.told = words.strip()
        _act(contact, "tell", today, actor, now, contact.told)
        restate(contact)
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
        contact = _open(contact_id, actor, version)
        if contact.triage is None:
            raise StepNotAllowedError("请先甄别，再办结。")
        if not result.strip():
            raise InvalidDetailError("请填写办理结果。")
        if not contact.arrived_on <= on <= today:
            raise InvalidDetailError("办结日期应在来件日期与今天之间。")
        contact.closed_on, contact.result = on, result.strip()
        _act(contact, "close", on, actor, now, contact.result)
        restate(contact)
    return contact


def convert(
    contact_id: int, request: intake.RequestData, *, actor: Actor, today: date, now: datetime
) -> Case | None:
    """Turn a contact into a request that keeps its arrival day; one transaction for both.

    None where the channel's rule asks for a confirmation that has not come: the request then
    waits, without a day of receipt, until ``confirm`` (第31条).

    Raises StepNotAllowedError where it already became one, or where it is a call: a call alone is
    no request (第29条, in writing), save the oral exception where the office accepts it by
    telephone (a setting).
    """
    actor.require(Action.REGISTER)
    with transaction():
        contact = _open(contact_id, actor)
        made = _convert(contact, request, actor, today, now)
        restate(contact)
    return made


def _convert(
    contact: Contact, request: intake.RequestData, actor: Actor, today: date, now: datetime
) -> Case | None:
    if contact.form == "call" and not office.settings().oral_by_telephone:
        raise StepNotAllowedError(
            "仅凭来电不构成申请（条例第29条：应当采用书面形式）；请告知来电人书面提出或到场口头提出。"
        )
    if request.arrival.arrived_on != contact.arrived_on:
        raise InvalidDetailError(f"转为申请须保留来件日期（{contact.arrived_on}）。")
    held = contact.pending.applicant if contact.pending else None
    request = applicant.completed(request, phone=contact.phone, address=contact.address, held=held)
    case = None
    if request.arrival.awaits_confirmation:
        _hold(contact, request, actor, today, now)
    else:
        case = intake.add(request, actor=actor, today=today, now=now)
        if contact.pending:  # converted anew, as one that need not wait
            applicant.ask_instead(contact.pending, case.applicant)
    if contact.triage != "request":
        _sort(contact, "request", actor, today, now)
    contact.unit_id = ledger.unit_id(contact.agency_id, request.unit) or contact.unit_id
    if case is not None:
        _became(contact, case, actor, today, now)
    db.session.flush()
    for fact in request.evidence:
        evidence.attach(contact, fact, actor=actor, today=today, now=now)
    return case


def another(
    contact_id: int, request: intake.RequestData, *, actor: Actor, today: date, now: datetime
) -> Case:
    """Register a further request of a letter that became one; raise StepNotAllowedError of any other."""
    actor.require(Action.REGISTER)
    with transaction():
        contact = find(contact_id, actor)
        numbers = [act.note for act in contact.acts if act.act == "convert"]
        same = select(Case.id).where(Case.agency_id == actor.agency_id, Case.number.in_(numbers))
        if contact.case is None or request.arrival.arrived_on != contact.arrived_on:
            raise StepNotAllowedError("请先将这一来件转为申请，并保留来件日期。")
        if db.session.scalar(same.where(Case.subject == request.subject.strip())):
            raise StepNotAllowedError("这一来件已经登记过内容相同的申请。")
        held = contact.case.applicant
        request = applicant.completed(request, phone=contact.phone, address=contact.address, held=held)
        case = intake.add(request, actor=actor, today=today, now=now)
        _act(contact, "convert", today, actor, now, case.number)
        contact.result = f"转为依申请公开，受理编号{'、'.join([*numbers, case.number])}"
        for fact in request.evidence:
            evidence.attach(contact, fact, actor=actor, today=today, now=now)
    return case


def _became(contact: Contact, case: Case, actor: Actor, today: date, now: datetime) -> None:
    contact.case, contact.closed_on = case, today
    contact.result = f"转为依申请公开，受理编号{case.number}"
    _act(contact, "convert", today, actor, now, case.number)


# -- requests that wait for their confirmation (第31条) ------------------------------------------------


def _hold(contact: Contact, request: intake.RequestData, actor: Actor, today: date, now: datetime) -> None:
    """Keep a request that has no day of receipt yet."""
    intake.check(request)
    ledger.check_unit(contact.agency_id, request.unit)
    arrival = request.arrival
    pending = contact.pending or PendingRequest()
    pending.channel, pending.subject = arrival.channel.value, request.subject.strip()
    pending.unit, pending.forwarded_on = request.unit, arrival.forwarded_on
    pending.tracking_number = arrival.tracking_number
    contact.pending = pending
    applicant.ask_instead(pending, intake.applicant_row(actor.agency_id, request.applicant, request.further))
    _act(contact, "hold", today, actor, now, arrival.channel.label)


def confirm(
    contact_id: int,
    fact: Fact,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Turn a waiting request into a case: the day of the confirmation is its day of receipt (第31条).

    fact: the confirmation: its day, how, and by whom; kept as evidence.

    Raises StepNotAllowedError where nothing waits, InvalidDetailError, UnlawfulDayError.
    """
    actor.require(Action.REGISTER)
    with transaction():
        contact = _open(contact_id, actor, version)
        pending = contact.pending
        if pending is None:
            raise StepNotAllowedError("这一来件没有等待确认的申请，请用“转为依申请公开”。")
        evidence.attach(contact, fact, actor=actor, today=today, now=now)
        request = _waiting(contact, pending, fact.on)
        case = intake.add(request, actor=actor, today=today, now=now, who=pending.applicant)
        if contact.triage != "request":
            _sort(contact, "request", actor, today, now)
        _became(contact, case, actor, today, now)
        restate(contact)
    return case


def _waiting(contact: Contact, pending: PendingRequest, confirmed_on: date) -> intake.RequestData:
    arrival = intake.Arrival(
        channel=Channel(pending.channel),
        arrived_on=contact.arrived_on,
        confirmed_on=confirmed_on,
        tracking_number=pending.tracking_number,
        forwarded_on=pending.forwarded_on,
    )
    person = pending.applicant
    who = intake.ApplicantData(kind=ApplicantKind(person.kind), name=person.name)
    return intake.RequestData(applicant=who, arrival=arrival, subject=pending.subject, unit=pending.unit)


# -- dates ---------------------------------------------------------------------------------------------


def restate(contact: Contact) -> None:
    """Write on the contact which date comes next, and keep its duties where reminders look for them."""
    with db.session.no_autoflush:  # a new row is written once, with its dates
        found = dates(contact)
    contact.next_action = found[0].name if found else None
    contact.next_action_on = found[0].on if found else None
    db.session.flush()
    duty.restate(CONTACT, contact.id, contact.agency_id, found)


def dates(contact: Contact) -> list[Duty]:
    """Return what must still happen with the contact; raise DamagedError where it cannot be told."""
    return duties(contact.facts, office.calendar(), office.settings().confirmation_days)


def _open(contact_id: int, actor: Actor, version: int | None = None) -> Contact:
    """Return a contact that may still be acted on, as the person saw it (else StaleDataError)."""
    contact = find(contact_id, actor)
    if version is not None and contact.version != version:
        raise StaleDataError(f"contact {contact.number}: version {version} is not {contact.version}")
    if contact.closed_on is not None:
        raise StepNotAllowedError(f"{contact.number}已于{contact.closed_on}办结，不能再办理。")
    return contact


def _sort(contact: Contact, kind: str, actor: Actor, today: date, now: datetime) -> None:
    contact.triage, contact.triaged_at, contact.triaged_by = kind, now, actor.name
    _act(contact, "triage", today, actor, now, TRIAGE[kind])


def _act(contact: Contact, act: str, on: date, actor: Actor, now: datetime, note: str = "") -> None:
    """Write an act; each raises the version of its contact, also where it says what was said before."""
    if contact.id:
        flag_modified(contact, "triage")
    contact.acts.append(ContactAct(act=act, on=on, at=now, actor=actor.name, note=note))
