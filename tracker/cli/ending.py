"""How a command ends that cannot do what it was asked: one sentence on standard error, and status 2.

What click, the system and a closed output say in English is said here in the program's words.
"""

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit, NoArgsIsHelpError, NoSuchCommand

from tracker.cli.helping import written
from tracker.domain.errors import DomainError

REFUSED = 2
INTERRUPTED = "已中断：做到一半的没有保存；分批保存的导入由下一个命令接着做完。"
TYPED = re.compile(r"'?(.+?)'? (?:is|does) not ")  # how click's own sentences begin
WHY = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.EEXIST: "已有同名的文件",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOSPC: "磁盘空间已满",
    errno.EDQUOT: "磁盘空间已满",
    errno.EFBIG: "磁盘空间已满",
    errno.EROFS: "磁盘只能读取、不能写入",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EPIPE: "接收输出的程序已经停止读取",
}


class RefusedError(Exception):
    """A command cannot do what it was asked; the text says what, where and what to do."""


def say(message: str) -> None:
    """Tell the person something: standard error, so that output stays readable to machines.

    Where nobody can be told, the command goes on: its status tells.
    """
    with suppress(OSError):
        click.echo(message, err=True)


def show(content: str | bytes, *, nl: bool = True, done: str = "") -> None:
    """Write to standard output what the command was asked for; ``done`` says what stays done without it.

    Raises RefusedError where the output is not taken.
    """
    try:
        click.echo(content, nl=nl)
    except OSError as error:
        with suppress(OSError, ValueError):  # what is still held back is not tried again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise RefusedError(f"结果没有全部写到标准输出：{why(error)}。{done}") from error


def why(error: OSError) -> str:
    """Return in words why the system refused a file."""
    return WHY.get(error.errno or 0) or f"系统错误 {error.errno}（{error.strerror}）"


def write_beside(file: Path, content: bytes) -> bool:
    """Write a file beside what was kept already; where that fails say so, and leave no half of it."""
    try:
        file.write_bytes(content)
    except OSError as error:
        with suppress(OSError):
            file.unlink(missing_ok=True)
        say(f"{file}：没有写成：{why(error)}。")
        return False
    return True


@contextmanager
def refusals() -> Iterator[None]:
    """End the command with status 2 and a sentence where it cannot be done or was typed wrongly."""
    try:
        yield
        return
    except (Exit, NoArgsIsHelpError):  # a page of help was asked for
        raise
    except (DomainError, RefusedError) as error:
        say(str(error))
    except click.UsageError as error:
        say(_of_usage(error))
    except (click.Abort, KeyboardInterrupt):
        say(INTERRUPTED)
    except _system_errors() as error:
        from tracker.models import fault

        message = fault.sentence(error) or _of_system(error)
        if message is None:
            raise
        say(f"{message}（{_place(error)}）")
    sys.exit(REFUSED)


def _system_errors() -> tuple[type[Exception], ...]:
    """Return what the database and the system raise; asked only once something was raised."""
    import sqlite3

    from sqlalchemy.exc import DBAPIError, TimeoutError

    return DBAPIError, TimeoutError, sqlite3.Error, OSError  # copies are made by the driver itself


def _of_system(error: Exception) -> str | None:
    """Return the words of a file that is missing, in the way or of the wrong kind."""
    if not isinstance(error, OSError) or not error.filename:
        return None
    return "这个文件或文件夹不能使用：请检查路径是否存在、是否被同名文件占用。"


def _place(error: Exception) -> str:
    """Return where the fault is: the file of the system's error, else the office's database."""
    from sqlalchemy import make_url

    from tracker.config import load

    if isinstance(error, OSError) and error.filename:
        return str(error.filename)
    return make_url(load().database_url).render_as_string(hide_password=True)


def _of_usage(error: click.UsageError) -> str:
    """Return what is wrong in the command as it was typed, and how it is written."""
    what = _what(error)
    if error.ctx is None:
        return f"{what}。"
    pieces = written(" ".join(error.ctx.command.collect_usage_pieces(error.ctx)))
    path = error.ctx.command_path
    return f"{what}。用法：{path} {pieces}（{path} --help 逐项说明）。"


def _what(error: click.UsageError) -> str:
    """Return what is wrong with a word of the command."""
    if isinstance(error, NoSuchCommand):
        return f"没有命令“{error.command_name}”"
    if isinstance(error, click.NoSuchOption):
        return f"没有选项“{error.option_name}”"
    if isinstance(error, click.BadOptionUsage):
        return f"选项“{error.option_name}”后面没有写值，或者写了不该有的值"
    if isinstance(error, click.BadParameter) and error.param is not None:
        name, wanted = _name(error.param), _wanted(error.param.type)
        if isinstance(error, click.MissingParameter):
            return f"没有写{name}{wanted}"
        typed = TYPED.match(error.message)
        return f"{name}写得不对{f'（{typed[1]}）' if typed else ''}{wanted}"
    return "多写了参数，或者写法不对"


def _name(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name


def _wanted(kind: click.ParamType[Any]) -> str:
    """Return what a word of the command has to be."""
    if isinstance(kind, click.Choice):
        return f"，应为{'、'.join(map(str, kind.choices))}之一"
    if isinstance(kind, click.DateTime):
        return "，应为日期，如 2026-03-02"
    if isinstance(kind, click.IntRange):
        return f"，应为{kind.min}到{kind.max}的整数"
    if kind is click.INT:
        return "，应为整数"
    return ""
