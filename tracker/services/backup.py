"""Copies of the office: database, uploads, settings, with what proves that they are whole.

A copy is one zip file. Its manifest names every file with its SHA-256 and the last number and hash
of every chain, so that ``tracker check`` can hold the ledgers against it: a cut tail whose head
was rewritten shows there and nowhere else.
"""

import hashlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from tracker.domain.errors import InvalidDetailError
from tracker.models import migrate, transfer
from tracker.models.base import db, transaction
from tracker.services import audit, office
from tracker.services.actor import Actor

FORMAT = "tracker-backup/1"
MANIFEST, DATABASE, UPLOADS, CONFIG, KEY = (
    "manifest.json", "tracker.sqlite3", "uploads", "config.toml", "secret.key",
)  # fmt: skip
CHUNK = 1 << 20
KNOWN = 400  # manifests that a process keeps at hand
OWNER_ONLY = 0o600


class BadBackupError(InvalidDetailError):
    """The file is no copy of an office, or is not whole; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where an agency's chain ended when the copy was made."""

    agency: str
    chain_no: int
    hash: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was made: its file and what its manifest says."""

    path: Path
    made_at: datetime
    revision: str
    key: str
    heads: tuple[Head, ...]
    files: dict[str, str]

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def folder() -> Path:
    """Return where the copies are: a setting, else ``backups`` in the office's folder."""
    settings = office.settings()
    return Path(settings.backup_folder) if settings.backup_folder else settings.instance / "backups"


def fingerprint(key: bytes) -> str:
    """Return what tells one secret key from another and says nothing else about it."""
    return hashlib.blake2b(key, digest_size=8, person=b"tracker-backup").hexdigest()


# -- make ---------------------------------------------------------------------------------------


def run(*, on: date, now: datetime) -> str:
    """Make the copy of the day and remove the oldest beyond the number that is kept."""
    del on  # a copy is of the moment, whatever the day
    made = make(folder() / f"backup-{now:%Y-%m-%d}.zip", now=now)
    dated = sorted(folder().glob("backup-????-??-??.zip"))
    old = dated[: -office.settings().backup_keep]
    for path in old:
        path.unlink()
    gone = f"，清除{len(old)}份旧备份" if old else ""
    return f"{made.path.name}，{made.size / CHUNK:.1f} MB{gone}"


def by_hand(path: Path | None, *, with_key: bool, actor: Actor, now: datetime) -> Copy:
    """Make a copy where a person wants it; it is never removed by the program."""
    made = make(path or folder() / f"backup-{now:%Y-%m-%d-%H%M%S}.zip", now=now, with_key=with_key)
    with transaction():
        agency_id, name = actor.agency_id or None, made.path.name[:100]
        audit.note(
            "backed_up", actor=actor.name, now=now, agency_id=agency_id, target=name, with_key=with_key
        )
    return made


def make(path: Path, *, now: datetime, with_key: bool = False) -> Copy:
    """Write a consistent copy of the office into the file, whole or not at all, and read it again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    with TemporaryDirectory(dir=path.parent, prefix=".backup-") as scratch:
        database = Path(scratch) / DATABASE
        transfer.copy_to_file(db.engine, database)
        sources = {DATABASE: database, **dict(_files(with_key=with_key))}
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "revision": migrate.newest(),
            "key": fingerprint(office.settings().secret_key),
            "heads": [asdict(head) for head in heads_of(database)],
        }
        try:
            _write(unfinished, sources, manifest)
            verify(read(unfinished))
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return read(path)


def _files(*, with_key: bool) -> Iterator[tuple[str, Path]]:
    """Yield what the office's folder holds beside its database, by its name in the copy."""
    home = office.settings().instance
    uploads = home / UPLOADS
    for path in sorted(uploads.rglob("*")) if uploads.is_dir() else ():
        if path.is_file():
            yield f"{UPLOADS}/{path.relative_to(uploads).as_posix()}", path
    for name in (CONFIG, *([KEY] if with_key else [])):
        if (home / name).exists():
            yield name, home / name


def _write(path: Path, sources: dict[str, Path], manifest: dict[str, Any]) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with (
        os.fdopen(handle, "w+b") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        files = {}
        for name, source in sources.items():
            with source.open("rb") as content, archive.open(name, "w", force_zip64=True) as into:
                files[name] = _digest(content, into)
        archive.writestr(MANIFEST, json.dumps({**manifest, "files": files}, ensure_ascii=False, indent=1))


def _digest(content: IO[bytes], into: IO[bytes] | None = None) -> str:
    """Return the SHA-256 of what is read, hex, writing it on the way."""
    found = hashlib.sha256()
    while chunk := content.read(CHUNK):
        found.update(chunk)
        if into is not None:
            into.write(chunk)
    return found.hexdigest()


def heads_of(database: Path) -> list[Head]:
    """Return where the chains end in an SQLite file."""
    words = "SELECT a.code, h.chain_no, h.hash FROM chain_heads h JOIN agencies a ON a.id = h.agency_id"
    with closing(sqlite3.connect(database)) as connection:
        return [Head(*row) for row in connection.execute(f"{words} ORDER BY a.code")]


# -- read ---------------------------------------------------------------------------------------


def read(path: Path) -> Copy:
    """Return what the manifest of a copy says; raise BadBackupError where there is none."""
    try:
        state = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return _read(path, state.st_mtime_ns, state.st_size)


def _unreadable(path: Path, error: Exception) -> BadBackupError:
    return BadBackupError(f"{path}：不是本程序的备份，或文件已损坏（{type(error).__name__}）。")


@lru_cache(maxsize=KNOWN)
def _read(path: Path, _changed_at: int, _size: int) -> Copy:
    """Read the manifest; a file that did not change since says the same, and there is one for each day."""
    try:
        with zipfile.ZipFile(path) as archive:
            value = json.loads(archive.read(MANIFEST))
        if value["format"] != FORMAT:
            raise BadBackupError(f"{path.name}：不认识的备份格式“{value['format']}”。")
        heads = tuple(Head(**head) for head in value["heads"])
        made_at = datetime.fromisoformat(value["made_at"])
        return Copy(path, made_at, value["revision"], value["key"], heads, dict(value["files"]))
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise _unreadable(path, error) from error


def verify(copy: Copy) -> None:
    """Raise BadBackupError naming the first file of the copy that is not as the manifest says."""
    with zipfile.ZipFile(copy.path) as archive:
        names = set(archive.namelist()) - {MANIFEST}
        if names != set(copy.files):
            raise BadBackupError(f"{copy.path.name}：文件与清单不符：{'、'.join(names ^ set(copy.files))}。")
        for name, digest in copy.files.items():
            try:
                with archive.open(name) as content:
                    whole = _digest(content) == digest
            except (zipfile.BadZipFile, EOFError, OSError):
                whole = False
            if not whole:
                raise BadBackupError(f"{copy.path.name}：{name} 与清单的散列不符，备份已损坏。")


def kept() -> list[Copy]:
    """Return the copies in the folder, the newest first; what cannot be read is left out."""
    found = []
    for path in folder().glob("backup-*.zip"):
        with suppress(BadBackupError):
            found.append(read(path))
    return sorted(found, key=lambda copy: copy.made_at, reverse=True)


def newest_heads(since: datetime | None) -> list[Head]:
    """Return the heads in the newest copy that was made after the moment; none where there is none."""
    found = next((copy for copy in kept() if since is None or copy.made_at > since), None)
    return list(found.heads) if found else []
