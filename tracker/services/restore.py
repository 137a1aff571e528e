"""Put a copy of the office back, onto either database. What was there is kept aside.

Everything is verified before anything is touched: the copy's files against its manifest, the key
against the one that the fields were encrypted with, its database brought to this program's tables.
"""

import shutil
import sqlite3
import zipfile
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from sqlalchemy import select

from tracker.domain.errors import InvalidDetailError
from tracker.models import cipher, migrate, transfer
from tracker.models.base import db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.user import User
from tracker.services import audit, backup, office, session
from tracker.services.backup import CONFIG, DATABASE, KEY, OWNER_ONLY, UPLOADS, BadBackupError, Copy

RESTORED = "restored"  # the fact: from which copy the office came, and when


class NotEmptyError(InvalidDetailError):
    """There is an office already, and nobody said that it may be replaced."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where what was there is kept (places in words)."""

    copy: Copy
    aside: tuple[str, ...]
    remarks: tuple[str, ...]


def restore(path: Path, *, replace: bool, actor: str, now: datetime) -> Restored:
    """Put the copy in the place of the office.

    replace: an office with cases, contacts or people may be replaced; it is kept aside.

    Raises BadBackupError, NotEmptyError; then nothing was changed.
    """
    copy = backup.read(path)
    backup.verify(copy)
    _check_names(copy)
    _check_key(copy)
    there = transfer.holds_tables(db.engine)
    if there and not replace and is_used():
        raise NotEmptyError("这里已有办公室的数据。确要替换，请加 --replace；现有数据会另存，不会删除。")
    home = office.settings().instance
    with TemporaryDirectory(dir=home, prefix=".restore-") as scratch:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(scratch)
        database = Path(scratch) / DATABASE
        _prepare(copy, database)
        aside = [_keep_aside(now)] if there else []
        if schema := _put_back(database, now):
            aside.append(f"数据库模式 {schema}")
        remarks = _files(Path(scratch), home, now)
    _note(copy, actor, now)
    return Restored(copy, tuple(aside), tuple(remarks))


def is_used() -> bool:
    """Return whether the office has more than what ``tracker init`` makes."""
    if not migrate.is_current():
        return True
    made_by_init = ((Case, 0), (Contact, 0), (User, 1))
    return any(len(db.session.execute(select(t.id).limit(2)).all()) > most for t, most in made_by_init)


def _check_names(copy: Copy) -> None:
    """Refuse a file that would land outside its place."""
    for name in copy.files:
        parts = PurePosixPath(name).parts
        outside = ".." in parts or "\\" in name or ":" in name or PurePosixPath(name).is_absolute()
        if outside or not (name in (DATABASE, CONFIG, KEY) or (parts[0] == UPLOADS and len(parts) > 1)):
            raise BadBackupError(f"{copy.path.name}：备份中有不该有的文件“{name}”。")
    if DATABASE not in copy.files:
        raise BadBackupError(f"{copy.path.name}：备份中没有数据库。")


def _check_key(copy: Copy) -> None:
    """Refuse where the copy's encrypted fields could not be read afterwards."""
    settings = office.settings()
    if KEY not in copy.files and copy.key != backup.fingerprint(settings.secret_key):
        raise BadBackupError(
            f"{copy.path.name}：加密字段所用的密钥与本机的不同。请先把当时另行保存的 {KEY} 放到"
            f" {settings.instance / KEY}，再恢复。"
        )


def _prepare(copy: Copy, database: Path) -> None:
    """Bring the copied database to this program's tables; refuse one that is not whole, or newer."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            words = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        words = str(error)
    if words != "ok":
        raise BadBackupError(f"{copy.path.name}：数据库已损坏：{words}。")
    if copy.revision not in migrate.known():
        raise BadBackupError(f"{copy.path.name}：备份来自更新的版本（{copy.revision}），请先升级程序。")
    if tuple(backup.heads_of(database)) != copy.heads:
        raise BadBackupError(f"{copy.path.name}：台账链条末尾与清单不符。")
    with transfer.sqlite_file(database) as source:
        migrate.upgrade(source)


def _keep_aside(now: datetime) -> str:
    """Copy the office that is there, key included, and return where to."""
    if not migrate.is_current():
        migrate.upgrade()
    path = backup.folder() / f"aside-{now:%Y-%m-%d-%H%M%S}.zip"
    backup.make(path, now=now, with_key=True)
    return str(path)


def _put_back(database: Path, now: datetime) -> str:
    db.session.remove()
    return transfer.put_back(database, db.engine, f"{now:%Y%m%d%H%M%S}")


def _files(scratch: Path, home: Path, now: datetime) -> list[str]:
    """Put uploads, key and settings in their places; return what a person should know."""
    remarks, stamp = [], f"{now:%Y-%m-%d-%H%M%S}"
    uploads = home / UPLOADS
    if uploads.exists():
        uploads.rename(home / f"{UPLOADS}-aside-{stamp}")
        remarks.append(f"原有上传文件在 {UPLOADS}-aside-{stamp}")
    if (scratch / UPLOADS).exists():
        shutil.move(scratch / UPLOADS, uploads)
    if (scratch / KEY).exists():
        (home / KEY).replace(home / f"{KEY}.aside-{stamp}")
        shutil.move(scratch / KEY, home / KEY)
        (home / KEY).chmod(OWNER_ONLY)
        cipher.set_secret((home / KEY).read_bytes())
        remarks.append(f"密钥已换成备份中的，原有密钥在 {KEY}.aside-{stamp}")
    kept, ours = scratch / CONFIG, home / CONFIG
    if kept.exists() and not ours.exists():
        shutil.move(kept, ours)
        remarks.append(f"设置 {CONFIG} 来自备份")
    elif kept.exists() and kept.read_bytes() != ours.read_bytes():
        shutil.move(kept, home / f"{CONFIG}.from-backup-{stamp}")
        remarks.append(f"设置没有改动；备份中的设置在 {CONFIG}.from-backup-{stamp}，请核对")
    return remarks


def _note(copy: Copy, actor: str, now: datetime) -> None:
    """Leave in the office that came back where it came from."""
    with transaction():
        session.end_all(now=now)  # the copy is older than what ended since
        value: dict[str, object] = {"at": now.isoformat(), "from": copy.made_at.isoformat()}
        fact = db.session.get(OfficeFact, RESTORED)
        if fact is None:
            db.session.add(OfficeFact(name=RESTORED, value=value))
        else:
            fact.value = value
        made_at = copy.made_at.isoformat()
        audit.note("restored", actor=actor, now=now, target=copy.path.name[:100], made_at=made_at)


def restored_at() -> datetime | None:
    """Return when the office came from a copy: copies made before may know more than it does."""
    fact = db.session.get(OfficeFact, RESTORED)
    with suppress(TypeError, ValueError, KeyError):
        return datetime.fromisoformat(str(fact.value["at"])) if fact else None
    return None
