"""Rows of a spreadsheet that are no entries: titles, totals, repeated headings, page numbers, signatures."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tracker.domain import reading
from tracker.domain.errors import UnreadableFileError
from tracker.domain.exchange import header
from tracker.domain.exchange.header import TableHead
from tracker.reading.spreadsheet.account import AGAIN, NUMBERS, PERIOD, SIGNATURE, TOTAL, TURN

FEWEST_HEADERS = 2
MOST_TITLE = 2  # cells with content that a title or a signature has
_OF = (
    r"(?:本页|本月|本季度?|本年度?|全年|上半年|下半年|累计|总|第?[一二三四1-4]季度|20\d\d年度?|"
    r"(?:20\d\d年)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})月份?)?"
)
_SUM = r"(?:合计|总计|小计|共计|累计|汇总)"
SUM = re.compile(rf"^{_OF}{_SUM}(?:[:：]?|\D{{0,6}}\d*\D{{0,3}})$")
# A sum in words: it stands in a row without a day.
TOLD_SUM = re.compile(
    rf"^(?:截[至止].{{0,15}})?{_OF}(?:{_SUM}|共)(?:收到|受理|办结)?(?:[:：]?\D{{0,8}}\d+\s*件.*)?$", re.DOTALL
)
PAGE = re.compile(
    r"^[(（]?(?:[续接转]上?下?[页表]|下[页接]|第\d+页.{0,3}共\d+页|[第共]\d+页|\d+/\d+页?)[)）]?$"
)
FOOT = re.compile(
    r"^(填报|填表|制表|审核|审批|审定|复核|单位负责|负责|经办|联系|统计|报送|登记|打印|导出|截至|日期|备|说|填|注|附|表)"
    r"(单位|人员?|人签字|负责人|电话|日期|时间|机关|注|明|表说明|领导)?(签字|签名|盖章|（签字）|（盖章）|\((签字|盖章)\))?\s*[:：]"
)
HINT = re.compile(r"[（(](?!\d+[)）]).{1,40}[)）]", re.DOTALL)  # of how to fill in a column
PART = re.compile(
    r"^(第?[一二三四1-4]季度|[一二三四五六七八九十]{1,3}月份?|\d{1,2}月份?|20\d\d年(度)?(\d{1,2}月份?)?|上半年|下半年)$"
)


@dataclass(slots=True)
class RowKinds:
    """Tells the rows of one sheet apart.

    sheet: its name. names: the fields by their columns. counting: columns that only count. days: the
    fields that hold days.
    """

    sheet: str
    head: TableHead
    names: Mapping[int, str]
    counting: Collection[int]
    days: Collection[str]
    headings: dict[int, str] = field(init=False)
    groups: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.headings = {place: one.words for place, one in enumerate(self.head.headings) if one.words}
        self.groups = {group for one in self.head.headings for group in one.groups}

    def of(self, at: int, row: Sequence[object], filled: Sequence[int]) -> str:
        """Return what a row is that is no entry of the register; empty where it is one."""
        texts = [reading.text(row[place]) for place in filled]
        squeezed = [re.sub(r"\s", "", text) for text in texts[:MOST_TITLE]]
        days = [row[place] for place in filled if self.names.get(place) in self.days]
        if self._is_sum(filled, squeezed, days):
            return TOTAL
        if len(filled) <= MOST_TITLE and all(map(PAGE.match, squeezed)):
            return TURN
        has_day = any(not FOOT.match(reading.text(cell)) for cell in days)
        if not has_day and any(map(FOOT.match, texts[:MOST_TITLE])):
            return SIGNATURE
        if self._is_head(at, row, filled):
            return AGAIN
        if len(filled) == 1 and PART.match(squeezed[0]):
            return PERIOD
        return _of_signs(filled, texts)

    def _is_sum(self, filled: Sequence[int], squeezed: Sequence[str], days: Sequence[object]) -> bool:
        """Return whether a row sums others up: its first words say so, or those behind a column of none."""
        if not squeezed:
            return False
        beside = len(squeezed) > 1 and filled[0] not in self.names and SUM.match(squeezed[1])
        in_words = TOLD_SUM.match(squeezed[0]) and not any(isinstance(as_day(cell), date) for cell in days)
        return bool(SUM.match(squeezed[0]) or beside or in_words)

    def _is_head(self, at: int, row: Sequence[object], filled: Sequence[int]) -> bool:
        """Return whether the headings stand here again; refuse others among the rows."""
        if any(
            isinstance(row[place], date | int | float)
            for place in filled
            if self.names.get(place) in self.days
        ):
            return False
        texts = ((place, row[place]) for place in filled)
        labels = {
            place: header.normal(text)
            for place, text in texts
            if isinstance(text, str) and len(text) <= header.LONGEST_HEADING
        }
        known = set(self.headings.values())
        again = sum(word in known for word in labels.values())
        if again >= FEWEST_HEADERS and again * 2 >= min(len(self.names), len(filled)):
            if any(word in known and self.headings.get(place) != word for place, word in labels.items()):
                raise UnreadableFileError(
                    "工作表“%(sheet)s”第%(value)s行又有一个表头，各列的位置与上面的不同："
                    "请分成两个工作表再导入。",
                    sheet=self.sheet,
                    value=at + 1,
                )
            return True
        headings = {*labels.values()}
        return (
            len(filled) == len(labels)
            and not headings.isdisjoint(self.groups)
            and headings <= known | self.groups
        )


def _of_signs(filled: Sequence[int], texts: Sequence[str]) -> str:
    """Return what a row is that holds nothing but brackets, or the numbers of its columns."""
    numbered = (text in (str(place + 1), f"({place + 1})") for place, text in zip(filled, texts, strict=True))
    if len(filled) > MOST_TITLE and all(numbered):
        return NUMBERS
    return SIGNATURE if len(texts) > 1 and all(map(HINT.fullmatch, texts)) else ""


def as_day(cell: object) -> date | str:
    """Return the day of a cell, or its text where it is none."""
    try:
        return reading.day(cell)
    except (ValueError, OverflowError):
        return reading.text(cell)
