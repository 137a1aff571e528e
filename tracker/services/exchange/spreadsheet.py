"""Import the spreadsheet of requests that an office kept (docs/exchange.md section 4).

Each row becomes a line of the exchange format and is kept as histories are (importing.py): by the same rules,
whole or not at all, and twice is once. What is refused or in doubt is told by sheet, row and column.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.domain import reading
from tracker.domain.errors import DomainError
from tracker.domain.exchange import request_remark, request_row, request_table
from tracker.domain.exchange.header import Columns
from tracker.domain.exchange.request_column import LABELS, READ
from tracker.domain.exchange.request_row import RowUnclearError
from tracker.reading import isolated
from tracker.reading.spreadsheet import reader
from tracker.reading.spreadsheet.account import Account, Problem, SheetRow
from tracker.reading.spreadsheet.reader import REASON
from tracker.rendering import workbook
from tracker.services.exchange import doubt, importing
from tracker.services.exchange.doubt import Row
from tracker.services.exchange.exchange import LATER, OF_EVENT, BadLine
from tracker.services.exchange.importing import ImportRefusedError, ImportResult, Progress
from tracker.services.office import office

SAME = ("kind", "name", "id_number", "received_on", "subject")  # what tells requests without a number apart
COLUMNS = Columns.of(READ)
FIRST_YEAR = 2008  # of 《政府信息公开条例》 (国务院令第492号)


@dataclass(slots=True)
class Taken:
    """What a register did, or would do.

    lines: every row; rejected: those not taken. sheets: what became of each sheet.
    problems: what is refused; warnings: what a person should look at. letters: rows that say 信函 and not
    whether it was signed for.
    """

    result: ImportResult = field(default_factory=ImportResult)
    lines: list[SheetRow] = field(default_factory=list)
    sheets: list[Account] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    sums: int = 0
    letters: int = 0

    @property
    def is_received_by_acceptance(self) -> bool:
        """Whether the day of receipt was read from a column of acceptances: it may be a later day."""
        return any(line.columns["received_on"].startswith("受理") for line in self.lines)

    @property
    def rejected(self) -> list[SheetRow]:
        places = {(problem.sheet, problem.row) for problem in self.problems}
        return [line for line in self.lines if (line.sheet, line.row) in places]

    @property
    def is_in_doubt(self) -> bool:
        """Whether a person must look: something is refused or in doubt, or a sheet with rows was not read."""
        return bool(self.problems or self.warnings or any(sheet.doubt for sheet in self.sheets))


class SpreadsheetRefusedError(DomainError):
    """Something in the register is wrong and nothing was kept; ``taken.problems`` names each."""

    def __init__(self, taken: Taken) -> None:
        super().__init__(f"有{len(taken.problems)}处不能导入，未作任何改动。")
        self.taken = taken


@importing.uncollected()
def import_spreadsheet(
    content: bytes,
    *,
    today: date,
    now: datetime,
    dry_run: bool = False,
    keep_going: bool = False,
    hidden: bool = False,
    progress: Progress = lambda done: None,
) -> Taken:
    """Keep the requests of a workbook in one transaction and say what was done.

    dry_run: nothing is kept. keep_going: the good rows are kept, the others told. hidden: sheets that are
    not shown are read too.

    Raises UnreadableFileError and InvalidDetailError where the file is no register, SpreadsheetRefusedError
    where something is wrong and ``keep_going`` is not set.
    """
    account = isolated.read(reader.read_all, content, COLUMNS, hidden)
    taken = Taken(
        lines=account.lines,
        sheets=account.sheets,
        ignored=account.ignored,
        sums=account.sums,
        problems=list(account.refusals),
        warnings=list(account.warnings),
    )
    read = list(_read(account.lines, taken))
    rows = list(_once_a_number(doubt.joined(read, taken.warnings, taken.problems), taken))
    taken.warnings += [*_of_the_whole(taken), *doubt.of_sheets(account.lines)]
    for row in read:
        taken.warnings += doubt.of_row(row)
    refused = not _keep(rows, taken, today, now, dry_run=dry_run, keep_going=keep_going, progress=progress)
    order = {(line.sheet, line.row): place for place, line in enumerate(account.lines)}
    taken.problems.sort(key=lambda problem: order.get((problem.sheet, problem.row), -1))
    taken.warnings.sort(key=lambda problem: order.get((problem.sheet, problem.row), -1))
    _count_read(taken)
    if refused:
        raise SpreadsheetRefusedError(taken)
    return taken


def _keep(
    rows: Sequence[Row],
    taken: Taken,
    today: date,
    now: datetime,
    *,
    dry_run: bool,
    keep_going: bool,
    progress: Progress,
) -> bool:
    """Keep the rows; return whether they are not refused.

    With a problem and without ``keep_going`` it is a look, so that all is named at once.
    """
    refused = bool(taken.problems and not keep_going)
    try:
        taken.result = importing.import_histories(
            [json.dumps({"format": LATER}), *(_json(row) for row in rows)],
            today=today,
            now=now,
            notes={
                at: request_remark.text(row.line.notes) for at, row in enumerate(rows, 2) if row.line.notes
            },
            dry_run=dry_run or refused,
            keep_going=keep_going,
            progress=progress,
        )
    except ImportRefusedError as error:
        taken.result, refused = error.result, True
    taken.problems += [_placed(bad, rows) for bad in taken.result.bad]
    return not refused


def _of_the_whole(taken: Taken) -> Iterator[Problem]:
    """Yield what was read in one of two ways wherever it stands."""
    if taken.letters:
        message = (
            f"{taken.letters}行的申请方式只写信函或者邮寄，按需签收的邮寄登记（条例第31条第（二）项）；"
            "实为平常信函的，请改写为“平信”。"
        )
        yield Problem("", 0, LABELS["channel"], message)
    if taken.is_received_by_acceptance:
        message = "没有收到日期一列，以受理日期为收到申请之日；两者不同的，请补填收到日期（条例第31条）。"
        yield Problem("", 0, LABELS["received_on"], message)


def _count_read(taken: Taken) -> None:
    """Take the rows that were refused off what was read of each sheet."""
    left = Counter(line.sheet for line in taken.rejected)
    for sheet in taken.sheets:
        if sheet.name in left:
            sheet.read = sheet.rows - left[sheet.name]
            sheet.why = f"{left[sheet.name]}行不能导入"


# -- rows to lines ----------------------------------------------------------------------------------


def _read(lines: Sequence[SheetRow], taken: Taken) -> Iterator[Row]:
    """Yield the rows that can be read; name what is wrong with the others."""
    supplement_by = _supplement_by()
    first_year = max(FIRST_YEAR, min(office.calendar().published))
    faulty = {(problem.sheet, problem.row) for problem in taken.problems}
    for line in lines:
        values, wrong = request_table.values(line.cells)
        wrong |= doubt.too_early(values, line, first_year)
        taken.letters += request_table.is_letter(line.cells.get("channel"))
        try:
            if not wrong and (line.sheet, line.row) not in faulty:
                yield _as_row(line, values, supplement_by)
        except RowUnclearError as error:
            wrong = error.columns
        except DomainError as error:
            wrong = {"asked_on": str(error)}
        if (line.sheet, line.row) not in faulty:
            taken.problems += [line.problem(name, message) for name, message in wrong.items()]


def _as_row(line: SheetRow, values: dict[str, object], supplement_by: Callable[[date], date]) -> Row:
    """Return the row with its history; an extension to a day becomes one of working days."""
    told = request_row.told(values, LABELS, supplement_by)
    until = values["extended_until"]
    if isinstance(until, date) and not values["extension"]:
        values = {**values, "extension": doubt.days_until(told, until), "extension_read": True}
        told = request_row.told(values, LABELS, supplement_by)
    return Row(line, values, told)


def _supplement_by() -> Callable[[date], date]:
    calendar, rules = office.calendar(), office.practice_of(None)
    return lambda asked_on: calendar.add(asked_on, rules.on(asked_on).supplement_days)


def _once_a_number(rows: Sequence[Row], taken: Taken) -> Iterator[Row]:
    """Yield the rows but those whose number another row has with another history."""
    first: dict[str, Row] = {}
    for row in rows:
        number = row.told.history["number"]
        before = first.setdefault(number, row) if number else row
        if before.told.history == row.told.history:
            yield row
            continue
        where = f"工作表“{before.line.sheet}”第{before.line.row}行"
        message = f"编号{number}在{where}已出现，内容不同。"
        taken.problems.append(row.line.problem("number", message))


def _json(row: Row) -> str:
    return json.dumps(row.told.history, ensure_ascii=False)


def _placed(bad: BadLine, rows: Sequence[Row]) -> Problem:
    """Return a refused line as a problem with the cell that its event stands in."""
    row = rows[bad.line - 2]  # the first line names the format
    event = OF_EVENT.match(bad.reason)
    if event is None:
        return row.line.problem("number", bad.reason)
    return row.line.problem(row.told.columns[int(event[1]) - 1], bad.reason[event.end() :])


# -- the rows that were not taken -------------------------------------------------------------------


def rejected(taken: Taken) -> bytes:
    """Return a workbook of the rows that were not taken, as they stand, each with its reasons behind it.

    Rows that were taken and cannot be told from one of them, both without a number, stand before it:
    otherwise the mended row would pass for the one that is there.
    """
    reasons: dict[tuple[str, int], list[str]] = {}
    for problem in taken.problems:
        column = f"“{problem.column}”列：" if problem.column else ""
        reasons.setdefault((problem.sheet, problem.row), []).append(f"{column}{problem.message}")
    twins = _twins(taken)
    chosen = [line for line in taken.lines if (line.sheet, line.row) in reasons or id(line) in twins]
    chosen.sort(key=lambda line: (line.sheet, line.row) in reasons)
    sheets: dict[str, list[SheetRow]] = {}
    for line in chosen:
        sheets.setdefault(line.sheet, []).append(line)
    return workbook.tables(
        (
            title,
            [*map(str, _kept(lines[0].headers, lines[0].headers)), REASON],
            [_row(line, reasons) for line in lines],
        )
        for title, lines in sheets.items()
    )


def _twins(taken: Taken) -> set[int]:
    bad = taken.rejected
    there = Counter(_identity(line) for line in bad)
    refused = {id(line) for line in bad}
    return {
        id(line)
        for line in taken.lines
        if id(line) not in refused and not reading.text(line.cells.get("number")) and there[_identity(line)]
    }


def _identity(line: SheetRow) -> tuple[str, ...]:
    return tuple(reading.text(line.cells.get(name)) for name in SAME)


def _row(line: SheetRow, reasons: dict[tuple[str, int], list[str]]) -> list[object]:
    row_reasons = reasons.get((line.sheet, line.row), ["已经导入；与下面未导入的行相同，请一起保留再导入。"])
    return [*_kept(line.headers, line.whole), "；".join(row_reasons)]


def _kept(headers: Sequence[str], values: Sequence[object]) -> list[object]:
    """Return the values of a row as wide as its headers, without the reasons of an earlier import."""
    wide = [*values, *[None] * (len(headers) - len(values))]
    return [value for header, value in zip(headers, wide, strict=False) if header != REASON]
