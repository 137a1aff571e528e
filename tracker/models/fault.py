"""Faults of the database in plain words: locked, full, damaged or lost.

Drivers name these faults in their own words; pages and commands say them in ours.
"""

import errno
import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, TimeoutError

from tracker.domain.message import worded


class Kind(StrEnum):
    """A fault of the machine. Nobody's input is wrong, and nothing of the act was kept."""

    BUSY = "busy"
    LOST = "lost"
    FULL = "full"
    READ_ONLY = "read_only"
    DAMAGED = "damaged"
    CANNOT_OPEN = "cannot_open"
    DISK = "disk"


SENTENCES = {
    Kind.BUSY: worded("数据库正忙（另一项写入尚未结束），请稍后再试；什么也没有改变。"),
    Kind.LOST: worded("与数据库的连接中断或连接不上，请检查数据库服务后再试。"),
    Kind.FULL: worded("磁盘空间已满，没有保存；请腾出空间后再试。"),
    Kind.READ_ONLY: worded("数据库或磁盘只能读取、不能写入；请检查文件权限和磁盘状态。"),
    Kind.DAMAGED: worded("数据库文件已损坏或不是本系统的数据库；请停止使用并从备份恢复（tracker restore）。"),
    Kind.CANNOT_OPEN: worded("打不开数据库文件；请检查文件是否存在、权限是否足够。"),
    Kind.DISK: worded("读写磁盘出错；请检查磁盘状态。"),
}
_SQLITE = {
    "SQLITE_BUSY": Kind.BUSY,
    "SQLITE_LOCKED": Kind.BUSY,
    "SQLITE_FULL": Kind.FULL,
    "SQLITE_READONLY": Kind.READ_ONLY,
    "SQLITE_PERM": Kind.READ_ONLY,
    "SQLITE_CORRUPT": Kind.DAMAGED,
    "SQLITE_NOTADB": Kind.DAMAGED,
    "SQLITE_CANTOPEN": Kind.CANNOT_OPEN,
    "SQLITE_IOERR_SHMSIZE": Kind.FULL,  # no room for the file beside the database
    "SQLITE_IOERR": Kind.DISK,
}
# PostgreSQL's SQLSTATE by its first characters, the longer first.
_POSTGRESQL = {
    "55P03": Kind.BUSY,  # lock_not_available
    "57014": Kind.BUSY,  # query_canceled by a time limit
    "40": Kind.BUSY,  # serialization_failure, deadlock_detected
    "53100": Kind.FULL,  # disk_full
    "53": Kind.BUSY,  # too_many_connections and the like
    "25006": Kind.READ_ONLY,  # read_only_sql_transaction
    "XX00": Kind.DAMAGED,  # data_corrupted, index_corrupted
    "08": Kind.LOST,
    "57P": Kind.LOST,  # the server is shut down or starts
    "28": Kind.LOST,  # the login is refused
    "3D000": Kind.LOST,  # no such database
    "58": Kind.DISK,
}
_SYSTEM = {
    errno.ENOSPC: Kind.FULL,
    errno.EDQUOT: Kind.FULL,
    errno.EFBIG: Kind.FULL,  # more than the system lets this process write
    errno.EROFS: Kind.READ_ONLY,
    errno.EACCES: Kind.READ_ONLY,
    errno.EPERM: Kind.READ_ONLY,
    errno.EIO: Kind.DISK,
}


def kind(error: BaseException) -> Kind | None:
    """Return the kind of fault that an error tells of; None where it is a fault of the program."""
    if isinstance(error, OSError):
        return _SYSTEM.get(error.errno or 0)
    if isinstance(error, TimeoutError):  # no connection of the pool came free
        return Kind.BUSY
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        name = getattr(original, "sqlite_errorname", "")
        return next((fault_kind for start, fault_kind in _SQLITE.items() if name.startswith(start)), None)
    if isinstance(error, DBAPIError):
        return _of_postgresql(error)
    return None


def _of_postgresql(error: DBAPIError) -> Kind | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    fault_kind = next(
        (fault_kind for start, fault_kind in _POSTGRESQL.items() if state.startswith(start)), None
    )
    if fault_kind is None and (error.connection_invalidated or (not state and _is_operational(error))):
        return Kind.LOST
    return fault_kind


def _is_operational(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout")


def sentence(error: BaseException) -> str | None:
    """Return what a person is told of the fault; None where the error is none."""
    fault_kind = kind(error)
    return SENTENCES[fault_kind] if fault_kind else None
