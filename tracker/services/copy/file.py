"""The file of a copy: its manifest, its seal, its parts, read from a sealed file or a plain zip."""

import errno
import hmac
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from tracker.models import cipher, sealed_file
from tracker.models.digest import keyed
from tracker.models.sealed_file import BACKUP, ForeignSealError, Reader, UnreadableSealError
from tracker.services.copy import limit
from tracker.services.copy.limit import (
    CONFIG,
    CONTENT,
    DATABASE,
    KEY,
    LIST,
    MANIFEST,
    UPLOADS,
    BadBackupError,
)
from tracker.services.office import office

FORMAT = "tracker-backup/3"
EARLIER, PLAIN = (
    "tracker-backup/2",
    "tracker-backup/1",
)  # each upload a part; 1: of before manifests were sealed
SEALED_FROM = "0014"  # the tables of the first program whose manifests are sealed
CHUNK = 1 << 20
KNOWN = 400  # manifests that a process keeps at hand
BROKEN = (  # what the libraries raise on a damaged or a crafted file; RuntimeError: a password
    OSError, zipfile.BadZipFile, UnreadableSealError, EOFError, zlib.error, ValueError, RuntimeError,
)  # fmt: skip
__all__ = [
    "CHUNK",
    "CONFIG",
    "CONTENT",
    "DATABASE",
    "KEY",
    "LIST",
    "MANIFEST",
    "UPLOADS",
    "BadBackupError",
    "CopiedHead",
    "Copy",
]


@dataclass(frozen=True, slots=True)
class CopiedHead:
    """Where an agency's chain ended when the copy was made."""

    agency: str
    chain_no: int
    hash: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was made: its file and what its manifest says.

    files: its parts, each with its SHA-256. uploads: how many its list names; of before there was a list 0.
    journal: the last number and hash (hex) of the journal of sealed rows; None of before there was one.
    """

    path: Path
    made_at: datetime
    revision: str
    key: str
    heads: tuple[CopiedHead, ...]
    files: dict[str, str]
    journal: tuple[int, str] | None = None
    uploads: int = 0

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def seal_of(manifest: dict[str, Any], secret: bytes) -> str:
    """Return the seal of a manifest: HMAC-SHA-256 over all of it, hex."""
    told = {key: value for key, value in manifest.items() if key != "seal"}
    return keyed(cipher.manifest_key(secret), told).hex()


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the zip of a copy, sealed or plain. BadBackupError: it is none, or too large for one."""
    try:
        with path.open("rb") as file:
            sealed = sealed_file.is_sealed(file.read(len(sealed_file.MAGIC)))
            with (
                Reader(file, BACKUP) if sealed else nullcontext(file) as content,
                zipfile.ZipFile(limit.Source(content, path.name)) as archive,
            ):
                limit.check_parts(archive, path.name)
                yield archive
    except BadBackupError:
        raise
    except ForeignSealError as error:
        raise BadBackupError(
            "%(name)s：备份是用另一把密钥封存的。请先把当时另行保存的 %(key)s 放到 %(value)s，再恢复。",
            name=path.name,
            key=KEY,
            value=office.settings().instance / KEY,
        ) from error
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise  # the disk is full, and the copy may be whole
        raise unreadable(path) from error


def unreadable(path: Path) -> BadBackupError:
    """Return the refusal of a file that is no copy."""
    return BadBackupError("%(path)s：不是本程序的备份，或文件已损坏。", path=path)


def read(path: Path) -> Copy:
    """Return what the manifest of a copy says; raise BadBackupError where there is none that holds."""
    try:
        state = path.stat()
    except OSError as error:
        raise unreadable(path) from error
    return _read(path, state.st_mtime_ns, state.st_size, cipher.Keys.fingerprint)


@lru_cache(maxsize=KNOWN)
def _read(path: Path, _changed_at: int, _size: int, _key: str) -> Copy:
    """Read the manifest; a file that did not change since says the same, and there is one for each day."""
    with opened(path) as archive:
        try:
            value = limit.manifest(archive, path.name)
            _check_format(path, value, archive)
            heads = tuple(CopiedHead(**head) for head in value["heads"])
            made_at = datetime.fromisoformat(value["made_at"])
            if made_at.tzinfo is None:
                raise ValueError(value["made_at"])
            journal = tuple(value["journal"]) if value.get("journal") else None
            parts, uploads = dict(value["files"]), int(value.get("uploads", 0))
            return Copy(path, made_at, value["revision"], value["key"], heads, parts, journal, uploads)
        except (KeyError, TypeError, ValueError) as error:
            raise unreadable(path) from error


def _check_format(path: Path, value: dict[str, Any], archive: zipfile.ZipFile) -> None:
    if value["format"] not in (FORMAT, EARLIER, PLAIN):
        raise BadBackupError(
            "%(name)s：不认识的备份格式“%(format)s”。",
            name=path.name,
            format=value["format"],
        )
    if value["format"] == PLAIN:
        if value["revision"] >= SEALED_FROM:
            raise BadBackupError("%(name)s：清单没有封印：清单被改动。", name=path.name)
        return
    key = archive.read(KEY) if KEY in value["files"] else office.settings().secret_key
    if cipher.fingerprint(key) != value["key"]:
        raise BadBackupError(
            "%(name)s：加密字段所用的密钥与本机的不同。请先把当时另行保存的 %(key)s 放到 %(value)s，再恢复。",
            name=path.name,
            key=KEY,
            value=office.settings().instance / KEY,
        )
    if not hmac.compare_digest(seal_of(value, key), str(value.get("seal", ""))):
        raise BadBackupError("%(name)s：清单的封印不符：清单被改动。", name=path.name)
