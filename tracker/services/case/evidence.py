"""Keep evidence of receipt: facts as rows, photographs and scans as files named by their hash."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn, Protocol, cast

from sqlalchemy import Table, insert, or_, select

from tracker.domain.case import evidence
from tracker.domain.case.evidence import Fact
from tracker.domain.case.file import file_name
from tracker.domain.errors import InvalidDetailError, NotFoundError, SecretFileError
from tracker.domain.law import secrecy
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.models.reads.base import among
from tracker.models.service import LetterService, ServiceResult
from tracker.reading import isolated
from tracker.reading.file.examine import Examined, glance
from tracker.services.case import search_text
from tracker.services.office import audit, office, store
from tracker.services.office import searched as office_searched
from tracker.services.office.actor import REGISTER, Actor

MEGABYTE = 1024 * 1024
BATCH = 500  # ids of one query


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
    with ready(target, upload, actor, now) as file, transaction():
        return attach(target, fact, file, actor=actor, today=today, now=now)


def attach(
    target: Case | Contact,
    fact: Fact,
    file: "ReadyProof | None" = None,
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
    attach_file(row, file)
    db.session.add(row)
    db.session.flush()
    if isinstance(target, Case) and row.kind == "note":
        search_text.add({(target.agency_id, target.id): [row.note]})
    if row.file_name:
        note_name(target, row.file_name)
    details: dict[str, Any] = {"agency_id": target.agency_id, "kind": fact.kind, "sha256": row.sha256}
    audit.note("evidence_kept", actor=actor.name, now=now, target=target.number, **details)
    return row


def attach_file(row: Evidence | LetterService | ServiceResult, file: "ReadyProof | None") -> None:
    """Keep the file that a row is shown by, where there is one, in the caller's transaction."""
    if file is not None:
        store.keep(file.stored)
        row.file_name, row.file_type = file.name, file.type
        row.file_size, row.sha256 = file.stored.size, file.stored.digest


def note_name(target: Case | Contact, name: str) -> None:
    """Let the case or contact be found by the name of a file that was kept with it."""
    if isinstance(target, Contact):
        office_searched.restate_files(target)
    else:
        search_text.add({(target.agency_id, target.id): [name]})


def forget_name(target: Case | Contact) -> None:
    """Let nobody find the case or contact by the old name of a file that has a new one."""
    if isinstance(target, Contact):
        office_searched.restate_files(target)
    else:
        search_text.restate(target.id)


@dataclass(frozen=True, slots=True)
class CaseNote:
    """What a register says of a case beside its history. on: the day of receipt."""

    case_id: int
    agency_id: int
    on: date
    text: str


def keep_notes(notes: Sequence[CaseNote], *, now: datetime) -> None:
    """Keep the notes of an import with their cases, each once, in the caller's transaction."""
    if not notes:
        return
    there = (Evidence.kind == "note", among(Evidence.case_id, [note.case_id for note in notes]))
    known: set[tuple[int | None, str]] = set(
        db.session.execute(select(Evidence.case_id, Evidence.note).where(*there)).tuples()
    )
    rows = []
    for note in notes:
        if (note.case_id, note.text) not in known:
            known.add((note.case_id, note.text))
            rows.append(_row_of(note, now))
    if rows:
        db.session.execute(insert(cast(Table, Evidence.__table__)), rows)
        written: dict[search_text.Key, list[str]] = defaultdict(list)
        for row in rows:
            written[row["agency_id"], row["case_id"]].append(row["note"])
        search_text.add(written)


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
class ReadyProof:
    """A file that was looked at and may be kept with its row."""

    name: str
    type: str
    stored: store.ReadyFile


@contextmanager
def ready(
    target: Case | Contact, upload: Upload | None, actor: Actor, now: datetime
) -> Iterator[ReadyProof | None]:
    """Look at a file and make it ready while nobody waits; the caller opens its transaction inside.

    Raises InvalidDetailError where it is none of ours.
    """
    if upload is None:
        yield None
        return
    name, kind = _looked_at(target, upload, actor, now)
    with store.ready(upload.content) as stored:
        yield ReadyProof(name, kind, stored)


def _looked_at(target: Case | Contact, upload: Upload, actor: Actor, now: datetime) -> tuple[str, str]:
    """Return the name and the type of a file, told by its content; raise InvalidDetailError."""
    limit = office.settings().server.upload_megabytes
    if not upload.content:
        raise InvalidDetailError("文件是空的，请重新选择。")
    if len(upload.content) > limit * MEGABYTE:
        raise InvalidDetailError("文件超过%(limit)sMB，请压缩后再上传。", limit=limit)
    kind = searched(target, upload, glance, actor, now).mime
    if not kind:
        raise InvalidDetailError("只收照片（JPEG、PNG、WebP）和 PDF 扫描件；按内容检查，改文件名没有用。")
    digest = hashlib.sha256(upload.content).hexdigest()
    return file_name(upload.name, kind, digest[:8]), kind


class Numbered(Protocol):
    """What a file is sent to, as the log names it."""

    @property
    def number(self) -> str: ...
    @property
    def agency_id(self) -> int: ...


def searched(
    target: Numbered, upload: Upload, reader: Callable[[bytes], Examined], actor: Actor, now: datetime
) -> Examined:
    """Return what the reader, in a process of its own, says of a file that bears no mark of secrecy.

    Raises SecretFileError where its name or its text bears one, which is logged; UnreadableFileError.
    """
    if mark := secrecy.mark_of_name(upload.name):
        refuse_secret(target, mark, "文件名", actor, now)
    seen = isolated.read(reader, upload.content)
    if seen.mark:
        refuse_secret(target, seen.mark, seen.where, actor, now)
    return seen


def refuse_secret(target: Numbered, mark: str, where: str, actor: Actor, now: datetime) -> NoReturn:
    """Log that a file was refused for its mark of secrecy, and raise SecretFileError with what to do.

    The log has neither its name nor its content: they may be secret themselves.
    """
    with transaction():
        told: dict[str, Any] = {"level": mark, "where": where, "law": secrecy.LAW, "succeeded": False}
        told |= {"target": target.number, "agency_id": target.agency_id}
        audit.note("file_refused", actor=actor.name, now=now, **told)
    raise SecretFileError(
        "%(where)s带有密级标志（%(mark)s），没有保存：%(forbidden)s。请立即停止在本机上处"
        "理，报告本机关保密工作机构；不能确定是不是国家秘密的，先按条例第17条送审查。",
        where=where,
        mark=mark,
        forbidden=secrecy.FORBIDDEN,
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
        raise NotFoundError(
            "文件“%(file_name)s”已丢失或被改动，请联系系统管理员从备份恢复。",
            file_name=row.file_name,
        )
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
