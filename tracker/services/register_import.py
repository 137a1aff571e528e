"""Read the register of requests that an office kept in a spreadsheet (docs/exchange.md section 4).

Each row becomes a line of the exchange format and is kept by services/importing, so that the same rules
hold: whole or not at all, and twice is once. What is refused is told by sheet, row and column.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.domain import reading, request_row, request_table
from tracker.domain.errors import DomainError
from tracker.domain.request_row import RowUnclearError, Told
from tracker.reporting import workbook
from tracker.services import importing, office, spreadsheet
from tracker.services.exchange import LATER, OF_EVENT, BadLine
from tracker.services.importing import ImportRefusedError, Progress, Result
from tracker.services.spreadsheet import Line, Problem

REASON = "未导入的原因"
SAME = ("kind", "name", "id_number", "received_on", "subject")  # what tells requests without a number apart


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    told: Told


@dataclass(slots=True)
class Taken:
    """What a register did, or would do.

    lines: every row; rejected: those not taken. sums: rows of sums, left out.
    letters: rows that say 信函 and not whether it was signed for.
    """

    result: Result = field(default_factory=Result)
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    sums: int = 0
    letters: int = 0

    @property
    def is_received_by_acceptance(self) -> bool:
        """Whether the day of receipt was read from a column of acceptances: it may be a later day."""
        return any(line.columns["received_on"].startswith("受理") for line in self.lines)

    @property
    def rejected(self) -> list[Line]:
        places = {(problem.sheet, problem.row) for problem in self.problems}
        return [line for line in self.lines if (line.sheet, line.row) in places]


class RegisterRefusedError(DomainError):
    """Something in the register is wrong and nothing was kept; ``taken.problems`` names each."""

    def __init__(self, taken: Taken) -> None:
        super().__init__(f"有{len(taken.problems)}处不能导入，未作任何改动。")
        self.taken = taken


def import_register(
    content: bytes,
    *,
    today: date,
    now: datetime,
    dry_run: bool = False,
    keep_going: bool = False,
    progress: Progress = lambda done: None,
) -> Taken:
    """Keep the requests of a workbook in one transaction and say what was done.

    dry_run: nothing is kept. keep_going: the good rows are kept, the others told.

    Raises InvalidDetailError where the file is no register, RegisterRefusedError where something is
    wrong and ``keep_going`` is not set.
    """
    found = spreadsheet.read(content, request_table.LABELS, request_table.REQUIRED)
    taken = Taken(lines=found.lines, ignored=found.ignored, sums=found.sums, problems=list(found.lacking))
    rows = list(_once_a_number(_read(found.lines, taken), taken))
    try:
        taken.result = importing.import_histories(
            [json.dumps({"format": LATER}), *(_json(row) for row in rows)],
            today=today,
            now=now,
            dry_run=dry_run
            or bool(taken.problems and not keep_going),  # a look, so that all is named at once
            keep_going=keep_going,
            progress=progress,
        )
    except ImportRefusedError as error:
        taken.result = error.result
    taken.problems += [_placed(bad, rows) for bad in taken.result.bad]
    order = {(line.sheet, line.row): place for place, line in enumerate(found.lines)}
    taken.problems.sort(key=lambda problem: order.get((problem.sheet, problem.row), -1))
    if taken.problems and not keep_going:
        raise RegisterRefusedError(taken)
    return taken


# -- rows to lines ----------------------------------------------------------------------------------


def _read(lines: Sequence[Line], taken: Taken) -> Iterator[_Row]:
    """Yield the rows that can be read; name what is wrong with the others."""
    supplement_by = _supplement_by()
    for line in lines:
        values, wrong = request_table.values(line.cells)
        taken.letters += request_table.is_letter(line.cells.get("channel"))
        try:
            if not wrong:
                yield _Row(line, request_row.told(values, request_table.LABELS, supplement_by))
        except RowUnclearError as error:
            wrong = error.columns
        except DomainError as error:
            wrong = {"asked_on": str(error)}
        taken.problems += [line.problem(name, message) for name, message in wrong.items()]


def _supplement_by() -> Callable[[date], date]:
    calendar, days = office.calendar(), office.settings().supplement_days
    return lambda asked_on: calendar.add(asked_on, days)


def _once_a_number(rows: Iterator[_Row], taken: Taken) -> Iterator[_Row]:
    """Yield the rows but those whose number another row has with another history."""
    first: dict[str, _Row] = {}
    for row in rows:
        number = row.told.history["number"]
        before = first.setdefault(number, row) if number else row
        if before.told.history == row.told.history:
            yield row
            continue
        where = f"工作表“{before.line.sheet}”第{before.line.row}行"
        message = f"编号{number}在{where}已出现，内容不同。"
        taken.problems.append(row.line.problem("number", message))


def _json(row: _Row) -> str:
    return json.dumps(row.told.history, ensure_ascii=False)


def _placed(bad: BadLine, rows: Sequence[_Row]) -> Problem:
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
    sheets: dict[str, list[Line]] = {}
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


def _identity(line: Line) -> tuple[str, ...]:
    return tuple(reading.text(line.cells.get(name)) for name in SAME)


def _row(line: Line, reasons: dict[tuple[str, int], list[str]]) -> list[object]:
    words = reasons.get((line.sheet, line.row), ["已经导入；与下面未导入的行相同，请一起保留再导入。"])
    return [*_kept(line.headers, line.whole), "；".join(words)]


def _kept(headers: Sequence[str], values: Sequence[object]) -> list[object]:
    """Return the values of a row as wide as its headers, without the reasons of an earlier import."""
    wide = [*values, *[None] * (len(headers) - len(values))]
    return [value for header, value in zip(headers, wide, strict=False) if header != REASON]
