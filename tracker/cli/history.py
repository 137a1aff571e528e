"""Case histories and old registers in, histories out, due dates (docs/exchange.md sections 1, 3 and 4)."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from tracker import now as wall
from tracker.cli.frame import DAY, REFUSED, known_calendar, office_open, read_lines, say, tracker
from tracker.config import load
from tracker.domain.calendar import WorkCalendar
from tracker.domain.errors import DomainError
from tracker.services import (
    exchange,
    exporting,
    importing,
    office,
    register_import,
)


@tracker.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只说明会发生什么")
@click.option("--keep-going", is_flag=True, help="导入可用的行，其余写入旁边的文件")
def import_(file: Path, dry_run: bool, keep_going: bool) -> None:
    """导入案件历史（.jsonl）或者 Excel 申请台账（.xlsx）。"""
    take = TAKERS.get(file.suffix.lower())
    if take is None:
        say(f"{file}：请提供案件历史（.jsonl）或者 Excel 申请台账（.xlsx；旧格式 .xls 请另存为 .xlsx）。")
        sys.exit(REFUSED)
    with office_open():
        result, refused = take(file, dry_run=dry_run, keep_going=keep_going)
    verb = "将" if dry_run else "已"
    say(f"{verb}新增{result.added}件，续记{result.continued}件，未变{result.unchanged}件，拒绝{refused}行。")


def take_histories(file: Path, *, dry_run: bool, keep_going: bool) -> tuple[importing.Result, int]:
    """Import case histories; return what was done and how many lines were refused."""
    lines = read_lines(file)
    try:
        result = importing.import_histories(
            lines,
            today=wall.today(),
            now=wall.now(),
            dry_run=dry_run,
            keep_going=keep_going,
            progress=lambda done: say(f"已处理 {done}／{len(lines)} 行"),
        )
    except importing.ImportRefusedError as error:
        tell_bad(file, error.result.bad)
        say(str(error))
        sys.exit(REFUSED)
    tell_bad(file, result.bad)
    if result.bad and not dry_run:
        write_rejected(file, result.bad)
    return result, len(result.bad)


def take_register(file: Path, *, dry_run: bool, keep_going: bool) -> tuple[importing.Result, int]:
    """Import the register of requests in a workbook; return what was done and how many rows were refused."""
    try:
        content = file.read_bytes()
    except OSError as error:
        say(f"{file}：不能读取：{error.strerror}")
        sys.exit(REFUSED)
    try:
        taken = register_import.import_register(
            content,
            today=wall.today(),
            now=wall.now(),
            dry_run=dry_run,
            keep_going=keep_going,
            progress=lambda done: say(f"已处理 {done} 行"),
        )
    except register_import.RegisterRefusedError as error:
        tell_taken(file, error.taken)
        say(str(error))
        sys.exit(REFUSED)
    tell_taken(file, taken)
    if taken.rejected and not dry_run:
        beside = file.with_name(f"{file.stem}.rejected.xlsx")
        beside.write_bytes(register_import.rejected(taken))
        say(f"被拒绝的行写入：{beside}（最后一列为原因，改好后可直接导入）")
    return taken.result, len(taken.rejected)


TAKERS = {".jsonl": take_histories, ".xlsx": take_register, ".xlsm": take_register}


def tell_taken(file: Path, taken: register_import.Taken) -> None:
    """Say what of a register was not read, and how what it leaves open was read."""
    if taken.ignored:
        say(f"没有用到的列：{'、'.join(dict.fromkeys(taken.ignored))}。")
    if taken.sums:
        say(f"合计行{taken.sums}行，未作为申请导入。")
    if taken.letters:
        say(
            f"{taken.letters}行的申请方式只写信函或者邮寄，按需签收的邮寄登记（条例第31条第（二）项）；"
            "实为平常信函的，请改写为“平信”。"
        )
    if taken.is_received_by_acceptance:
        say("没有收到日期一列，以受理日期为收到申请之日；两者不同的，请补填收到日期（条例第31条）。")
    for problem in taken.problems:
        say(f"{file.name} {problem.where}：{problem.message}")


def tell_bad(file: Path, bad: list[exchange.BadLine]) -> None:
    """Name each refused line with its number and reason."""
    for line in bad:
        say(f"{file.name} 第{line.line}行：{line.reason}")


def write_rejected(file: Path, bad: list[exchange.BadLine]) -> None:
    """Write the refused lines, each with its reason, to a file beside the one imported."""
    beside = file.with_name(f"{file.stem}.rejected.jsonl")
    rows = ({"line": b.line, "reason": b.reason, "text": b.text.strip()} for b in bad)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    beside.write_text(text, encoding="utf-8")
    say(f"被拒绝的行写入：{beside}")


@tracker.command()
def export() -> None:
    """导出全部案件历史（JSON Lines，标准输出）。"""
    with office_open():
        for value in exporting.histories(now=wall.now()):
            click.echo(json.dumps(value, ensure_ascii=False))


@tracker.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--on", "on", type=DAY, required=True, help="以这一天为今天")
@click.option("--format", "form", type=click.Choice(["json"]), default="json")
def due(file: Path, on: Any, form: str) -> None:
    """计算期限而不保存；不需要办公室。"""
    del form
    with known_calendar() as known:
        good, bad = due_lines(read_lines(file), on.date(), known)
    if bad:
        tell_bad(file, bad)
        sys.exit(REFUSED)
    for line in good:
        click.echo(json.dumps(line, ensure_ascii=False))


def due_lines(
    lines: list[str], on: date, known: WorkCalendar
) -> tuple[list[dict[str, Any]], list[exchange.BadLine]]:
    """Return the due line of each case, and the lines that cannot be read."""
    rules, good, bad = office.rules_of(load()), [], []
    for case in exchange.read(lines):
        if isinstance(case, exchange.BadLine):
            bad.append(case)
            continue
        try:
            line = exchange.due_line(case, on, known, rules)
        except DomainError as error:
            bad.append(exchange.BadLine(case.line, str(error), case.text))
            continue
        if line is not None:
            good.append(line)
    return good, bad
