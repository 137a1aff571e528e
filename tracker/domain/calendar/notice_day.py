"""The days that a sentence of a holiday notice names: 1月1日（周四）至3日（周六）、5日."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.domain.errors import UnreadableNoticeError
from tracker.domain.message import Phrase

ONE_DAY = timedelta(days=1)
DECEMBER = 12
WEEKDAYS = "一二三四五六日"
NUMERALS = {word: n for n, word in enumerate("一二三四五六七八九", 1)} | {"两": 2}

REMARK = r"（(?:[^（）。]|（[^（）。]*）)*）"
WEEKDAY = r"(?:星期|周|礼拜)([一二三四五六日天])"
TO = r"(?:起?[至到]|[-~〜—–―－]{1,6})"
DAY = (
    r"(?<!\d)(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}"
    rf"(?:[日号]|(?={TO}(?:\d{{1,2}}月)?\d{{1,2}}[日号]))(?:{REMARK}|{WEEKDAY})*"
)
DAYS = re.compile(rf"{DAY}(?:(?:{TO}|[、和及与]|以及)(?:{DAY}))*")
PART = re.compile(
    rf"(?P<to>{TO})?(?<!\d)(?:(?P<year>\d{{4}})年)?(?:(?P<month>\d{{1,2}})月)?(?P<day>\d{{1,2}})"
    rf"(?:[日号]|(?={TO}))(?P<remark>(?:{REMARK}|{WEEKDAY})*)"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a date may leave out.

    year:     of the notice: a date without a year is of this one.
    new_year: the item is about 元旦 or its days run from December into January: a December day
              without a year is of the year before.
    """

    year: int
    new_year: bool = False


@dataclass(slots=True)
class ItemDays:
    """What the sentences of one item say, gathered one after the other.

    last: the day named last; a day without a month is of its month.
    """

    off: list[date] = field(default_factory=list)
    work: list[date] = field(default_factory=list)
    returns: list[date] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    last: date | None = None


def read_days(text: str, frame: Frame, sentence: str, item_days: ItemDays) -> list[date]:
    """Return the days that ``text`` names, a span day by day; a wrong weekday goes to ``item_days``.

    sentence: what an error or a disagreement quotes. Raises UnreadableNoticeError where a day
    does not exist, lacks its month or ends a span before its beginning.
    """
    days: list[date] = []
    for part in PART.finditer(text):
        day = _day(part, frame, item_days.last)
        if day is None or (part["to"] and days and day <= days[-1]):
            raise unreadable(sentence)
        _check_weekday(day, part["remark"], sentence, item_days)
        if part["to"] and days:
            days += [days[-1] + n * ONE_DAY for n in range(1, (day - days[-1]).days)]
        days.append(day)
        item_days.last = day
    return days


def named_days(text: str, frame: Frame) -> set[date]:
    """Return the days that a text names anywhere, but for one before which something is to be done."""
    days: set[date] = set()
    for match in re.finditer(rf"{DAY}(?!之?前|以前)", text):
        part = PART.match(match[0])
        if part and part["month"] and (day := _day(part, frame, None)):
            days.add(day)
    return days


def spoken(day: date) -> str:
    """Write the day as a notice does: 2月4日（星期日）."""
    return f"{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def unreadable(sentence: str) -> UnreadableNoticeError:
    """Make the error that names the sentence."""
    return UnreadableNoticeError("读不懂这一句：“%(sentence)s”", sentence=sentence)


def number(text: str) -> int:
    """Read 7, 七, 十 or 十一."""
    if text.isdecimal():
        return int(text)
    tens, ten, units = text.rpartition("十")
    return (NUMERALS.get(tens, 1) * 10 if ten else 0) + NUMERALS.get(units, 0)


def _day(part: re.Match[str], frame: Frame, last: date | None) -> date | None:
    """Complete the date by the notice's year and the day named before; None if there is none."""
    month = int(part["month"]) if part["month"] else last.month if last else 0
    if part["year"]:
        year = int(part["year"])
    elif last and part["month"] is None:
        year = last.year
    elif last and part["to"]:
        year = last.year + (month < last.month)
    else:
        year = frame.year - (frame.new_year and month == DECEMBER)
    try:
        return date(year, month, int(part["day"]))
    except ValueError:
        return None


def _check_weekday(day: date, remark: str, sentence: str, item_days: ItemDays) -> None:
    written = re.findall(WEEKDAY, remark)
    if written and written[-1].replace("天", "日") != WEEKDAYS[day.weekday()]:
        what = Phrase(
            "%(year)s年%(day)s，原文写作星期%(weekday)s", year=day.year, day=spoken(day), weekday=written[-1]
        )
        item_days.disagreements.append(Phrase("%(what)s：“%(sentence)s”", what=what, sentence=sentence))
