"""The rules of a holiday notice: its numbered items and the lengthening of a holiday."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from tracker.domain.calendar.calendar import SATURDAY, shipped
from tracker.domain.calendar.notice_day import (
    DAY,
    ONE_DAY,
    REMARK,
    TO,
    Frame,
    ItemDays,
    number,
    read_days,
    unreadable,
)
from tracker.domain.calendar.notice_head import NoticeHead, Span
from tracker.domain.calendar.notice_sentence import ASIDE, read_sentence
from tracker.domain.errors import UnreadableNoticeError
from tracker.domain.message import Phrase

HOLIDAYS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
SEASON = {  # the months in which a holiday's days off can lie, its weekends and exchanged days included
    "元旦": (12, 1), "春节": (1, 2, 3), "清明节": (3, 4), "劳动节": (4, 5), "端午节": (5, 6),
    "中秋节": (9, 10), "国庆节": (9, 10),
}  # fmt: skip
POPULAR = {"五一": "劳动节", "十一": "国庆节"}

QUOTE = '[“”"]?'
NAME = (
    rf"(?>元旦节?|春节|清明节?|端午节?|中秋节?|国庆节?"
    rf"|(?:{QUOTE}五一{QUOTE})?(?:国际)?劳动节|{QUOTE}(?:五一|十一){QUOTE}(?![月日]))"
)
AND = "[、和与及暨]"
NAMES = rf"(?>{NAME}(?:{AND}(?:{NAME}|[一-龥]{{1,20}}?[节庆年日](?=[：、和])))*)"
ITEM = re.compile(
    r"(?:(?<![一二三四五六七八九十廿初月期周拜])(?P<numeral>十?[一二三四五六七八九]|十)[、.]"
    r"|(?<!\d)(?P<digits>\d{1,2})[、.](?!\d)|（(?P<bracketed>十?[一二三四五六七八九]|十)）)"
    rf"(?:(?:\d{{4}}年)?(?P<known>{NAMES})(?:{REMARK})?+(?!期间|前后|前夕|假期|假日|等)"
    r"(?:(?:放假|调休|安排|时间)+(?=：))?[：，—-]*"
    rf"|(?(digits)(?!)|(?:(?P<other>[^，。；：、]{{2,40}})：)?(?={DAY})))"
)
SENTENCE = re.compile(rf"(?:{REMARK}|[^。；！])+[。；！]?")
LENGTHENING = re.compile(
    rf"(?:延长)?(?:\d{{4}}年)?(?P<name>{NAME})假期(?:时间)?(?:延长)?[至到](?P<until>{DAY})"
)
ACROSS_YEARS = re.compile(rf"12月\d{{1,2}}日[^，。；]{{0,60}}?{TO}(?:\d{{4}}年)?1月")


@dataclass(frozen=True, slots=True)
class Rule:
    """One item as understood: holiday (中秋节、国庆节), days off, make-up days, its words."""

    holiday: str
    off: tuple[date, ...]
    work: tuple[date, ...]
    sentence: str


class NoticeReading:
    """The rules found so far, and the places of the text that made them."""

    def __init__(self, text: str, head: NoticeHead) -> None:
        self.text, self.head = text, head
        self.rules: list[Rule] = []
        self.numbers: list[int] = []
        self.disagreements = [head.assumption] if head.assumption else []
        self.used: list[Span] = list(head.used)
        self.unread: UnreadableNoticeError | None = None  # an item that names no holiday

    def read_items(self) -> None:
        """Read each numbered item, up to the next one or the signature."""
        items = list(ITEM.finditer(self.text, *self.head.body))
        for item, following in zip_longest(items, items[1:]):
            end = following.start() if following else self.head.body[1]
            try:
                self._read_item(item, end, is_last=following is None)
            except UnreadableNoticeError as error:
                if item["known"] or item["other"]:
                    raise
                self.unread = self.unread or error

    def _read_item(self, item: re.Match[str], end: int, *, is_last: bool) -> None:
        """Read one item. What follows the rules of the last is no part of it."""
        holiday = self._holiday(item)
        across = ACROSS_YEARS.search(self.text, item.end(), end)
        frame = Frame(self.head.year, new_year="元旦" in holiday or across is not None)
        item_days, spans = ItemDays(), []
        for sentence in SENTENCE.finditer(self.text, item.end(), end):
            if read_sentence(sentence[0], frame, item_days):
                spans.append(sentence.span())
            elif is_last and not ASIDE.search(sentence[0]):
                break
        if item_days.off:
            self.numbers.append(number(item["numeral"] or item["digits"] or item["bracketed"]))
            self._keep(holiday, item_days, [item.span(), *spans])
        elif item["known"] or item_days.work:
            whole = SENTENCE.match(self.text, item.start(), end)
            raise unreadable(whole[0] if whole else item[0])

    def read_lengthenings(self) -> None:
        """Read 延长2020年春节假期至2月2日: off from the holiday's first known day to that day."""
        for sentence_match in SENTENCE.finditer(self.text, *self.head.body):
            sentence = sentence_match[0]
            match = LENGTHENING.search(sentence)
            if match is None or "延长" not in match[0] or ASIDE.search(sentence):
                continue
            item_days, frame = ItemDays(), Frame(self.head.year)
            until = read_days(match["until"], frame, sentence, item_days)[0]
            holiday = _canonical(match["name"])
            item_days.off = _lengthened(holiday, until, sentence)
            read_sentence(sentence[match.end() :].lstrip("，"), frame, item_days)
            if any(day not in _next_working_days(until) for day in item_days.returns):
                self.disagreements.append(
                    Phrase("上班的日子与假期的末日不相接：“%(sentence)s”", sentence=sentence)
                )
            self._keep(holiday, item_days, [sentence_match.span()])

    def _keep(self, holiday: str, item_days: ItemDays, spans: list[Span]) -> None:
        off, work = sorted(set(item_days.off)), sorted(set(item_days.work))
        message = "".join(self.text[start:end] for start, end in spans)
        for name, days, made_up in _each(holiday, off, work):
            self.rules.append(Rule(name, tuple(days), tuple(made_up), message))
        if set(item_days.returns) & set(off):
            self.disagreements.append(Phrase("恢复上班的日子在假期之内：“%(message)s”", message=message))
        self.disagreements += item_days.disagreements
        self.used += spans

    def _holiday(self, item: re.Match[str]) -> str:
        """Name the holiday by the item's label, else by the title (关于调整2019年劳动节……)."""
        if item["other"]:
            return item["other"]
        return _canonical(item["known"] or "、".join(re.findall(NAME, self.head.title)) or "放假")


def _canonical(label: str) -> str:
    """Bring 中秋、“十一” to 中秋节、国庆节; a name that is not statutory stays as it is."""
    names = []
    for part in re.split(AND, re.sub('[“”"]', "", label)):
        known = (name for name in HOLIDAYS if name[:2] in part)
        names.append(next(known, POPULAR.get(part, part)))
    return "、".join(dict.fromkeys(names))


def in_season(holiday: str, day: date) -> bool:
    """Return whether a day can lie in one of the holidays named; True for one that is not statutory."""
    months = [SEASON.get(name) for name in holiday.split("、")]
    return any(known is None or day.month in known for known in months)


def _each(holiday: str, off: list[date], work: list[date]) -> list[tuple[str, list[date], list[date]]]:
    """Return the arrangement of each holiday that an item names, where every day can be of one alone."""
    names = holiday.split("、")
    days = [(day, [name for name in names if in_season(name, day)]) for day in (*off, *work)]
    if len(names) == 1 or any(len(fitting) != 1 for _, fitting in days):
        return [(holiday, off, work)]
    owner = {day: fitting[0] for day, fitting in days}
    split = [(n, [d for d in off if owner[d] == n], [d for d in work if owner[d] == n]) for n in names]
    return split if all(given for _, given, _ in split) else [(holiday, off, work)]


def _lengthened(holiday: str, until: date, sentence: str) -> list[date]:
    calendar = shipped()
    reasons = {day: calendar.why(day) for day in calendar.off_days(until.year)}
    days = [day for day, reason in reasons.items() if reason and holiday in reason.name]
    first = min(days, default=until)
    if not days or until < first:
        raise unreadable(sentence)
    return [first + n * ONE_DAY for n in range((until - first).days + 1)]


def _next_working_days(until: date) -> set[date]:
    """Return the day after ``until`` and, where that is a weekend, the Monday."""
    monday = day = until + ONE_DAY
    while monday.weekday() >= SATURDAY:
        monday += ONE_DAY
    return {day, monday}
