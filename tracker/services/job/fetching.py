"""The job that fetches the office's mailbox: each mail once, in the order in which it came in.

What has been read in the mailbox by a person is fetched as well: whether a mail was kept, the office's own
rows say. A mail that cannot be kept holds no other up; the next run tries it again.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from tracker.config import day_of
from tracker.domain.contact.incoming import KINDS
from tracker.domain.errors import InvalidDetailError, message_of
from tracker.domain.message import Phrase, joined, worded
from tracker.domain.permission import Action
from tracker.mail import imap
from tracker.mail.imap import Heard, ListedMail, Mailbox, MailboxPlace, NoMailboxError
from tracker.models import fault
from tracker.models.agency import running_agency_id
from tracker.models.base import ZONE, db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.reads.incoming import places_since
from tracker.reading.mail.message import HEAD_BYTES
from tracker.services.case.evidence import MEGABYTE
from tracker.services.contact import incoming
from tracker.services.contact.incoming import MOST_MEGABYTES, BusyError, CameIn
from tracker.services.job.job import AlarmError
from tracker.services.office import audit, setting
from tracker.services.office.actor import Actor

logger = logging.getLogger(__name__)

FACT = "mailboxes"  # since when each mailbox is fetched, and up to when all of it is
AT_ONCE = 100  # mails of one run
OVERLAP = timedelta(days=7)  # that are listed again: a mail may lie in the mailbox before it is listed
OFF = worded("没有开启收件邮箱")
NO_MOMENT = worded("邮箱没有记载收到时间，来件日期按登记之日：请核对。")


class MailboxGoneError(Exception):
    """The mailbox cannot be fetched; the text says what its server said."""


@dataclass(slots=True)
class _Fetched:
    """What one run did."""

    kinds: Counter[str] = field(default_factory=Counter)
    done: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    left: int = 0

    @property
    def told(self) -> str:
        parts = [
            Phrase("%(kind)s%(count)s封", kind=label, count=self.kinds[kind])
            for kind, label in KINDS.items()
            if self.kinds[kind]
        ]
        parts += [Phrase("还有%(count)s封，下次再收", count=self.left)] if self.left else []
        return joined(parts, "；") if parts else Phrase("没有新邮件")


def place_of() -> MailboxPlace:
    """Return the mailbox of the settings. Raises InvalidDetailError where none is set."""
    ours = setting.in_force().imap
    if not ours.host or not ours.login:
        raise InvalidDetailError("请先填写收件服务器和收件用户名，保存后再试。")
    return MailboxPlace(
        ours.host, ours.port, ours.security, ours.login, ours.password, ours.folder, ours.ca_file
    )


def run(*, on: date, now: datetime) -> str:
    """Fetch what came into the mailbox; say how much of which kind.

    Raises MailboxGoneError where its server cannot be spoken with, AlarmError where a mail was not kept.
    """
    del on
    agency_id = running_agency_id()
    if setting.in_force().imap.on != "on" or agency_id is None:
        return OFF
    place = place_of()
    db.session.rollback()  # no transaction stays open while a server thinks
    try:
        fetched = _fetch(place, agency_id, now)
    except NoMailboxError as error:
        meaning = imap.explained(error)
        raise MailboxGoneError(
            Phrase("收件邮箱：%(error)s（%(meaning)s）", error=message_of(error), meaning=meaning)
            if meaning
            else Phrase("收件邮箱：%(error)s", error=message_of(error))
        ) from error
    if fetched.failed:
        why = joined(fetched.failed[:5], "；")
        raise AlarmError(
            "有%(count)s封邮件没有登记，留在邮箱里，下次再试：%(why)s\n%(told)s",
            count=len(fetched.failed),
            why=why,
            told=fetched.told,
        )
    return fetched.told


def _fetch(place: MailboxPlace, agency_id: int, now: datetime) -> _Fetched:
    since = _since(place, now)
    fetched = _Fetched()
    box = Mailbox(place)
    try:
        begin = datetime.combine(since, time.min, ZONE)
        known = places_since(agency_id, place.name, begin - OVERLAP)
        unseen: list[int] = []
        new: list[ListedMail] = []
        for each in box.listed(since):
            if each.received_at is not None and each.received_at < begin:
                continue
            if _place(box, each) in known:
                unseen += [] if each.is_seen else [each.uid]
            else:
                new.append(each)
        db.session.rollback()
        fetched.left = max(0, len(new) - AT_ONCE)
        for each in new[:AT_ONCE]:
            _one(box, each, agency_id, now, fetched)
        box.mark_read([*unseen, *fetched.done])
    finally:
        box.close()
    if not fetched.left and not fetched.failed:
        _note_whole(place, now)
    return fetched


def _place(box: Mailbox, each: ListedMail) -> tuple[Any, ...]:
    """Return where a mail lies, so that no other mail lies there, whatever a server numbers anew."""
    return (box.validity, each.uid, each.size, each.received_at.isoformat() if each.received_at else "")


def _one(box: Mailbox, each: ListedMail, agency_id: int, now: datetime, fetched: _Fetched) -> None:
    """Fetch and keep one mail; what goes wrong with it is noted, and the next one is fetched."""
    is_whole = each.size <= MOST_MEGABYTES * MEGABYTE
    content = box.content(each.uid, 0 if is_whole else HEAD_BYTES)
    if content is None:
        return  # somebody took it out meanwhile
    came = CameIn(
        content=content,
        size=each.size,
        mailbox=box.place.name,
        place=_place(box, each),
        received_at=each.received_at or now,
        is_whole=is_whole,
        told=() if each.received_at else (NO_MOMENT,),
    )
    try:
        kind = incoming.keep(came, agency_id=agency_id, now=now)
    except BusyError:
        fetched.left += 1
        return
    except Exception as error:  # one mail must not hold up all that come after it
        db.session.rollback()
        if fault.kind(error):
            raise  # the database is away: no other mail will be kept either
        logger.exception("a mail of the mailbox was not kept")
        fetched.failed.append(Phrase("第%(uid)s号邮件：%(fault)s", uid=each.uid, fault=type(error).__name__))
        return
    fetched.kinds[kind] += 1
    fetched.done.append(each.uid)


# -- since when ----------------------------------------------------------------------------------------


def _since(place: MailboxPlace, now: datetime) -> date:
    """Return the first day whose mails are listed; the day on which a mailbox was turned on is kept.

    It is kept of each mailbox: who set another for a while, or mistyped its name, misses nothing of this one.
    """
    told = _told(place)
    today = now.astimezone(ZONE).date()
    first = day_of(setting.in_force().imap.since)
    if "since" not in told or (first and told.get("first") != first.isoformat()):
        begin = first or today
        _keep(place, {"first": first.isoformat() if first else "", "since": begin.isoformat()})
        return begin
    whole = date.fromisoformat(told["whole"]) - OVERLAP if "whole" in told else date.min
    return max(date.fromisoformat(told["since"]), whole)


def _note_whole(place: MailboxPlace, now: datetime) -> None:
    """Keep the day up to which all of the mailbox is fetched, where it is another."""
    told, today = _told(place), now.astimezone(ZONE).date().isoformat()
    if told and told.get("whole") != today:
        _keep(place, {**told, "whole": today})


def _told(place: MailboxPlace) -> dict[str, Any]:
    """Return what is kept of a mailbox; nothing where it is a new one."""
    fact = db.session.get(OfficeFact, FACT, populate_existing=True)
    told: Any = fact.value.get(place.name, {}) if fact is not None else {}
    return dict(told)


def _keep(place: MailboxPlace, value: dict[str, Any]) -> None:
    with transaction():
        fact = db.session.get(OfficeFact, FACT)
        if fact is None:
            db.session.add(OfficeFact(name=FACT, value={place.name: value}))
        else:
            fact.value = {**fact.value, place.name: value}


# -- a test --------------------------------------------------------------------------------------------


def tried(*, actor: Actor, now: datetime) -> tuple[list[Heard], str, str]:
    """Open the mailbox and take nothing: what its server said to each step, what went wrong, what it means.

    Raises InvalidDetailError where none is set.
    """
    actor.require(Action.SETTINGS)
    place, heard = place_of(), list[Heard]()
    db.session.rollback()
    why = meaning = ""
    try:
        Mailbox(place, heard).close()
    except NoMailboxError as error:
        why, meaning = str(error), imap.explained(error)
    with transaction():
        told: dict[str, Any] = {"agency_id": actor.agency_id, "succeeded": not why}
        audit.note("mailbox_tested", actor=actor.name, now=now, target=place.name[:100], **told)
    return heard, why, meaning
