"""A report as it was published, by anybody: figures as printed, None where nothing is printed.

What is printed is never taken for more than it says: a blank cell is no zero, a cell with words is
kept with its words.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from tracker.domain.errors import InvalidDetailError
from tracker.domain.report import format as report_format
from tracker.domain.report.format import TABLE4, TABLE4_COLUMNS, ReportFormat
from tracker.domain.report.table3 import (
    COLUMN_LABELS,
    COLUMNS,
    GROUP_LABELS,
    GROUPS,
    ROWS,
    TOTAL,
    Figures,
    figure,
)

OLDEST, NEWEST = 2008, 2199  # the 条例 came into force on 2008-05-01
INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"  # signs without width, as pages and editors put them in
UNSEEN = re.compile(f"[{INVISIBLE}]+")
NONE = frozenset({"无", "没有", "零", "〇"})
DASHES = re.compile(r"[-‐‑‒—–―⁃─━/\\_.·…*~〜。、,×|()]*|空白?|暂无|N/?A|null", re.IGNORECASE)
MINUS = str.maketrans("−", "-")
LONGEST_CELL, SHOWN = 300, 60  # characters of a cell that may be a figure; of a longer one that are shown
LEADING = re.compile(
    r"(?:约|共|合计)?([+-]?\d{1,16}+(?:\.\d{1,16}+)?)((?:[(\[,;件个项宗起份次余多万元注*].*)?)"
)
RAISED = str.maketrans(
    "0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"
)  # how readers give the number of a note, ¹, apart from figures
NOTE_MARKS = re.compile(r"(?<=[\d件个项宗起份次元])[⁰¹²³⁴⁵⁶⁷⁸⁹①-⓿❶-➓]+")
UNITS = re.compile(r"(件|个|项|宗|起|份|次|万元|元)?")
SEPARATOR = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Remark:
    """A cell that holds more than a number, or none: its place and its words as printed."""

    where: str
    words: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Blank:
    """A cell of the form that is printed without a figure: blank, a dash, 无.

    table: 2, 3 or 4; row, column: the keys of the cell; words: what is printed, empty where nothing is.
    """

    table: str
    row: str
    column: str
    words: str


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """One report.

    year:     None where the report does not say it.
    form:     the form it was printed in, told by its labels where they were seen.
    table2:   figures by the keys of ``format``; table4: block → column → figure.
    sections: the texts by their number, ``0`` for what stands before section 一.
    blanks:   the cells that are printed without a figure.
    """

    year: int | None
    table3: Figures
    agency: str = ""
    title: str = ""
    form: ReportFormat = report_format.FORMATS[-1]
    table2: Mapping[str, Decimal | None] = field(default_factory=dict)
    table4: Figures = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    blanks: tuple[Blank, ...] = ()

    @property
    def results(self) -> tuple[str, ...]:
        """The rows that make up 总计: a heading's own figure where the rows under it are not all printed."""
        rows: list[str] = []
        for row in ROWS[2:-2]:
            group = row.rpartition(".")[0]
            if group in GROUPS and self._lumped(group):
                if group not in rows:
                    rows.append(group)
            else:
                rows.append(row)
        return tuple(rows)

    def _lumped(self, group: str) -> bool:
        whole = all(figure(self.table3, row, TOTAL) is not None for row in GROUPS[group])
        return not whole and figure(self.table3, group, TOTAL) is not None

    def total(self, row: str) -> int | None:
        """Return the total of a row; of a heading without its own figure the sum of its rows."""
        printed = figure(self.table3, row, TOTAL)
        if printed is None and row in GROUPS:
            parts = [figure(self.table3, leaf, TOTAL) for leaf in GROUPS[row]]
            known = [part for part in parts if part is not None]
            return sum(known) if len(known) == len(parts) else None
        return printed


# -- one cell ---------------------------------------------------------------------------------


def number_of(value: Any) -> tuple[Decimal | None, str]:
    """Return the number of a cell and the words that stand in it besides; a blank gives neither.

    无 is 0. A dash is a blank: it may stand for nothing or for not known.
    """
    if value is None or isinstance(value, bool):
        return None, "" if value is None else str(value)
    text = str(value).strip()
    return _number_of(text) if len(text) <= LONGEST_CELL else (None, f"{text[:SHOWN]}…")


@lru_cache(maxsize=4096)
def _number_of(value: str) -> tuple[Decimal | None, str]:
    unmarked = NOTE_MARKS.sub("", "".join(value.split()))
    text = UNSEEN.sub("", "".join(unicodedata.normalize("NFKC", unmarked).split())).translate(MINUS)
    if text in NONE:
        return Decimal(0), ""
    if DASHES.fullmatch(text):
        return None, ""
    match = LEADING.fullmatch(SEPARATOR.sub("", text))
    if match is None:
        return None, value.strip()
    try:
        number = Decimal(match[1])
    except InvalidOperation:  # pragma: no cover - the pattern lets only numbers through
        return None, value.strip()
    return number, "" if UNITS.fullmatch(match[2]) else value.strip()


def raised(text: str) -> str:
    """Return what stands raised behind a figure as signs that cannot be taken for a part of it."""
    return text.translate(RAISED)


def printed(value: Any) -> str:
    """Return what stands in a cell, without blanks."""
    return "" if value is None else "".join(str(value).split())


def count_of(value: Any) -> tuple[int | None, str]:
    """Return the whole number of 0 or more of a cell and its other words; anything else is words."""
    number, remark = number_of(value)
    if number is not None and (number != number.to_integral_value() or number < 0):
        return None, remark or str(value)
    return (None if number is None else int(number)), remark


def _label(row: str) -> str:
    return GROUP_LABELS.get(row) or report_format.LABELS[row]


@dataclass(slots=True)
class Cells:
    """Collects the figures of one report cell by cell, and what else stands in them."""

    table2: dict[str, Decimal | None] = field(default_factory=dict)
    table3: dict[str, dict[str, int | None]] = field(default_factory=dict)
    table4: dict[str, dict[str, int | None]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    blanks: dict[tuple[str, str, str], Blank] = field(default_factory=dict)

    def put2(self, key: str, value: Any) -> None:
        """Take a cell of table 2; decimals are allowed (万元), and so is less than 0 (本年增/减)."""
        number, remark = number_of(value)
        self._note(report_format.TABLE2_LABELS.get(key, key), remark, number is not None)
        self._blank(Blank("2", key, "", printed(value)), number, remark)
        self.table2[key] = number

    def put3(self, row: str, column: str, value: Any) -> None:
        """Take a cell of table 3."""
        number, remark = count_of(value)
        before = self.table3.get(row, {}).get(column)
        if None not in (before, number) and before != number:  # the row is printed twice
            twice = f"{before}，另一处为{number}"
            self._note(f"{_label(row)} {COLUMN_LABELS[column]}", twice, is_number=False)
        self._note(f"{_label(row)} {COLUMN_LABELS[column]}", remark, number is not None)
        self._blank(Blank("3", row, column, printed(value)), number, remark)
        self.table3.setdefault(row, {})[column] = number

    def put4(self, block: str, column: str, value: Any) -> None:
        """Take a cell of table 4."""
        number, remark = count_of(value)
        self._note(f"{TABLE4[block]} {TABLE4_COLUMNS[column]}", remark, number is not None)
        self._blank(Blank("4", block, column, printed(value)), number, remark)
        self.table4.setdefault(block, {})[column] = number

    def _blank(self, cell: Blank, number: Decimal | int | None, remark: str) -> None:
        """Keep a cell that holds no figure; one that is read again with a figure is no blank."""
        place = (cell.table, cell.row, cell.column)
        self.blanks.pop(place, None)
        if (number is None and not remark) or cell.words in NONE:
            self.blanks[place] = cell

    def _note(self, where: str, remark: str, is_number: bool) -> None:
        if remark:
            self.remarks.append(Remark(where, remark, is_number))


# -- the exchange format (docs/exchange.md section 2) -------------------------------------------


def of_exchange(data: Any) -> PublishedReport:
    """Return the report of a JSON object; raise InvalidDetailError where it is none."""
    year, cells = _year_of(data), _cells_of(data)
    return PublishedReport(
        year=year,
        table3=cells.table3,
        agency=str(data.get("agency") or ""),
        title=str(data.get("title") or ""),
        form=report_format.BY_CODE.get(str(data.get("format")), report_format.of_year(year)),
        table2=cells.table2,
        table4=cells.table4,
        sections={str(key): str(text) for key, text in _object(data.get("sections")).items() if text},
        remarks=tuple(cells.remarks),
        blanks=tuple(cells.blanks.values()),
    )


def _cells_of(data: dict[str, Any]) -> Cells:
    cells = Cells()
    for row, columns in data["table3"].items():
        if row in (*ROWS, *GROUPS) and isinstance(columns, dict) and columns:
            for column in COLUMNS:
                cells.put3(row, column, columns.get(column))
    for key, value in _flat(data.get("table2")):
        cells.put2(key, value)
    for block, columns in _object(data.get("table4")).items():
        if block in TABLE4 and columns:
            for column in TABLE4_COLUMNS:
                cells.put4(block, column, _object(columns).get(column))
    return cells


def _year_of(data: Any) -> int:
    if not isinstance(data, dict) or "year" not in data or "table3" not in data:
        raise InvalidDetailError("报告须有 year 和 table3 两项。")
    year = data["year"]
    if type(year) is not int or not OLDEST <= year <= NEWEST:
        raise InvalidDetailError(
            "year 应为%(oldest)s至%(newest)s之间的年份，现为“%(year)s”。",
            oldest=OLDEST,
            newest=NEWEST,
            year=year,
        )
    if not isinstance(data["table3"], dict):
        raise InvalidDetailError("table3 应为一个对象。")
    if data["table3"] and not data["table3"].keys() & {*ROWS, *GROUPS}:
        raise InvalidDetailError("table3 里没有认得的行次：应写 1、2、3.1 至 3.7、4。")
    return year


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _flat(table2: Any) -> list[tuple[str, Any]]:
    """Return the cells of table 2 by their keys: regulations.made, licences …"""
    cells: list[tuple[str, Any]] = []
    for key, value in _object(table2).items():
        inner = value.items() if isinstance(value, dict) else [(None, value)]
        cells += [(f"{key}.{name}" if name else key, cell) for name, cell in inner]
    return [(key, cell) for key, cell in cells if not isinstance(cell, dict | list)]
