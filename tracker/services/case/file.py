"""Keep the files of a case or a contact: looked at first, stopped by a mark of secrecy, each look logged."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.case import file
from tracker.domain.case.withdrawal import REASONS, SECRET
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError
from tracker.domain.message import Phrase, worded
from tracker.domain.permission import Action
from tracker.models.base import ZONE, db, transaction
from tracker.models.case import Case
from tracker.models.case_file import CaseFile, WithdrawnFile
from tracker.models.contact import Contact
from tracker.models.reads.case_file import LIVE, NAMED, files_of, holders, withdrawn_as
from tracker.reading import isolated
from tracker.reading.file import picture, shown
from tracker.reading.file.examine import Examined, examined
from tracker.services.case import evidence
from tracker.services.case.evidence import MEGABYTE, Numbered, Upload, searched
from tracker.services.office import audit, office, store
from tracker.services.office.actor import Actor

BATCH = 500  # rows of one reading
GONE = worded("没有这个文件。")
WITHDRAWN = worded("这个文件已经撤回，内容已销毁；何时、因何撤回见文件列表。")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file that was sent. row: as it is kept; None where it was refused, and why.

    again: it was there already, and nothing was added. notes: what the person should know.
    """

    name: str
    row: CaseFile | None = None
    why: str = ""
    again: bool = False
    notes: tuple[str, ...] = ()


def keep(
    target: Case | Contact,
    purpose: str,
    uploads: Sequence[Upload],
    *,
    note: str = "",
    contacts: Sequence[Contact] = (),
    actor: Actor,
    now: datetime,
) -> list[Result]:
    """Keep the files that may be kept, each in a transaction of its own, and say of each what became of it.

    contacts: those that became the case.

    Raises InvalidDetailError where there is no file, too many, or no purpose, and NotPermittedError.
    """
    actor.require(Action.REGISTER)
    if purpose not in file.PURPOSES:
        raise InvalidDetailError("请选择文件的用途。")
    if not uploads:
        raise InvalidDetailError("请选择文件。")
    if len(uploads) > file.AT_ONCE:
        raise InvalidDetailError(
            "一次最多上传%(at_once)s个文件，这次有%(count)s个：请分几次上传。",
            at_once=file.AT_ONCE,
            count=len(uploads),
        )
    results = []
    for upload in uploads:
        try:
            results.append(_kept(target, purpose, upload, note, contacts, actor, now))
        except DomainError as error:
            results.append(Result(upload.name[-file.LONGEST_NAME :], why=error.message))
    return results


def _kept(
    target: Case | Contact,
    purpose: str,
    upload: Upload,
    note: str,
    contacts: Sequence[Contact],
    actor: Actor,
    now: datetime,
) -> Result:
    seen = looked_at(target, upload, actor, now)
    digest = hashlib.sha256(upload.content).hexdigest()
    name = file.file_name(upload.name, seen.mime, digest[:8])
    if (gone := withdrawn_as(target.agency_id, digest, SECRET)) is not None:
        raise InvalidDetailError(
            "这个文件于%(day)s因%(reason)s撤回，不能再保存。",
            day=f"{gone.withdrawn_at.astimezone(ZONE):%Y年%-m月%-d日}",
            reason=REASONS[SECRET],
        )
    with store.ready(upload.content, digest) as stored, transaction():
        there = files_of(target, contacts)
        notes = [*seen.told, *_elsewhere(target, contacts, digest, actor)]
        alike = [row for row in there if row.sha256 == digest]
        same = next((row for row in alike if (row.purpose, row.name) == (purpose, name)), None)
        if same is not None:
            store.keep(stored)  # it mends a file that was damaged
            return Result(name, same, again=True, notes=tuple(notes))
        if len(there) >= file.MOST:
            raise InvalidDetailError("本件已有%(count)s个文件，不能再添加。", count=len(there))
        if alike:
            notes.append(Phrase("本件里已有内容相同的文件“%(name)s”，另存一条。", name=alike[0].name))
        row = add(
            target,
            CaseFile(
                purpose=purpose, name=name, type=seen.mime, pages=seen.pages, note=note, told=list(seen.told)
            ),
            stored,
            actor=actor,
            now=now,
        )
    return Result(name, row, notes=tuple(notes))


def add(
    target: Case | Contact, row: CaseFile, stored: store.ReadyFile, *, actor: Actor, now: datetime
) -> CaseFile:
    """Keep a file that was looked at, in the caller's transaction. row: what is said of it."""
    row.agency_id = target.agency_id
    row.contact_id = target.id if isinstance(target, Contact) else None
    row.case_id = target.id if isinstance(target, Case) else None
    row.sha256, row.size = stored.digest, stored.size
    row.kept_by, row.kept_at = actor.name, now
    store.keep(stored)
    db.session.add(row)
    details: dict[str, Any] = {"agency_id": target.agency_id, "purpose": row.purpose, "sha256": row.sha256}
    audit.note("case_file_kept", actor=actor.name, now=now, target=target.number, **details)
    db.session.flush()
    evidence.note_name(target, row.name)
    return row


def looked_at(target: Numbered, upload: Upload, actor: Actor, now: datetime) -> Examined:
    """Return what the file is; nothing of one that bears a mark is kept, and that it was refused is logged.

    Raises InvalidDetailError, UnreadableFileError.
    """
    limit = office.settings().server.upload_megabytes
    if len(upload.content) > limit * MEGABYTE:
        raise InvalidDetailError(
            "文件超过%(limit)sMB，没有保存：请压缩或者分成几个文件再上传。",
            limit=limit,
        )
    return searched(target, upload, examined, actor, now)


def _elsewhere(target: Case | Contact, contacts: Sequence[Contact], digest: str, actor: Actor) -> list[str]:
    """Return a sentence on the other cases and contacts that hold the same content."""
    own = {each.number for each in (target, *contacts)}
    cases, others = holders(target.agency_id, digest)
    reach = {case.number: (case.agency_id, case.unit_id) for case in cases}
    reach |= {contact.number: contact.reach for contact in others}
    there = [number for number in reach if number not in own]
    if not there:
        return []
    reached = [number for number in there if actor.reaches(*reach[number])]
    numbers = "、".join(reached[:NAMED])
    more = Phrase("等%(count)s件", count=len(there)) if len(there) > len(reached[:NAMED]) else ""
    return [
        Phrase(
            "内容相同的文件在%(value)s%(more)s中也有。",
            value=numbers or "其他单位的案件",
            more=more,
        )
    ]


def find(file_id: int, seen: Sequence[CaseFile]) -> CaseFile:
    """Return a file of those that the actor may see. Raises NotFoundError."""
    row = next((row for row in seen if row.id == file_id), None)
    if row is None:
        gone = db.session.scalar(select(WithdrawnFile.id).where(WithdrawnFile.file_id == file_id))
        raise NotFoundError(GONE if gone is None else WITHDRAWN)
    return row


def content_of(row: CaseFile) -> bytes:
    """Return the content of a file. Raises NotFoundError where it is gone or was changed."""
    content = store.get(row.sha256)
    if content is None:
        raise NotFoundError(
            "文件“%(name)s”已丢失或被改动，请联系系统管理员从备份恢复。",
            name=row.name,
        )
    return content


def _holder(row: CaseFile) -> str:
    """Return the number of the case or contact that a file hangs on."""
    holder = db.session.get(Case, row.case_id) if row.case_id else db.session.get(Contact, row.contact_id)
    return holder.number if holder is not None else ""


def read(row: CaseFile, how: str, *, actor: Actor, now: datetime) -> bytes:
    """Return the content of a file that the actor may see; the look is logged. how: view, page n, download.

    Raises NotFoundError where it is gone or was changed.
    """
    content = content_of(row)
    with transaction():
        details: dict[str, Any] = {"agency_id": row.agency_id, "sha256": row.sha256, "how": how}
        audit.note("case_file_seen", actor=actor.name, now=now, target=_holder(row), file=row.id, **details)
    return content


def page(row: CaseFile, number: int, *, actor: Actor, now: datetime) -> bytes:
    """Return a page of a PDF or an image as a PNG that the program drew itself; the look is logged.

    number: from 1. Raises NotFoundError, UnreadableFileError.
    """
    if not 1 <= number <= row.pages:
        raise NotFoundError("没有这一页。")
    content = read(row, f"page {number}", actor=actor, now=now)
    return isolated.read(picture.png, content, row.type, number)


def lines(row: CaseFile, content: bytes) -> list[str]:
    """Return the text of a Word or Excel file. Raises UnreadableFileError."""
    return isolated.read(shown.lines, content, row.type)


def broken() -> Iterator[CaseFile]:
    """Yield the files that are gone or no longer what was kept; what was withdrawn is not lost."""
    query = select(CaseFile).where(LIVE).order_by(CaseFile.id)
    for row in db.session.scalars(query.execution_options(yield_per=BATCH)):
        if store.get(row.sha256) is None:
            yield row
