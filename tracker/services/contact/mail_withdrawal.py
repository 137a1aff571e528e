"""Withdraw the original of a mail that was kept as a letter: its content is destroyed, why stays in the log.

Its words and its subject go too where the one who withdraws says so. What was kept of its files apart is
withdrawn file by file: the page names them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.case.withdrawal import ADVICE, REASONS, SECRET
from tracker.domain.errors import InvalidDetailError, NotFoundError, StepNotAllowedError
from tracker.domain.message import Phrase
from tracker.domain.permission import Action
from tracker.models import append_only
from tracker.models.base import ZONE, db, transaction
from tracker.models.case_file import CaseFile
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.models.incoming import IncomingMail
from tracker.models.reads.case_file import files_of, is_held
from tracker.services.case import evidence, withdrawal
from tracker.services.case.withdrawal import Withdrawal
from tracker.services.mail import received
from tracker.services.office import audit, store
from tracker.services.office.actor import Actor

NOTHING_KEPT = "没有保存这封邮件的原件，或者已经撤回。"
DESTROYED = "邮件原件已于{day}撤回（{why}），内容已销毁。"


@dataclass(frozen=True, slots=True)
class GoneMail:
    """What became of a mail that was withdrawn. files: that were kept of it apart, and stay."""

    mail: IncomingMail
    is_destroyed: bool
    files: list[CaseFile]


def bound(row: IncomingMail) -> str:
    """Return why the original of a mail must stay, in a sentence; empty where it may go."""
    if row.contact is None or row.service_id is not None:
        return Phrase("这封邮件不是来信，是送达的凭证或者往来记录。")
    asked = CaseFile(id=0, purpose="application", sha256=row.sha256, kept_at=row.kept_at)
    return withdrawal.bound(asked, row.contact.case)


def files_apart(row: IncomingMail) -> list[CaseFile]:
    """Return the files that were kept with the letter that a mail became, and were not withdrawn."""
    return files_of(row.contact) if row.contact is not None else []


def withdraw(mail_id: int, typed: Withdrawal, *, actor: Actor, now: datetime) -> GoneMail:
    """Withdraw the original of a mail and destroy it, unless something that stays has the same content.

    Raises InvalidDetailError, NotFoundError, StepNotAllowedError naming what rests on it, NotPermittedError.
    """
    actor.require(Action.CORRECT)
    withdrawal.check_typed(typed)
    mail = received.find(mail_id, actor)
    if mail.sha256 is None:
        raise NotFoundError(NOTHING_KEPT)
    digest = mail.sha256
    with store.destroying(digest) as destroy, transaction(alone=True):
        row = received.find(mail_id, actor)
        if row.sha256 != digest or row.contact is None:
            raise NotFoundError(NOTHING_KEPT)
        if reason := bound(row):
            advice = ADVICE if typed.why == SECRET else ""
            raise StepNotAllowedError("这封邮件不能撤回：%(reason)s%(advice)s", reason=reason, advice=advice)
        if typed.is_masked and row.subject.strip() and row.subject.strip() in typed.reason:
            raise InvalidDetailError("主题要一并销毁：理由会长期保留，请不要在理由中写出主题。")
        sentence = DESTROYED.format(day=f"{now.astimezone(ZONE):%Y-%m-%d}", why=REASONS[typed.why])
        _let_go(row, row.contact, sentence, is_masked=typed.is_masked)
        if is_destroyed := not is_held(digest):
            destroy()
        files = files_apart(row)
        told: dict[str, Any] = {"why": typed.why, "sha256": digest, "destroyed": is_destroyed}
        told |= {"reason": typed.reason.strip(), "words_destroyed": typed.is_masked}
        told |= {"contact": row.contact.number, "files": [each.id for each in files]}
        audit.note(
            "mail_withdrawn", actor=actor.name, now=now, agency_id=row.agency_id, target=f"#{row.id}", **told
        )
    return GoneMail(row, is_destroyed, files)


def _let_go(row: IncomingMail, contact: Contact, sentence: str, *, is_masked: bool) -> None:
    """Let the mail and the evidence of its receipt have the content no more, in the caller's transaction."""
    shown = select(Evidence).where(Evidence.contact_id == contact.id, Evidence.sha256 == row.sha256)
    with append_only.lifted(db.session.connection(), ("receipt_evidence",)):
        for each in db.session.scalars(shown.order_by(Evidence.id)):
            each.sha256 = each.file_name = each.file_type = each.file_size = None
            each.note = f"{each.note}。{sentence}"
        db.session.flush()
    row.sha256, row.told = None, [sentence]
    if is_masked:
        row.subject, row.text = "", None
    db.session.flush()
    evidence.forget_name(contact)
