"""An old register on a page: uploaded, looked at, read as a person chooses, kept, dropped.

The page and the command take a file by the same functions (``spreadsheet``). Nothing is kept before somebody
says so; the file waits meanwhile, sealed, with the choices. A file that was read before comes with the
choices that were made for it then.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.errors import DomainError, InvalidDetailError, StepNotAllowedError
from tracker.domain.exchange.choice import Choices
from tracker.domain.message import Phrase, worded
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.calendar import IMPORTING, OfficeFact
from tracker.models.imported import (
    CONTACTS,
    DROPPED,
    KEEPING,
    KEPT,
    LOOKING,
    REQUESTS,
    UNDOING,
    WAITING,
    ImportedFile,
)
from tracker.services.exchange import book as books
from tracker.services.exchange import undoing, waiting
from tracker.services.exchange.importing import uncollected
from tracker.services.exchange.undoing import find
from tracker.services.office import audit, origin
from tracker.services.office.actor import Actor
from tracker.services.office.origin import Origin
from tracker.services.register.register import By

GONE = worded("文件已过期或者不能再打开，请重新上传同一个文件：所作的选择仍然有效。")
LARGE = 300_000  # bytes of a file that is read beside its page: some thousand rows
CUT_OFF = worded("%(why)s已登记的%(count)s件可以撤销；再次上传同一个文件，只登记其余的。")
STALLED = timedelta(minutes=10)  # without a word of progress: who kept it was cut off


@uncollected()
def upload(
    content: bytes, name: str, *, actor: Actor, today: date, now: datetime, book: str = REQUESTS
) -> ImportedFile:
    """Let a file wait, with the choices that were made for the same file before, and the look at it.

    A large one is only kept: ``look`` is to be called, and nobody need wait for it.

    Raises UnreadableFileError with what the file is where it is no table; then nothing waits.
    """
    actor.require(Action.IMPORT)
    books.named(book)
    if not content:
        raise InvalidDetailError("文件是空的，请重新选择。")
    digest = origin.digest_of(content)
    choices = origin.chosen_before(digest, book, actor.agency_id)
    moment: dict[str, Any] = {"actor": actor, "today": today, "now": now}
    seen = None if len(content) > LARGE else books.looked(book, content, choices, **moment)
    with transaction():
        file = ImportedFile(
            agency_id=actor.agency_id,
            book=book,
            name=(name or "未命名")[:200],
            digest=digest,
            choices=origin.text_of(choices),
            state=LOOKING,
            uploaded_by=actor.name,
            uploaded_at=now,
            began_at=now,
        )
        db.session.add(file)
        db.session.flush()
        waiting.put(file, waiting.CONTENT, content, by=actor.name, now=now)
        _note("import_uploaded", file, actor, now, sha256=digest)
        if seen is not None:
            _show(file, seen, actor, now)
    return file


def _show(file: ImportedFile, seen: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Keep the look at a file, which waits from now on, in the caller's transaction."""
    file.state, file.told = WAITING, ""
    file.refused = seen["counts"].get("refused", 0)
    waiting.put_look(file, seen, by=actor.name, now=now)


@uncollected()
def look(file_id: int, *, actor: Actor, today: date, now: datetime) -> None:
    """Look at a large file that was uploaded, or that is read otherwise; what refuses it is told on it."""
    file = find(file_id, actor)
    content, why = waiting.get(file, waiting.CONTENT), ""
    choices, seen = choices_of(file), None
    try:
        seen = books.looked(file.book, content or b"", choices, actor=actor, today=today, now=now)
    except DomainError as error:
        why = error.message
    except Exception:
        why = Phrase("读取没有完成：系统出错，没有登记任何内容，请再次上传。")
        raise
    finally:
        with transaction():
            file = find(file_id, actor)
            if seen is not None:
                _show(file, seen, actor, now)
            else:
                file.state, file.told = DROPPED, why
                waiting.remove(file.id, *waiting.PARTS)


def choices_of(file: ImportedFile) -> Choices:
    """Return what was chosen for a file."""
    return origin.choices_of(file.choices)


def _note(act: str, file: ImportedFile, actor: Actor, now: datetime, **details: Any) -> None:
    target = Phrase("导入%(id)s", id=file.id)
    named: dict[str, Any] = {"agency_id": file.agency_id, "file": file.name[:100], **details}
    audit.note(act, actor=actor.name, now=now, target=target, **named)


def _waiting(file_id: int, version: int, actor: Actor, now: datetime) -> ImportedFile:
    """Return a file that waits, as it was seen; raise where it does not wait, or was changed since."""
    actor.require(Action.IMPORT)
    file = find(file_id, actor)
    if file.state == KEEPING and not is_stalled(file, now):
        raise StepNotAllowedError("这个文件正在导入，不用再次提交：进度见本页。")
    if file.state not in (WAITING, KEEPING):
        raise StepNotAllowedError("这个文件已经导入或者已经放弃，不能再办理。")
    if file.version != version:
        raise StaleDataError(f"import {file.id}: version {version} is not {file.version}")
    return file


@uncollected()
def choose(
    file_id: int, choices: Choices, *, version: int, actor: Actor, today: date, now: datetime
) -> ImportedFile:
    """Read a file that waits as a person chooses, and show it anew; a large one as ``upload`` does.

    Raises StaleDataError where somebody else chose meanwhile (409).
    """
    file = _waiting(file_id, version, actor, now)
    content = waiting.get(file, waiting.CONTENT)
    if content is None:
        raise InvalidDetailError(GONE)
    moment: dict[str, Any] = {"actor": actor, "today": today, "now": now}
    seen = None if len(content) > LARGE else books.looked(file.book, content, choices, **moment)
    with transaction():
        file = _waiting(file_id, version, actor, now)
        file.choices, file.state, file.began_at = origin.text_of(choices), LOOKING, now
        if seen is not None:
            _show(file, seen, actor, now)
        decided = sum(map(len, choices.words.values()))
        _note("import_chosen", file, actor, now, sheets=len(choices.sheets), words=decided)
        db.session.flush()
    return file


def drop(file_id: int, *, version: int, actor: Actor, now: datetime) -> ImportedFile:
    """Let a file go that was not kept; what was chosen for it stays for its next upload.

    Of one that was cut off its first rows are kept: it stands as kept, so that they can be undone.
    """
    with transaction():
        file = _waiting(file_id, version, actor, now)
        if not _is_partly_kept(file, now):
            file.state = DROPPED
        waiting.remove(file.id, *waiting.PARTS)
        _note("import_dropped", file, actor, now)
    return file


def _is_partly_kept(file: ImportedFile, now: datetime) -> bool:
    """Return whether a file was cut off after its first portions; then it stands as kept with these.

    Letters and visits alone: what is left of the others is written later by itself.
    """
    added = origin.brought(file.id, CONTACTS)
    if added:
        origin.end(file.id, now=now, added=added)
    return bool(added)


# -- keeping ----------------------------------------------------------------------------------------


def begin(file_id: int, *, version: int, actor: Actor, now: datetime) -> ImportedFile:
    """Say that a file is being kept, so that nobody else begins; ``keep`` does it."""
    with transaction():
        file = _waiting(file_id, version, actor, now)
        if waiting.get(file, waiting.CONTENT) is None:
            raise InvalidDetailError(GONE)
        file.state, file.began_at, file.kept_by, file.told = KEEPING, now, actor.name, ""
        db.session.flush()
    return file


@uncollected()
def keep(file_id: int, *, actor: Actor, today: date, now: datetime) -> None:
    """Keep the rows of a file that can be taken; the others wait as a workbook with their reasons.

    Whatever refuses it is told on the file, which waits again.
    """
    file = find(file_id, actor)
    content = waiting.get(file, waiting.CONTENT)
    source = Origin(file.name, file.digest, actor.name, file.id)
    by = By(actor=actor, today=today, now=now)
    try:
        seen, rest = books.kept(file.book, content or b"", source, choices_of(file), by=by)
    except DomainError as error:
        _failed(file_id, error.message, actor, now)
        return
    except Exception:
        why = Phrase("导入没有完成：系统出错，请稍后再试；没有写完的会接着写完，不会重复登记。")
        _failed(file_id, why, actor, now)
        raise
    with transaction():
        file = find(file_id, actor)
        if rest is not None:
            waiting.put(file, waiting.REST, rest, by=actor.name, now=now)
        waiting.put_look(file, seen, by=actor.name, now=now)
        waiting.remove(file.id, waiting.CONTENT)


def _failed(file_id: int, why: str, actor: Actor, now: datetime) -> None:
    """Let a file wait again with what was wrong; one that is partly written is finished later by itself."""
    with transaction():
        file = find(file_id, actor)
        if file.state == KEEPING and _is_partly_kept(file, now):
            file.told = Phrase(CUT_OFF, why=why, count=file.added)
        elif file.state == KEEPING:
            file.state = KEEPING if place_of(file_id) is not None else WAITING
            file.told = why


def place_of(file_id: int) -> dict[str, Any] | None:
    """Return how far the writing of a file is; None where it has not begun, or is over."""
    fact = db.session.get(OfficeFact, IMPORTING)
    place: dict[str, Any] | None = fact.value if fact else None
    return place if place and place.get("origin") == file_id else None


def written_of(file: ImportedFile) -> int:
    """Return how many rows of a file that is being kept, or was cut off, are written."""
    if file.state != KEEPING:
        return 0
    place = place_of(file.id)
    return place["added"] + place["continued"] if place else origin.brought(file.id, file.book)


def is_stalled(file: ImportedFile, now: datetime) -> bool:
    """Return whether who kept or undid a file was cut off before anything was written."""
    began = file.began_at
    is_late = file.state in (LOOKING, KEEPING, UNDOING) and began is not None and began < now - STALLED
    return is_late and place_of(file.id) is None


# -- undoing ----------------------------------------------------------------------------------------


def begin_undoing(file_id: int, reason: str, *, version: int, actor: Actor, now: datetime) -> ImportedFile:
    """Say that an import is being undone, once it is known that nothing stands against it.

    Raises as ``undoing.undo``.
    """
    actor.require(Action.CORRECT)
    if not reason.strip():
        raise InvalidDetailError("请填写撤销导入的理由。")
    with transaction():
        file = find(file_id, actor)
        if file.state == UNDOING and not is_stalled(file, now):
            raise StepNotAllowedError("这次导入正在撤销，不用再次提交：结果见本页。")
        undoing.check(file, version)
        if against := undoing.obstacles(file):
            raise undoing.ImportBuiltOnError(against)
        file.state, file.began_at, file.told = UNDOING, now, ""
        db.session.flush()
    return file


@uncollected()
def undo(file_id: int, reason: str, *, actor: Actor, today: date, now: datetime) -> None:
    """Undo an import that ``begin_undoing`` let begin; what refuses it is told on the file."""
    try:
        undoing.undo(file_id, reason, actor=actor, today=today, now=now)
    except Exception as error:
        with transaction():
            file = find(file_id, actor)
            file.state = KEPT
            file.told = (
                error.message
                if isinstance(error, DomainError)
                else Phrase("撤销没有完成：系统出错，没有作任何改动，请稍后再试。")
            )
        if not isinstance(error, DomainError):
            raise


def rest(file_id: int, *, actor: Actor, now: datetime) -> tuple[ImportedFile, bytes]:
    """Return the workbook of the rows that were not taken; the download is logged.

    Raises InvalidDetailError where it is gone.
    """
    actor.require(Action.IMPORT)
    file = find(file_id, actor)
    content = waiting.get(file, waiting.REST)
    if content is None:
        raise InvalidDetailError("没有导入的行已经不在了：请再次上传同一个文件，会重新列出。")
    with transaction():
        _note("import_rest", find(file_id, actor), actor, now)
    return find(file_id, actor), content
