"""The help of the commands in Chinese: click's own words among the texts of the program.

Every command of ``frame.tracker`` is made of these classes, so that none has to remember.
"""

from collections.abc import Iterable

import click

HEADINGS = {"Options": "选项", "Commands": "命令", "Positional arguments": "参数"}
PIECES = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 …"}  # of how a command is written
KINDS = {"INTEGER RANGE": "整数", "INTEGER": "整数", "TEXT": "文字", "PATH": "路径", "[%Y-%m-%d]": "日期"}
REMARKS = {
    "Show this message and exit.": "显示这份说明。",
    "[required]": "[必填]",
    "; required]": "；必填]",
    "[default: ": "[默认：",
    "; default: ": "；默认：",
}


def _said(line: str, meanings: dict[str, str]) -> str:
    for english, chinese in meanings.items():
        line = line.replace(english, chinese)
    return line


def written(pieces: str) -> str:
    """Return how a command is written, without its name."""
    return _said(pieces, PIECES)


class ChineseHelp(click.HelpFormatter):
    """Writes a page of help: headings, kinds of values and remarks are Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, written(args), "用法：" if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{HEADINGS.get(heading, heading)}：\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        chinese_rows = [(_said(name, KINDS), _said(remark, REMARKS)) for name, remark in rows]
        super().write_dl(chinese_rows, col_max, col_spacing)


class ChineseContext(click.Context):
    """Gives its command Chinese help."""

    formatter_class = ChineseHelp


class ChineseCommand(click.Command):
    """A command whose help is Chinese."""

    context_class = ChineseContext


class ChineseGroup(click.Group):
    """A group of commands whose help is Chinese, its own and theirs."""

    context_class = ChineseContext
    command_class = ChineseCommand


ChineseGroup.group_class = ChineseGroup
