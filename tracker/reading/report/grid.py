"""A document as its readers give it: lines and tables in their order, and what the tables hold.

A table is a list of rows; a cell that another one spans is None, a blank one is "".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tracker.domain.report import label
from tracker.domain.report.format import FORMATS, MADE, TABLE4, TABLE4_COLUMNS
from tracker.domain.report.published import Cells, number_of
from tracker.domain.report.table3 import CARRIED_OUT_ROW, COLUMNS

Row = list[str | None]
Grid = list[Row]
Piece = str | Grid
Sequence3 = list[tuple[str | None, Sequence[str | None]]]
CELLS4 = [(block, column) for block in TABLE4 for column in TABLE4_COLUMNS]
BRACKETS = frozenset("()（）")  # alone: the end of a label that is broken over lines
LONGEST_NUMBER = 40  # characters of a cell that is a number with a remark


def is_number(cell: str | None) -> bool:
    """Return whether a cell holds a number, perhaps with a remark behind it, or a dash."""
    if cell is None or not cell.strip() or len(cell) > LONGEST_NUMBER or cell.strip() in BRACKETS:
        return False
    number, remark = number_of(cell)
    return number is not None or not remark


def fit(values: Sequence[str | None], count: int) -> list[str | None]:
    """Return that many cells of a row: blanks before or behind them belong to labels that are missing.

    Where several windows are possible, the one whose last is the sum of the others.
    """
    cells = list(values)
    if len(cells) <= count:
        return cells if len(cells) == count else [None] * count
    filled = [place for place, cell in enumerate(cells) if cell and cell.strip()]
    if not filled:
        return [""] * count
    windows = [
        cells[start : start + count]
        for start in range(len(cells) - count + 1)
        if start <= filled[0] and filled[-1] < start + count
    ]
    if len(windows) > 1:
        windows = [window for window in windows if _adds_up(window)] or windows
    return windows[-1] if windows else cells[filled[0] : filled[0] + count]


def by_order(rows: Sequence3, codes: Sequence[str]) -> Iterator[tuple[str, Sequence[str | None]]]:
    """Yield (row, cells) for rows without a label that stand between two with one.

    Only where exactly as many stand there as the form prints between the two.
    """
    places = {code: place for place, code in enumerate(codes)}
    last, waiting = None, list[Sequence[str | None]]()
    for code, cells in rows:
        if code is None:
            waiting.append(cells)
        elif code in places:
            between = codes[places[last] + 1 : places[code]] if last is not None else codes[:0]
            if len(between) == len(waiting):
                yield from zip(between, waiting, strict=True)
            last, waiting = code, []


def _adds_up(window: Sequence[str | None]) -> bool:
    numbers = [number_of(cell)[0] or 0 for cell in window]
    return sum(numbers[:-1]) == numbers[-1] and bool(window[-1])


@dataclass(slots=True)
class Tables:
    """Collects the cells of tables 2, 3 and 4 row by row.

    found:  the tables that were seen, by their number.
    sequence: the rows of table 3 in their order, those without a label too (``by_order``).
    trial:  whether labels of the trial form (60号) were seen; None where neither form's were.
    """

    cells: Cells = field(default_factory=Cells)
    found: set[str] = field(default_factory=set)
    trial: bool | None = None
    heads: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    in_table4: bool = False
    sequence: Sequence3 = field(default_factory=list)

    def feed(self, row: Row, *, aligned: bool = False) -> bool:
        """Take a row; return whether it belongs to one of the tables.

        aligned: the cells of all rows of its table stand in true columns.
        """
        self._tell_form("".join(cell for cell in row if cell))
        return (
            self._table4(row)
            or self._block4(row)
            or self._table3(row, aligned)
            or self._table2(row)
            or self._heads(row)
            or self._unnamed(row)
        )

    def see(self, line: str) -> None:
        """Take what a line of text tells of the form: headings of table 2 that no tabs part."""
        if len(line) > LONGEST_HEADING:
            return
        self._tell_form(line)
        if label.squeezed(line).startswith(INFORMATION):
            self.heads = label.table2_columns(line)

    def _tell_form(self, text: str) -> None:
        if label.TRIAL.search(text):
            self.trial = True
        elif label.CURRENT.search(text):
            self.trial = False

    def settle(self) -> None:
        """Give the rows of table 3 without a readable label the rows of the form that stand between."""
        forms = [form for form in FORMATS if self.trial is None or self.trial == (form is FORMATS[0])]
        for codes in [[row.code for row in form.rows] for form in reversed(forms)]:
            for code, cells in by_order(self.sequence, codes):
                if code not in self.cells.table3:
                    self._put3(code, cells)
                    self.sequence = [
                        (code, cells) if one is cells else (old, one) for old, one in self.sequence
                    ]

    # -- headings -------------------------------------------------------------------------------

    def _heads(self, row: Row) -> bool:
        texts = [cell for cell in row if cell and cell.strip()]
        squeezed = [label.squeezed(cell) for cell in texts]
        if any(text.startswith(INFORMATION) for text in squeezed):
            self.heads = [name for cell in texts if (name := label.table2_column(cell))]
            return True
        if len(texts) > 1 and ("行政复议" in squeezed or "结果维持" in squeezed):
            self.in_table4 = True
            return True
        places = {name: place for place, cell in enumerate(row) if cell and (name := label.column_of(cell))}
        if places and len(texts) > 1:
            if "natural_person" in places:
                self.places = {"total": self.places["total"]} if "total" in self.places else {}
            self.places |= places
            return True
        return False

    # -- rows -----------------------------------------------------------------------------------

    def _table4(self, row: Row) -> bool:
        values = [cell for cell in row if cell is not None]
        numbers = [cell for cell in values if is_number(cell)]
        if not self.in_table4 or len(values) < len(CELLS4) or not numbers:
            return False
        if len(values) > len(CELLS4) and not is_number(values[0]):
            values = values[1:]
        if any(cell.strip() and not is_number(cell) for cell in values[: len(CELLS4)]):
            return False
        for (block, column), cell in zip(CELLS4, fit(values, len(CELLS4)), strict=True):
            self.cells.put4(block, column, cell)
        self.found.add("4")
        self.in_table4 = False
        return True

    def _block4(self, row: Row) -> bool:
        """Take a part of table 4 that stands in a row of its own, with its label or in its turn."""
        values = [cell for cell in row if cell and cell.strip()]
        blocks = [block for cell in values[:2] if (block := label.block4_of(cell))]
        numbers = [cell for cell in values if is_number(cell)]
        left = [block for block in TABLE4 if block not in self.cells.table4]
        if not blocks and self.in_table4 and len(numbers) == len(values):
            blocks = left[: len(numbers) // len(TABLE4_COLUMNS)]
        blocks = blocks[-1:] if len(numbers) == len(TABLE4_COLUMNS) and len(numbers) < len(values) else blocks
        if not blocks or len(numbers) != len(blocks) * len(TABLE4_COLUMNS):
            return False
        places = [(block, column) for block in blocks for column in TABLE4_COLUMNS]
        for (block, column), cell in zip(places, numbers, strict=True):
            self.cells.put4(block, column, cell)
        self.found.add("4")
        return True

    def _table3(self, row: Row, aligned: bool) -> bool:
        named = [(place, code) for place, cell in enumerate(row) if cell and (code := label.row_of(cell))]
        if not named:
            return False
        place, code = named[-1]
        if code in LIKE_HEADINGS and self.in_table4 and CARRIED_OUT_ROW in self.cells.table3:
            return False  # 总计 of a table 4 that goes downwards
        behind = row[place + 1 :]
        if not any(is_number(cell) for cell in behind) and not self._is_blank(code, behind):
            return False
        values = self._by_place(row, place) if aligned else None
        given = [cell for cell in behind if cell is not None]
        columns = dict(zip(COLUMNS, fit(given, len(COLUMNS)), strict=True)) if values is None else values
        cells = [columns.get(column) for column in COLUMNS]
        if all(cell is None for cell in cells):
            return False
        self.sequence.append((code, cells))
        self._put3(code, cells)
        return True

    def _put3(self, code: str, cells: Sequence[str | None]) -> None:
        for column, cell in zip(COLUMNS, cells, strict=True):
            self.cells.put3(code, column, cell)
        self.found.add("3")

    def _is_blank(self, code: str, behind: Row) -> bool:
        """Return whether a row of table 3 was left blank as a whole."""
        cells = [cell for cell in behind if cell is not None]
        begun = self.cells.table3 and (code not in LIKE_HEADINGS or not ENDING.isdisjoint(self.cells.table3))
        return bool(begun) and len(cells) >= len(COLUMNS) and not any(map(str.strip, cells))

    def _unnamed(self, row: Row) -> bool:
        """Keep a row of seven figures whose label is missing, broken or misprinted for ``settle``."""
        cells = [cell for cell in row if cell is not None]
        figures = cells[-len(COLUMNS) :]
        if len(figures) < len(COLUMNS) or not self.sequence or self.sequence[-1][0] == CARRIED_OUT_ROW:
            return False
        if not all(is_number(cell) for cell in figures) or any(map(is_number, cells[: -len(COLUMNS)])):
            return False
        self.sequence.append((None, figures))
        return True

    def _by_place(self, row: Row, place: int) -> dict[str, str | None] | None:
        """Return the cells under the headings; None where a heading is missing or a number stands beside."""
        if set(self.places) != set(COLUMNS) or max(self.places.values()) >= len(row):
            return None
        if min(self.places.values()) <= place:
            return None
        under = {column: row[self.places[column]] for column in COLUMNS}
        numbers = [cell for cell in row[place + 1 :] if is_number(cell)]
        return under if len([cell for cell in under.values() if is_number(cell)]) == len(numbers) else None

    def _table2(self, row: Row) -> bool:
        named = [(place, code) for place, cell in enumerate(row) if cell and (code := label.table2_row(cell))]
        if not named or len(row) < SHORTEST_ROW:
            return False
        place, code = named[-1]
        values = [cell for cell in row[place + 1 :] if cell is not None]
        if not any(is_number(cell) for cell in values) and not (
            self.heads and len(values) >= len(self.heads)
        ):
            return False
        heads = self.heads or _usual(
            code, len([cell for cell in values if cell.strip()]), trial=self.trial is True
        )
        if code == "fees" and heads[:1] == ["decisions"]:
            heads = ["amount"]
        cells = [next(filter(str.strip, values), "")] if len(heads) == 1 else _leading(values, len(heads))
        for head, cell in zip(heads, cells, strict=True):
            self.cells.put2(label.table2_key(code, head), cell)
        self.found.add("2")
        return True


SHORTEST_ROW = 2
INFORMATION = "信息内容"  # stands before the headings of table 2
LONGEST_HEADING = 80
MADE_OF_TRIAL = ("made", "newly_public", "public_total")
LIKE_HEADINGS = ("3.6.3", "3.7")  # 其他 and 总计 stand over columns too
ENDING = frozenset({"3.5.5", "3.6", "3.6.1", "3.6.2"})  # the rows before those


def _usual(code: str, count: int, *, trial: bool) -> list[str]:
    """Return the columns of a row of table 2 whose headings were not seen."""
    if code in ("regulations", "normative_documents"):
        return list(MADE_OF_TRIAL if trial else MADE)
    if code == "procurement":
        return ["projects", "wan_yuan"]
    if code == "fees":
        return ["last_year", "change"] if trial else ["amount"]
    return ["last_year", "change", "decisions"] if count > 1 else ["decisions"]


def _leading(values: list[str], count: int) -> list[str | None]:
    """Return the first cells; blanks before them where a label was merged away."""
    while len(values) > count and not values[0].strip():
        values = values[1:]
    return [*values[:count], *[None] * max(0, count - len(values))]


BLANKS = re.compile(r"\s+")


def cell_text(text: str) -> str:
    """Return the text of a cell on one line."""
    return BLANKS.sub(" ", text).strip()
