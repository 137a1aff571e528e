"""The outbox: messages are written with what caused them; here they leave, or say why not.

Each message is claimed by one process, sent, and stamped. A process that dies in between leaves it
claimed; after LEASE it is sent again with the same Message-ID.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    String,
    Update,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)

from tracker.config import Settings
from tracker.domain.errors import InvalidDetailError
from tracker.mail import address, channel, compose, smtp
from tracker.mail.smtp import Connection, NotSentError, OutgoingMail
from tracker.models.base import ZONE, Moment, db, insert_into, transaction
from tracker.models.duty import OpenDuty
from tracker.models.outbox import CANCELLED, FAILED, MISSED, SENDING, SENT, WAITING, Message
from tracker.services.mail.recipient import Recipient
from tracker.services.office import office

PLAIN, DIGEST_MAIL, TEST = "notice", "digest", "test"  # kinds beside those of registers
LEASE = timedelta(minutes=30)  # a claim older than this was left by a process that died
SLIP = timedelta(minutes=1)  # clocks of two machines differ
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480, 720, 720, 1440, 1440))
AT_ONCE = 1000  # messages of one run
ROWS_AT_ONCE = 500
LONGEST_WORDS = 1000
LONGEST_KEY, UNIQUE = 80, 32  # what is left of a key that was freed, and what makes it unique
DIGEST_TOO_LATE, TOO_LATE_FOR_DAY = "当日没有发出，汇总不补发", "期限已过，不补发"
TOO_LATE = (DIGEST_TOO_LATE, TOO_LATE_FOR_DAY)
OFF = "未设置邮件服务器（设置 smtp_host），邮件只写入发件箱，不发送。"


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
        "message_id": f"<{uuid4().hex}@{domain(office.settings())}>",
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
    base = office.settings().server.base_url.rstrip("/")
    return f"{base}{path}" if base else ""


def domain(settings: Settings) -> str:
    """Return the domain that Message-IDs and calendar entries carry."""
    return settings.mail.sender.rpartition("@")[2] or "tracker.invalid"


def digest_key(on: date, recipient: str) -> str:
    """Return the key of a recipient's digest of the day."""
    return f"digest|{on}|{recipient}"


# -- deliver ------------------------------------------------------------------------------------


_Overtaken = tuple[str, str, ColumnElement[bool]]  # the status then, the reason, how it is found


@dataclass(slots=True)
class _Run:
    """One delivery: what it may still send, and how it went.

    now: the moment at which it began; ``moment`` is the present one, for a pass may last an hour.
    urgent_alone: nothing else leaves, and nothing is settled.
    """

    on: date
    now: datetime
    settings: Settings
    urgent_alone: bool = False
    began: datetime = field(default_factory=office.moment)
    connection: Connection | None = None
    server_gone: str = ""
    stamp: Update | None = None  # how the last message went, to be written with the next claim
    counts: dict[str, int] = field(default_factory=dict)
    overtaken: list[_Overtaken] = field(init=False)  # made once: every claim asks

    def __post_init__(self) -> None:
        self.overtaken = _overtaken(self.on)

    @property
    def moment(self) -> datetime:
        return self.now + max(office.moment() - self.began, timedelta())

    def note(self, status: str, count: int = 1) -> None:
        if count:
            self.counts[status] = self.counts.get(status, 0) + count


def deliver(*, on: date, now: datetime, urgent_alone: bool = False) -> str:
    """Send what is waiting and may leave now; say how it went.

    Nobody is written to on rest days and outside hours, urgent messages apart.

    urgent_alone: the clock is in doubt: nothing else leaves, and no message is taken for too late.
    """
    run = _Run(on, now, office.settings(), urgent_alone)
    _take_back(now)
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


def send_now(message_id: int, *, on: date, now: datetime) -> None:
    """Send a message that the caller has claimed."""
    run = _Run(on, now, office.settings())
    try:
        _one(run, _Claimed.of(db.session.get_one(Message, message_id, populate_existing=True)))
    finally:
        _end(run)


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
    labels = {SENT: "发出", WAITING: "稍后再试", FAILED: "不能送达", MISSED: "错过", CANCELLED: "取消"}
    parts = [f"{label}{run.counts[status]}封" for status, label in labels.items() if status in run.counts]
    if not run.settings.smtp.host:
        parts.append(OFF)
    if run.server_gone:
        parts.append(f"邮件服务器：{run.server_gone}")
    return "；".join(parts) or ("非发送时间，等待中" if is_quiet(run.moment) else "没有待发的邮件")


def is_quiet(now: datetime) -> bool:
    """Return whether nobody is to be written to: a rest day, or outside the office's hours."""
    here, settings = now.astimezone(ZONE), office.settings()
    outside = not settings.mail.from_hour <= here.hour < settings.mail.until_hour
    return outside or not office.calendar().is_working_day(here.date())


def _take_back(now: datetime) -> None:
    """Make waiting again what a process claimed and never stamped, and due what no pause holds back.

    A moment farther away than any lease or pause was written by a clock that stood in the future.
    """
    left = and_(Message.status == SENDING, or_(Message.next_at <= now, Message.next_at > now + LEASE + SLIP))
    pauses = {tries: literal(now + pause, Moment()) for tries, pause in enumerate(PAUSES, start=1)}
    longest = case(pauses, value=Message.tries, else_=literal(now, Moment()))
    held = and_(Message.status == WAITING, Message.next_at > now + SLIP, Message.next_at > longest)
    if db.session.scalar(select(Message.id).where(or_(left, held)).limit(1)) is None:
        return
    with transaction():
        for those in (left, held):
            again = update(Message).where(those).values(status=WAITING, next_at=now)
            db.session.execute(again.execution_options(synchronize_session=False))


def _overtaken(on: date) -> list[_Overtaken]:
    """Return what no message may leave for any more: its status then, the reason, and how it is found."""
    is_open = exists().where(
        OpenDuty.kind == Message.kind,
        OpenDuty.subject_id == Message.subject_id,
        OpenDuty.name == Message.duty,
        OpenDuty.due_on == Message.due_on,
    )
    of_duty = and_(Message.duty != "", Message.due_on.is_not(None))
    passed = and_(of_duty, Message.due_on < on, ~Message.stage.startswith("+"))
    digest_of_before = and_(Message.kind == DIGEST_MAIL, Message.on < on)
    return [
        (MISSED, DIGEST_TOO_LATE, digest_of_before),
        (CANCELLED, "期限已办结、中止或者变动", and_(of_duty, ~is_open)),
        (MISSED, TOO_LATE_FOR_DAY, passed),
    ]


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
    tries: int
    letter: OutgoingMail

    @classmethod
    def of(cls, message: Message) -> "_Claimed":
        return cls(message.id, message.tries, _letter(message))


def _claim(run: _Run) -> _Claimed | None:
    """Take the next message that may leave; two processes never take the same.

    What was overtaken since the run began stays for the next one. The stamp of the one before is
    written in the same transaction: at once, and once.
    """
    moment = run.moment
    where: list[ColumnElement[bool]] = [Message.status == WAITING, Message.next_at <= moment]
    where += [not_(those) for *_, those in run.overtaken]
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
        message = db.session.scalar(those.with_for_update(skip_locked=True))
        if message is not None:
            message.status, message.next_at = SENDING, moment + LEASE
            message.tries += 1
        claimed = _Claimed.of(message) if message is not None else None
    run.stamp = None
    return claimed


def _one(run: _Run, message: _Claimed) -> None:
    """Send a claimed message and say how it went."""
    db.session.rollback()  # no transaction stays open while a server thinks
    try:
        _send(run, message.letter)
    except NotSentError as error:
        _failed(run, message, error)
    else:
        _stamp(run, message, SENT, "", sent_at=run.moment)


def _letter(message: Message) -> OutgoingMail:
    return OutgoingMail(
        message_id=message.message_id,
        to_name=message.name,
        to=message.address,
        title=message.title,
        text=message.text,
        html=message.html,
        written_at=message.created_at,
        attachments=list(message.attachments),
    )


def _send(run: _Run, letter: OutgoingMail) -> None:
    if channel.scheme(letter.to):
        channel.send(letter.to, letter.title, letter.text, run.settings)
        return
    try:
        address.checked(letter.to, run.settings)
    except InvalidDetailError as error:
        raise NotSentError(str(error), permanent=True) from error
    if run.connection is None:
        run.connection = Connection(server_of(run.settings))
    run.connection.send(letter)


def _failed(run: _Run, message: _Claimed, error: NotSentError) -> None:
    """Keep the server's words; try again after a pause that grows, or give up."""
    if error.server:
        run.server_gone = str(error)
        if run.connection is not None:
            run.connection.close()
            run.connection = None
    if error.permanent and not error.server:
        _stamp(run, message, FAILED, str(error))
    elif message.tries > len(PAUSES):
        _stamp(run, message, FAILED, f"试了{message.tries}次：{error}")
    else:
        _stamp(run, message, WAITING, str(error), next_at=run.moment + PAUSES[message.tries - 1])


def _stamp(run: _Run, message: _Claimed, status: str, why: str, **more: Any) -> None:
    run.note(status)
    values = {"status": status, "why": why[:LONGEST_WORDS], **more}
    mine = (Message.id == message.id, Message.status == SENDING)
    run.stamp = update(Message).where(*mine).values(**values).execution_options(synchronize_session=False)


def server_of(settings: Settings) -> smtp.MailServer:
    """Return the mail server of the settings."""
    return smtp.MailServer(
        host=settings.smtp.host,
        port=settings.smtp.port,
        security=settings.smtp.security,
        sender=settings.mail.sender,
        sender_name=settings.agency_name,
        login=settings.smtp.login,
        password=settings.smtp.password,
        ca_file=settings.smtp.ca_file,
    )
