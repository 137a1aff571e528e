"""Copies of the office: database, uploads, settings, with what proves that they are whole.

A copy is one zip file, sealed with the office's key. Its manifest, sealed too, names every file with
its SHA-256 and the last number and hash of every chain, so that ``tracker check`` can hold the chains
against each copy that is kept: a database put back to an earlier state shows there. Uploads are listed in
it; their content is in it where somebody made it by hand, else beside it (``copy.upload_list``).

What is written is read again by the tests that a restore makes (``copy.check``): a copy that could not
be restored is none, and never takes the place of one that could.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from tracker.domain.message import Phrase, placed
from tracker.models import cipher, in_use, migrate, transfer
from tracker.models.base import ZONE, db, snapshot, transaction
from tracker.models.sealed_file import BACKUP, SealedWriter
from tracker.models.upload import UploadedFile
from tracker.services.copy import anchor, check, upload_list
from tracker.services.copy.file import (
    CHUNK,
    CONFIG,
    CONTENT,
    DATABASE,
    FORMAT,
    KEY,
    LIST,
    MANIFEST,
    UPLOADS,
    BadBackupError,
    CopiedHead,
    Copy,
    read,
    seal_of,
)
from tracker.services.job.job import AlarmError
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor
from tracker.services.operations import acknowledgement

OWNER_ONLY = 0o600
DATED = "backup-????-??-??.zip"
DOUBTFUL = "-doubtful"  # in the name of a copy that takes the place of none
NAMED = 5  # doubts that are named

__all__ = [
    "CHUNK",
    "CONFIG",
    "DATABASE",
    "KEY",
    "MANIFEST",
    "UPLOADS",
    "BadBackupError",
    "CopiedHead",
    "Copy",
    "read",
]


def folder() -> Path:
    """Return where the copies are: a setting, else ``backups`` in the office's folder."""
    settings = office.settings()
    return Path(settings.backup.folder) if settings.backup.folder else settings.instance / "backups"


# -- make ---------------------------------------------------------------------------------------


def run(*, on: date, now: datetime) -> str:
    """Make the copy of the day and remove the oldest beyond the number that is kept.

    Where the chains or the sealed rows do not hold, the copy is kept beside the others and replaces
    none. Raises AlarmError then; BadBackupError where no copy can be made that could be restored.
    """
    del on  # a copy is of the moment, whatever the day
    in_use.join(db.engine)  # nobody sweeps a copy in the making away
    place = folder() / f"backup-{now:%Y-%m-%d}.zip"
    if doubtful := doubts():
        made = make(_beside(place), now=now, whole=False)
        kept_as = Phrase("已另存为 %(name)s，没有替换、清除任何旧备份。", name=made.path.name)
        raise AlarmError(
            "核对发现问题，请运行 tracker check：%(value)s%(kept_as)s",
            value=doubtful[0],
            kept_as=kept_as,
        )
    made = make(place, now=now, whole=False)
    old = sorted(folder().glob(DATED))[: -office.settings().backup.keep]
    for path in old:
        path.unlink()
    gone = Phrase("，清除%(count)s份旧备份", count=len(old)) if old else ""
    size = f"{made.size / CHUNK:.1f}"
    return Phrase("%(name)s，%(size)s MB%(gone)s", name=made.path.name, size=size, gone=gone)


def by_hand(path: Path | None, *, with_key: bool, actor: Actor, now: datetime) -> tuple[Copy, list[str]]:
    """Make a copy where a person wants it, in one file; it is never removed by the program.

    Returns it with what does not hold in the office. Then it has another name than the one wanted: what
    lies there may be the last good copy.
    """
    in_use.join(db.engine)
    place = path or folder() / f"backup-{now:%Y-%m-%d-%H%M%S}.zip"
    doubtful = doubts()
    made = make(_beside(place) if doubtful else place, now=now, with_key=with_key)
    details: dict[str, Any] = {"with_key": with_key, "doubtful": bool(doubtful)}
    with transaction():
        agency_id, name = actor.agency_id or None, made.path.name[:100]
        audit.note("backed_up", actor=actor.name, now=now, agency_id=agency_id, target=name, **details)
    return made, doubtful


def _beside(place: Path) -> Path:
    """Return the name of a doubtful copy."""
    return place.with_name(f"{place.stem}{DOUBTFUL}{place.suffix}")


def doubts() -> list[str]:
    """Return the first things that do not hold and that nobody has acknowledged, as of one moment."""
    with snapshot():
        known = acknowledgement.known()
        unknown = (each for each in lasting() if acknowledgement.mark(*each) not in known)
        return [placed(where, message) for where, message in islice(unknown, NAMED)]


def lasting() -> Iterator[tuple[str, str]]:
    """Yield what does not hold and that nothing mends: of the office, against its copies, its anchors."""
    yield from check.doubts()
    for message in [*against(kept()), *anchor.findings()]:
        yield Phrase("备份"), message


def make(path: Path, *, now: datetime, with_key: bool = False, whole: bool = True) -> Copy:
    """Write a consistent copy of the office into the file, whole or not at all, and read it again.

    with_key: the key is in it; such a copy is not sealed, since it could not be opened without itself.
    whole: the content of the uploads is in it, else in a folder beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.part")
    with TemporaryDirectory(dir=path.parent, prefix=".backup-") as scratch:
        database = Path(scratch) / DATABASE
        transfer.copy_to_file(db.engine, database, without=(UploadedFile.__tablename__,))
        heads, journal = check.heads_of(database)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "revision": migrate.newest(),
            "key": cipher.Keys.fingerprint,
            "heads": [asdict(head) for head in heads],
            "journal": journal,
        }
        listing, beside = Path(scratch) / LIST, None if whole else path.parent
        if beside is not None:  # what stays out of the file is there before a file can name it
            with listing.open("wb") as lines:
                today = now.astimezone(ZONE).date()
                manifest["uploads"] = upload_list.beside(upload_list.of_office(), beside, lines, today)
        try:
            _write(unfinished, _Sources(database, listing, with_key, whole), manifest)
            check.check(read(unfinished))
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return read(path)


@dataclass(frozen=True, slots=True)
class _Sources:
    """What goes into a copy. listing: of the uploads; written with them where the copy is whole."""

    database: Path
    listing: Path
    with_key: bool
    whole: bool

    @property
    def files(self) -> dict[str, Path]:
        home = office.settings().instance
        beside = {name: home / name for name in (CONFIG, *([KEY] if self.with_key else []))}
        there = {name: path for name, path in beside.items() if path.exists()}
        return {DATABASE: self.database, **there, LIST: self.listing}


def _write(path: Path, sources: _Sources, manifest: dict[str, Any]) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(handle, "w+b") as file:
        if sources.with_key:
            _pack(file, sources, manifest)
        else:
            with SealedWriter(file, BACKUP) as into:
                _pack(into, sources, manifest)
        file.flush()
        os.fsync(file.fileno())


def _pack(into: Any, sources: _Sources, manifest: dict[str, Any]) -> None:
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        if sources.whole:
            packed = zipfile.ZipInfo(CONTENT)  # stored: what is sealed does not shrink
            with archive.open(packed, "w", force_zip64=True) as part, sources.listing.open("wb") as lines:
                manifest["uploads"] = upload_list.into_one(upload_list.of_office(), part, lines)
        files = {}
        for name, source in sources.files.items():
            with source.open("rb") as content, archive.open(name, "w", force_zip64=True) as part:
                files[name] = _digest(content, part)
        told = {**manifest, "files": files}
        told["seal"] = seal_of(told, office.settings().secret_key)
        archive.writestr(MANIFEST, json.dumps(told, ensure_ascii=False, indent=1))


def _digest(content: IO[bytes], into: IO[bytes]) -> str:
    """Return the SHA-256 of what is read, hex, writing it on the way."""
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        into.write(chunk)
    return digest.hexdigest()


# -- what is kept -------------------------------------------------------------------------------


def kept() -> list[Copy]:
    """Return the copies in the folder, whatever their names, the newest first."""
    copies = [copy for copy, _ in _looked_at() if copy is not None]
    return sorted(copies, key=lambda copy: copy.made_at, reverse=True)


def unreadable() -> Iterator[str]:
    """Yield why a file that is named as a copy is none."""
    for copy, message in _looked_at():
        if copy is None:
            yield message


def _looked_at() -> Iterator[tuple[Copy | None, str]]:
    for path in sorted(folder().glob("*")):
        ours = path.name.startswith(("backup-", "aside-")) and path.suffix == ".zip"
        if not path.is_file() or path.name.startswith("."):
            continue
        try:
            yield read(path), ""
        except BadBackupError as error:
            if ours:
                yield None, error.message


def against(copies: list[Copy]) -> Iterator[str]:
    """Yield where a chain does not hold what a kept copy says of it: each copy's heads are ancestors.

    Copies of a time that a restore left behind know of another future: they are left out.
    """
    spans = check.left_behind()
    for copy in copies:
        if any(first < copy.made_at <= last for first, last in spans):
            continue
        for difference in check.unlike(copy.heads, copy.journal):
            yield Phrase("与备份 %(name)s 不符：%(difference)s", name=copy.path.name, difference=difference)
