"""The frame of every command: the group, the open office, words, files that are read.

Machine-readable output goes to standard output alone, progress and words to standard error.
Exit status: 0 done, 1 findings, 2 refused or bad input, and then nothing was changed.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from tracker import now as wall
from tracker.config import load
from tracker.domain.calendar import WorkCalendar, shipped
from tracker.domain.errors import DomainError
from tracker.models import fault, migrate
from tracker.services import exchange_schema, office, opening

FINDINGS, REFUSED = 1, 2
DAY = click.DateTime(formats=["%Y-%m-%d"])


class RefusedError(Exception):
    """A command cannot do what it was asked; the text says what, where and what to do."""


class Refusing(click.Group):
    """A group whose commands end with status 2 and words where the domain refuses."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (DomainError, RefusedError) as error:
            say(str(error))
        except (DBAPIError, OSError) as error:
            message = fault.sentence(error) or _of_system(error)
            if message is None:
                raise
            say(f"{message}（{_place(error)}）")
        sys.exit(REFUSED)


def _of_system(error: DBAPIError | OSError) -> str | None:
    """Return the words of a file that is missing, in the way or of the wrong kind."""
    if not isinstance(error, OSError) or not error.filename:
        return None
    return "这个文件或文件夹不能使用：请检查路径是否存在、是否被同名文件占用。"


def _place(error: DBAPIError | OSError) -> str:
    """Return where the fault is: the file of the system's error, else the office's database."""
    if isinstance(error, OSError) and error.filename:
        return str(error.filename)
    return make_url(load().database_url).render_as_string(hide_password=True)


def say(words: str) -> None:
    """Tell the person something: standard error, so that output stays readable to machines."""
    click.echo(words, err=True)


@contextmanager
def office_open(*, migrated: bool = True, held: bool = True) -> Iterator[Flask]:
    """Give the office to a command: the running application, or one made for it.

    held: the database must be this machine's: its key, and tables that the program knows.
    """
    make = click.get_current_context().find_root().obj
    app = current_app._get_current_object() if current_app else make()  # type: ignore[attr-defined]
    with app.app_context():
        if held and (done := opening.hold(now=wall.now())):
            say(done)
        if migrated:
            opening.check_made()
        yield app


@click.group("tracker", cls=Refusing)
def tracker() -> None:
    """政府信息公开申请办理系统。"""


def read_lines(file: Path) -> list[bytes]:
    """Return the lines of a file as they are; end with status 2 where there are none, or it is no file."""
    try:
        if not file.is_file():
            raise RefusedError(f"{file}：{'不能读取：没有这个文件' if not file.exists() else '不是文件'}。")
        lines = exchange_schema.split(file.read_bytes())
    except OSError as error:
        raise RefusedError(f"{file}：不能读取：{error.strerror}。") from error
    if not any(line.strip() for line in lines):
        raise RefusedError(f"{file}：文件是空的，没有可以读取的内容。")
    return lines


def read_text(file: Path, encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")) -> str:
    """Return the text of a file in the first encoding that fits; end with status 2 where none does."""
    try:
        content = file.read_bytes()
        for encoding in encodings[:-1]:
            with suppress(UnicodeDecodeError):
                return content.decode(encoding)
        return content.decode(encodings[-1])
    except (OSError, UnicodeDecodeError) as error:
        say(f"{file}：不能读取（应为 UTF-8 文本）：{error}")
        sys.exit(REFUSED)


@contextmanager
def known_calendar() -> Iterator[WorkCalendar]:
    """Give the office's calendar; where there is no office, the shipped one."""
    settings = load()
    path = settings.database_url.removeprefix("sqlite:///")
    if current_app or settings.database_url != f"sqlite:///{path}" or Path(path).exists():
        with office_open(migrated=False):
            yield office.calendar() if migrate.is_current() else shipped()
    else:
        yield shipped()
