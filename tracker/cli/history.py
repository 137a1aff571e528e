"""Import and export case histories, import spreadsheets (docs/exchange.md sections 1 and 4)."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from tracker import now as wall
from tracker.cli import book, spreadsheet
from tracker.cli.due import tell_bad
from tracker.cli.ending import REFUSED, RefusedError, say, show, write_beside
from tracker.cli.frame import FILE, FINDINGS, NAMELESS, office_open, read_lines, tracker
from tracker.domain.register.index import BY_NAME
from tracker.models.imported import CONTACTS, REQUESTS
from tracker.services.exchange import exchange, exporting, importing

BOOKS = (REQUESTS, CONTACTS, *BY_NAME)


@tracker.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="只说明会发生什么")
@click.option("--keep-going", is_flag=True, help="导入可用的行，其余写入旁边的文件")
@click.option("--hidden-sheets", is_flag=True, help="隐藏的工作表也读取")
@click.option("--book", "name", type=click.Choice(BOOKS), default=REQUESTS, help="是哪一本台账，默认申请台账")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def import_(file: Path, dry_run: bool, keep_going: bool, hidden_sheets: bool, name: str, form: str) -> None:
    """导入案件历史（.jsonl）、申请台账或者其他台账（Excel、WPS、ODS、CSV）。"""
    ending = file.suffix.lower()
    if ending != HISTORIES and ending not in spreadsheet.ENDINGS:
        raise RefusedError(
            f"{file}：请提供案件历史（.jsonl）或者申请台账（{'、'.join(spreadsheet.ENDINGS)}）。"
        )
    if ending == HISTORIES and name != REQUESTS:
        raise RefusedError(f"{file}：案件历史没有台账可选，--book 只用于表格文件：请去掉 --book。")
    if keep_going and not dry_run:
        check_beside(file)
    with office_open():
        if ending == HISTORIES:
            value, status = take_histories(file, dry_run=dry_run, keep_going=keep_going)
        else:
            value, status = take_book(file, name, spreadsheet.Wish(dry_run, keep_going, hidden_sheets))
    if form == "json":
        show(json.dumps(value, ensure_ascii=False, indent=1))
    if status != REFUSED:
        verb = "将" if dry_run else "已"
        say(
            f"{verb}新增{value['added']}件，续记{value['continued']}件，未变{value['unchanged']}件，"
            f"拒绝{value['refused']}行。"
        )
    sys.exit(status)


HISTORIES = ".jsonl"


def take_book(file: Path, name: str, wish: spreadsheet.Wish) -> tuple[dict[str, Any], int]:
    """Import a register of some book; return what was done and the exit status."""
    if name != REQUESTS:
        return book.take(file, name, wish)
    taken, done = spreadsheet.take(file, wish)
    return spreadsheet.as_json(taken), REFUSED if not done else FINDINGS if taken.is_in_doubt else 0


def take_histories(file: Path, *, dry_run: bool, keep_going: bool) -> tuple[dict[str, Any], int]:
    """Import case histories; return what was done and the exit status."""
    lines, status = read_lines(file), 0
    try:
        result = importing.import_histories(
            lines,
            today=wall.today(),
            now=wall.now(),
            dry_run=dry_run,
            keep_going=keep_going,
            progress=lambda done: say(f"已处理 {done} 行"),
        )
    except importing.ImportRefusedError as error:
        result, status = error.result, REFUSED
    tell_bad(file, result.bad)
    if status == REFUSED:
        say(f"有{len(result.bad)}行不能导入，未作任何改动。")
    elif result.bad:
        status = FINDINGS if result.added + result.continued + result.unchanged else REFUSED
        if not dry_run:
            write_rejected(file, result.bad)
    return _result(result), status


def _result(result: importing.ImportResult) -> dict[str, Any]:
    """Return what was done in the form of docs/exchange.md section 4; a history has no sheets."""
    refusals = [
        {"sheet": "", "row": bad.line, "column": "", "value": "", "message": bad.reason} for bad in result.bad
    ]
    return {
        "added": result.added,
        "continued": result.continued,
        "unchanged": result.unchanged,
        "refused": len(result.bad),
        "sheets": [],
        "warnings": [],
        "refusals": refusals,
    }


def check_beside(file: Path) -> None:
    """Raise RefusedError where the refused rows could not be written beside: before anything is kept."""
    if file.parent.is_dir() and not os.access(file.parent, os.W_OK):
        raise RefusedError(f"{file.parent}：没有权限写入，被拒绝的行无处可写，没有导入：请换一个文件夹。")


def write_rejected(file: Path, bad: list[exchange.BadLine]) -> None:
    """Write the refused lines, each with its reason, to a file beside the one imported."""
    beside = file.with_name(f"{file.stem}.rejected.jsonl")
    rows = ({"line": b.line, "reason": b.reason, "text": b.text.strip()} for b in bad)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if write_beside(beside, text.encode()):
        say(f"被拒绝的行写入：{beside}")


@tracker.command()
def export() -> None:
    """导出全部案件历史（JSON Lines，标准输出）。"""
    with office_open():
        unnamed = exporting.unnamed()
        sample = exporting.of_sample()
        for value in exporting.histories(now=wall.now()):
            show(json.dumps(value, ensure_ascii=False))
    if unnamed:
        say(NAMELESS)
    if sample:
        say(f"示例机关的{sample}件没有导出。")
