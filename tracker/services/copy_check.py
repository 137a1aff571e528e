"""What a copy is tested by, as it is made, checked and restored: the same tests each time."""

import hashlib
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Any

from sqlalchemy import select

from tracker.models import migrate
from tracker.models.agency import Agency
from tracker.models.base import db
from tracker.models.calendar import OfficeFact
from tracker.models.case import CaseEvent
from tracker.models.journal import JournalEntry
from tracker.services import chain, copy_file, evidence, journal
from tracker.services.copy_file import (
    CHUNK,
    CONFIG,
    DATABASE,
    KEY,
    MANIFEST,
    UPLOADS,
    BadBackupError,
    Copy,
    Head,
)

RESTORED = "restored"  # the fact: from which copies the office came, and when


def check(copy: Copy) -> None:
    """Raise BadBackupError naming the first thing for which the copy could not be restored."""
    with TemporaryDirectory(dir=copy.path.parent, prefix=".verify-") as scratch:
        unpack(copy, Path(scratch))


def unpack(copy: Copy, into: Path) -> None:
    """Write the copy's files into a folder, each tested; raise BadBackupError where one does not hold."""
    _check_names(copy)
    with copy_file.opened(copy.path) as archive:
        names = set(archive.namelist()) - {MANIFEST}
        if names != set(copy.files):
            raise BadBackupError(f"{copy.path.name}：文件与清单不符：{'、'.join(names ^ set(copy.files))}。")
        for name, digest in copy.files.items():
            place = into / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if _extracted(archive, name, place) != digest:
                raise BadBackupError(f"{copy.path.name}：{name} 与清单的散列不符，备份已损坏。")
    _check_database(copy, into / DATABASE)
    _check_uploads(copy, into)


def _check_names(copy: Copy) -> None:
    """Refuse a file that would land outside its place."""
    for name in copy.files:
        parts = PurePosixPath(name).parts
        outside = ".." in parts or "\\" in name or ":" in name or PurePosixPath(name).is_absolute()
        if outside or not (name in (DATABASE, CONFIG, KEY) or (parts[0] == UPLOADS and len(parts) > 1)):
            raise BadBackupError(f"{copy.path.name}：备份中有不该有的文件“{name}”。")
    if DATABASE not in copy.files:
        raise BadBackupError(f"{copy.path.name}：备份中没有数据库。")


def _extracted(archive: zipfile.ZipFile, name: str, place: Path) -> str:
    try:
        with archive.open(name) as content, place.open("wb") as file:
            return _digest(content, file)
    except (zipfile.BadZipFile, EOFError, OSError):
        return ""


def _digest(content: IO[bytes], into: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := content.read(CHUNK):
        found.update(chunk)
        into.write(chunk)
    return found.hexdigest()


def damage(database: Path) -> str:
    """Return what SQLite finds wrong with a database file, empty where it is whole."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            words = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
            dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    if words != "ok":
        return words
    return f"{dangling[0]} 第{dangling[1]}行指向不存在的记录" if dangling else ""


def _check_database(copy: Copy, database: Path) -> None:
    if words := damage(database):
        raise BadBackupError(f"{copy.path.name}：数据库已损坏：{words}。")
    if copy.revision not in migrate.known():
        raise BadBackupError(f"{copy.path.name}：备份来自更新的版本（{copy.revision}），请先升级程序。")
    heads, last = heads_of(database)
    if tuple(heads) != copy.heads or (copy.journal is not None and last != list(copy.journal)):
        raise BadBackupError(f"{copy.path.name}：链条末尾与清单不符。")


def _check_uploads(copy: Copy, folder: Path) -> None:
    """Refuse a copy that lacks a file that its evidence names."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        there = {name for (name,) in _rows(connection, "SELECT sha256 FROM uploads")}
        wanted = _rows(connection, "SELECT id, file_name, sha256 FROM receipt_evidence WHERE sha256 <> ''")
    for row_id, name, digest in wanted:
        kept = folder / UPLOADS / digest[:2] / digest
        if digest not in there and not kept.is_file():
            raise BadBackupError(
                f"收件证据第{row_id}条的文件“{name}”不在了，备份不完整。请先运行 tracker check。"
            )


def _rows(connection: sqlite3.Connection, query: str) -> list[Any]:
    with suppress(sqlite3.OperationalError):  # a table of a later revision
        return connection.execute(query).fetchall()
    return []


def heads_of(database: Path) -> tuple[list[Head], list[Any]]:
    """Return where the chains of the ledgers and the journal end in an SQLite file."""
    words = "SELECT a.code, h.chain_no, h.hash FROM chain_heads h JOIN agencies a ON a.id = h.agency_id"
    with closing(sqlite3.connect(database)) as connection:
        heads = [Head(*row) for row in connection.execute(f"{words} ORDER BY a.code")]
        last = _rows(connection, "SELECT no, lower(hex(hash)) FROM journal_head")
    return heads, list(last[0]) if last else []


# -- the office against its copies ----------------------------------------------------------------


def doubts() -> Iterator[tuple[str, str]]:
    """Yield what does not hold of what proves the office and that nothing mends: where, and what.

    The sealed rows with their journal, every ledger's chain entry by entry, the files of evidence.
    """
    yield from journal.flaws()
    yield from chain.flaws()
    for row in evidence.broken():
        yield f"收件证据第{row.id}条", f"文件“{row.file_name}”已丢失或被改动。"


def unlike(heads: tuple[Head, ...], last: tuple[int, str] | None) -> Iterator[str]:
    """Yield where a chain does not hold what was its end at another time."""
    for head in heads:
        if head.chain_no:
            place = (Agency.code == head.agency, CaseEvent.chain_no == head.chain_no)
            joined = select(CaseEvent.hash).join(Agency, Agency.id == CaseEvent.agency_id).where(*place)
            if db.session.scalar(joined) != head.hash:
                yield f"{head.agency} 当时台账止于第{head.chain_no}条，现在这一条不见了或被改动。"
    if last is not None:
        found = db.session.scalar(select(JournalEntry.hash).where(JournalEntry.no == last[0]))
        if found is None or found.hex() != last[1]:
            yield f"当时封存日志止于第{last[0]}条，现在这一条不见了或被改动。"


def left_behind() -> list[tuple[datetime, datetime]]:
    """Return the spans of time that restores left behind: from the copy's moment to that of the restore."""
    fact = db.session.get(OfficeFact, RESTORED, populate_existing=True)
    spans: Any = fact.value.get("spans", [[fact.value.get("from"), fact.value.get("at")]]) if fact else []
    found = []
    for first, last in spans:
        with suppress(TypeError, ValueError):
            found.append((datetime.fromisoformat(first), datetime.fromisoformat(last)))
    return found
