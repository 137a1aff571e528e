"""A sheet as its reader gives it: cells by rows, and what stands about them beside their values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from tracker.domain.errors import UnreadableFileError

MOST_CELLS = 4_000_000  # of a sheet as a rectangle: what a reader that holds it densely can hold
MOST_ROWS = 200_000
MOST_FILLED = 500_000  # cells that merged ones cover
MOST_MERGES = 100_000
PASSWORD = "文件有密码：请用 Excel 或 WPS 打开，去掉打开密码，另存一份再导入。"  # noqa: S105
OLD_DAYS = 1462  # days between the two systems by which spreadsheets count them
LONGEST_CELL = 32_767  # characters, as spreadsheets have it
LONGEST_COMMENT = 1000  # characters
Place = tuple[int, int]  # row and column, from 0


class Fault(Enum):
    """A cell that has no value that can be taken."""

    ERROR = "错误值"
    NO_RESULT = "公式没有保存结果"
    TOO_LONG = "文字过长"


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged cell: its first and last row and column."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet. Rows and columns count from 0, from the first of the sheet.

    kind:   what it is where it holds no cells (图表 …), else empty.
    hidden: not shown to who opens the workbook. old_days: day numbers count from 1904.
    faults: the cells without a value, with the text that stands there.
    comments: what people wrote beside cells (批注). hidden_columns: first and last of each group.
    struck_cells: those that are struck out, or of which a part is. boxes: texts that lie over the cells.
    covered: what stands in cells that a merged one hides, and is not what it shows.
    """

    name: str
    rows: list[list[object]] = field(default_factory=list)
    hidden: bool = False
    kind: str = ""
    old_days: bool = False
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    struck_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    struck_cells: set[Place] = field(default_factory=set)
    faults: dict[Place, tuple[Fault, str]] = field(default_factory=dict)
    comments: dict[Place, str] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)
    covered: dict[Place, object] = field(default_factory=dict)


def remark(text: str) -> str:
    """Return what people wrote beside or over the cells, on one line and no longer than is kept."""
    return " ".join(text.split())[:LONGEST_COMMENT]


def check_size(name: str, height: int, width: int) -> None:
    """Refuse a sheet whose used range is too large to be held."""
    if height > MOST_ROWS or height * width > MOST_CELLS:
        raise UnreadableFileError(
            "工作表“%(name)s”的内容一直到第%(height)s行、第%(width)s列，范围过大，不能读"
            "取：请删去远处的多余单元格（空格也算内容），或分成几个文件再试。",
            name=name,
            height=height,
            width=width,
        )


def check_merges(name: str, count: int) -> None:
    """Refuse a sheet with more merged cells than any register has."""
    if count > MOST_MERGES:
        raise UnreadableFileError(
            "工作表“%(name)s”有%(count)s个合并单元格，过多，不能读取：请取消合并后再试。",
            name=name,
            count=count,
        )


def merges_of(name: str, merges: Iterable[Merge]) -> list[Merge]:
    """Return the merged cells of more than one cell; refuse too many."""
    kept = [one for one in merges if (one.top, one.left) != (one.bottom, one.right)]
    check_merges(name, len(kept))
    return kept


def fill_down(sheet: Sheet) -> None:
    """Give each row that a merged cell covers its value, in the cell's first column; empty what it hides."""
    looked_at = 0
    for merge in sheet.merges:
        if merge.top >= len(sheet.rows) or merge.left >= len(sheet.rows[merge.top]):
            continue
        value = sheet.rows[merge.top][merge.left]
        fault = sheet.faults.get((merge.top, merge.left))
        for row in range(merge.top, min(merge.bottom, len(sheet.rows) - 1) + 1):
            looked_at += 1 + _uncover(sheet, merge, row, value)
            if looked_at > MOST_FILLED:
                check_merges(sheet.name, MOST_MERGES + looked_at)
            _put(sheet.rows[row], merge.left, value)
            if fault:
                sheet.faults[row, merge.left] = fault


def _uncover(sheet: Sheet, merge: Merge, at: int, value: object) -> int:
    """Take out of a row of a merged cell what nobody sees, and remember what is something else.

    Returns how many cells were looked at.
    """
    row = sheet.rows[at]
    places = range(merge.left, min(merge.right + 1, len(row)))
    for place in places:
        if (at, place) == (merge.top, merge.left) or row[place] is None:
            continue
        if row[place] != value:
            sheet.covered[at, place] = row[place]
        row[place] = None
    return len(places)


def fill_across(texts: list[list[str]], merge: Merge, width: int) -> None:
    """Write the words of a merged heading over each column that it covers, up to a width."""
    if merge.top >= len(texts) or merge.left >= len(texts[merge.top]):
        return
    heading = texts[merge.top][merge.left]
    if not heading:
        return
    for row in texts[merge.top : merge.bottom + 1]:
        right = min(merge.right + 1, width)
        row.extend([""] * (right - len(row)))
        for place in range(merge.left, right):
            row[place] = heading


def _put(row: list[object], place: int, value: object) -> None:
    row.extend([None] * (place + 1 - len(row)))
    row[place] = value


def hidden_places(sheet: Sheet, begin: int, width: int) -> list[int]:
    """Return the columns that are hidden and hold something from a row on, up to a width."""
    groups = sheet.hidden_columns
    hidden = [place for place in range(width) if any(first <= place <= last for first, last in groups)]
    filled = {
        place for row in sheet.rows[begin:] for place in hidden if row[place : place + 1] not in ([], [None])
    }
    return sorted(filled)


def later(cell: object) -> object:
    """Return a plain number of days counted from 1904 as one counted from 1900."""
    plain = isinstance(cell, int | float) and not isinstance(cell, bool)
    return cell + OLD_DAYS if plain else cell  # type: ignore[operator]


def letters(place: int) -> str:
    """Return the letters of a column, counted from 0: A, Z, AA."""
    name, number = "", place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
