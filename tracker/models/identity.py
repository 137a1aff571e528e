"""What ties a database to an office: the fingerprint of the key, the schema, where uploads lie.

The fact stands in the database (and is sealed as every fact). It is read by each writing
transaction: a process whose key or tables are not the database's writes nothing.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from tracker.domain.errors import DomainError
from tracker.models import cipher, migrate, witness
from tracker.models.base import WRITERS

FACT = "identity"
FILES, DATABASE = "files", "database"  # where uploads lie
READ = """SELECT version_num AS revision, (SELECT value FROM office_facts WHERE name = 'identity') AS value
    FROM alembic_version"""
ENTER = "SELECT revision, identity FROM tracker_enter(%s, %s, %s)"
UNTOLD = "数据库中说明它属于哪把密钥、哪个版本的记录已损坏，没有作任何改动：请从备份恢复"


class OtherKeyError(DomainError):
    """The key of this machine is not the one that the database was made with."""


class OtherTablesError(DomainError):
    """The database was brought to other tables than this program's, by a newer one or not yet."""


def storage(connection: Connection) -> str:
    """Return where this database's uploads are put."""
    return DATABASE if connection.dialect.name == "postgresql" else FILES


def current(connection: Connection) -> dict[str, Any]:
    """Return what the fact should say."""
    return {"key": cipher.Keys.fingerprint, "uploads": storage(connection)}


def hold(connection: Connection, *, upgraded: bool = True) -> None:
    """Raise OtherKeyError or OtherTablesError where this process must not write here.

    upgraded: the tables are to be the newest; false where they are about to be brought there.
    """
    if upgraded or _has_facts(connection):
        _check(*_read(connection), upgraded=upgraded)


def enter(connection: Connection, *, patience: float, alone: bool) -> None:
    """Begin to write in the transaction of the connection: be seen by the triggers, in the right database.

    On PostgreSQL it is one statement, which waits at most so many seconds for who writes alone (``base``).
    Raises OtherKeyError, OtherTablesError as ``hold``.
    """
    if connection.dialect.name != "postgresql":
        hold(connection)
        witness.begin(connection)
        return
    wait = f"{max(1, round(patience * 1000))}ms"  # nought would be without end
    try:
        rows = connection.exec_driver_sql(ENTER, (wait, alone, WRITERS)).all()
    except ProgrammingError:  # an older database lacks the function
        with connection.engine.connect() as beside:
            hold(beside)
        raise
    _check(*_told(rows), upgraded=True)


def _check(revision: str, told: str | None, *, upgraded: bool) -> None:
    if revision not in migrate.known():
        raise OtherTablesError(
            "数据库已由更新版本的程序升级（%(revision)s），本程序过旧，不能读写：请安装新"
            "版本。没有作任何改动。",
            revision=revision,
        )
    if upgraded and revision != migrate.newest():
        raise OtherTablesError("数据库不是最新版本：请先运行 tracker init。没有作任何改动。")
    if told not in (None, cipher.Keys.fingerprint):
        raise OtherKeyError(
            "密钥不符：secret.key（%(fingerprint)s）不是本数据库所用的密钥（%(told)s）。"
            "请放回原来的 secret.key，或从备份恢复。没有作任何改动。",
            fingerprint=cipher.Keys.fingerprint,
            told=told,
        )


def kept_key(connection: Connection) -> str | None:
    """Return the fingerprint of the key that the database belongs to; None where none was written down."""
    return _read(connection)[1] if _has_facts(connection) else None


def _has_facts(connection: Connection) -> bool:
    """Return whether there is an office that could say what it belongs to."""
    return all(connection.dialect.has_table(connection, name) for name in ("alembic_version", "office_facts"))


def _read(connection: Connection) -> tuple[str, str | None]:
    return _told(connection.exec_driver_sql(READ).all())


def _told(rows: Sequence[Any]) -> tuple[str, str | None]:
    if len(rows) != 1:
        raise OtherTablesError(
            "%(untold)s（alembic_version 有%(count)s行）。",
            untold=UNTOLD,
            count=len(rows),
        )
    revision, value = rows[0]
    try:
        told = json.loads(value) if isinstance(value, str | bytes) else value
    except ValueError as error:
        raise OtherKeyError("%(untold)s（office_facts 中的 identity 不能读取）。", untold=UNTOLD) from error
    if value is not None and not (isinstance(told, dict) and isinstance(told.get("key"), str)):
        raise OtherKeyError(
            "%(untold)s（office_facts 中的 identity 没有密钥的指纹）。",
            untold=UNTOLD,
        )
    return str(revision), told["key"] if told else None
