"""Keep what is agreed with an applicant of how he is served, and tell him how his request stands.

He is told by the outbox, which knows neither his address nor his number; what he is told names the office and
the number of the request, and is no service.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from tracker.domain.case import agreement, history
from tracker.domain.case.agreement import ANSWERED, EMAIL, RECEIVED, SMS
from tracker.domain.case.event import Entry
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.representative import Representative, RepresentativeRole
from tracker.domain.case.step_field import METHODS
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import worded
from tracker.domain.permission import Action
from tracker.mail import channel, compose, sms
from tracker.mail.smtp import Acceptance, NotSentError, OutgoingMail
from tracker.models.applicant import Applicant
from tracker.models.base import ZONE, db, transaction
from tracker.models.case import Case
from tracker.models.outbox import CANCELLED, FAILED, TOLD, WAITING, Message
from tracker.models.reads.agreement import agreed
from tracker.models.service_agreement import ServiceAgreement
from tracker.services.mail import outbox
from tracker.services.mail.carrier import APPLICANT, APPLICANT_SMS, Stamp
from tracker.services.mail.recipient import Recipient
from tracker.services.office import agency, audit, setting
from tracker.services.office.actor import Actor

NAME = "申请人"
CORRECTION = "correct"
NO_MAILBOX = worded("申请人登记的邮箱不是邮箱地址：请先更正申请人。")
CHANGED = worded("告知的内容与台账不再相符（台账已更正），没有告知。")


def record(
    case: Case, *, electronic: bool, told_by: str, known_from: str, actor: Actor, now: datetime
) -> ServiceAgreement:
    """Keep what was agreed, in one transaction; who is to be told is told that the request was received.

    What waits for him leaves by the way that is agreed now, and what did not reach him is tried again.

    Raises InvalidDetailError where he could not be reached, NotPermittedError.
    """
    actor.require(Action.REGISTER)
    with transaction():
        db.session.refresh(case)
        first, known_from = case.applicant, known_from.strip()
        agreement.check(electronic=electronic, known_from=known_from, email=first.email or "")
        reached = _reached(case, told_by, now)
        if told_by:
            agreement.check_told(told_by, reached)
        boxes = [first.email] if electronic else []
        boxes += [reached] if told_by == EMAIL else []
        if any(channel.scheme(box or "") for box in boxes):
            raise InvalidDetailError(NO_MAILBOX)
        if told_by == SMS and not sms.is_set(setting.in_force()):
            raise InvalidDetailError(sms.OFF)
        row = ServiceAgreement(
            agency_id=case.agency_id, case_id=case.id, electronic=electronic, told_by=told_by,
            known_from=known_from, recorded_by=actor.name, recorded_at=now,
        )  # fmt: skip
        db.session.add(row)
        told: dict[str, Any] = {"electronic": electronic, "told_by": told_by}
        audit.note(
            "service_agreed", actor=actor.name, now=now, target=case.number, agency_id=case.agency_id, **told
        )
        db.session.flush()
        _again(case, now)
        if case.received_on is not None and case.closed_on is None:
            on = compose.day("zh", case.received_on)
            _tell(case, f"{RECEIVED}|{case.received_on}", f"已收到，收到日期为{on}。", now)
    return row


def _again(case: Case, now: datetime) -> None:
    """Let what did not leave yet leave by the way that is agreed, and try anew what did not reach him.

    Of a request that was answered that is the answer alone.
    """
    to = _place(case)
    if not to:
        return
    stage = ANSWERED if case.closed_on is not None else ""
    mine = (Message.kind == TOLD, Message.subject_id == case.id)
    ended = (
        *mine,
        Message.status.in_((FAILED, CANCELLED)),
        Message.key.startswith(f"{TOLD}|{case.id}|{stage}"),
    )
    again = {"status": WAITING, "tries": 0, "next_at": now, "address": to}
    for those, values in ((ended, again), ((*mine, Message.status == WAITING), {"address": to})):
        changed = update(Message).where(*those).values(**values)
        db.session.execute(changed.execution_options(synchronize_session=False))


def told_people(case: Case, on: date) -> list[Applicant]:
    """Return who is told how the request stands, the first who can be reached before the others.

    An agent whose authority holds on the day and says that he receives what comes, then a guardian, each of
    all who ask; then who stands for several, then who asks, in their order (practice).
    """
    first = case.applicant
    acting = [
        row
        for row in first.representatives
        if (row.acts_for_id is None or not first.further) and _holds(row, on)
    ]
    agents = [row for row in acting if row.role == RepresentativeRole.AGENT and row.gets_letters]
    guardians = [row for row in acting if row.role == RepresentativeRole.GUARDIAN]
    standing_for = [row for row in first.people if row.gets_letters]
    return [*agents, *guardians, *standing_for, *first.people]


def _holds(row: Applicant, on: date) -> bool:
    """Return whether the authority of somebody who acts holds on a day."""
    return Representative(row.role, row.name, from_on=row.from_on, to_on=row.to_on).covers(on)


def _reached(case: Case, told_by: str, now: datetime) -> str:
    """Return the mailbox, or the number of a mobile telephone, that a message goes to; empty of none."""
    on = now.astimezone(ZONE).date()
    ways = (
        (who.email or "") if told_by == EMAIL else agreement.mobile(who.phone or "")
        for who in told_people(case, on)
    )
    return next(filter(None, ways), "")


def _place(case: Case) -> str:
    """Return what stands in the outbox for where he is told; empty where he wants no message."""
    stands = agreed(case)
    if stands is None or stands.told_by not in agreement.TOLD_BY:
        return ""
    return APPLICANT_SMS if stands.told_by == SMS else APPLICANT


def answered(case: Case, entry: Entry, *, now: datetime) -> None:
    """Tell an applicant who wants it that his request was answered, and how he gets the answer.

    A correction is told where what it corrects was not told yet.
    """
    if entry.step not in BY_CODE and not (entry.step == CORRECTION and _waits(case)):
        return
    stands = history.answer_of(case.entries)
    if stands is None:
        return
    way = METHODS.get(str(stands.details.get("method")), "")
    sent = f"，文书的送达方式：{way}" if way else ""
    _tell(case, _stage_of(stands), f"已于{compose.day('zh', stands.on)}办结{sent}。", now)


def _stage_of(entry: Entry) -> str:
    """Return the end of the key of what is told of an answer: its place in the ledger, what is said of it."""
    return f"{ANSWERED}|{entry.seq}|{entry.on}|{entry.details.get('method') or ''}"


def _waits(case: Case) -> bool:
    answers = Message.key.startswith(f"{TOLD}|{case.id}|{ANSWERED}")
    waiting = (Message.kind == TOLD, Message.subject_id == case.id, Message.status == WAITING, answers)
    return db.session.scalar(select(Message.id).where(*waiting).limit(1)) is not None


def _is_so(case: Case, stage: str) -> bool:
    """Return whether the ledger still says what the message of the key tells."""
    if stage.startswith(RECEIVED):
        return stage == f"{RECEIVED}|{case.received_on}"
    stands = history.answer_of(case.entries)
    return stands is not None and stage == _stage_of(stands)


def _tell(case: Case, stage: str, told: str, now: datetime) -> None:
    """Write what an applicant is told into the outbox, once a case and stage, in the caller's transaction.

    stage: with the facts that are told, so that others are told anew.
    """
    if not (place := _place(case)):
        return
    to = Recipient(APPLICANT, NAME, place)
    name = agency.name_of(case.agency_id)
    written = compose.progress(name, case.number, told)
    row = outbox.row(
        agency_id=case.agency_id, key=f"{TOLD}|{case.id}|{stage}", kind=TOLD, to=to, written=written,
        on=now.astimezone(ZONE).date(), now=now, subject_id=case.id, number=case.number,
    )  # fmt: skip
    outbox.keep([row])


class _Progress:
    """The carrier of what applicants are told of how their requests stand."""

    def prepared(self, key: str, letter: OutgoingMail, moment: datetime) -> OutgoingMail:
        """Return the message with the address that the applicant has now."""
        _told, case_id, stage = key.split("|", 2)
        case = db.session.get(Case, int(case_id))
        place = _place(case) if case is not None else ""
        if case is None or not place:
            raise NotSentError("申请人不再要求告知。", permanent=True)
        if not _is_so(case, stage):
            raise NotSentError(CHANGED, permanent=True)
        by_mail = place == APPLICANT
        to = _reached(case, EMAIL if by_mail else SMS, moment)
        if not to:
            raise NotSentError("申请人没有登记邮箱或者手机号码。", permanent=True)
        if by_mail and channel.scheme(to):
            raise NotSentError(NO_MAILBOX, permanent=True)
        return replace(letter, to_name="", to=to if by_mail else f"{sms.SCHEME}{to}")

    def accepted(self, key: str, taken: Acceptance, moment: datetime, stamp: Stamp) -> None:
        """Keep that it left."""
        with transaction():
            stamp()

    def refused(self, key: str, why: str, moment: datetime, stamp: Stamp) -> None:
        """Keep that it reached nobody; a person sees it in the outbox."""
        with transaction():
            stamp()


PROGRESS = _Progress()
