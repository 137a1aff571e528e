"""Import the spreadsheet of requests that an office kept (docs/exchange.md section 4).

Each row becomes a line of the exchange format and is kept as histories are (importing.py): by the same rules,
whole or not at all, and twice is once. What is refused or in doubt is told by sheet, row and column.
"""

import json
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from tracker.domain import reading
from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.errors import DomainError
from tracker.domain.exchange import choice, outcome_words, request_remark, request_row, request_table
from tracker.domain.exchange.choice import Choices
from tracker.domain.exchange.header import Columns
from tracker.domain.exchange.request_column import LABELS, OWN, READ
from tracker.domain.exchange.request_row import RowUnclearError
from tracker.domain.message import Phrase
from tracker.models.base import transaction
from tracker.reading import isolated
from tracker.reading.spreadsheet import reader
from tracker.reading.spreadsheet.account import Account, Problem, Reading, SheetRow
from tracker.reading.spreadsheet.reader import REASON
from tracker.rendering import workbook
from tracker.services.exchange import doubt, importing
from tracker.services.exchange.doubt import Row
from tracker.services.exchange.exchange import LATER, OF_EVENT, BadLine
from tracker.services.exchange.importing import ImportRefusedError, ImportResult, Progress
from tracker.services.exchange.plan import Fate
from tracker.services.office import office
from tracker.services.office import origin as origins
from tracker.services.office.origin import Origin

SAME = ("kind", "name", "id_number", "received_on", "subject")  # what tells requests without a number apart
COLUMNS = Columns.of(READ)
AS_FOUND = Choices()
DEFAULT = "default"  # the agency of a register that names none
# What we write for each meaning that a person may choose for a word, by the column that it stands in.
DECIDED = {
    **choice.labels_of(READ),
    "answer": {
        **{outcome.code: outcome.label for outcome in OUTCOMES},
        outcome_words.WITHDRAWN: "撤回",
        choice.OPEN: "办理中",
    },
}
FIRST_YEAR = 2008  # of 《政府信息公开条例》 (国务院令第492号)


@dataclass(slots=True)
class Taken:
    """What a register did, or would do.

    lines: every row; rejected: those not taken. sheets: what became of each sheet.
    problems: what is refused; warnings: what a person should look at. letters: rows that say 信函 and not
    whether it was signed for. fates: of each row. nothing: why no sheet could be read.
    spelt: how often which word stands in a column in which it means one of ours.
    """

    result: ImportResult = field(default_factory=ImportResult)
    lines: list[SheetRow] = field(default_factory=list)
    sheets: list[Account] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    sums: int = 0
    letters: int = 0
    fates: dict[tuple[str, int], Fate] = field(default_factory=dict)
    nothing: str = ""
    spelt: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def is_received_by_acceptance(self) -> bool:
        """Whether the day of receipt was read from a column of acceptances: it may be a later day."""
        return any(line.columns["received_on"].startswith("受理") for line in self.lines)

    @property
    def rejected(self) -> list[SheetRow]:
        places = {problem.place for problem in self.problems}
        return [line for line in self.lines if line.place in places]

    @property
    def is_in_doubt(self) -> bool:
        """Whether a person must look: something is refused or in doubt, or a sheet with rows was not read."""
        return bool(self.problems or self.warnings or any(sheet.doubt for sheet in self.sheets))


class SpreadsheetRefusedError(DomainError):
    """Something in the register is wrong and nothing was kept; ``taken.problems`` names each."""

    def __init__(self, taken: Taken) -> None:
        super().__init__("有%(count)s处不能导入，未作任何改动。", count=len(taken.problems))
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
    choices: Choices = AS_FOUND,
    agency: str = DEFAULT,
    origin: Origin | None = None,
) -> Taken:
    """Keep the requests of a workbook in one transaction and say what was done.

    dry_run: nothing is kept. keep_going: the good rows are kept, the others told. hidden: sheets that are
    not shown are read too. choices: what a person chose where it can be read in several ways.
    agency: whose register it is, by its code. origin: the file, so that what it brings can be undone.

    Raises UnreadableFileError and InvalidDetailError where the file is no register, SpreadsheetRefusedError
    where something is wrong and ``keep_going`` is not set.
    """
    account = reader.sound(isolated.read_twice(reader.read_as_chosen, content, COLUMNS, hidden, choices))
    taken = _account(account, choices)
    refused = not _keep(
        _rows(taken, agency),
        taken,
        today,
        now,
        dry_run=dry_run,
        keep_going=keep_going,
        progress=progress,
        origin=origin,
    )
    _settle(taken)
    if refused:
        raise SpreadsheetRefusedError(taken)
    if taken.result.origin_id is not None:
        with transaction():
            origins.note_refused(taken.result.origin_id, len(taken.rejected))
    return taken


@importing.uncollected()
def look(content: bytes, choices: Choices, *, agency: str, today: date, now: datetime) -> Taken:
    """Return what would become of each row; nothing is kept.

    As ``import_spreadsheet`` with ``dry_run`` and ``keep_going``; where no sheet has the headings,
    ``nothing`` says so, and a person may choose which they are.

    Raises UnreadableFileError where the file is no table.
    """
    account = isolated.read_twice(reader.read_as_chosen, content, COLUMNS, False, choices)
    taken = _account(account, choices)
    taken.nothing = account.nothing
    _keep(_rows(taken, agency), taken, today, now, dry_run=True, keep_going=True)
    _settle(taken)
    return taken


def _account(account: Reading, choices: Choices) -> Taken:
    return Taken(
        lines=[_decided(line, choices) for line in account.lines],
        spelt=_spelt(account.lines),
        sheets=account.sheets,
        ignored=account.ignored,
        sums=account.sums,
        problems=list(account.refusals),
        warnings=list(account.warnings),
    )


def _spelt(lines: Sequence[SheetRow]) -> dict[str, Counter[str]]:
    """Count the words of the columns in which a word means one of ours."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in DECIDED}
    for line in lines:
        for name, counter in counts.items():
            if word := choice.word(line.cells.get(name)):
                counter[word] += 1
    return counts


def _decided(line: SheetRow, choices: Choices) -> SheetRow:
    """Return the row in our words where a person said what its own mean; those stay as a note."""
    cells, before = choice.reworded(line.cells, choices, DECIDED)
    if not before:
        return line
    told = {f"{LABELS[name]}（台账原文）": text for name, text in before.items()}
    return replace(line, cells=cells, notes={**line.notes, **told})


def _rows(taken: Taken, agency: str) -> list[Row]:
    """Return the rows that can be read; what is wrong or in doubt is told."""
    read = list(_read(taken.lines, taken))
    if agency != DEFAULT:
        for row in read:
            row.told = replace(row.told, history={**row.told.history, "agency": agency})
    rows = list(_once_a_number(doubt.joined(read, taken.warnings, taken.problems), taken))
    taken.warnings += [*_of_the_whole(taken), *doubt.of_sheets(taken.lines)]
    for row in read:
        taken.warnings += doubt.of_row(row)
    return rows


def _settle(taken: Taken) -> None:
    """Put what is told into the order of the file, and say what became of each row."""
    order = {line.place: place for place, line in enumerate(taken.lines)}
    taken.problems.sort(key=lambda problem: order.get(problem.place, -1))
    taken.warnings.sort(key=lambda problem: order.get(problem.place, -1))
    refused = {problem.place for problem in taken.problems}
    doubted = {problem.place for problem in taken.warnings}
    for place in order:
        fate = Fate.REFUSED if place in refused else taken.fates.get(place, Fate.UNCHANGED)
        in_doubt = place in doubted and fate in (Fate.NEW, Fate.CHANGED)
        taken.fates[place] = Fate.DOUBTFUL if in_doubt else fate
    taken.warnings = [one for one in taken.warnings if not _is_known(one, taken)]
    _count_read(taken)


def _is_known(problem: Problem, taken: Taken) -> bool:
    """Return whether a column that we write ourselves tells of an act of a row that is kept as it stands."""
    return problem.column in OWN and taken.fates.get(problem.place) is Fate.UNCHANGED


def _keep(
    rows: Sequence[Row],
    taken: Taken,
    today: date,
    now: datetime,
    *,
    dry_run: bool,
    keep_going: bool,
    progress: Progress = lambda done: None,
    origin: Origin | None = None,
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
            origin=origin,
            is_register=True,
        )
    except ImportRefusedError as error:
        taken.result, refused = error.result, True
    for at, row in enumerate(rows, 2):
        taken.fates[row.line.sheet, row.line.row] = taken.result.fates.get(at, Fate.REFUSED)
    taken.problems += [_placed(bad, rows) for bad in taken.result.bad]
    return not refused


def _of_the_whole(taken: Taken) -> Iterator[Problem]:
    """Yield what was read in one of two ways wherever it stands."""
    if taken.letters:
        message = Phrase(
            "%(count)s行的申请方式只写信函或者邮寄，按需签收的邮寄登记（条例第31条第（二）项）；"
            "实为平常信函的，请改写为“平信”。",
            count=taken.letters,
        )
        yield Problem("", 0, LABELS["channel"], message)
    if taken.is_received_by_acceptance:
        message = Phrase(
            "没有收到日期一列，以受理日期为收到申请之日；两者不同的，请补填收到日期（条例第31条）。"
        )
        yield Problem("", 0, LABELS["received_on"], message)


def _count_read(taken: Taken) -> None:
    """Take the rows that were refused off what was read of each sheet."""
    left = Counter(line.sheet for line in taken.rejected)
    for sheet in taken.sheets:
        if sheet.name in left:
            sheet.read = sheet.rows - left[sheet.name]
            sheet.why = Phrase("%(count)s行不能导入", count=left[sheet.name])


# -- rows to lines ----------------------------------------------------------------------------------


def _read(lines: Sequence[SheetRow], taken: Taken) -> Iterator[Row]:
    """Yield the rows that can be read; name what is wrong with the others."""
    supplement_by = _supplement_by()
    first_year = max(FIRST_YEAR, min(office.calendar().published))
    faulty = {problem.place for problem in taken.problems}
    for line in lines:
        values, wrong = request_table.values(line.cells)
        wrong |= doubt.too_early(values, line, first_year)
        taken.letters += request_table.is_letter(line.cells.get("channel"))
        try:
            if not wrong and line.place not in faulty:
                yield _as_row(line, values, supplement_by)
        except RowUnclearError as error:
            wrong = error.columns
        except DomainError as error:
            wrong = {"asked_on": error.message}
        if line.place not in faulty:
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
        message = Phrase(
            "编号%(number)s在工作表“%(sheet)s”第%(row)s行已出现，内容不同。",
            number=number,
            sheet=before.line.sheet,
            row=before.line.row,
        )
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


def rejected(lines: Sequence[SheetRow], problems: Sequence[Problem], same: Sequence[str]) -> bytes:
    """Return a workbook of the rows that were not taken, as they stand, each with its reasons behind it.

    Rows that were taken and cannot be told from one of them, both without a number, stand before it:
    otherwise the mended row would pass for the one that is there. same: the fields that tell such rows apart.
    """
    reasons: dict[tuple[str, int], list[str]] = {}
    for problem in problems:
        column = f"“{problem.column}”列：" if problem.column else ""
        reasons.setdefault(problem.place, []).append(f"{column}{problem.message}")
    twins = _twins(lines, reasons, same) if same else set()
    chosen = [line for line in lines if line.place in reasons or id(line) in twins]
    chosen.sort(key=lambda line: line.place in reasons)
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


def _twins(lines: Sequence[SheetRow], refused: Container[tuple[str, int]], same: Sequence[str]) -> set[int]:
    """Return rows that were taken and cannot be told from one that was not."""
    bad = Counter(_identity(line, same) for line in lines if line.place in refused)
    taken = (line for line in lines if line.place not in refused)
    return {
        id(line)
        for line in taken
        if not reading.text(line.cells.get("number")) and bad[_identity(line, same)]
    }


def _identity(line: SheetRow, same: Sequence[str]) -> tuple[str, ...]:
    return tuple(reading.text(line.cells.get(name)) for name in same)


def _row(line: SheetRow, reasons: dict[tuple[str, int], list[str]]) -> list[object]:
    row_reasons = reasons.get(line.place, [Phrase("已经导入；与下面未导入的行相同，请一起保留再导入。")])
    return [*_kept(line.headers, line.whole), "；".join(row_reasons)]


def _kept(headers: Sequence[str], values: Sequence[object]) -> list[object]:
    """Return the values of a row as wide as its headers, without the reasons of an earlier import."""
    wide = [*values, *[None] * (len(headers) - len(values))]
    return [value for header, value in zip(headers, wide, strict=False) if header != REASON]
