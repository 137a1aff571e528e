"""The outbox: messages are written with what caused them; here they leave, or say why not.

Each message is claimed by one process, sent, and stamped. A process that dies in between leaves it
claimed; after LEASE it is sent again with the same Message-ID, but for the service of a letter: whether
that left is for a person to find out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, CursorResult, String, Update, func, not_, or_, select, update

from tracker.config import Settings
from tracker.domain.errors import InvalidDetailError, message_of
from tracker.domain.message import Phrase, joined, labels, worded
from tracker.mail import address, channel, compose, sms, smtp
from tracker.mail.smtp import Acceptance, Connection, NotSentError, OutgoingMail, Reply
from tracker.models.agency import SAMPLE, Agency
from tracker.models.base import ZONE, db, insert_into, transaction
from tracker.models.outbox import CANCELLED, FAILED, MISSED, PLAIN, SENDING, SENT, WAITING, Message
from tracker.services.mail import overtaken
from tracker.services.mail.carrier import CARRIED, Carrier, unnamed
from tracker.services.mail.overtaken import LEASE, PAUSES, Overtaken
from tracker.services.mail.recipient import Recipient
from tracker.services.office import office, setting
from tracker.services.office.agency import mute, name_of

TEST = "test"
AT_ONCE = 1000  # messages of one run
DROPS = 10  # lines that break in a row: then it is the server, and no message
ROWS_AT_ONCE = 500
LONGEST_WORDS = 1000
LONGEST_KEY, UNIQUE = 80, 32  # what is left of a key that was freed, and what makes it unique
SAID = labels({
    SENT: "发出%(count)s封", WAITING: "稍后再试%(count)s封", FAILED: "不能送达%(count)s封",
    MISSED: "错过%(count)s封", CANCELLED: "取消%(count)s封",
})  # fmt: skip
OFF = worded("未设置邮件服务器，邮件只写入发件箱，不发送。")
NAMELESS = worded("本机关还没有名称，邮件只写入发件箱，不发送。")


# -- write --------------------------------------------------------------------------------------


def keep(rows: Sequence[dict[str, Any]]) -> int:
    """Insert messages in the caller's transaction unless their key is there; return how many were new."""
    return len(keep_new(rows))


def keep_new(rows: Sequence[dict[str, Any]]) -> set[str]:
    """Insert messages in the caller's transaction unless their key is there; return the keys of the new.

    A message that never left holds no key: it told nobody of what is to be told now.
    """
    new: set[str] = set()
    for start in range(0, len(rows), ROWS_AT_ONCE):
        these = rows[start : start + ROWS_AT_ONCE]
        keys = [row["key"] for row in these if row["status"] != MISSED]
        unsent = (Message.key.in_(keys), Message.status.in_((MISSED, CANCELLED)))
        if db.session.scalar(select(Message.id).where(*unsent).limit(1)) is not None:
            old = (
                func.substr(Message.key, 1, LONGEST_KEY, type_=String)
                .concat("|")
                .concat(func.substr(Message.message_id, 2, UNIQUE, type_=String))
            )
            freed = update(Message).where(*unsent, Message.duty != "").values(key=old)
            db.session.execute(freed.execution_options(synchronize_session=False))
        # One statement for all rows: with their values written into it, it would be made anew for each part.
        added = insert_into(Message).on_conflict_do_nothing(index_elements=["key"])
        db.session.connection().execute(added, these)
        ours = Message.message_id.in_([row["message_id"] for row in these])
        new.update(db.session.scalars(select(Message.key).where(ours)))
    return new


def row(
    *,
    agency_id: int,
    key: str,
    kind: str,
    to: Recipient,
    written: compose.ComposedMail,
    on: date,
    now: datetime,
    **more: Any,
) -> dict[str, Any]:
    """Return a message as a row; its Message-ID is made here and never again."""
    return {
        "agency_id": agency_id,
        "key": key,
        "kind": kind,
        "subject_id": None,
        "number": "",
        "duty": "",
        "due_on": None,
        "stage": "",
        "on": on,
        "recipient": to.key,
        "name": to.name,
        "address": to.address,
        "title": written.title,
        "text": written.text,
        "html": written.html,
        "attachments": [],
        "message_id": f"<{uuid4().hex}@{domain(setting.in_force())}>",
        "status": WAITING,
        "why": "",
        "tries": 0,
        "urgent": False,
        "created_at": now,
        "next_at": now,
        "sent_at": None,
        "carried_by": "",
        **more,
    }


def put(
    *,
    agency_id: int,
    job: str,
    to: Iterable[Recipient],
    title: str,
    paragraphs: Sequence[str],
    on: date,
    now: datetime,
    path: str = "",
    urgent: bool = False,
) -> int:
    """Write a message of a job to each recipient, in the caller's transaction; return how many were new.

    It is unique per job, day and recipient. path: of the page to open, such as ``/reports/2025``.
    """
    link = link_to(path) if path else ""
    return keep(
        [
            row(
                agency_id=agency_id,
                key=f"{job}|{on}|{person.key}",
                kind=PLAIN,
                to=person,
                written=compose.plain(person.language, title, paragraphs, link),
                on=on,
                now=now,
                urgent=urgent,
            )
            for person in to
        ]
    )


def forget_texts(*, before: date) -> int:
    """Empty the texts of what was settled for a day before, in the caller's transaction; return how many.

    Number, duty, day, recipient, subject, state and the server's words stay.
    """
    settled = (Message.status.in_((SENT, MISSED, CANCELLED)), Message.on < before, Message.text != "")
    emptied = update(Message).where(*settled).values(text="", html="", attachments=[])
    result = db.session.execute(emptied.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], result).rowcount


def link_to(path: str) -> str:
    """Return the address of a page as a mail names it; empty where the office has not said its own."""
    base = setting.in_force().server.base_url.rstrip("/")
    return f"{base}{path}" if base else ""


def domain(settings: Settings) -> str:
    """Return the domain that Message-IDs and calendar entries carry."""
    return settings.mail.sender.rpartition("@")[2] or "tracker.invalid"


def digest_key(on: date, recipient: str) -> str:
    """Return the key of a recipient's digest of the day."""
    return f"digest|{on}|{recipient}"


# -- deliver ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """One delivery: what it may still send, and how it went.

    now: the moment at which it began; ``moment`` is the present one, for a pass may last an hour.
    urgent_alone: nothing else leaves, and nothing is settled. carriers: by the kind of message.
    """

    on: date
    now: datetime
    settings: Settings
    urgent_alone: bool = False
    carriers: Mapping[str, Carrier] = field(default_factory=dict)
    began: datetime = field(default_factory=office.moment)
    connection: Connection | None = None
    server_gone: str = ""
    drops: list[str] = field(default_factory=list)  # the lines that broke since a message left, and how
    stamp: Update | None = None  # how the last message went, to be written with the next claim
    ended: str = ""  # why the last message reached nobody, for good
    counts: dict[str, int] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    overtaken: list[Overtaken] = field(init=False)  # made once: every claim asks

    def __post_init__(self) -> None:
        self.overtaken = overtaken.overtaken(self.on)

    @property
    def moment(self) -> datetime:
        return self.now + max(office.moment() - self.began, timedelta())

    def stamp_now(self) -> None:
        """Write how the last message went in the caller's transaction."""
        if self.stamp is not None:
            db.session.execute(self.stamp)
        self.stamp = None

    def note(self, status: str, count: int = 1) -> None:
        if count:
            self.counts[status] = self.counts.get(status, 0) + count


def deliver(
    *,
    on: date,
    now: datetime,
    urgent_alone: bool = False,
    carriers: Mapping[str, Carrier] | None = None,
) -> str:
    """Send what is waiting and may leave now; say how it went.

    Nobody is written to on rest days and outside hours, urgent messages apart. carriers: of the messages to
    applicants, which wait where nobody knows their kind.

    urgent_alone: the clock is in doubt: nothing else leaves, and no message is taken for too late.
    """
    run = _Run(on, now, setting.in_force(), urgent_alone, carriers or {})
    overtaken.take_back(now)
    if not urgent_alone:
        _settle(run)
    try:
        for _ in range(AT_ONCE):
            message = _claim(run)
            if message is None:
                break
            _one(run, message)
    finally:
        _end(run)
    return _said(run)


def send_now(message_id: int, *, on: date, now: datetime) -> list[Reply]:
    """Send a message that the caller has claimed; return what the server answered to each command."""
    run = _Run(on, now, setting.in_force())
    try:
        _one(run, _Claimed.of(db.session.get_one(Message, message_id, populate_existing=True)))
    finally:
        _end(run)
    return run.replies


def _end(run: _Run) -> None:
    """Write the last stamp and end the conversation with the server."""
    try:
        if run.stamp is not None:
            with transaction():
                db.session.execute(run.stamp)
    finally:
        if run.connection is not None:
            run.connection.close()


def _said(run: _Run) -> str:
    parts = [Phrase(text, count=run.counts[one]) for one, text in SAID.items() if one in run.counts]
    if not run.settings.smtp.host:
        parts.append(Phrase(OFF))
    elif db.session.scalar(mute().where(Agency.code != SAMPLE).limit(1)) is not None:
        parts.append(Phrase(NAMELESS))
    if run.drops:
        parts.append(Phrase("邮件服务器：%(answer)s", answer=run.drops[-1]))
    if parts:
        return joined(parts, "；")
    return Phrase("非发送时间，等待中") if is_quiet(run.moment) else Phrase("没有待发的邮件")


def is_quiet(now: datetime) -> bool:
    """Return whether nobody is to be written to: a rest day, or outside the office's hours."""
    here, settings = now.astimezone(ZONE), setting.in_force()
    outside = not settings.mail.from_hour <= here.hour < settings.mail.until_hour
    return outside or not office.calendar().is_working_day(here.date())


def _settle(run: _Run) -> None:
    """Settle what is waiting and was overtaken, whether there is a server or not."""
    waiting = Message.status == WAITING
    anything = or_(*(those for *_, those in run.overtaken))
    if db.session.scalar(select(Message.id).where(waiting, anything).limit(1)) is None:
        return
    with transaction():
        for status, why, those in run.overtaken:
            settled = update(Message).where(waiting, those).values(status=status, why=why)
            done = db.session.execute(settled.execution_options(synchronize_session=False))
            run.note(status, cast(CursorResult[Any], done).rowcount)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A message that this process alone may send, as it was read when it was claimed."""

    id: int
    key: str
    kind: str
    tries: int
    letter: OutgoingMail

    @classmethod
    def of(cls, message: Message) -> "_Claimed":
        return cls(message.id, message.key, message.kind, message.tries, _letter(message))


def _claim(run: _Run) -> _Claimed | None:
    """Take the next message that may leave; two processes never take the same.

    One that was never tried goes first: hundreds that fail again and again hold up no new one.

    What was overtaken since the run began stays for the next one. The stamp of the one before is
    written in the same transaction: at once, and once.
    """
    moment = run.moment
    where: list[ColumnElement[bool]] = [Message.status == WAITING, Message.next_at <= moment]
    where += [not_(those) for *_, those in run.overtaken]
    if unknown := [kind for kind in CARRIED if kind not in run.carriers]:
        where.append(Message.kind.not_in(unknown))
    where.append(Message.agency_id.not_in(mute()))
    if run.urgent_alone or is_quiet(moment):
        where.append(Message.urgent.is_(True))
    if run.server_gone or not run.settings.smtp.host:
        where.append(Message.address.contains("://"))
    those = select(Message).where(*where).order_by(Message.next_at, Message.id).limit(1)
    if run.stamp is None and db.session.scalar(those.with_only_columns(Message.id)) is None:
        return None
    with transaction():
        if run.stamp is not None:
            db.session.execute(run.stamp)
        untried = those.where(Message.tries == 0).with_for_update(skip_locked=True)
        message = db.session.scalar(untried) or db.session.scalar(those.with_for_update(skip_locked=True))
        if message is not None:
            message.status, message.next_at = SENDING, moment + LEASE
            message.tries += 1
        claimed = _Claimed.of(message) if message is not None else None
    run.stamp = None
    return claimed


def _one(run: _Run, message: _Claimed) -> None:
    """Send a claimed message and say how it went."""
    db.session.rollback()  # no transaction stays open while a server thinks
    carrier = run.carriers.get(message.kind)
    if carrier is not None:
        _carry(run, message, carrier)
        return
    try:
        _send(run, message.letter)
    except NotSentError as error:
        _failed(run, message, error)
    else:
        _stamp(run, message, SENT, "", sent_at=run.moment)


def _carry(run: _Run, message: _Claimed, carrier: Carrier) -> None:
    """Send a message to an applicant; what became of it is kept at once, in the transaction of its stamp."""
    to = ""
    try:
        letter = carrier.prepared(message.key, message.letter, run.moment)
        to = letter.to.removeprefix(sms.SCHEME)
        db.session.rollback()
        taken = _send(run, letter)
    except NotSentError as error:
        _failed(run, message, unnamed(error, to, message.kind))
        if run.stamp is not None and run.ended:
            carrier.refused(message.key, run.ended, run.moment, run.stamp_now)
    else:
        answer = taken.response if letter.to.startswith(sms.SCHEME) else ""  # of a mail its proof has them
        _stamp(run, message, SENT, answer, sent_at=run.moment)
        carrier.accepted(message.key, taken, run.moment, run.stamp_now)


def _letter(message: Message) -> OutgoingMail:
    return OutgoingMail(
        message_id=message.message_id,
        from_name=name_of(message.agency_id),
        to_name=message.name,
        to=message.address,
        title=message.title,
        text=message.text,
        html=message.html,
        written_at=message.created_at,
        attachments=list(message.attachments),
    )


def _send(run: _Run, letter: OutgoingMail) -> Acceptance:
    if letter.to.startswith(sms.SCHEME):
        return sms.send(letter.to.removeprefix(sms.SCHEME), letter.text, letter.message_id, run.settings)
    if channel.scheme(letter.to):
        channel.send(letter.to, letter.title, letter.text, run.settings)
        return Acceptance(channel.scheme(letter.to), "")
    try:
        address.checked(letter.to, run.settings)
    except InvalidDetailError as error:
        raise NotSentError(error.message, permanent=True) from error
    if run.connection is None:
        run.connection = Connection(server_of(run.settings), run.replies)
    return run.connection.send(letter)


def _failed(run: _Run, message: _Claimed, error: NotSentError) -> None:
    """Keep the server's words; try again after a pause that grows, or give up."""
    if error.server:
        run.drops.append(str(error))
        if not error.dropped or len(run.drops) == DROPS:
            run.server_gone = str(error)
        if run.connection is not None:
            run.connection.close()
            run.connection = None
    why = message_of(error)
    if error.permanent and not error.server:
        _stamp(run, message, FAILED, why)
    elif message.tries > len(PAUSES):
        _stamp(run, message, FAILED, Phrase("试了%(tries)s次：%(why)s", tries=message.tries, why=why))
    else:
        _stamp(run, message, WAITING, why, next_at=run.moment + PAUSES[message.tries - 1])


def _stamp(run: _Run, message: _Claimed, status: str, why: str, **more: Any) -> None:
    run.note(status)
    run.drops = [] if status == SENT else run.drops
    run.ended = why if status == FAILED else ""
    values = {"status": status, "why": why if len(why) <= LONGEST_WORDS else why[:LONGEST_WORDS], **more}
    mine = (Message.id == message.id, Message.status == SENDING)
    run.stamp = update(Message).where(*mine).values(**values).execution_options(synchronize_session=False)


def server_of(settings: Settings) -> smtp.MailServer:
    """Return the mail server of the settings."""
    own = {f.name: getattr(settings.smtp, f.name) for f in fields(smtp.MailServer) if f.name != "sender"}
    return smtp.MailServer(sender=settings.mail.sender, **own)
