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

from tracker.config import load
from tracker.domain.calendar import WorkCalendar, shipped
from tracker.domain.errors import DomainError
from tracker.models import migrate
from tracker.services import office

FINDINGS, REFUSED = 1, 2
DAY = click.DateTime(formats=["%Y-%m-%d"])


class Refusing(click.Group):
    """A group whose commands end with status 2 and words where the domain refuses."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DomainError as error:
            say(str(error))
            sys.exit(REFUSED)


def say(words: str) -> None:
    """Tell the person something: standard error, so that output stays readable to machines."""
    click.echo(words, err=True)


@contextmanager
def office_open(*, migrated: bool = True) -> Iterator[Flask]:
    """Give the office to a command: the running application, or one made for it."""
    make = click.get_current_context().find_root().obj
    app = current_app._get_current_object() if current_app else make()  # type: ignore[attr-defined]
    with app.app_context():
        if migrated and not migrate.is_current():
            say("这里还没有建立办公室，或数据库不是最新版本：请先运行 tracker init。")
            sys.exit(REFUSED)
        yield app


@click.group("tracker", cls=Refusing)
def tracker() -> None:
    """政府信息公开申请办理系统。"""


def read_lines(file: Path) -> list[str]:
    """Return the lines of a UTF-8 file; end with status 2 where it cannot be read."""
    return read_text(file, ("utf-8-sig",)).split("\n")


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
