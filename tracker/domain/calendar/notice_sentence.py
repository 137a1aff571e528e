"""One sentence of a holiday notice: what it says of the days that it names.

The text comes without white space, brackets and commas in full width (``notice.read`` sees to it).
A sentence is a rule if it begins with a day and says 放假, 补休, 上班 or the like of it.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from tracker.domain.calendar.calendar import SATURDAY
from tracker.domain.calendar.notice_day import (
    DAYS,
    ONE_DAY,
    REMARK,
    Frame,
    ItemDays,
    number,
    read_days,
    spoken,
    unreadable,
)
from tracker.domain.message import Phrase

CLAUSE = re.compile(rf"(?:{REMARK}|[^，])+")
LEAD = re.compile(
    r"(?:其中|另外|另|同时|定于|自|从|于|将|即|，|："
    r"|(?:元旦|春节|清明节?|劳动节|端午节?|中秋节?|国庆节?)(?:为|：)?(?=\d))+"
)

COUNT = (
    r"(?:假期|放假时间)?(?:共计?|合计|总共|连续)?(?:放假|连休|休)?"
    r"(?P<count>\d+|[一二两三四五六七八九十]+)[天日]"
)
OFF = re.compile(
    r"(?P<since>起)?(?:均|都|正常|依法|(?P<each>分别|各自|各))?(?:(?:放假|补休|调休|公休|休息|休假|连休)[、和并]?)+"
    rf"(?:{COUNT})?"
)
WORK = re.compile(r"(?:均|都)?(?:正常|照常|调休|补)?(?:上班|补班|为工作日)")
RETURN = re.compile(r"起(?:恢复)?(?:正常|照常)?上班")
TOTAL = re.compile(COUNT)
ADJOINED = re.compile(r"[与和同].{0,2}周末.{0,2}连休")
PLAIN = re.compile(r"(?:不|无)(?:再|需|安排|作|做)*调休")
ASIDE = re.compile(r"法定|公休|调至|鼓励|倡导|提倡|建议|可以|视情")
RULE_WORD = re.compile(r"放假|补休|调休|上班|休息|连休|休假|补班|工作日")


def read_sentence(text: str, frame: Frame, item_days: ItemDays) -> bool:
    """Add what the sentence says to ``said``; return False, adding nothing, if it is no rule.

    Raises UnreadableNoticeError where it begins with a day and speaks of rest or work in words
    that are not known, and where a day does not exist.
    """
    lead = LEAD.match(text)
    start = lead.end() if lead else 0
    if not DAYS.match(text, start) or not RULE_WORD.search(text):
        return False
    reading = _Reading(text, frame, item_days.last)
    for clause in CLAUSE.findall(text[start:].rstrip("。；！")):
        reading.take(clause)
    return reading.finish(item_days)


class _Reading:
    """The reading of one sentence, clause by clause."""

    def __init__(self, text: str, frame: Frame, last: date | None) -> None:
        self.text, self.frame = text, frame
        self.said = ItemDays(last=last)
        self.pending: list[date] = []  # named, their verb still to come
        self.total: int | None = None
        self.adjoined = False

    def take(self, clause: str) -> None:
        """Take in one clause: days and a verb, or a word about the days before it."""
        lead = LEAD.match(clause)
        match = DAYS.match(clause, lead.end() if lead else 0)
        if match is None:
            self._about(clause)
            return
        self.pending += read_days(match[0], self.frame, self.text, self.said)
        verb = clause[match.end() :]
        if verb:
            self._apply(verb)
            self.pending = []

    def _apply(self, verb: str) -> None:
        if RETURN.fullmatch(verb):
            self.said.returns += self.pending
        elif WORK.fullmatch(verb):
            self.said.work += self.pending
        elif rest := OFF.fullmatch(verb):
            self._rest(rest)
        elif RULE_WORD.search(verb) and not ASIDE.search(verb):
            raise unreadable(self.text)

    def _rest(self, verb: re.Match[str]) -> None:
        days = self.pending
        count = number(verb["count"]) if verb["count"] else None
        if verb["since"] and count and len(days) == 1:
            days = [days[0] + n * ONE_DAY for n in range(count)]
        self.said.off += days
        if count is not None and verb["each"] and len(days) % count == 0:
            return  # 6月9日、9月15日分别放假1天
        if count is not None:
            self._compare(count, {len(days)})

    def _about(self, clause: str) -> None:
        if total := TOTAL.fullmatch(clause):
            self.total = number(total["count"])
        elif ADJOINED.fullmatch(clause):
            self.adjoined = True
        elif RULE_WORD.search(clause) and not (PLAIN.fullmatch(clause) or ASIDE.search(clause)):
            raise unreadable(self.text)

    def finish(self, item_days: ItemDays) -> bool:
        """Add the sentence to the item; False where it only explained (其中……为法定节假日)."""
        if not (self.said.off or self.said.work or self.said.returns):
            return False
        if self.pending:
            raise unreadable(self.text)
        named = len(set(self.said.off))
        if self.adjoined:
            self._adjoin()
        if self.total is not None:
            self._compare(self.total, {named, len(set(self.said.off))})
        for day in self.said.work:
            if day.weekday() < SATURDAY:
                self._disagree(Phrase("%(spoken)s不是周末，却写作上班", spoken=spoken(day)))
        item_days.off += self.said.off
        item_days.work += self.said.work
        item_days.returns += self.said.returns
        item_days.disagreements += self.said.disagreements
        item_days.last = self.said.last
        return True

    def _adjoin(self) -> None:
        """Add the weekend days that touch the holiday (与周末连休)."""
        days = self.said.off
        before = list(_weekend(min(days), -ONE_DAY)) if days else []
        after = list(_weekend(max(days), ONE_DAY)) if days else []
        if not before and not after:
            self._disagree("写明与周末连休，但这一天与周末不相连")
        self.said.off = [*before[::-1], *days, *after]

    def _compare(self, written: int, counted: set[int]) -> None:
        if written not in counted:
            self._disagree(
                Phrase(
                    "原文写作%(written)s天，列出的是%(max)s天",
                    written=written,
                    max=max(counted),
                )
            )

    def _disagree(self, what: str) -> None:
        self.said.disagreements.append(f"{what}：“{self.text}”")


def _weekend(day: date, step: timedelta) -> Iterator[date]:
    while (day := day + step).weekday() >= SATURDAY:
        yield day
