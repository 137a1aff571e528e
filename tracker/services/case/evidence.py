"""Keep evidence of receipt: facts as rows, photographs and scans as files named by their hash."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from sqlalchemy import insert, or_, select

from tracker.domain.case import evidence
from tracker.domain.case.evidence import Fact
from tracker.domain.case.file import file_name
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.law import secrecy
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.reading import isolated
from tracker.reading.file.examine import glance
from tracker.services.office import audit, office, store
from tracker.services.office.actor import REGISTER, Actor

MEGABYTE = 1024 * 1024
BATCH = 500  # ids of one query
NAME = "文件名"  # where a mark stands


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent. Its name is shown and never a path."""

    name: str
    content: bytes


def add(
    target: Case | Contact,
    fact: Fact,
    upload: Upload | None = None,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> Evidence:
    """Keep one fact, with the file that shows it, in one transaction; the act is logged.

    Raises InvalidDetailError where the fact or the file is none, NotPermittedError.
    """
    actor.require(Action.REGISTER)
    looked_at = look(target, upload, actor, now) if upload is not None else None  # read while nobody waits
    with transaction():
        return attach(target, fact, looked_at, actor=actor, today=today, now=now)


def attach(
    target: Case | Contact,
    fact: Fact,
    file: "LookedAt | None" = None,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> Evidence:
    """Keep one fact in the caller's transaction."""
    arrived_on = target.arrived_on if isinstance(target, Contact) else None
    evidence.check(fact, today, arrived_on=arrived_on)
    if fact.kind == "file" and file is None:
        raise InvalidDetailError("请选择照片或扫描件。")
    if fact.kind == "note" and not fact.note.strip():
        raise InvalidDetailError("请填写说明。")
    row = Evidence(
        agency_id=target.agency_id,
        contact_id=target.id if isinstance(target, Contact) else None,
        case_id=target.id if isinstance(target, Case) else None,
        recorded_at=now,
        actor=actor.name,
        **{name: getattr(fact, name) for name in ("kind", "on", "time", "way", "result", "person", "note")},
    )
    if file is not None:
        # Before its row: a file without a row is harmless, a row without a file is not.
        store.put(file.sha256, file.content)
        row.file_name, row.file_type = file.name, file.type
        row.file_size, row.sha256 = len(file.content), file.sha256
    db.session.add(row)
    details: dict[str, Any] = {"agency_id": target.agency_id, "kind": fact.kind, "sha256": row.sha256}
    audit.note("evidence_kept", actor=actor.name, now=now, target=target.number, **details)
    return row


@dataclass(frozen=True, slots=True)
class CaseNote:
    """What a register says of a case beside its history. on: the day of receipt."""

    case_id: int
    agency_id: int
    on: date
    text: str


def keep_notes(notes: Sequence[CaseNote], *, now: datetime) -> None:
    """Keep the notes of an import with their cases, each once, in the caller's transaction."""
    ids = [note.case_id for note in notes]
    known: set[tuple[int | None, str]] = set()
    for begin in range(0, len(ids), BATCH):
        there = (Evidence.kind == "note", Evidence.case_id.in_(ids[begin : begin + BATCH]))
        known.update(db.session.execute(select(Evidence.case_id, Evidence.note).where(*there)).tuples())
    rows = []
    for note in notes:
        if (note.case_id, note.text) not in known:
            known.add((note.case_id, note.text))
            rows.append(_row_of(note, now))
    if rows:
        db.session.execute(insert(Evidence), rows)


def _row_of(note: CaseNote, now: datetime) -> dict[str, Any]:
    return {
        "agency_id": note.agency_id,
        "case_id": note.case_id,
        "kind": "note",
        "on": note.on,
        "note": note.text,
        "recorded_at": now,
        "actor": REGISTER,
    }


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A file that was looked at and may be kept."""

    name: str
    type: str
    sha256: str
    content: bytes


def look(target: Case | Contact, upload: Upload, actor: Actor, now: datetime) -> LookedAt:
    """Return the file with its type by its content; raise InvalidDetailError where it is none of ours."""
    limit = office.settings().server.upload_megabytes
    if not upload.content:
        raise InvalidDetailError("文件是空的，请重新选择。")
    if len(upload.content) > limit * MEGABYTE:
        raise InvalidDetailError(f"文件超过{limit}MB，请压缩后再上传。")
    if mark := secrecy.mark_of_name(upload.name):
        refuse_secret(target, mark, NAME, actor=actor, now=now)
    seen = isolated.read(glance, upload.content)
    if seen.mark:
        refuse_secret(target, seen.mark, seen.where, actor=actor, now=now)
    kind = seen.mime
    if not kind:
        raise InvalidDetailError("只收照片（JPEG、PNG、WebP）和 PDF 扫描件；按内容检查，改文件名没有用。")
    digest = hashlib.sha256(upload.content).hexdigest()
    return LookedAt(file_name(upload.name, kind, digest[:8]), kind, digest, upload.content)


def refuse_secret(target: Case | Contact, mark: str, where: str, *, actor: Actor, now: datetime) -> NoReturn:
    """Log that a file was refused for its mark of secrecy, and raise InvalidDetailError with what to do.

    The log has neither its name nor its content: they may be secret themselves.
    """
    with transaction():
        told: dict[str, Any] = {"level": mark, "where": where, "law": secrecy.LAW, "succeeded": False}
        told |= {"target": target.number, "agency_id": target.agency_id}
        audit.note("file_refused", actor=actor.name, now=now, **told)
    raise InvalidDetailError(
        f"{where}带有密级标志（{mark}），没有保存：{secrecy.FORBIDDEN}。请立即停止在本机上处理，"
        "报告本机关保密工作机构；不能确定是不是国家秘密的，先按条例第17条送审查。"
    )


def of_contact(contact: Contact) -> list[Evidence]:
    """Return the evidence of a contact, the earliest first."""
    return _found(Evidence.contact_id == contact.id)


def of_case(case: Case, contacts: Sequence[Contact]) -> list[Evidence]:
    """Return the evidence of a case and of the contacts that became it, the earliest first."""
    ids = [contact.id for contact in contacts]
    return _found(or_(Evidence.case_id == case.id, Evidence.contact_id.in_(ids)))


def _found(where: object) -> list[Evidence]:
    query = select(Evidence).where(where).order_by(Evidence.on, Evidence.time, Evidence.id)  # type: ignore[arg-type]
    return list(db.session.scalars(query))


def read(
    evidence_id: int, seen: Sequence[Evidence], *, actor: Actor, now: datetime
) -> tuple[Evidence, bytes]:
    """Return a file of the evidence that the actor may see; the look is logged.

    Raises NotFoundError where it is none of theirs, or the file is gone or was changed.
    """
    row = next((row for row in seen if row.id == evidence_id and row.sha256), None)
    if row is None:
        raise NotFoundError("没有这个文件。")
    content = _content(row)
    if content is None:
        raise NotFoundError(f"文件“{row.file_name}”已丢失或被改动，请联系系统管理员从备份恢复。")
    with transaction():
        audit.note(
            "file_seen",
            actor=actor.name,
            now=now,
            target=f"{row.id}",
            agency_id=row.agency_id,
            sha256=row.sha256,
        )
    return row, content


def _content(row: Evidence) -> bytes | None:
    return store.get(row.sha256 or "")


def broken() -> Iterator[Evidence]:
    """Yield the evidence whose file is gone or no longer what was kept."""
    with_file = select(Evidence).where(Evidence.sha256.is_not(None)).order_by(Evidence.id)
    for row in db.session.scalars(with_file.execution_options(yield_per=BATCH)):
        if _content(row) is None:
            yield row
