"""Read a spreadsheet of requests or of a register: headings in any order, titles above, totals below.

Runs in a process with limits (isolated.py). Nothing is dropped without a word: every sheet is accounted for,
every row that is no entry of the register says what it is taken for, a column that no field takes is a note.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import time, timedelta

from tracker.domain import reading
from tracker.domain.errors import InvalidDetailError
from tracker.domain.exchange import header, request_remark
from tracker.domain.exchange.choice import Choices
from tracker.domain.exchange.header import Columns, TableHead
from tracker.domain.message import Phrase, joined, worded
from tracker.reading.spreadsheet import grid
from tracker.reading.spreadsheet.account import SIGNATURE, TITLE, Account, Problem, Reading, SheetRow
from tracker.reading.spreadsheet.grid import Fault, Sheet, letters
from tracker.reading.spreadsheet.row_kind import FEWEST_HEADERS, RowKinds, as_day

APPLICANT = "name"  # the field of who asks
HEADER_WITHIN = 30  # rows from the top in which the headings begin
MOST_COLUMNS = 2000
_DITTO = '同上 〃 ″ " ” “ ＂ ↑ 々 仝 仝上 同前 ditto 〞 \'\' ‘’ ′′ do. 同上。 （同上） (同上) ↑↑ "" ””'
DITTO = frozenset([*_DITTO.split(), "如上", "见上", "同上行", "上同", "同上一行"])
LONGEST_SIGN = 12  # characters
BESIDE = re.compile(  # which cell, nobody knows
    r"[同见](?:左|右|下行?|前面?|上述|上文|以上)|[同见]第?[\d一二三四五六七八九十]+(?:号|行|件|条|项)|[.…·。]{2,}"
)
FRAME = re.compile(r"^[-—–―－﹣_~～]+|[-—–―－﹣_~～]+$")  # around a sign: —〃—
REASON = "未导入的原因"  # over the column that an import writes beside the rows that it did not take
COUNTER = (REASON, "序号", "no.", "no", "行号", "顺序号")


NO_CHOICES = Choices()


def read(content: bytes, columns: Columns, *, hidden: bool = False, choices: Choices = NO_CHOICES) -> Reading:
    """Return the rows of every sheet whose headings are known.

    hidden: sheets that are not shown are read too. choices: what a person chose for it.

    Raises UnreadableFileError where the file is no table, InvalidDetailError where no sheet has the headings.
    """
    return sound(read_as_chosen(content, columns, hidden, choices))


def sound(result: Reading) -> Reading:
    """Return what was read; raise InvalidDetailError where no sheet has the headings."""
    if result.nothing:
        raise InvalidDetailError(result.nothing)
    return result


def read_as_chosen(content: bytes, columns: Columns, hidden: bool, choices: Choices) -> Reading:
    """Return ``read`` also where no sheet has the headings: a person may choose which they are.

    Raises UnreadableFileError.
    """
    from tracker.reading.spreadsheet import workbook  # its libraries are of the reading process alone

    result = Reading()
    for sheet in workbook.sheets(content):
        result.sheets.append(_SheetReader(sheet, columns, result, choices).account(hidden=hidden))
    if (
        not any(sheet.read or sheet.rows == 0 < len(sheet.others) for sheet in result.sheets)
        and not result.refusals
    ):
        result.nothing = _nothing(result, columns)
    return result


def _nothing(result: Reading, columns: Columns) -> str:
    told = [
        Phrase("工作表“%(name)s”%(why)s。", name=sheet.name, why=sheet.why)
        for sheet in result.sheets
        if sheet.why
    ]
    labels = "、".join(columns.labels[name] for name in columns.required or columns.labels)
    return Phrase(
        "没有找到可以导入的内容。%(names)s表头应有：%(labels)s。",
        names=joined(told[:5]),
        labels=labels,
    )


class _SheetReader:
    """Reads one sheet into the reading of its file."""

    def __init__(self, sheet: Sheet, columns: Columns, result: Reading, choices: Choices) -> None:
        self.sheet, self.columns, self.found = sheet, columns, result
        self.choice = choices.of(sheet.name)
        self.told = Account(sheet.name, hidden=sheet.hidden)

    def account(self, *, hidden: bool) -> Account:
        """Return what became of the sheet; its rows go into the reading."""
        sheet, told = self.sheet, self.told
        told.rows = sum(any(cell is not None for cell in row) for row in sheet.rows)
        if sheet.kind:
            told.why = Phrase("%(kind)s，未读取", kind=sheet.kind)
        elif self.choice.taken is False:
            told.why = "按选择未读取"
        elif sheet.hidden and not hidden and not self.choice.taken:
            told.why = "隐藏，未读取"
        elif not told.rows:
            told.why = "空表"
        else:
            self._read()
        return told

    def _read(self) -> None:
        head = self._head()
        self._tell_columns(head)
        labels = self.columns.labels
        named = {*head.places, *head.doubled}
        lacking = [labels[name] for name in self.columns.required if name not in named]
        if len(named) < min(FEWEST_HEADERS, len(labels)) or lacking:
            self.told.why = Phrase(
                "没有%(value)s列，%(also)s未读取",
                value=lacking[0] if lacking else "认识的",
                also=_also(lacking[1:]),
            )
            self.told.doubt = True
            return
        self.head = head
        self.begin = head.row + head.depth
        self._tell_head()
        if head.doubled:
            self.told.why = "有两列同名，未读取"
            self.told.doubt = True
            return
        self._rows()
        self._tell_beside()

    def _tell_columns(self, head: TableHead) -> None:
        """Say which column was taken for which field; where no heading is known, what stands over them."""
        if not any(one.shown for one in head.headings):
            return
        named = {place: name for name, place in head.places.items()}
        self.told.head = head.row + 1
        self.told.columns = [
            (place, one.shown, named.get(place, "")) for place, one in enumerate(head.headings) if one.shown
        ]

    def _tell_beside(self) -> None:
        """Say what stands over, under and beside the cells and was not read."""
        for text in self.sheet.boxes:
            message = Phrase("文本框“%(value)s”没有读取。", value=text[:60])
            self.found.warnings.append(Problem(self.sheet.name, 0, "", message, text[:100]))
        for (at, place), cell in self.sheet.covered.items():
            text = reading.text(cell)
            if text and at >= self.begin:
                self._warn(
                    at + 1,
                    place,
                    Phrase(
                        "被合并单元格遮住的“%(value)s”没有读取。",
                        value=text[:60],
                    ),
                    text,
                )
        for at, beside in self.comments.items():  # of rows that are no entries
            for place, text in beside.items():
                self._warn(at + 1, place, Phrase("批注“%(value)s”没有读取。", value=text[:60]), text)

    def _head(self) -> TableHead:
        sheet = self.sheet
        last = [-1] * min(max(map(len, sheet.rows), default=0), MOST_COLUMNS)
        for at, row in enumerate(sheet.rows):
            for place in range(min(len(row), MOST_COLUMNS)):
                if row[place] is not None:
                    last[place] = at
        texts = [
            [reading.text(cell) if isinstance(cell, str) else "" for cell in row[:MOST_COLUMNS]]
            for row in sheet.rows[: HEADER_WITHIN + header.MOST_DEPTH]
        ]
        for merge in sheet.merges:
            grid.fill_across(texts, merge, MOST_COLUMNS)
        return header.find(texts, self.columns, last=last, choice=self.choice)

    def _tell_head(self) -> None:
        head, at = self.head, self.head.row + self.head.depth
        for place, message in head.doubts:
            heading = head.headings[place].shown
            self._warn(
                at,
                place,
                Phrase(
                    "表头“%(heading)s”%(message)s",
                    heading=heading,
                    message=message,
                ),
                heading,
            )
        for name, places in head.doubled.items():
            where = joined((self._column(place) for place in places), "、")
            label = self.columns.labels[name]
            message = Phrase(
                "有%(count)s列都是“%(label)s”：%(where)s；请只保留一列，或者改写表头说明各是什么。",
                count=len(places),
                label=label,
                where=where,
            )
            self.found.refusals.append(Problem(self.sheet.name, at, where, message, label))

    def _column(self, place: int) -> str:
        shown = self.head.headings[place].shown if place < len(self.head.headings) else ""
        return Phrase(
            "%(heading)s（%(letters)s）", heading=shown or Phrase("（无表头）"), letters=letters(place)
        )

    def _warn(self, at: int, place: int, message: str, value: str = "") -> None:
        column = self._column(place) if place >= 0 else ""
        self.found.warnings.append(Problem(self.sheet.name, at, column, message, value[:100]))

    # -- rows -------------------------------------------------------------------------------------

    def _rows(self) -> None:
        head = self.head
        self.names = {place: name for name, place in head.places.items()}
        self.titles = [heading.shown for heading in head.headings]
        self.shown_columns = {name: self._column(place) for name, place in head.places.items()}
        counting = [
            place
            for place, one in enumerate(head.headings)
            if one.words in COUNTER and place not in self.names
        ]
        self.counting = set(counting)
        self.found.ignored += [self.titles[place] for place in counting]
        self.told.rows = 0
        self.above: dict[int, object] = {}
        told = {*self.columns.days, APPLICANT}  # what a row turns on: days, and who asked
        self.rivals = [(name, at) for name, at in head.rivals if name in told]
        self.comments: dict[int, dict[int, str]] = {}
        for (at, place), comment in self.sheet.comments.items():
            self.comments.setdefault(at, {})[place] = comment
        self.struck_cells: dict[int, list[int]] = {}
        for at, place in self.sheet.struck_cells:
            self.struck_cells.setdefault(at, []).append(place)
        self._tell_hidden_columns()
        kinds = RowKinds(self.sheet.name, self.head, self.names, self.counting, self.columns.days)
        for at, row in enumerate(self.sheet.rows):
            filled = [place for place, cell in enumerate(row) if cell is not None and reading.text(cell)]
            if not filled and not any((at, place) in self.sheet.faults for place in self.names):
                continue
            if at < self.begin:
                if at < head.row:
                    self.told.others.append((at + 1, TITLE))
                continue
            what = kinds.of(at, row, filled)
            if what:
                self.told.others.append((at + 1, what))
                self._tell_act(at, row, what)
                continue
            self._take(at, row)
        self.told.read = self.told.rows

    def _tell_act(self, at: int, row: Sequence[object], what: str) -> None:
        """Point out what a line among the entries says of an act: it may be about the one above."""
        text = "、".join(filter(None, map(reading.text, row)))
        if what == SIGNATURE and any(request_remark.pointed_out({"": text})):
            self._warn(
                at + 1,
                -1,
                Phrase(
                    "这一行未作为申请读取：“%(value)s”；说的是某件申请的，请填入该行。",
                    value=text[:60],
                ),
                text,
            )

    def _take(self, at: int, row: Sequence[object]) -> None:
        cells = {name: row[place] if place < len(row) else None for name, place in self.head.places.items()}
        kept = SheetRow(self.sheet.name, at + 1, cells, self.shown_columns)
        wrong = [*self._dittos(at, row, kept), *self._faults(at, kept)]
        if not any(reading.text(cell) for cell in cells.values()) and not wrong:
            self._alone(at, row)
            return
        self.told.rows += 1
        if self.sheet.old_days:
            cells.update({name: grid.later(cells[name]) for name in self.columns.days if name in cells})
        self.found.refusals += wrong
        self._tell_row(at, row, cells)
        self.found.lines.append(
            SheetRow(
                self.sheet.name,
                at + 1,
                cells,
                self.shown_columns,
                self.titles,
                list(row),
                self._notes(at, row),
            )
        )

    def _alone(self, at: int, row: Sequence[object]) -> None:
        """Say what stands in a row that has nothing in any column of ours."""
        texts = [reading.text(cell) for place, cell in enumerate(row) if place not in self.counting]
        text = "、".join(filter(None, texts))
        if text:
            self.told.others.append((at + 1, SIGNATURE))
            self._warn(
                at + 1,
                -1,
                Phrase(
                    "这一行没有登记内容，未作为申请读取：“%(value)s”。",
                    value=text[:60],
                ),
                text,
            )

    def _dittos(self, at: int, row: Sequence[object], line: SheetRow) -> Iterator[Problem]:
        """Put the value above where a cell says 同上; name those that have nothing above."""
        for name, place in self.head.places.items():
            if place >= len(row):
                continue
            cell = row[place]
            sign = _sign(cell) if isinstance(cell, str) and len(cell) < LONGEST_SIGN else ""
            if sign not in DITTO and BESIDE.fullmatch(sign):
                message = Phrase("写“%(sign)s”，不能确定指哪一格，请照实填写。", sign=sign)
                yield Problem(line.sheet, at + 1, self._column(place), message, sign)
            elif sign in DITTO:
                value = self.above.get(place)
                line.cells[name] = value  # type: ignore[index]  # the cells of a line that is being made
                if value is None:
                    yield Problem(
                        line.sheet,
                        at + 1,
                        self._column(place),
                        Phrase("写“同上”，而上面一行没有内容。"),
                        str(row[place]),
                    )
            self.above[place] = line.cells[name]

    def _faults(self, at: int, line: SheetRow) -> Iterator[Problem]:
        for name, place in self.head.places.items():
            fault = self.sheet.faults.get((at, place))
            if fault:
                kind, shown = fault
                yield Problem(line.sheet, at + 1, self._column(place), FAULTS[kind].format(shown), shown)
            elif isinstance(line.cells[name], time | timedelta):
                yield Problem(
                    line.sheet,
                    at + 1,
                    self._column(place),
                    Phrase("这是时刻，不是日期或文字。"),
                    line.shown(name),
                )

    def _tell_hidden_columns(self) -> None:
        """Say which columns that hold something are not shown to who opens the file."""
        for place in grid.hidden_places(self.sheet, self.begin, len(self.head.headings)):
            taken = "照常读取" if place in self.names else "记入备注"
            self._warn(
                self.begin,
                place,
                Phrase(
                    "这一列被隐藏，已%(taken)s；不该登记的请删去。",
                    taken=taken,
                ),
                "隐藏",
            )

    def _tell_row(self, at: int, row: Sequence[object], cells: Mapping[str, object]) -> None:
        if at in self.sheet.hidden_rows:
            self._warn(
                at + 1, -1, Phrase("这一行被隐藏（可能是筛选），已照常读取；不该登记的请删去。"), "隐藏"
            )
        if at in self.sheet.struck_rows:
            self._warn(at + 1, -1, Phrase("这一行画了删除线，已照常读取；作废的请删去。"), "删除线")
        elif at in self.struck_cells:
            for place in sorted(self.struck_cells[at]):
                text = reading.text(row[place] if place < len(row) else None)[:60]
                self._warn(
                    at + 1,
                    place,
                    Phrase(
                        "“%(text)s”（或其中一部分）画了删除线，已照常读取。",
                        text=text,
                    ),
                    text,
                )
        for name, place in self.rivals:
            other = row[place] if place < len(row) else None
            if reading.text(other) and as_day(other) != as_day(cells[name]):
                label, text = self._column(self.head.places[name]), reading.text(other)[:40]
                mine = reading.text(cells[name])[:40] or "空"
                message = Phrase(
                    "“%(label)s”为%(mine)s，这一列为%(text)s，都可能是%(value)s；采用前者。",
                    label=label,
                    mine=mine,
                    text=text,
                    value=self.columns.labels[name],
                )
                self._warn(at + 1, place, message, text)

    def _notes(self, at: int, row: Sequence[object]) -> dict[str, str]:
        """Return what stands in the columns that no field takes, by their headings."""
        notes: dict[str, str] = {}
        for place, cell in enumerate(row):
            if place in self.names or place in self.counting:
                continue
            text = reading.text(cell)
            fault = self.sheet.faults.get((at, place))
            if fault:
                text = text or fault[1] or fault[0].value
                self._warn(at + 1, place, FAULTS[fault[0]].format(fault[1]), fault[1])
            if text:
                title = self.titles[place] if place < len(self.titles) else ""
                title = title or Phrase("%(letters)s列", letters=letters(place))
                notes[title] = f"{notes[title]}；{text}" if title in notes else text
        for place, text in self.comments.pop(at, {}).items():
            notes[Phrase("批注（%(letters)s%(value)s）", letters=letters(place), value=at + 1)] = text
        return notes


FAULTS = {
    Fault.ERROR: worded("单元格是错误值{}，没有可以读取的内容：请改正公式或者填写内容。"),
    Fault.NO_RESULT: worded("公式没有保存计算结果{}：请用 Excel 或 WPS 打开，保存一次再导入。"),
    Fault.TOO_LONG: worded("单元格的文字过长，不能读取：“{}…”。"),
}


def _sign(cell: str) -> str:
    """Return the sign that a short cell may hold: without blanks and frames, of which letters have none."""
    if cell.isalnum():
        return cell
    sign = "".join(cell.split())
    return FRAME.sub("", sign) or sign


def _also(lacking: Sequence[str]) -> str:
    return Phrase("也没有%(names)s列，", names=joined(lacking, "、")) if lacking else ""
