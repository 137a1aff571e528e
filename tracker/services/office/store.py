"""Where uploads lie: files beside an SQLite database, rows of a PostgreSQL one; sealed either way.

Named by the SHA-256 of their content, so that one is written once and never changed. What was kept
before uploads were sealed, and files of before they moved into the database, stay readable.
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select

from tracker.models import identity, sealed_file
from tracker.models.base import db, ensure
from tracker.models.calendar import OfficeFact
from tracker.models.sealed_file import UPLOAD, UnreadableSealError
from tracker.models.upload import UploadedFile
from tracker.services.office import office

FOLDER = "uploads"
DIGEST_CHARACTERS = 64


def put(digest: str, content: bytes) -> None:
    """Keep a small file in the caller's transaction: a file without a row is harmless."""
    with ready(content, digest) as file:
        keep(file)


@dataclass(frozen=True, slots=True)
class ReadyFile:
    """A file that is sealed and may be kept. beside: where it lies until then; None, nothing is written."""

    digest: str
    size: int
    sealed: bytes
    beside: Path | None


@contextmanager
def ready(content: bytes, digest: str = "") -> Iterator[ReadyFile]:
    """Seal a file, and write and sync it beside its place, before a transaction opens: nobody waits for it.

    What was not kept by the end is removed; what a killed process left is swept up by the night's job.
    On PostgreSQL it goes into the transaction, where no other writer waits for it.
    """
    digest = digest or hashlib.sha256(content).hexdigest()
    sealed, beside = sealed_file.seal(content, UPLOAD), None
    if db.engine.dialect.name != "postgresql" and get(digest) is None:
        beside = write_beside(path_of(digest), sealed)
    try:
        yield ReadyFile(digest, len(content), sealed, beside)
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def keep(file: ReadyFile) -> None:
    """Keep a file that is ready in the caller's transaction: before its row, which is worth nothing alone."""
    place = path_of(file.digest)
    if identity.storage(db.session.connection()) == identity.DATABASE:
        ensure(UploadedFile, sha256=file.digest, content=file.sealed)
    elif file.beside is not None and file.beside.is_file():
        file.beside.replace(place)
    elif not place.is_file():  # removed meanwhile
        write(place, file.sealed)


def write(place: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    write_beside(place, content).replace(place)


def write_beside(place: Path, content: bytes) -> Path:
    """Write and sync a file beside its place, readable by its owner alone, and return where it lies."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    beside = place.with_name(f"{place.name}.{secrets.token_hex(4)}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # a full disk is not filled further
        beside.unlink(missing_ok=True)
        raise
    return beside


@contextmanager
def destroying(digest: str) -> Iterator[Callable[[], None]]:
    """Yield what destroys a content in the transaction inside the block, in which nobody else writes.

    A file is led aside and destroyed once the transaction is kept; where it fails the file is back.
    """
    place = path_of(digest)
    aside = place.with_name(f"{digest}.{secrets.token_hex(4)}.part")

    def destroy() -> None:
        db.session.execute(delete(UploadedFile).where(UploadedFile.sha256 == digest))
        if place.is_file():
            place.rename(aside)

    try:
        yield destroy
    except BaseException:
        if aside.is_file():
            aside.rename(place)
        raise
    aside.unlink(missing_ok=True)


def path_of(digest: str) -> Path:
    """Return where the file of that hash is kept, where it is one."""
    return office.settings().instance / FOLDER / digest[:2] / digest


def get(digest: str) -> bytes | None:
    """Return the content of that hash; None where it is gone or was changed."""
    kept = db.session.scalar(select(UploadedFile.content).where(UploadedFile.sha256 == digest))
    if kept is None:
        place = path_of(digest)
        kept = place.read_bytes() if place.is_file() else b""
    return opened(kept, digest)


def is_there(digest: str) -> bool:
    """Return whether anything is kept under that hash, whole or not."""
    kept = db.session.scalar(select(UploadedFile.sha256).where(UploadedFile.sha256 == digest))
    return kept is not None or path_of(digest).is_file()


def opened(kept: bytes, digest: str) -> bytes | None:
    """Return what was kept, unsealed; None where it is not what its name says."""
    content = kept
    if sealed_file.is_sealed(kept):
        try:
            content = sealed_file.unseal(kept, UPLOAD)
        except UnreadableSealError:
            return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def files(folder: Path | None = None) -> Iterator[Path]:
    """Yield the uploads that lie as files beside the database, or in another folder, by their names."""
    place = office.settings().instance / FOLDER if folder is None else folder
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        if path.is_dir():
            yield from files(path)
        elif path.is_file():
            yield path


def take_up() -> None:
    """Write down in the caller's transaction what the database belongs to; seal what was kept before.

    Files are taken into PostgreSQL; beside SQLite those that are plain are sealed where they lie.
    """
    told = identity.current(db.session.connection())
    if told["uploads"] == identity.DATABASE:
        for path in files():
            take(path.name, path.read_bytes())
    else:
        for path in files():
            seal_plain(path)
    fact = db.session.get(OfficeFact, identity.FACT)
    if fact is None:
        db.session.add(OfficeFact(name=identity.FACT, value=told))
    elif fact.value != told:
        fact.value = told


def take(digest: str, kept: bytes) -> None:
    """Take a file that is what its name says into the database; any other is left where it lies."""
    content = opened(kept, digest) if len(digest) == DIGEST_CHARACTERS else None
    if content is not None:
        ensure(UploadedFile, sha256=digest, content=sealed_file.seal(content, UPLOAD))


def seal_plain(path: Path) -> None:
    """Seal a file that an older version kept as it came; one that is not what its name says is left."""
    with path.open("rb") as file:
        if sealed_file.is_sealed(file.read(len(sealed_file.MAGIC))):
            return
    content = opened(path.read_bytes(), path.name)
    if content is not None:
        write(path, sealed_file.seal(content, UPLOAD))
