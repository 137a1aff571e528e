"""Keep a mail that came into the mailbox, once: a letter as a contact with its files, any other as it is.

All that is kept of a mail is kept in one transaction, before it is marked as read: what ends in between is
found again. Nothing of a mail is lost in silence: what cannot be read or kept is named in it.
"""

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.case.evidence import Fact
from tracker.domain.case.file import AT_ONCE, file_name
from tracker.domain.case.personal import personal
from tracker.domain.contact import incoming
from tracker.domain.contact.incoming import AUTO_REPLY, BOUNCE, LETTER, MailSigns
from tracker.domain.errors import (
    DomainError,
    InvalidDetailError,
    SecretFileError,
    UnreadableFileError,
    message_of,
)
from tracker.domain.law import secrecy
from tracker.domain.message import Phrase, worded
from tracker.domain.packing import as_text
from tracker.domain.permission import Action
from tracker.models.base import ZONE, db, transaction
from tracker.models.case_file import CaseFile
from tracker.models.contact import Contact
from tracker.models.incoming import IncomingMail
from tracker.models.outbox import FAILED, SENT, Message
from tracker.reading import isolated
from tracker.reading.file.examine import examined
from tracker.reading.mail import message
from tracker.reading.mail.message import Attached, ReadMail
from tracker.services.case import evidence, file, numbering
from tracker.services.case.evidence import MEGABYTE, ReadyProof, Upload
from tracker.services.contact import contact
from tracker.services.letter import electronic
from tracker.services.mail import received
from tracker.services.mail.carrier import without
from tracker.services.office import audit, office, setting, store
from tracker.services.office.actor import MAILBOX, Actor, system

MOST_MEGABYTES = 40  # of a mail that is fetched whole
LONGEST_SUMMARY = 2000
NUMBERS, HIDDEN = ("id_number", "card", "phone"), "＊"
EML, EML_NAME = "message/rfc822", "收到的邮件.eml"
EVIDENCE = worded("来件的邮件原件")
NOTHING = "（没有主题和正文的邮件）"
TOO_LARGE = worded(
    "邮件共%(size)sMB，超过%(most)sMB，只读了开头，附件没有保存：原件在邮箱里，请到邮箱取出后登记。"
)
NOT_READ = worded("邮件没有读完（%(why)s）：请下载原件查看。")
NOT_KEPT = worded("附件“%(name)s”没有保存：%(why)s原件在邮件里，可以下载邮件取出。")
TOO_MANY = worded("附件有%(count)s个，只保存了前面的%(most)s个，其余的请下载邮件取出。")
MARKED_TEXT = worded("邮件的主题或者正文带有密级标志（%(mark)s），没有保存：%(law)s。")
MARKED_FILE = worded("第%(place)s个附件没有保存：%(why)s")
STOPPED = worded("邮件留在邮箱里，没有保存原件：请立即停止在本机上处理，报告本机关保密工作机构。")
SAME_ID = worded("另有一封编号（Message-ID）相同而内容不同的邮件（%(number)s）：请核对是不是同一件。")
REPLY = worded("这是对本系统发出的邮件的回信。")


@dataclass(frozen=True, slots=True)
class CameIn:
    """A mail as it was fetched. place: where it lies (``IncomingMail.places``).

    content: its bytes, of one that is too large the first of them. received_at: when it entered the mailbox.
    """

    content: bytes
    size: int
    mailbox: str
    place: Sequence[Any]
    received_at: datetime
    is_whole: bool = True
    told: tuple[str, ...] = ()


class BusyError(Exception):
    """Too many files are read just now: the mail is fetched again later."""


@dataclass(frozen=True, slots=True)
class _Whose:
    """What the files of a mail are sent to, before it is kept."""

    agency_id: int
    number: str = "收到的邮件"


@dataclass(slots=True)
class _Looked:
    """A mail that was looked through: what may be kept of it, and what is told of the rest."""

    mail: ReadMail
    kind: str
    text: str
    subject: str
    files: list[tuple[CaseFile, bytes]]
    told: list[str]
    keeps_original: bool = True


def keep(came: CameIn, *, agency_id: int, now: datetime) -> str:
    """Keep a mail and return its kind; an empty text where it was kept before. Raises BusyError."""
    same = message.mark(came.content)
    if _was_kept(same, came, agency_id):
        return ""
    actor = system(agency_id, MAILBOX)
    mail = _read(came, same)
    ours = _ours(agency_id, mail.signs)
    kind = incoming.kind_of(mail.signs, {each.message_id for each in ours}, setting.in_force().mail.sender)
    looked = _look_through(mail, kind, came, actor, now)
    with ExitStack() as stack:
        original = None
        if looked.keeps_original:
            original = stack.enter_context(store.ready(came.content))
        stored = [(row, stack.enter_context(store.ready(content))) for row, content in looked.files]
        stack.enter_context(transaction())
        row = _row(looked, came, agency_id, now)
        answered = next((each for each in ours if each.message_id in mail.signs.answers), None)
        if original is not None:
            store.keep(original)
            row.sha256 = original.digest
        proof = ReadyProof(EML_NAME, EML, original) if original is not None else None
        if kind == LETTER:
            row.contact_id = _log(row, looked, stored, proof, actor, now).id
        if answered is not None:
            _link(row, answered, mail, proof, now)
        row.told = [as_text(each) for each in looked.told] + row.told
        db.session.add(row)
        target = incoming.KINDS[kind]
        audit.note("mail_came", actor=actor.name, now=now, agency_id=agency_id, target=target, size=came.size)
    return kind


def _was_kept(same: str, came: CameIn, agency_id: int) -> bool:
    """Return whether the mail is there; then it is kept where it lies now too."""
    there = select(IncomingMail.id).where(IncomingMail.agency_id == agency_id, IncomingMail.same == same)
    if db.session.scalar(there) is None:
        return False
    with transaction():
        row = db.session.get_one(IncomingMail, db.session.scalars(there).one())
        if list(came.place) not in row.places:
            row.places = [*row.places, list(came.place)]
            row.mailbox = came.mailbox
            row.placed_at = max(row.placed_at, came.received_at)
    return True


def _read(came: CameIn, same: str) -> ReadMail:
    """Return what can be read of the mail, in a process with limits, and why not all of it."""
    told = list(came.told)
    if came.is_whole:
        try:
            return isolated.read(message.read, came.content)
        except UnreadableFileError as error:
            _wait_where_busy(error)
            told.append(Phrase(NOT_READ, why=message_of(error)))
    else:
        size = f"{came.size / MEGABYTE:.0f}"
        told.append(Phrase(TOO_LARGE, size=size, most=MOST_MEGABYTES))
    try:
        head = isolated.read(message.read_head, came.content[: message.HEAD_BYTES])
    except UnreadableFileError as error:
        _wait_where_busy(error)
        head = ReadMail(same, MailSigns())
    return ReadMail(same, head.signs, head.name, told=tuple(told), is_whole=False)


def _wait_where_busy(error: DomainError) -> None:
    if str(error) == isolated.BUSY:
        raise BusyError from error


def _ours(agency_id: int, signs: MailSigns) -> list[Message]:
    """Return the mails of ours that a mail is or names."""
    ids = [*filter(None, (signs.message_id, *signs.answers))]
    mine = select(Message).where(Message.agency_id == agency_id, Message.message_id.in_(ids))
    return list(db.session.scalars(mine)) if ids else []


# -- looked through ------------------------------------------------------------------------------------


def _look_through(mail: ReadMail, kind: str, came: CameIn, actor: Actor, now: datetime) -> _Looked:
    looked = _Looked(mail, kind, mail.text, mail.signs.subject, [], [*mail.told])
    looked.told += incoming.doubts_of(kind, mail.signs)
    if mark := secrecy.mark_in(f"{mail.signs.subject}\n{mail.text}") or secrecy.mark_of_name(
        mail.signs.subject
    ):
        _refuse_text(looked, mark, actor, now)
        return looked
    if kind in (LETTER, AUTO_REPLY):  # the others bring back what was ours
        _look_at_files(looked, mail.files, actor, now)
    return looked


def _refuse_text(looked: _Looked, mark: str, actor: Actor, now: datetime) -> None:
    """Leave out everything of a mail whose words bear a mark of secrecy; that it was refused is logged."""
    with transaction():
        told: dict[str, Any] = {"level": mark, "where": "邮件", "law": secrecy.LAW, "succeeded": False}
        told |= {"target": incoming.KINDS[looked.kind], "agency_id": actor.agency_id}
        audit.note("file_refused", actor=actor.name, now=now, **told)
    looked.text = looked.subject = ""
    looked.told += [Phrase(MARKED_TEXT, mark=mark, law=secrecy.FORBIDDEN), STOPPED]
    looked.keeps_original = False


def _look_at_files(looked: _Looked, files: Sequence[Attached], actor: Actor, now: datetime) -> None:
    """Look at each attached file as at one that is uploaded; what is refused is named."""
    if len(files) > AT_ONCE:
        looked.told.append(Phrase(TOO_MANY, count=len(files), most=AT_ONCE))
    seen: set[tuple[str, str]] = set()  # equal files of two names are two: each is to be found by its own
    for place, attached in enumerate(files[:AT_ONCE], 1):
        digest = hashlib.sha256(attached.content).hexdigest()
        if (digest, attached.name) in seen:
            continue
        seen.add((digest, attached.name))
        try:
            looked.files.append((_looked_at(attached, digest, actor, now), attached.content))
        except SecretFileError as error:
            looked.told.append(Phrase(MARKED_FILE, place=place, why=message_of(error)))
            looked.keeps_original = False
        except DomainError as error:
            _wait_where_busy(error)
            looked.told.append(Phrase(NOT_KEPT, name=attached.name, why=message_of(error)))
    if not looked.keeps_original:
        looked.told.append(STOPPED)


def _looked_at(attached: Attached, digest: str, actor: Actor, now: datetime) -> CaseFile:
    limit = office.settings().server.upload_megabytes
    if len(attached.content) > limit * MEGABYTE:
        raise InvalidDetailError("超过%(limit)sMB。", limit=limit)
    upload = Upload(attached.name, attached.content)
    seen = evidence.searched(_Whose(actor.agency_id), upload, examined, actor, now)
    name = file_name(attached.name, seen.mime, digest[:8])
    told = list(seen.told)
    return CaseFile(purpose="application", name=name, type=seen.mime, pages=seen.pages, note="", told=told)


# -- kept -----------------------------------------------------------------------------------------------


def _row(looked: _Looked, came: CameIn, agency_id: int, now: datetime) -> IncomingMail:
    signs = looked.mail.signs
    row = IncomingMail(
        agency_id=agency_id,
        same=looked.mail.same,
        mailbox=came.mailbox,
        places=[list(came.place)],
        received_at=came.received_at,
        placed_at=came.received_at,
        kind=looked.kind,
        message_id=signs.message_id,
        sender=" ".join(filter(None, [looked.mail.name, f"<{signs.address}>" if signs.address else ""])),
        subject=looked.subject,
        text=looked.text or None,
        told=[],
        size=came.size,
        kept_at=now,
        message="",
    )
    if earlier := _of_message_id(agency_id, signs.message_id):
        number = earlier.contact.number if earlier.contact else f"#{earlier.id}"
        row.told = [as_text(Phrase(SAME_ID, number=number))]
    return row


def _of_message_id(agency_id: int, message_id: str) -> IncomingMail | None:
    own = (IncomingMail.agency_id == agency_id, IncomingMail.message_id == message_id)
    query = select(IncomingMail).where(*own).order_by(IncomingMail.id)
    return db.session.scalars(query).unique().first() if message_id else None


def _log(
    row: IncomingMail,
    looked: _Looked,
    stored: Sequence[tuple[CaseFile, store.ReadyFile]],
    original: ReadyProof | None,
    actor: Actor,
    now: datetime,
) -> Contact:
    """Log a mail as a contact that nobody has sorted, with its files, in the caller's transaction.

    original: the mail as it came, which is evidence of its receipt.
    """
    signs = looked.mail.signs
    arrived_on, time, odd = incoming.arrival(row.received_at.astimezone(ZONE), now.astimezone(ZONE))
    looked.told += [odd] if odd else []
    data = contact.ContactData(
        form=incoming.FORM,
        arrived_on=arrived_on,
        arrived_time=time,
        person=(looked.mail.name or signs.address)[:200],
        address=signs.address,
        summary=_summary(looked.subject, looked.text),
    )
    made = contact.new(data, actor=actor, now=now, form_token=None)
    (made.number,) = numbering.next_numbers(made.agency_id, (numbering.CONTACTS, arrived_on.year))
    contact.add(made)
    for kept, ready in stored:
        file.add(made, kept, ready, actor=actor, now=now)
    if original is not None:
        came = Fact(kind="note", on=arrived_on, time=time, way="email", note=EVIDENCE)
        evidence.attach(made, came, original, actor=actor, today=arrived_on, now=now)
    return made


def _summary(subject: str, text: str) -> str:
    """Return what lists show of a mail: its beginning, without the numbers of people."""
    whole = "\n".join(filter(None, [subject.strip(), text.strip()])) or NOTHING
    whole = whole[: 2 * LONGEST_SUMMARY]
    for span in reversed(personal(whole)):
        if span.kind in NUMBERS:
            whole = f"{whole[: span.start]}{HIDDEN * 4}{whole[span.end :]}"
    return whole if len(whole) <= LONGEST_SUMMARY else f"{whole[:LONGEST_SUMMARY]}……"


def _link(
    row: IncomingMail, answered: Message, mail: ReadMail, proof: ReadyProof | None, now: datetime
) -> None:
    """Tie a mail to the one of ours that it answers or reports of, in the caller's transaction."""
    row.message = answered.key
    served = electronic.of_key(answered.key)
    row.service_id = served.id if served is not None else None
    if row.kind == LETTER:
        row.told = [*row.told, REPLY]
    if row.kind != BOUNCE:
        return
    for failure in mail.failures:
        _kept, recorded = electronic.bounced(
            answered.key, failure, proof, received_at=row.received_at, now=now
        )
        why = without(f"{failure.status} {failure.why}".strip(), failure.recipient)
        became = Phrase("已登记送达被退回") if recorded else Phrase("收件人没有收到，请核对")
        row.told = [*row.told, as_text(Phrase("%(became)s：%(why)s", became=became, why=why))]
        if failure.is_final and answered.status == SENT:
            answered.status, answered.why, answered.next_at = (
                FAILED,
                Phrase("退信：%(why)s", why=why[:1000]),
                now,
            )


# -- what people do with them ---------------------------------------------------------------------------


def log_as_letter(mail_id: int, *, actor: Actor, now: datetime) -> Contact:
    """Log a mail that was taken for another kind as a contact, with its files.

    Raises InvalidDetailError where it is one, UnreadableFileError where its files cannot be read just now.
    """
    actor.require(Action.REGISTER)
    row = received.find(mail_id, actor)
    if row.contact_id is not None:
        raise InvalidDetailError("这封邮件已经登记为来件。")
    content = store.get(row.sha256) if row.sha256 else None
    mail = isolated.read(message.read, content) if content is not None else ReadMail(row.same, MailSigns())
    looked = _Looked(mail, LETTER, row.text or "", row.subject, [], [])
    _look_at_files(looked, mail.files, actor, now)
    with ExitStack() as stack:
        stored = [(each, stack.enter_context(store.ready(bytes_))) for each, bytes_ in looked.files]
        proof = None
        if content is not None and looked.keeps_original:
            proof = ReadyProof(EML_NAME, EML, stack.enter_context(store.ready(content)))
        stack.enter_context(transaction())
        row = received.find(mail_id, actor)
        if row.contact_id is not None:
            raise InvalidDetailError("这封邮件已经登记为来件。")
        made = _log(row, looked, stored, proof, actor, now)
        row.contact_id = made.id
        row.told = [*row.told, *looked.told]
        row.looked_by, row.looked_at = actor.name, now
    return made
