"""Register a letter, a visit or a call and the request that it is: one transaction, two acts.

Every request comes this way: typed with its letter, out of a letter that was logged before, or confirmed
later. The first act logs the contact; the second makes the request's case, or lets the request wait where
it has no day of receipt yet (第31条).
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.evidence import Fact
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError
from tracker.domain.folding import folded_name
from tracker.domain.permission import Action
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact, PendingRequest
from tracker.services.case import applicant, evidence, intake, ledger, numbering
from tracker.services.contact import contact, deadline
from tracker.services.contact.contact import ContactData
from tracker.services.office import office
from tracker.services.office.actor import Actor

UNSHOWN = (
    "id_kind",
    "id_number",
    "id_kept",
    "phone",
    "email",
    "address",
)  # what a form that is filled in anew does not show


# -- the use cases -------------------------------------------------------------------------------------


def register(
    data: ContactData,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    triage: str | None = None,
    request: RequestData | None = None,
    token: str = "",
) -> Contact:
    """Log a letter, visit or call; sort it and register its request where that is known at once.

    request: the request that it is; ``triage`` is then ``request``.
    token:   of the page that was filled in; the same page sent twice gives the first contact.

    Raises InvalidDetailError, UnlawfulDayError, StepNotAllowedError, NotPermittedError; then nothing was
    kept.
    """
    actor.require(Action.REGISTER)
    contact.check(data, triage, today)
    try:
        with transaction(forgets=False):
            row = contact.new(data, actor=actor, now=now, form_token=actor.page_mark(token))
            if triage:
                contact.sort(row, triage, actor=actor, today=today, now=now)
            case = None if request is None else _prepared(row, request, actor, today, now)
            _number(row, case)
            if case is not None:
                _became(row, case.row, actor, today, now)
            contact.add(row)
            if case is not None:
                intake.write(case, actor=actor, now=now)
            if request is not None:
                _prove(row, request, actor, today, now)
            return row
    except StaleDataError:  # the same page sent again: no second contact bears its mark
        if (earlier := _of_page(token, actor)) is None:
            raise
        return earlier


def _number(row: Contact, case: intake.NewCase | None) -> None:
    """Give the numbers, once all else is known: who counts next waits from here to the end alone."""
    letter = (numbering.CONTACTS, row.arrived_on.year)
    if case is None:
        (row.number,) = numbering.next_numbers(row.agency_id, letter)
    else:
        row.number, case.row.number = numbering.next_numbers(row.agency_id, letter, case.place)


def _of_page(token: str, actor: Actor) -> Contact | None:
    same = select(Contact).where(Contact.form_token == actor.page_mark(token))
    return db.session.scalar(same) if token else None


def convert(
    contact_id: int, request: RequestData, *, actor: Actor, today: date, now: datetime
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
        row = contact.find_open(contact_id, actor)
        case = _request(row, request, actor, today, now)
        deadline.restate(row)
    return case


def another(contact_id: int, request: RequestData, *, actor: Actor, today: date, now: datetime) -> Case:
    """Register a further request of a letter that became one; raise StepNotAllowedError of any other."""
    actor.require(Action.REGISTER)
    with transaction():
        row = contact.find(contact_id, actor)
        if row.case is None or request.arrival.arrived_on != row.arrived_on:
            raise StepNotAllowedError("请先将这一来件转为申请，并保留来件日期。")
        if request.subject.strip() in {case.subject for case in contact.cases_of(row)}:
            raise StepNotAllowedError("这一来件已经登记过内容相同的申请。")
        request = _completed(request, row, row.case.applicant)
        new = intake.prepare(request, actor=actor, today=today, now=now)
        case = intake.add(new, actor=actor, now=now)
        _became(row, case, actor, today, now)
        _prove(row, request, actor, today, now)
    return case


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
        row = contact.find_open(contact_id, actor, version)
        pending = row.pending
        if pending is None:
            raise StepNotAllowedError("这一来件没有等待确认的申请，请用“转为依申请公开”。")
        evidence.attach(row, fact, actor=actor, today=today, now=now)
        request = _waiting(row, pending, fact.on)
        new = intake.prepare(request, actor=actor, today=today, now=now, who=pending.applicant)
        case = intake.add(new, actor=actor, now=now)
        _sort_as_request(row, actor, today, now)
        _became(row, case, actor, today, now)
        deadline.restate(row)
    return case


# -- the second act ------------------------------------------------------------------------------------


def _request(row: Contact, request: RequestData, actor: Actor, today: date, now: datetime) -> Case | None:
    """Make the case of the contact's request; None where it waits for its confirmation."""
    new = _prepared(row, request, actor, today, now)
    _sort_as_request(row, actor, today, now)
    if new is not None:
        intake.add(new, actor=actor, now=now)
        if row.pending:  # converted anew, as one that need not wait
            _ask_instead(row.pending, new.row.applicant)
        _became(row, new.row, actor, today, now)
    db.session.flush()
    _prove(row, request, actor, today, now)
    return None if new is None else new.row


def _prepared(
    row: Contact, request: RequestData, actor: Actor, today: date, now: datetime
) -> intake.NewCase | None:
    """Return the case of the contact's request, without its number; None where it waits to be confirmed."""
    if row.form == "call" and not office.rules(row.arrived_on).oral_by_telephone:
        raise StepNotAllowedError(
            "仅凭来电不构成申请（条例第29条：应当采用书面形式）；请告知来电人书面提出或到场口头提出。"
        )
    if request.arrival.arrived_on != row.arrived_on:
        raise InvalidDetailError(
            "转为申请须保留来件日期（%(arrived_on)s）。",
            arrived_on=row.arrived_on,
        )
    request = _completed(request, row, row.pending.applicant if row.pending else None)
    if intake.awaits_confirmation(request.arrival):
        _hold(row, request, actor, today, now)
        row.unit_id = ledger.unit_id(row.agency_id, request.unit) or row.unit_id
        return None
    new = intake.prepare(request, actor=actor, today=today, now=now)
    row.unit_id = new.row.unit_id or row.unit_id
    return new


def _completed(request: RequestData, row: Contact, held: Applicant | None) -> RequestData:
    """Return the request of a letter with what is known of its people already: the form does not show it.

    held: who asked when the letter was converted before.
    """
    first = request.applicant
    told = replace(first, phone=first.phone or row.phone or "")
    if "@" in (row.address or ""):
        told = replace(told, email=first.email or row.address or "")
    else:
        told = replace(told, address=first.address or row.address or "")
    left = [held, *held.others] if held else []
    filled = [_filled(data, left) for data in (told, *request.further)]
    acting = [replace(each, person=_filled(each.person, left, each.role)) for each in request.representatives]
    return replace(request, applicant=filled[0], further=tuple(filled[1:]), representatives=tuple(acting))


def _filled(data: ApplicantData, left: list[Applicant], role: str = "") -> ApplicantData:
    """Return a person with what is kept of one of the name; each of those left is taken once."""
    known = next((one for one in left if (one.role, one.folded) == (role, folded_name(data.name))), None)
    if known is None:
        return data
    left.remove(known)
    unshown: dict[str, Any] = {key: getattr(data, key) or getattr(known, key) or "" for key in UNSHOWN}
    return replace(data, **unshown)


def _sort_as_request(row: Contact, actor: Actor, today: date, now: datetime) -> None:
    if row.triage != "request":
        contact.sort(row, "request", actor=actor, today=today, now=now)


def _became(row: Contact, case: Case, actor: Actor, today: date, now: datetime) -> None:
    """Close the contact with the number of its case, or of all that one letter became."""
    contact.record(row, "convert", today, actor=actor, now=now, note=case.number)
    if row.case is None:
        row.case, row.closed_on = case, today
    row.result = f"转为依申请公开，受理编号{'、'.join(contact.case_numbers(row))}"


def _prove(row: Contact, request: RequestData, actor: Actor, today: date, now: datetime) -> None:
    for fact in request.evidence:
        evidence.attach(row, fact, actor=actor, today=today, now=now)


# -- requests that wait for their confirmation (第31条) ------------------------------------------------


def _hold(row: Contact, request: RequestData, actor: Actor, today: date, now: datetime) -> None:
    """Keep a request that has no day of receipt yet."""
    request.check()
    request.wishes.check(arrived_on=row.arrived_on, today=today)
    ledger.check_unit(row.agency_id, request.unit)
    arrival = request.arrival
    pending = row.pending or PendingRequest()
    pending.channel, pending.subject = arrival.channel.value, request.subject.strip()
    pending.unit, pending.forwarded_on = request.unit, arrival.forwarded_on
    pending.tracking_number = arrival.tracking_number
    row.pending = pending
    _ask_instead(pending, applicant.of_request(actor.agency_id, request))
    contact.record(row, "hold", today, actor=actor, now=now, note=arrival.channel.label)


def _ask_instead(pending: PendingRequest, who: Applicant) -> None:
    """Let a waiting request be asked by who was typed last; those typed before it ask nothing."""
    before, pending.applicant = pending.applicant, who
    db.session.flush()
    if before:
        applicant.remove(before)


def _waiting(row: Contact, pending: PendingRequest, confirmed_on: date) -> RequestData:
    arrival = Arrival(
        channel=Channel(pending.channel),
        arrived_on=row.arrived_on,
        confirmed_on=confirmed_on,
        tracking_number=pending.tracking_number,
        forwarded_on=pending.forwarded_on,
    )
    person = pending.applicant
    who = ApplicantData(kind=ApplicantKind(person.kind), name=person.name)
    return RequestData(applicant=who, arrival=arrival, subject=pending.subject, unit=pending.unit)
