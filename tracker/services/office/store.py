"""Where uploads lie: files beside an SQLite database, rows of a PostgreSQL one; sealed either way.

Named by the SHA-256 of their content, so that one is written once and never changed. What was kept
before uploads were sealed, and files of before they moved into the database, stay readable.
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from tracker.models import identity, sealed_file
from tracker.models.base import db, ensure
from tracker.models.calendar import OfficeFact
from tracker.models.sealed_file import UPLOAD, UnreadableSealError
from tracker.models.upload import UploadedFile
from tracker.services.office import office

FOLDER = "uploads"
DIGEST_CHARACTERS = 64


def put(digest: str, content: bytes) -> None:
    """Keep a file in the caller's transaction: a file without a row is harmless."""
    sealed = sealed_file.seal(content, UPLOAD)
    if identity.storage(db.session.connection()) == identity.DATABASE:
        ensure(UploadedFile, sha256=digest, content=sealed)
    elif get(digest) is None:  # one that was damaged is mended by the same file
        write(path_of(digest), sealed)


def write(place: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    beside = place.with_name(f"{place.name}.{secrets.token_hex(4)}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except OSError:  # a full disk is not filled further
        beside.unlink(missing_ok=True)
        raise


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
