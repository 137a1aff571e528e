"""Read Excel workbooks as people keep them: headers in any order and words, titles above, totals below."""

import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from tracker.domain import header, reading
from tracker.domain.errors import InvalidDetailError

HEADER_WITHIN = 10  # rows from the top in which the headers are looked for
FEWEST_HEADERS = 2
MOST_ROWS = 20_000
SUMS = ("合计", "总计", "小计")


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be read or kept: where it stands, and why."""

    sheet: str
    row: int
    column: str
    message: str

    @property
    def where(self) -> str:
        column = f"“{self.column}”列" if self.column else ""
        row = f"第{self.row}行" if self.row else ""
        return f"工作表“{self.sheet}”{row}{column}"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: its cells by the name of their column, and where each stands.

    headers, whole: the row as it is in the file, with the columns that say nothing to us.
    """

    sheet: str
    row: int
    cells: Mapping[str, object]
    columns: Mapping[str, str]
    headers: Sequence[str] = ()
    whole: Sequence[object] = ()

    def problem(self, name: str, message: str) -> Problem:
        """Return a problem with a cell of this row."""
        return Problem(self.sheet, self.row, self.columns.get(name, ""), message)


@dataclass(slots=True)
class Reading:
    """What a workbook holds: rows in their order, headers that say nothing to us, rows left out.

    lacking: sheets that have more of our headers than they lack of the required ones, and are yet left out.
    """

    lines: list[Line] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    sums: int = 0
    lacking: list[Problem] = field(default_factory=list)


def read(content: bytes, labels: Mapping[str, str], required: Sequence[str] = ()) -> Reading:
    """Return the rows of every sheet whose headers are known.

    labels:   the label of each column by its name (domain/header.py has the other words).
    required: columns without which a sheet is none of ours.

    Raises InvalidDetailError where the file is no workbook or no sheet has the headers.
    """
    found, missing = Reading(), ""
    for title, rows in _sheets(content):
        at, places = _head(rows, labels)
        lacking = [labels[name] for name in required if name not in places]
        if len(places) < min(FEWEST_HEADERS, len(labels)) or lacking:
            words = f"缺少“{'”“'.join(lacking)}”列。" if places and lacking else ""
            missing = missing or (f"工作表“{title}”{words}" if words else "")
            if words and len(places) > len(lacking):
                found.lacking.append(Problem(title, 0, "", words))
            continue
        _collect(found, title, rows, at, places)
    if not found.lines and not found.sums:
        words = "、".join(labels.values())
        raise InvalidDetailError(missing or f"没有找到可以导入的内容。首行应为表头，可用的列：{words}。")
    return found


def _sheets(content: bytes) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a workbook has besides its cells
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
            sheets = [(sheet.title, _rows(sheet)) for sheet in book.worksheets]
            book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, SyntaxError) as error:
        raise InvalidDetailError(
            "这不是 Excel 工作簿（.xlsx）；旧格式（.xls）请另存为 .xlsx 再导入。"
        ) from error
    yield from sheets


def _rows(sheet: Any) -> list[tuple[Any, ...]]:
    sheet.reset_dimensions()
    rows = []
    for row in sheet.iter_rows(values_only=True):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise InvalidDetailError(f"工作表“{sheet.title}”超过{MOST_ROWS}行，请分成几个文件。")
    return rows


def _head(rows: Sequence[Sequence[object]], labels: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    """Return the row with the most headers we know, and their places."""
    tried = [(header.places(row, labels), at) for at, row in enumerate(rows[:HEADER_WITHIN])]
    places, at = max(tried, key=lambda found: len(found[0]), default=({}, 0))
    return at, places


def _collect(
    found: Reading, title: str, rows: Sequence[Sequence[object]], at: int, places: Mapping[str, int]
) -> None:
    headers = [reading.text(cell) for cell in rows[at]]
    taken = set(places.values())
    found.ignored += [words for place, words in enumerate(headers) if words and place not in taken]
    columns = {name: f"{headers[place]}（{get_column_letter(place + 1)}）" for name, place in places.items()}
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        texts = [words for words in (reading.text(cell) for cell in row) if words]
        if not texts:
            continue
        if texts[0].replace(" ", "") in SUMS:
            found.sums += 1
            continue
        cells = {name: row[place] if place < len(row) else None for name, place in places.items()}
        if any(reading.text(cell) for cell in cells.values()):
            found.lines.append(Line(title, number, cells, columns, headers, row))
