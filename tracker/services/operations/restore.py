"""Put a copy of the office back, onto either database. What was there is kept aside.

Everything is tested before anything is touched, by the tests that the copy had to pass when it was
made (``copy.check``). No writing process may run beside it (``models/in_use``). Killed at any
moment it leaves the office as it was or as the copy says: uploads only come in beside those that
are there, the note of the restore is in the database before that takes its place, and a key waits
beside the old one until its database is in use.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from tracker.config import Former, former_practice
from tracker.domain.errors import ConfigError, InvalidDetailError
from tracker.models import cipher, identity, in_use, migrate, transfer, witness
from tracker.models.base import WRITES, ZONE, db
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.upload import UploadedFile
from tracker.models.user import AuditEntry, User
from tracker.services.calendar import practice
from tracker.services.copy import check, file, upload_list
from tracker.services.copy.check import RESTORED
from tracker.services.copy.file import CONFIG, DATABASE, KEY, BadBackupError, Copy
from tracker.services.mail import overtaken
from tracker.services.office import office, store
from tracker.services.office import session as sessions
from tracker.services.operations import backup

COMING_KEY = "secret.key.coming"  # of a copy whose database has not taken its place yet
SECRET_WORDS = ("password", "secret", "token")


class NotEmptyError(InvalidDetailError):
    """There is an office already, and nobody said that it may be replaced."""


class BesideWritersError(InvalidDetailError):
    """Another process may write: what it confirms would be lost."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where what was there is kept (places in words)."""

    copy: Copy
    aside: tuple[str, ...]
    remarks: tuple[str, ...]


def restore(path: Path, *, replace: bool, actor: str, now: datetime) -> Restored:
    """Put the copy in the place of the office.

    replace: an office with cases, contacts or people may be replaced; it is kept aside.

    Raises BadBackupError, NotEmptyError, BesideWritersError; then nothing was changed.
    """
    copy = file.read(path)
    home = office.settings().instance
    with TemporaryDirectory(dir=home, prefix=".restore-") as scratch:
        check.unpack(copy, Path(scratch))
        db.session.remove()
        with in_use.alone(db.engine) as is_alone:
            if not is_alone:
                raise BesideWritersError(
                    "服务、定时任务或其他命令正在运行：请先停止，再恢复。没有作任何改动。"
                )
            return _put_back(copy, Path(scratch), replace=replace, actor=actor, now=now)


def _put_back(copy: Copy, scratch: Path, *, replace: bool, actor: str, now: datetime) -> Restored:
    there = transfer.holds_tables(db.engine)
    if there and not replace and is_used():
        raise NotEmptyError("这里已有办公室的数据。确要替换，请加 --replace；现有数据会另存，不会删除。")
    aside, spans = _keep_aside(now) if there else ([], [])
    remarks = list(_config(scratch))
    former = _former(scratch, remarks)
    ours = office.settings().secret_key
    theirs = (scratch / KEY).read_bytes() if (scratch / KEY).exists() else ours
    try:
        cipher.set_secret(theirs)
        with transfer.sqlite_file(scratch / DATABASE) as source:
            migrate.upgrade(source)
            spans += [(copy.made_at.isoformat(), now.isoformat())]
            if given_up := _note(source, copy, spans, actor, now):
                remarks.append(
                    f"发件箱中有{given_up}封给申请人的邮件、短信在备份制成时还没有发出，以后是否已经发出不能确定："
                    "没有再发，请在发件箱中逐一核对。"
                )
            _carry(source, former, now)
            _take_uploads(source, copy, scratch)
    finally:
        cipher.set_secret(ours)
    is_waiting = _lay_down(theirs)
    if schema := transfer.put_back(scratch / DATABASE, db.engine, f"{now:%Y%m%d%H%M%S}"):
        aside.append(f"数据库模式 {schema}")
    if is_waiting:
        remarks.append(_change_key(theirs, now))
    return Restored(copy, tuple(aside), tuple(remarks))


def is_used() -> bool:
    """Return whether the office has more than what ``tracker init`` makes."""
    if not migrate.is_current():
        return True
    made_by_init = ((Case, 0), (Contact, 0), (User, 1))
    return any(len(db.session.execute(select(t.id).limit(2)).all()) > most for t, most in made_by_init)


def _keep_aside(now: datetime) -> tuple[list[str], list[tuple[str, str]]]:
    """Copy the office that is there; return where to, and the spans that its own restores left behind."""
    if not migrate.is_current():
        migrate.upgrade()
    path = backup.folder() / f"aside-{now:%Y-%m-%d-%H%M%S}.zip"
    try:
        backup.make(path, now=now, whole=False)
    except BadBackupError as error:  # what is replaced because it is damaged is kept as it is
        return [f"未另存：{error}", *_keep_damaged(now)], []
    spans = [(first.isoformat(), last.isoformat()) for first, last in check.left_behind()]
    db.session.remove()
    return [str(path)], spans


def _keep_damaged(now: datetime) -> Iterator[str]:
    """Keep an SQLite file that fails the tests beside the office, byte by byte."""
    if db.engine.dialect.name == "sqlite":
        place = office.settings().instance / f"damaged-{now:%Y-%m-%d-%H%M%S}.sqlite3"
        transfer.copy_to_file(db.engine, place)
        place.chmod(backup.OWNER_ONLY)
        yield f"现有数据库原样另存于 {place}"


def _note(source: Engine, copy: Copy, spans: list[tuple[str, str]], actor: str, now: datetime) -> int:
    """Leave in the database that comes back where it came from and which key it belongs to.

    What was leaving to applicants is given up; returns how much that was.
    """
    with source.connect().execution_options(**{WRITES: True}) as connection, Session(connection) as session:
        witness.begin(session.connection())
        fact = session.get(OfficeFact, RESTORED)
        earlier: Any = fact.value.get("spans", []) if fact else []
        every = sorted({(str(first), str(last)) for first, last in [*earlier, *spans]})
        value: dict[str, object] = {"at": now.isoformat(), "from": copy.made_at.isoformat(), "spans": every}
        ours: dict[str, object] = {
            "key": cipher.Keys.fingerprint,
            "uploads": identity.DATABASE if db.engine.dialect.name == "postgresql" else identity.FILES,
        }
        for name, told in ((RESTORED, value), (identity.FACT, ours)):
            session.merge(OfficeFact(name=name, value=told))
        details = {"made_at": copy.made_at.isoformat()}
        entry = AuditEntry(actor=actor, at=now, act="restored", target=copy.path.name[:100], details=details)
        session.add(entry)
        sessions.end_all(now=now, of=session)  # the copy is older than what ended since
        given_up = overtaken.settle_restored(session)  # and than what left since
        session.flush()
        witness.close(session)
        session.commit()
    return given_up


def _former(scratch: Path, remarks: list[str]) -> tuple[Former, ...] | None:
    """Return the practice that the copy's settings file says, as older versions kept it there.

    None where the file cannot be read, which is said: what this machine's says is taken over later.
    """
    try:
        return former_practice(scratch / CONFIG, named=f"备份中的 {CONFIG}")
    except ConfigError as fault:
        remarks.append(f"备份中的设置不能读取，其中的做法没有移入数据库：{fault}")
        return None


def _carry(source: Engine, former: tuple[Former, ...] | None, now: datetime) -> None:
    """Take over the practice into a copy of an older version: its cases were counted by it."""
    if former is None:
        return
    with source.connect().execution_options(**{WRITES: True}) as connection, Session(connection) as session:
        witness.begin(session.connection())
        practice.carry_into(session, former, today=now.astimezone(ZONE).date(), now=now)
        session.flush()
        witness.close(session)
        session.commit()


def _take_uploads(source: Engine, copy: Copy, scratch: Path) -> None:
    """Bring the copy's files in beside those that are there: named by their content, none is replaced.

    On PostgreSQL they go into the database that comes.
    """
    into_database = db.engine.dialect.name == "postgresql"
    for name, path in upload_list.placed(scratch, copy.path.parent, copy.path.name):
        content, place = path.read_bytes(), office.settings().instance / name
        if into_database and _into_database(source, place.name, content):
            continue
        if not place.is_file() or place.read_bytes() != content:
            store.write(place, content)


def _into_database(source: Engine, digest: str, content: bytes) -> bool:
    """Put an upload into the database that comes; tell whether it is one that goes there."""
    if store.opened(content, digest) is None:
        return False
    with source.begin() as connection:
        there = connection.scalar(select(UploadedFile.sha256).where(UploadedFile.sha256 == digest))
        if there is None:
            connection.execute(insert(UploadedFile).values(sha256=digest, content=content))
    return True


def _config(scratch: Path) -> Iterator[str]:
    """Say what the copy's settings were; they are another machine's, and never adopted."""
    kept, ours = scratch / CONFIG, office.settings().instance / CONFIG
    if not kept.exists() or (ours.exists() and kept.read_bytes() == ours.read_bytes()):
        return
    yield f"备份中的设置 {CONFIG} 没有采用，请核对后自行写入 {ours}："
    for line in kept.read_text(encoding="utf-8", errors="replace").splitlines():
        hidden = any(word in line.split("=")[0].lower() for word in SECRET_WORDS)
        yield f"  {line.split('=')[0]}= （不显示）" if hidden else f"  {line}"


# -- the key ------------------------------------------------------------------------------------


def _lay_down(key: bytes) -> bool:
    """Lay the key of the coming database beside the one that is there; return whether it waits.

    Where there is none, nothing opens with it, and the copy's takes its place at once.
    """
    home = office.settings().instance
    if not (home / KEY).exists():
        store.write(home / KEY, key)
        cipher.set_secret(key)
        return False
    if key == office.settings().secret_key:
        return False
    store.write(home / COMING_KEY, key)
    return True


def _change_key(key: bytes, now: datetime) -> str:
    home, stamp = office.settings().instance, f"{now:%Y-%m-%d-%H%M%S}"
    shutil.copy2(home / KEY, home / f"{KEY}.aside-{stamp}")
    (home / COMING_KEY).replace(home / KEY)
    cipher.set_secret(key)
    return f"密钥已更换，原有密钥在 {KEY}.aside-{stamp}"


def settle_key(now: datetime) -> str:
    """Finish the change of keys of a restore that was cut off after its database had taken its place.

    Returns what was done, empty where there was nothing to do.
    """
    path = office.settings().instance / COMING_KEY
    if not path.exists():
        return ""
    with db.engine.connect() as connection:
        told = identity.kept_key(connection)
    key = path.read_bytes()
    return _change_key(key, now) if told == cipher.fingerprint(key) else ""
