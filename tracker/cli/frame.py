"""What every command shares: the group of commands, the open office, messages, files that are read.

Machine-readable output goes to standard output alone, progress and words to standard error.
Exit status: 0 done, 1 findings, 2 refused or bad input, and then nothing was changed.
"""

import gc
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker import now as wall
from tracker.cli.ending import RefusedError, refusals, say, why
from tracker.cli.helping import ChineseGroup
from tracker.domain.calendar.calendar import WorkCalendar, shipped

if TYPE_CHECKING:  # a command loads what it runs, and a database only where there is an office
    from flask import Flask

    from tracker.domain.case.rules import RulesOn

FINDINGS = 1
NAMELESS = "本机关还没有名称（在网页“本机关”中填写）：数据照常写出，但不能打印、发布、制作文书或者发送邮件。"
DAY = click.DateTime(formats=["%Y-%m-%d"])
FILE = click.Path(path_type=Path, readable=False)  # whether it can be read is said by who reads it


MODULES = {
    "anchor": ("anchor", "写出各链条末尾的锚定文件和时间戳请求（RFC 3161），供另行保存。"),
    "backup": ("backup", "备份数据库、上传文件和设置；可在运行中进行。"),
    "calendar": ("calendar", "工作日历。"),
    "case": ("case", "一件申请：归档，把案卷写成 ZIP。"),
    "check": ("office", "核对台账、重述列、各年度；有发现时退出码为 1。"),
    "demo": ("office", "填入一个示例机关的数据。"),
    "due": ("due", "计算期限而不保存；不需要办公室。"),
    "export": ("history", "导出全部案件历史（JSON Lines，标准输出）。"),
    "import": (
        "history",
        "导入案件历史（.jsonl）、申请台账或者其他台账（Excel、WPS、ODS、CSV）。",
    ),
    "imports": ("imported", "导入过的申请台账：列出，整体撤销。"),
    "init": ("office", "建立或升级办公室，不询问任何问题。"),
    "practice": ("practice", "没有文本规定的做法：自某日起收到的申请照此办理，以前收到的照旧。"),
    "jobs": ("job", "定时任务。"),
    "report": ("report", "年度报告：tracker report 年份；或检查他人的报告：tracker report check 文件…"),
    "restore": ("backup", "从备份恢复；请先停止服务。恢复后核对全部台账。"),
    "rotate-chain-key": ("anchor", "更换各链条和封存日志的密钥（由 secret.key 另行派生），更换记入链条。"),
    "rotate-key": ("anchor", "换一把新的 secret.key，全部加密内容重新加密；请先停止服务。"),
    "serve": ("office", "启动网页服务和定时任务。"),
    "user": ("people", "用户。"),
}
"""Command → the module of this folder that holds it, and what the list of commands says of it."""


class Refusing(ChineseGroup):
    """The commands, each loaded as it is called; a refusal of the domain ends it with status 2 and words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; its module puts it into the group."""
        if cmd_name in MODULES:
            importlib.import_module(f"tracker.cli.{MODULES[cmd_name][0]}")
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table above, without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in MODULES.items()])

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with refusals():
            return super().make_context(*args, **more)
        raise AssertionError  # refusals end the process

    def invoke(self, ctx: click.Context) -> Any:
        with refusals():
            return super().invoke(ctx)


@contextmanager
def office_open(*, migrated: bool = True, held: bool = True, pages: bool = False) -> Iterator["Flask"]:
    """Give the office to a command: the running application, or one made for it.

    held: the database must be this machine's: its key, and tables that the program knows. pages: it is to
    be served.
    """
    from flask import current_app

    app = current_app._get_current_object() if current_app else _loaded(pages=pages)  # type: ignore[attr-defined]
    from tracker.services.operations import leftover, opening

    with app.app_context():
        if held and (done := opening.hold(now=wall.now())):
            say(done)
        if migrated:
            opening.check_made()
            if done := leftover.finish(now=wall.now()):
                say(done)
        yield app


def _loaded(*, pages: bool) -> "Flask":
    """Make the application of this process; what is loaded is kept from the collector of garbage."""
    gc.disable()
    try:
        app: Flask = click.get_current_context().find_root().obj(pages=pages)
    finally:
        gc.enable()
    gc.freeze()
    return app


@click.group("tracker", cls=Refusing)
def tracker() -> None:
    """政府信息公开申请办理系统。"""


def read_lines(file: Path) -> list[bytes]:
    """Return the lines of a file as they are; end with status 2 where there are none, or it is no file."""
    from tracker.services.exchange import schema

    try:
        lines = schema.split(file.read_bytes())
    except OSError as error:
        raise RefusedError(f"{file}：不能读取：{why(error)}。") from error
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
    except OSError as error:
        raise RefusedError(f"{file}：不能读取：{why(error)}。") from error
    except UnicodeDecodeError as error:
        raise RefusedError(f"{file}：不能读取：应为 UTF-8 文本。") from error


def check_readable(file: Path) -> None:
    """Raise RefusedError where a file is missing or may not be read."""
    try:
        file.open("rb").close()
    except OSError as error:
        raise RefusedError(f"{file}：不能读取：{why(error)}。") from error


@contextmanager
def known_office() -> Iterator[tuple[WorkCalendar, "RulesOn"]]:
    """Give the office's calendar and its practice by the day.

    Where there is no office, or one of older tables, the shipped calendar and what its settings say.
    Raises DamagedError where a row of the practice cannot be read: a day counted without it would be another.
    """
    from tracker.config import load

    settings = load()
    shipped_ones = (shipped(), settings.former_practice.on)
    path = settings.database_url.removeprefix("sqlite:///")
    if settings.database_url == f"sqlite:///{path}" and not Path(path).exists() and not _is_running():
        yield shipped_ones
        return
    from tracker.models import migrate
    from tracker.services.office import office

    with office_open(migrated=False):
        if not migrate.is_current():
            yield shipped_ones
            return
        office.check_practice()
        yield office.calendar(), office.rules


def _is_running() -> bool:
    """Return whether the command is called inside an application, as ``flask --app wsgi tracker`` does."""
    if "flask" not in sys.modules:
        return False
    from flask import has_app_context

    return has_app_context()
