"""The office's secret key, a file beside its data; and whether there is an office that must have one."""

import os
import secrets
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from tracker.domain.errors import ConfigError

KEY_FILE = "secret.key"  # left open it stops the start: somebody may have read it
KEY_BYTES = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO
CONNECT_SECONDS = 5  # that a database may take to say whether it is empty


def secret_key(instance: Path, name: str = KEY_FILE, *, is_new: Callable[[], bool | None]) -> bytes:
    """Return the key kept in the instance folder; where the office is new, one for this process alone.

    is_new: asked where there is no key; None, the database cannot be asked. ``keep_key`` writes it down.

    Raises ConfigError where others may read the file, and where a database is there whose key is not.
    """
    path = instance / name
    if not path.exists():
        if is_new() is not False:
            return secrets.token_bytes(KEY_BYTES)
        raise ConfigError(
            "%(path)s：密钥文件不见了，而数据库中已有办公室的数据。请把另行保存的 %(name)s 放回原处；"
            "没有另造密钥，没有作任何改动。",
            path=path,
            name=name,
        )
    if sys.platform != "win32" and path.stat().st_mode & OTHERS:
        raise ConfigError("%(path)s：密钥文件只能由所有者读取，请执行 chmod 600。", path=path)
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise ConfigError(
            "%(path)s：密钥文件已损坏（不足%(count)s字节）；请从备份恢复。", path=path, count=KEY_BYTES
        )
    return key


def keep_key(instance: Path, key: bytes, url: str) -> None:
    """Write down the key of an office that is about to be made; what is there is never replaced.

    url: of the office's database.

    Raises ConfigError where there is another key, or an office that has one already.
    """
    path = instance / KEY_FILE
    if not path.exists() and is_empty(url):
        instance.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
            with os.fdopen(handle, "wb") as file:
                file.write(key)
    if not path.exists() or path.read_bytes() != key:
        raise ConfigError(
            "%(path)s：另一个命令刚刚建立了这里的办公室，请再运行一次。没有作任何改动。", path=path
        )


def is_empty(url: str) -> bool | None:
    """Return whether the database holds no office; None where it cannot be asked. Asking makes nothing."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return not path.is_file() or path.stat().st_size == 0 or _holds_nothing(path)
    import psycopg  # an office in a file never needs it

    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS) as connection:
            row = connection.execute("SELECT to_regclass('alembic_version') IS NULL").fetchone()
    except psycopg.Error:
        return None
    return bool(row and row[0])


def _holds_nothing(path: Path) -> bool:
    """Return whether an SQLite file has no table: a program that only looked may have left one."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,))
    except sqlite3.Error:
        return False
