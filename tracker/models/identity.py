"""What ties a database to what lies outside it: the key, the program's tables, where uploads lie.

The fact stands in the database (and is sealed as every fact). It is read by each writing
transaction: a process whose key or tables are not the database's writes nothing.
"""

import json
from typing import Any

from sqlalchemy import Connection

from tracker.domain.errors import DomainError
from tracker.models import cipher, migrate

FACT = "identity"
FILES, DATABASE = "files", "database"  # where uploads lie
READ = """SELECT (SELECT version_num FROM alembic_version) AS revision,
    (SELECT value FROM office_facts WHERE name = 'identity') AS value"""


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
    if not upgraded and not connection.dialect.has_table(connection, "alembic_version"):
        return
    revision, told = _read(connection)
    if revision not in migrate.known():
        raise OtherTablesError(
            f"数据库已由更新版本的程序升级（{revision}），本程序过旧，不能读写：请安装新版本。没有作任何改动。"
        )
    if upgraded and revision != migrate.newest():
        raise OtherTablesError("数据库不是最新版本：请先运行 tracker init。没有作任何改动。")
    if told not in (None, cipher.Keys.fingerprint):
        raise OtherKeyError(
            f"密钥不符：secret.key（{cipher.Keys.fingerprint}）不是本数据库所用的密钥（{told}）。"
            "请放回原来的 secret.key，或从备份恢复。没有作任何改动。"
        )


def kept_key(connection: Connection) -> str | None:
    """Return the fingerprint of the key that the database belongs to; None where none was written down."""
    if not connection.dialect.has_table(connection, "office_facts"):
        return None
    return _read(connection)[1]


def _read(connection: Connection) -> tuple[str, str | None]:
    revision, value = connection.exec_driver_sql(READ).one()
    told = json.loads(value) if isinstance(value, str) else value
    return revision, told.get("key") if isinstance(told, dict) else None
