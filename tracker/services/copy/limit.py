"""Limits of a backup file that is opened, so that a hostile one fills neither memory nor disk.

A copy is read by the process that restores it, piece by piece: what these bounds let through costs
time and room on the disk, and as much memory as the table of contents of a large office.
"""

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Phrase

MEGABYTE = 1 << 20
MANIFEST, DATABASE, UPLOADS, CONFIG, KEY, LIST, CONTENT = (
    "manifest.json", "tracker.sqlite3", "uploads", "config.toml", "secret.key", "uploads.list", "uploads.bin",
)  # fmt: skip
MOST_PARTS = 200_000
MOST_DIRECTORY = 40 * MEGABYTE  # bytes of the table of contents: 200 for each part
MOST_READ = 4 * MEGABYTE  # bytes that are asked for at once, beside the table of contents
OF_A_PART = 300  # bytes that the manifest says of a part
MOST_TOLD = MEGABYTE  # bytes that it says beside
MOST_NESTED = 10_000  # lists and mappings in it: one for each agency
LARGEST = {KEY: 4096, CONFIG: MEGABYTE}  # bytes
LARGEST_UPLOAD = 64 * MEGABYTE
MOST_RATIO = 300  # to one; a database is packed by 5 to 20, nothing but zeros by 1000
SMALL = 64 * MEGABYTE  # bytes of a part whose ratio does not matter
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack a piece without a limit
ENTRY = b"PK\x01\x02"  # begins what the table of contents says of a part
ENCRYPTED = 1  # bit of the flags
GIGABYTE = 1 << 30


class BadBackupError(InvalidDetailError):
    """The file is no copy of an office, or is not whole; the text says what is wrong."""


class Source:
    """The file of a zip; a table of contents that is larger than any office's is not read."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name = file, name
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size if 0 <= size <= MOST_DIRECTORY else MOST_DIRECTORY + 1)
        if len(content) > MOST_DIRECTORY:
            raise too_large(self._name, "目录过大")
        if len(content) > MOST_READ and content.count(ENTRY) > MOST_PARTS:
            raise too_large(self._name, "文件过多")
        return content


def too_large(name: str, why: str) -> BadBackupError:
    """Return the refusal of a copy that holds more than a copy can."""
    return BadBackupError(
        "%(name)s：%(why)s，不是本程序做的备份，拒绝打开。没有作任何改动。",
        name=name,
        why=why,
    )


def check_parts(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse an archive with parts that are doubled, too large, or packed as no copy is."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise too_large(name, "文件过多")
    if len({part.filename for part in parts}) < len(parts):
        raise too_large(name, "有同名的文件")
    for part in parts:
        if part.compress_type not in METHODS or part.flag_bits & ENCRYPTED:
            raise too_large(name, Phrase("“%(name)s”的压缩方式不对", name=part.filename[:100]))
        if part.file_size > _largest(part.filename, len(parts)):
            raise too_large(
                name,
                Phrase(
                    "“%(name)s”有%(size)s MB，过大",
                    name=part.filename[:100],
                    size=f"{part.file_size / MEGABYTE:.1f}",
                ),
            )
        if part.file_size > max(SMALL, part.compress_size * MOST_RATIO):
            raise too_large(name, Phrase("“%(name)s”展开后过大", name=part.filename[:100]))


def _largest(name: str, parts: int) -> float:
    """Return how many bytes a part may have; the disk alone bounds a database."""
    if name == MANIFEST:
        return MOST_TOLD + OF_A_PART * parts
    if PurePosixPath(name).parts[:1] == (UPLOADS,):
        return LARGEST_UPLOAD
    return LARGEST.get(name, float("inf"))


def manifest(archive: zipfile.ZipFile, name: str) -> Any:
    """Return what the manifest says, as JSON has it."""
    return told(archive.read(MANIFEST), len(archive.infolist()), name)


def told(content: bytes, parts: int, name: str) -> Any:
    """Return a manifest's or an anchor's JSON; refuse one that would be far larger once it is read."""
    nested = content.count(b"{") + content.count(b"[")
    if nested > MOST_NESTED or content.count(b",") > 4 * MOST_NESTED + 2 * parts:
        raise too_large(name, "清单过长")
    try:
        return json.loads(content)
    except RecursionError as error:
        raise too_large(name, "清单嵌套过深") from error


def check_room(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    """Refuse a copy that the disk could not hold once it is unpacked."""
    wanted = sum(part.file_size for part in archive.infolist())
    free = shutil.disk_usage(folder).free
    if wanted > free:
        raise BadBackupError(
            "%(name)s：展开后有%(value)s GB，磁盘只剩%(value2)s GB，放不下。没有作任何改动。",
            name=name,
            value=f"{wanted / GIGABYTE:.1f}",
            value2=f"{free / GIGABYTE:.1f}",
        )


def pieces(content: IO[bytes]) -> Iterator[bytes]:
    """Yield what a part holds, piece by piece."""
    while piece := content.read(MEGABYTE):
        yield piece
