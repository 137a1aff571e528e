"""Read a photograph or a scan of a letter into suggestions for the form; nothing of it is kept.

What a person takes over is kept with the form, and nothing else. It is off where the packages that read
pictures are not installed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.domain.case.file import PAGES, TYPES
from tracker.domain.errors import InvalidDetailError, NotFoundError, SecretFileError
from tracker.domain.law import secrecy
from tracker.domain.permission import Action
from tracker.models.base import transaction
from tracker.models.contact import Contact
from tracker.models.reads.case_file import files_of
from tracker.reading import isolated
from tracker.reading.file import scan
from tracker.reading.file.scan import ScanReading
from tracker.reading.isolated import Limits
from tracker.services.case import evidence, file
from tracker.services.case.evidence import Upload
from tracker.services.office import audit
from tracker.services.office.actor import Actor

LIMITS = Limits(memory=1536, seconds=100)  # the web server in front waits 120
UNLOGGED = "（未登记的来件）"


@dataclass(frozen=True, slots=True)
class UnloggedLetter:
    """A letter that is read before it is logged, as the audit log names it."""

    agency_id: int
    number: str = UNLOGGED


@dataclass(frozen=True, slots=True)
class KeptScan:
    """A picture or PDF that hangs on a contact. key: as a form names it."""

    key: str
    name: str


def is_on() -> bool:
    """Return whether letters can be read here."""
    return scan.is_installed()


def read(upload: Upload, *, contact: Contact | None = None, actor: Actor, now: datetime) -> ScanReading:
    """Return what a picture or PDF says, and what it suggests; that it was read is logged.

    contact: the letter that it belongs to, where that is logged already. Raises InvalidDetailError where it
    is neither, NotPermittedError, SecretFileError where it bears a mark of secrecy, UnreadableFileError.
    """
    actor.require(Action.REGISTER)
    target = contact or UnloggedLetter(actor.agency_id)
    if not upload.content:
        raise InvalidDetailError("请选择照片或扫描件。")
    seen = file.looked_at(target, upload, actor, now)
    reading = _read(upload.content, seen.mime)
    if reading.mark:
        evidence.refuse_secret(target, reading.mark, "图片里的文字", actor, now)
    with transaction():
        told: dict[str, Any] = {"pages": reading.pages, "recognised": reading.recognised}
        told |= {"target": target.number, "agency_id": target.agency_id}
        audit.note("scan_read", actor=actor.name, now=now, **told)
    return reading


def kept_of(contact: Contact) -> list[KeptScan]:
    """Return the pictures and PDFs that hang on a contact, as evidence and as files."""
    rows = [("evidence", row.id, row.file_name, row.file_type) for row in evidence.of_contact(contact)]
    rows += [("file", row.id, row.name, row.type) for row in files_of(contact, [])]
    return [KeptScan(f"{kind}-{row_id}", str(name)) for kind, row_id, name, mime in rows if _has_pages(mime)]


def read_kept(contact: Contact, key: str, *, actor: Actor, now: datetime) -> ScanReading:
    """Return what a file of a contact says, and what it suggests; the look is logged as any other.

    Raises NotFoundError, NotPermittedError, SecretFileError, UnreadableFileError.
    """
    actor.require(Action.REGISTER)
    if key not in {kept.key for kept in kept_of(contact)}:
        raise NotFoundError("没有这个文件。")
    kind, _dash, row_id = key.partition("-")
    if kind == "evidence":
        proof, content = evidence.read(int(row_id), evidence.of_contact(contact), actor=actor, now=now)
        mime = str(proof.file_type)
    else:
        row = file.find(int(row_id), files_of(contact, []))
        content, mime = file.read(row, "scan", actor=actor, now=now), row.type
    reading = _read(content, mime)
    if reading.mark:
        raise SecretFileError(
            "文件里的文字带有密级标志（%(mark)s）：%(forbidden)s。请立即报告本机关保密工作机构，由负责人撤回这个文件。",
            mark=reading.mark,
            forbidden=secrecy.FORBIDDEN,
        )
    return reading


def _read(content: bytes, mime: str) -> ScanReading:
    if not _has_pages(mime):
        raise InvalidDetailError("只能识别图片和 PDF：Word、Excel、OFD 请打开后复制。")
    return isolated.read(scan.read, content, mime, limits=LIMITS)


def _has_pages(mime: str | None) -> bool:
    return mime in TYPES and TYPES[mime].preview == PAGES
