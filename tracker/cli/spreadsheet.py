"""Import a spreadsheet of requests (台账) from the command line: what was read, doubted, refused."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker import now as wall
from tracker.cli.ending import RefusedError, say, why, write_beside
from tracker.reading.isolated import MEGABYTE
from tracker.reading.spreadsheet.account import Account, Problem
from tracker.services.exchange import spreadsheet
from tracker.services.exchange.spreadsheet import Taken
from tracker.services.office.origin import Origin, digest_of

ENDINGS = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".tsv")
MOST_MEGABYTES = 50
MOST_TOLD = 200  # problems and warnings told in words each; JSON has all


@dataclass(frozen=True, slots=True)
class Wish:
    """How a register is to be taken. hidden: sheets that are not shown too."""

    dry_run: bool
    keep_going: bool
    hidden: bool


def content_of(file: Path) -> bytes:
    """Return the bytes of a file; end with status 2 where it cannot be read or is too large."""
    try:
        if file.stat().st_size > MOST_MEGABYTES * MEGABYTE:
            raise RefusedError(
                f"{file}：文件超过{MOST_MEGABYTES} MB：请删去图片等无关内容，或分成几个文件再试。"
            )
        content = file.read_bytes()
    except OSError as error:
        raise RefusedError(f"{file}：不能读取：{why(error)}。") from error
    if not content:
        raise RefusedError(f"{file}：文件是空的，没有可以读取的内容。")
    return content


def take(file: Path, wish: Wish) -> tuple[Taken, bool]:
    """Import the register; return what was done, and whether it was taken."""
    content = content_of(file)
    try:
        taken = spreadsheet.import_spreadsheet(
            content,
            today=wall.today(),
            now=wall.now(),
            dry_run=wish.dry_run,
            keep_going=wish.keep_going,
            hidden=wish.hidden,
            progress=lambda done: say(f"已处理 {done} 行"),
            origin=None if wish.dry_run else Origin(file.name, digest_of(content)),
        )
    except spreadsheet.SpreadsheetRefusedError as error:
        tell(file, error.taken)
        say(str(error))
        return error.taken, False
    tell(file, taken)
    if taken.rejected and not wish.dry_run:
        beside = file.with_name(f"{file.stem}.rejected.xlsx")
        if write_beside(beside, spreadsheet.rejected(taken.lines, taken.problems, spreadsheet.SAME)):
            say(f"被拒绝的行写入：{beside}（最后一列为原因，改好后可直接导入）")
    return taken, True


def tell(file: Path, taken: Taken) -> None:
    """Say what became of each sheet, how what the file leaves open was read, what is in doubt or refused."""
    for sheet in taken.sheets:
        say(told(sheet))
    if taken.ignored:
        say(f"没有用到的列：{'、'.join(dict.fromkeys(taken.ignored))}。")
    tell_problems(file, taken.warnings, taken.problems)


def tell_problems(file: Path, warnings: list[Problem], problems: list[Problem]) -> None:
    """Say what is in doubt, and what is refused."""
    _tell(file, warnings, "请核对：")
    _tell(file, problems, "")


def _tell(file: Path, problems: list[Problem], mark: str) -> None:
    for problem in problems[:MOST_TOLD]:
        say(f"{file.name} {problem.where}：{mark}{problem.message}")
    if len(problems) > MOST_TOLD:
        say(f"……共{len(problems)}处，其余用 --format json 查看。")


def told(sheet: Account) -> str:
    """Return the line of a sheet: 2025年：读取120行; 草稿：隐藏，未读取; rows that are no requests."""
    read = f"读取{sheet.read}行" if sheet.read or not sheet.why else ""
    others: dict[str, list[str]] = {}
    for row, what in sheet.others:
        others.setdefault(what, []).append(str(row))
    rest = [f"{what}（第{_rows(rows)}行）不作为申请" for what, rows in others.items()]
    return f"{sheet.name}：{'；'.join([part for part in (read, sheet.why) if part] + rest)}"


def _rows(rows: list[str]) -> str:
    return "、".join(rows[:10]) + ("等" if len(rows) > len(rows[:10]) else "")


def as_json(taken: Taken) -> dict[str, Any]:
    """Return what was done as docs/exchange.md section 4 has it."""
    result = taken.result
    counts = {"added": result.added, "continued": result.continued, "unchanged": result.unchanged}
    counts["refused"] = len(taken.rejected)
    return told_as_json(counts, taken.sheets, taken.warnings, taken.problems)


def told_as_json(
    counts: dict[str, int], sheets: list[Account], warnings: list[Problem], problems: list[Problem]
) -> dict[str, Any]:
    """Return the counts of an import with what became of its sheets and rows."""
    return {
        **counts,
        "sheets": [
            {"name": sheet.name, "rows": sheet.rows, "read": sheet.read, "why": sheet.why} for sheet in sheets
        ],
        "warnings": [_problem(problem) for problem in warnings],
        "refusals": [_problem(problem) for problem in problems],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "message": problem.message,
    }
