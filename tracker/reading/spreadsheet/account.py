"""What was read of a spreadsheet: rows, what became of each sheet, what is wrong, what is in doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.domain import reading
from tracker.domain.message import Phrase

TOTAL, TITLE, SIGNATURE, AGAIN, PERIOD, NUMBERS, TURN = (
    "合计行",
    "标题",
    "落款、说明",
    "重复的表头",
    "分段标题",
    "列号行",
    "续表、页码",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be read or kept, or what a person should look at: where it stands, and why."""

    sheet: str
    row: int
    column: str
    message: str
    value: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """The sheet and the row."""
        return self.sheet, self.row

    @property
    def where(self) -> str:
        column = Phrase("“%(column)s”列", column=self.column) if self.column else ""
        row = Phrase("第%(row)s行", row=self.row) if self.row else ""
        return (
            Phrase(
                "工作表“%(sheet)s”%(row)s%(column)s",
                sheet=self.sheet,
                row=row,
                column=column,
            )
            if self.sheet
            else column
        )


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet: its cells by the name of their column, and where each stands.

    headers, whole: the row as it is in the file. notes: what stands in columns that no field takes.
    """

    sheet: str
    row: int
    cells: Mapping[str, object]
    columns: Mapping[str, str]
    headers: Sequence[str] = ()
    whole: Sequence[object] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, int]:
        """The sheet and the row."""
        return self.sheet, self.row

    def problem(self, name: str, message: str) -> Problem:
        """Return a problem with a cell of this row."""
        return Problem(self.sheet, self.row, self.columns.get(name, ""), message, self.shown(name))

    def shown(self, name: str) -> str:
        """Return what stands in the cell, as text."""
        return reading.text(self.cells.get(name))[:100]


@dataclass(slots=True)
class SameRows:
    """The rows of a file that were taken, to tell of one that says word for word what another says."""

    first: dict[str, SheetRow] = field(default_factory=dict)

    def doubts(self, line: SheetRow, values: Mapping[str, Any], name: str) -> list[Problem]:
        """Return what a person should look at where an earlier row has the same values: both are kept."""
        before = self.first.setdefault(repr(values), line)
        if before is line:
            return []
        message = Phrase(
            "与工作表“%(sheet)s”第%(row)s行各栏相同：按两条登记；是重复的请删去一行。",
            sheet=before.sheet,
            row=before.row,
        )
        return [line.problem(name, message)]


@dataclass(slots=True)
class Account:
    """What became of one sheet: rows of the register on it, rows that were read, why not all.

    others: rows that are none of the register, each with what it is taken for.
    doubt:  somebody must look at it: it is shown, has rows, and was not read.
    hidden: it is not shown to who opens the file. head: the row of its headings, from 1; 0 where none is.
    columns: place, heading and field of each column, as understood; no field: kept as a note.
    """

    name: str
    rows: int = 0
    read: int = 0
    why: str = ""
    others: list[tuple[int, str]] = field(default_factory=list)
    doubt: bool = False
    hidden: bool = False
    head: int = 0
    columns: list[tuple[int, str, str]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Return what a page shows of the sheet, as plain data."""
        names = ("name", "rows", "read", "why", "hidden", "doubt", "head")
        plain = {name: getattr(self, name) for name in names}
        return {**plain, "others": len(self.others), "columns": [list(each) for each in self.columns]}


@dataclass(slots=True)
class Reading:
    """What a file holds: rows in their order, what became of each sheet, what is in doubt, what is wrong.

    ignored: headings of counting columns, which say nothing. nothing: why no sheet holds the headings.
    """

    lines: list[SheetRow] = field(default_factory=list)
    sheets: list[Account] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refusals: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    nothing: str = ""

    @property
    def untaken(self) -> list[str]:
        """The headings of all columns that no field takes."""
        return list(dict.fromkeys([*self.ignored, *(name for line in self.lines for name in line.notes)]))

    @property
    def sums(self) -> int:
        """The rows of sums."""
        return sum(what == TOTAL for sheet in self.sheets for _row, what in sheet.others)
