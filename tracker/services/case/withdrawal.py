"""Withdraw a file that must not be kept: its content is destroyed, what it was and why stays (withdrawal.py).

Refused where a served letter or an archived file rests on it. Copies of the office that hold it are named:
they are not changed, for a copy that was changed is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.case import withdrawal
from tracker.domain.case.file import LABELS
from tracker.domain.errors import InvalidDetailError, NotFoundError, StepNotAllowedError
from tracker.domain.message import Phrase
from tracker.domain.permission import Action
from tracker.models import append_only
from tracker.models.base import ZONE, db, transaction
from tracker.models.case import Case
from tracker.models.case_file import CaseFile, WithdrawnFile
from tracker.models.contact import Contact
from tracker.models.incoming import IncomingMail
from tracker.models.letter import Letter
from tracker.models.reads.archiving import in_force
from tracker.models.reads.case_file import is_held
from tracker.models.reads.incoming import mail_of_contact
from tracker.models.reads.letter import letters_of
from tracker.models.reads.redaction import redactions_of
from tracker.models.reads.service import services_of
from tracker.models.service import LetterService
from tracker.services.case import evidence
from tracker.services.case.file import WITHDRAWN
from tracker.services.office import audit, store
from tracker.services.office.actor import Actor


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What is typed. is_masked: the name itself may be the secret, and is destroyed with the content."""

    why: str
    reason: str
    is_masked: bool = False


def bound(row: CaseFile, case: Case | None) -> str:
    """Return why a file must stay, in a sentence; empty where it may go."""
    if case is None:
        return ""
    if (act := in_force(case)) is not None:
        return Phrase(
            "本件已归档（%(number)s，%(on)s），归档的材料不能抽出（档案法第14条）。",
            number=act.number,
            on=act.on,
        )
    standing = [one for rows in services_of(case).values() for one in rows if not one.stands.is_void]
    digests = {row.sha256, *(made.output.sha256 for made in redactions_of(case, row.id))}
    for one in standing:
        if digests & {file["sha256"] for file in one.sent}:
            return Phrase(
                "它或者它区分处理后的副本已随%(letter)s发给申请人，是送达的内容。", letter=_named(one)
            )
    return _rested_on(row, case, standing)


def _rested_on(row: CaseFile, case: Case, standing: Sequence[LetterService]) -> str:
    """Return which served letter rests on the file: one that went out after the file was kept."""
    if row.purpose in withdrawal.FREE:
        return ""
    kept_on = row.kept_at.astimezone(ZONE).date()
    label = LABELS.get(row.purpose) or Phrase("材料")
    for one in standing:
        if one.handed_on >= kept_on:
            return Phrase(
                "%(letter)s在它保存之后送出，“%(label)s”是该文书的依据（行政诉讼法第34条第1款）。",
                letter=_named(one),
                label=label,
            )
    if case.served_on and case.served_on >= kept_on:
        return Phrase(
            "本件的答复已于%(on)s送达，“%(label)s”是答复的依据（行政诉讼法第34条第1款）。",
            on=case.served_on,
            label=label,
        )
    return ""


def _named(one: LetterService) -> str:
    number = f"（{one.letter.number}）" if one.letter.number else ""
    return Phrase("已送达的《%(title)s》%(number)s", title=one.letter.title, number=number)


def withdraw(
    row: CaseFile, target: Case | Contact, typed: Withdrawal, *, actor: Actor, now: datetime
) -> WithdrawnFile:
    """Withdraw a file and destroy its content, unless another file that stays has the same content.

    Raises InvalidDetailError, StepNotAllowedError naming what rests on it, NotPermittedError; then nothing
    was changed. Nobody else writes meanwhile, so that nobody keeps the same content again.
    """
    actor.require(Action.CORRECT)
    check_typed(typed)
    if typed.is_masked and withdrawal.stem(row.name) in typed.reason:
        raise InvalidDetailError("文件名要一并销毁：理由会长期保留，请不要在理由中写出文件名。")
    with store.destroying(row.sha256) as destroy, transaction(alone=True):
        row = db.session.get_one(CaseFile, row.id)
        if db.session.scalar(select(WithdrawnFile.id).where(WithdrawnFile.file_id == row.id)) is not None:
            raise NotFoundError(WITHDRAWN)
        _check_free(row, _case_of(row, target), typed.why)
        if typed.is_masked:
            _destroy_name(row)
        gone = WithdrawnFile(
            agency_id=row.agency_id,
            file_id=row.id,
            why=typed.why,
            name=row.name,
            reason=typed.reason.strip(),
            withdrawn_by=actor.name,
            withdrawn_at=now,
        )
        db.session.add(gone)
        db.session.flush()
        if is_destroyed := not is_held(row.sha256):
            destroy()
        told: dict[str, Any] = {"why": typed.why, "sha256": row.sha256, "destroyed": is_destroyed}
        told |= {"name_destroyed": typed.is_masked}
        where: dict[str, Any] = {"target": target.number, "agency_id": row.agency_id}
        audit.note(
            "case_file_withdrawn",
            actor=actor.name,
            now=now,
            file=row.id,
            reason=gone.reason,
            **where,
            **told,
        )
    return gone


def check_typed(typed: Withdrawal) -> None:
    """Raise InvalidDetailError where a withdrawal has no cause, or no reason in words."""
    if typed.why not in withdrawal.REASONS:
        raise InvalidDetailError("请选择撤回的缘由。")
    if not typed.reason.strip() or len(typed.reason) > withdrawal.LONGEST_REASON:
        raise InvalidDetailError(
            "请写明撤回的理由，不超过%(longest_reason)s字。",
            longest_reason=withdrawal.LONGEST_REASON,
        )


def _destroy_name(row: CaseFile) -> None:
    """Put what stands for a name in the place of a file's name, and of those of its redacted copies.

    It is the one change that a row of files ever sees: the journal keeps that it came about, not the name.
    """
    copies = select(CaseFile).where(CaseFile.source_id == row.id).order_by(CaseFile.id)
    rows = [row, *db.session.scalars(copies)]
    earlier = select(WithdrawnFile).where(WithdrawnFile.file_id.in_([each.id for each in rows]))
    with append_only.lifted(db.session.connection(), ("case_files", "withdrawn_files")):
        for gone in db.session.scalars(earlier.order_by(WithdrawnFile.id)).unique():
            gone.name = withdrawal.masked(gone.name)
        for each in rows:
            each.name = withdrawal.masked(each.name)
        db.session.flush()
    for each in rows:
        holder = (
            db.session.get_one(Case, each.case_id)
            if each.case_id
            else db.session.get_one(Contact, each.contact_id)
        )
        evidence.forget_name(holder)


def letters_with(stem: str, case: Case | None) -> list[Letter]:
    """Return the letters of a case that state a file's name and were not voided: their file keeps it."""
    letters = letters_of(case) if case is not None else []
    return [one for one in letters if one.voided is None and stem in " ".join(map(str, one.facts.values()))]


def _case_of(row: CaseFile, target: Case | Contact) -> Case | None:
    """Return the case that the file belongs to, also where it came with the contact that became one."""
    return target if isinstance(target, Case) else target.case


def _check_free(row: CaseFile, case: Case | None, why: str) -> None:
    if not (reason := bound(row, case)):
        return
    advice = withdrawal.ADVICE if why == withdrawal.SECRET else ""
    raise StepNotAllowedError(
        "“%(name)s”不能撤回：%(reason)s%(advice)s",
        name=row.name,
        reason=reason,
        advice=advice,
    )


def is_destroyed(row: WithdrawnFile) -> bool:
    """Return whether nothing that is kept has the content of a withdrawn file any more."""
    return not is_held(row.file.sha256)


def mail_of(row: CaseFile) -> IncomingMail | None:
    """Return the mail with which the contact of a file came, where it is kept as it was: it may hold it."""
    mail = mail_of_contact(row.agency_id, row.contact_id) if row.contact_id else None
    return mail if mail is not None and mail.sha256 else None


def since(row: WithdrawnFile) -> date:
    """Return the day from which copies of the office hold the content."""
    return row.file.kept_at.astimezone(ZONE).date()


def left() -> list[WithdrawnFile]:
    """Return the withdrawn files whose content is there again though nothing holds it: a copy brought it."""
    whole = select(WithdrawnFile).join(CaseFile, CaseFile.id == WithdrawnFile.file_id)
    rows = db.session.scalars(whole.order_by(WithdrawnFile.id)).all()
    return [row for row in rows if not is_held(row.file.sha256) and store.is_there(row.file.sha256)]


def finish() -> int:
    """Destroy what a restored copy brought back of withdrawn files; return how many contents that were."""
    digests = {row.file.sha256 for row in left()}
    for digest in sorted(digests):
        with store.destroying(digest) as destroy, transaction(alone=True):
            if not is_held(digest):
                destroy()
    return len(digests)
