"""The tests of a backup, the same when it is made, checked and restored."""

import hashlib
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from tracker.domain.message import Phrase
from tracker.models import migrate
from tracker.models.agency import SAMPLE, Agency
from tracker.models.base import db
from tracker.models.calendar import OfficeFact
from tracker.models.case import CaseEvent
from tracker.models.journal import JournalEntry
from tracker.services.case import chain, evidence, file
from tracker.services.copy import file as copy_file
from tracker.services.copy import limit, upload_list
from tracker.services.copy.file import (
    CONFIG,
    CONTENT,
    DATABASE,
    KEY,
    LIST,
    MANIFEST,
    UPLOADS,
    BadBackupError,
    CopiedHead,
    Copy,
)
from tracker.services.letter import kept
from tracker.services.mail import received
from tracker.services.office import journal

RESTORED = "restored"  # the fact: from which copies the office came, and when
NAMED = 5
MOST_HEADS = 10_000  # chains, one for each agency
VIEW = "SELECT name FROM sqlite_schema WHERE type = 'view' LIMIT 1"  # may compute without an end


def check(copy: Copy) -> None:
    """Raise BadBackupError naming the first thing for which the copy could not be restored.

    Uploads beside it were read as they were written, and are by turns: here they must be there.
    """
    with TemporaryDirectory(dir=copy.path.parent, prefix=".verify-") as scratch:
        unpack(copy, Path(scratch), read_again=False)


def unpack(copy: Copy, into: Path, *, read_again: bool = True) -> None:
    """Write the copy's files into a folder, each tested; raise BadBackupError where one does not hold.

    read_again: uploads beside the copy, which stay where they are, are read from end to end.
    """
    _check_names(copy)
    with copy_file.opened(copy.path) as archive:
        names = set(archive.namelist()) - {MANIFEST, CONTENT}
        if names != set(copy.files):
            unlike = "、".join(sorted(names ^ set(copy.files))[:NAMED])
            raise BadBackupError(
                "%(name)s：文件与清单不符：%(unlike)s。",
                name=copy.path.name,
                unlike=unlike,
            )
        limit.check_room(archive, copy.path.name, into)
        for name, digest in copy.files.items():
            place = into / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if _extracted(archive, name, place) != digest:
                raise BadBackupError(
                    "%(name)s：%(name2)s 与清单的散列不符，备份已损坏。",
                    name=copy.path.name,
                    name2=name,
                )
        if CONTENT in archive.namelist():
            _unpack_uploads(copy, archive, into)
        elif LIST in copy.files:
            upload_list.check_beside(into / LIST, copy.path.parent, copy.path.name, read_again=read_again)
    _check_database(copy, into / DATABASE)
    _check_uploads(copy, into)


def _unpack_uploads(copy: Copy, archive: zipfile.ZipFile, into: Path) -> None:
    if LIST not in copy.files:
        raise BadBackupError("%(name)s：备份中没有上传文件的清单。", name=copy.path.name)
    try:
        with archive.open(CONTENT) as content:
            upload_list.unpack(content, into / LIST, into, copy.path.name)
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise BadBackupError(
            "%(name)s：%(content)s 不能展开，备份已损坏。",
            name=copy.path.name,
            content=CONTENT,
        ) from error


def _check_names(copy: Copy) -> None:
    """Refuse a file that would land outside its place."""
    for name in set(copy.files) - {DATABASE, CONFIG, KEY, LIST}:
        upload_list.check_name(name, copy.path.name)
    if DATABASE not in copy.files:
        raise BadBackupError("%(name)s：备份中没有数据库。", name=copy.path.name)


def _extracted(archive: zipfile.ZipFile, name: str, place: Path) -> str:
    """Write a part out; return its SHA-256, hex, empty where it does not unpack to what it says."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as content, place.open("wb") as file:
            for piece in limit.pieces(content):
                digest.update(piece)
                file.write(piece)
    except (zipfile.BadZipFile, EOFError, zlib.error):
        return ""
    return digest.hexdigest()


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open the database of a copy; no value that is read of it is larger than an upload."""
    with closing(sqlite3.connect(database)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * limit.LARGEST_UPLOAD)
        connection.execute("PRAGMA trusted_schema = OFF")
        yield connection


def damage(database: Path) -> str:
    """Return what SQLite finds wrong with a database file, empty where it is whole."""
    try:
        with _opened(database) as connection:
            if view := connection.execute(VIEW).fetchone():
                return Phrase("有本程序没有的视图“%(name)s”", name=view[0][:100])
            verdict = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
            dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    if verdict != "ok":
        return verdict
    return (
        Phrase("%(table)s 第%(row_id)s行指向不存在的记录", table=dangling[0], row_id=dangling[1])
        if dangling
        else ""
    )


def _check_database(copy: Copy, database: Path) -> None:
    if verdict := damage(database):
        raise BadBackupError(
            "%(name)s：数据库已损坏：%(verdict)s。",
            name=copy.path.name,
            verdict=verdict,
        )
    if copy.revision not in migrate.known():
        raise BadBackupError(
            "%(name)s：备份来自更新的版本（%(revision)s），请先升级程序。",
            name=copy.path.name,
            revision=copy.revision,
        )
    try:
        heads, last = heads_of(database)
    except sqlite3.DatabaseError as error:
        raise BadBackupError(
            "%(name)s：数据库不是本程序的（%(error)s）。",
            name=copy.path.name,
            error=error,
        ) from error
    if tuple(heads) != copy.heads or (copy.journal is not None and last != list(copy.journal)):
        raise BadBackupError("%(name)s：链条末尾与清单不符。", name=copy.path.name)


# Whose rows name files, what they are called, and the column of the file's name.
WITH_FILES = (
    ("receipt_evidence", "收件证据", "file_name"),
    ("letters", "文书", "title"),
    ("letter_services", "送达凭证", "file_name"),
    ("service_results", "送达凭证", "file_name"),
    ("letter_templates", "文书模板", "file_name"),
    ("case_files", "案件文件", "name"),
    ("personal_answers", "个人信息请求答复", "title"),
    ("incoming_mails", "收到的邮件", "message_id"),
)
PLACE = f"'{UPLOADS}/' || substr(sha256, 1, 2) || '/' || sha256"


def _check_uploads(copy: Copy, scratch: Path) -> None:
    """Refuse a copy that lacks a file that one of its rows names."""
    with _opened(scratch / DATABASE) as connection:
        connection.execute("CREATE TEMP TABLE placed (name TEXT PRIMARY KEY) WITHOUT ROWID")
        names = ((name,) for name, _ in upload_list.placed(scratch, copy.path.parent, copy.path.name))
        connection.executemany("INSERT OR IGNORE INTO placed VALUES (?)", names)
        held = "AND sha256 NOT IN (SELECT sha256 FROM uploads)" if _has(connection, "uploads") else ""
        gone = "AND id NOT IN (SELECT file_id FROM withdrawn_files)"
        for table, noun, column in WITH_FILES:
            withdrawn = gone if table == "case_files" and _has(connection, "withdrawn_files") else ""
            query = (
                f"SELECT id, {column} FROM {table} WHERE sha256 <> '' {held} {withdrawn}"  # noqa: S608
                f" AND {PLACE} NOT IN (SELECT name FROM placed)"
            )
            for row_id, name in connection.execute(query) if _has(connection, table) else ():
                raise BadBackupError(
                    "%(noun)s第%(row_id)s条的文件“%(name)s”不在了，备份不完整。请先运行 tracker check。",
                    noun=noun,
                    row_id=row_id,
                    name=name,
                )


def _has(connection: sqlite3.Connection, table: str) -> bool:
    """Return whether the copy is of a revision that has the table."""
    query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    return connection.execute(query, (table,)).fetchone() is not None


def _rows(connection: sqlite3.Connection, query: str) -> list[Any]:
    with suppress(sqlite3.OperationalError):  # a table of a later revision
        return connection.execute(query).fetchall()
    return []


def heads_of(database: Path) -> tuple[list[CopiedHead], list[Any]]:
    """Return where the chains of the ledgers and the journal end in an SQLite file."""
    query = "SELECT a.code, h.chain_no, h.hash FROM chain_heads h JOIN agencies a ON a.id = h.agency_id"
    with _opened(database) as connection:
        heads = [
            CopiedHead(*row) for row in connection.execute(f"{query} ORDER BY a.code LIMIT {MOST_HEADS}")
        ]
        last = _rows(connection, "SELECT no, lower(hex(hash)) FROM journal_head")
    return heads, list(last[0]) if last else []


# -- the office against its copies ----------------------------------------------------------------


def doubts() -> Iterator[tuple[str, str]]:
    """Yield what does not hold of what proves the office and that nothing mends: where, and what.

    The sealed rows with their journal, every ledger's chain entry by entry, the files of evidence, of
    letters and of cases.
    """
    yield from journal.flaws()
    yield from chain.flaws()
    for row in evidence.broken():
        yield (
            Phrase("收件证据第%(id)s条", id=row.id),
            Phrase("文件“%(name)s”已丢失或被改动。", name=row.file_name),
        )
    yield from kept.broken()
    for mail in received.broken():
        yield Phrase("收到的邮件第%(id)s条", id=mail.id), Phrase("邮件的原件已丢失或被改动。")
    for kept_file in file.broken():
        yield (
            Phrase("案件文件第%(id)s条", id=kept_file.id),
            Phrase("文件“%(name)s”已丢失或被改动。", name=kept_file.name),
        )


def unlike(heads: tuple[CopiedHead, ...], last: tuple[int, str] | None) -> Iterator[str]:
    """Yield where a chain does not hold what was its end at another time."""
    for head in heads:
        if head.chain_no and head.agency != SAMPLE:  # which goes out again, chain and all
            place = (Agency.code == head.agency, CaseEvent.chain_no == head.chain_no)
            joined = select(CaseEvent.hash).join(Agency, Agency.id == CaseEvent.agency_id).where(*place)
            if db.session.scalar(joined) != head.hash:
                yield Phrase(
                    "%(agency)s 当时台账止于第%(chain_no)s条，现在这一条不见了或被改动。",
                    agency=head.agency,
                    chain_no=head.chain_no,
                )
    if last is not None:
        kept = db.session.scalar(select(JournalEntry.hash).where(JournalEntry.no == last[0]))
        if kept is None or kept.hex() != last[1]:
            yield Phrase("当时封存日志止于第%(no)s条，现在这一条不见了或被改动。", no=last[0])


def left_behind() -> list[tuple[datetime, datetime]]:
    """Return the spans of time that restores left behind: from the copy's moment to that of the restore."""
    fact = db.session.get(OfficeFact, RESTORED, populate_existing=True)
    spans: Any = fact.value.get("spans", [[fact.value.get("from"), fact.value.get("at")]]) if fact else []
    readable_spans = []
    for first, last in spans:
        with suppress(TypeError, ValueError):
            readable_spans.append((datetime.fromisoformat(first), datetime.fromisoformat(last)))
    return readable_spans
