"""Reading the State Council's holiday notice as it is copied from a web page.

Its numbered items (一、元旦：……) and the lengthening of a holiday (延长……假期至……) are rules;
every other sentence is handed back as not used. White space means nothing, so a line may break
anywhere. What cannot be read is refused by its sentence; what contradicts itself is named.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from tracker.domain.calendar.calendar import Notice
from tracker.domain.calendar.notice_day import DECEMBER, Frame, named_days, number, spoken
from tracker.domain.calendar.notice_head import TITLE, NoticeHead, Span, read_head
from tracker.domain.calendar.notice_item import (
    HOLIDAYS,
    ITEM,
    LENGTHENING,
    SENTENCE,
    NoticeReading,
    Rule,
    in_season,
)
from tracker.domain.calendar.notice_sentence import ASIDE, RULE_WORD
from tracker.domain.errors import UnreadableNoticeError
from tracker.domain.message import Phrase, joined, worded
from tracker.domain.reading import years_in_figures

WIDE = str.maketrans(",:;!?()[]【】｡", "，：；！？（）（）（）。")
PAGE_NUMBER = re.compile(r"(?<![—–-])[—–-]++\d{1,3}[—–-]++(?!\d)")
NO_RULE = worded("没有读到放假安排：正文里没有“一、元旦：……”这样的条目。")
LONGEST = 100_000  # characters: a notice has some 700, a page around it a few thousand
TOO_LONG = Phrase(
    "原文超过%(longest)s字，不像放假通知，没有读取：请只粘贴通知本身。",
    longest=f"{LONGEST:,}",
)
UNDATED = "没有写明发文日期，不能判断哪一份在后：“{}”"
NAMED = ("：", "《", "“")
TENS = "[一二三四五六七八九十]{1,3}"
NUMERAL = re.compile(  # of a month or a day: 五月一日, 至三日
    rf"(?<![{'一二三四五六七八九十'}周期拜初]){TENS}(?=月(?:{TENS}|\d{{1,2}})[日号])|(?<=[月至到、和与及]){TENS}(?=[日号])"
)
FULL_STOP = re.compile(r"(?<=[假休班天）])\.")


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read, to be shown before it is kept.

    annual:        it arranges the whole year; False for a notice that lengthens or moves a holiday.
    disagreements: where the text contradicts the calendar or itself, each naming its sentence.
    unused:        every sentence that made no difference, in order.
    others:        the further notices of the same text, in order.
    """

    year: int
    title: str
    number: str | None
    published_on: date | None
    annual: bool
    rules: tuple[Rule, ...]
    disagreements: tuple[str, ...]
    unused: tuple[str, ...]
    others: tuple["Understood", ...] = ()

    @property
    def each(self) -> tuple["Understood", ...]:
        """Every notice of the text: one, as a rule."""
        return (self, *self.others)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What a person must look at before any of it is kept."""
        return tuple(disagreement for one in self.each for disagreement in one.disagreements)

    @property
    def notice(self) -> Notice:
        """The notice as the calendar takes it."""
        return Notice(
            title=self.title,
            year=self.year,
            off={day: rule.holiday for rule in self.rules for day in rule.off},
            work=frozenset(day for rule in self.rules for day in rule.work),
            number=self.number,
            published_on=self.published_on,
            annual=self.annual,
            made_up={day: rule.holiday for rule in self.rules for day in rule.work},
        )


def read(text: str) -> Understood:
    """Read the text of a notice, or of several one after the other.

    Raises UnreadableNoticeError, naming the sentence, where an item gives no day off or a day
    that does not exist, and where the text holds no rule or no year at all; UnknownYearError
    where it lengthens a holiday of a year whose holidays are not known.
    """
    first, *others = _ordered([_read(part) for part in _parts(_plain(text))])
    return replace(first, others=tuple(others))


def _ordered(given: list[Understood]) -> list[Understood]:
    """Return the notices; one of the whole year behind one that changes it is in doubt without their days."""
    notices: list[Understood] = []
    for one in given:
        before = [other for other in notices if other.year == one.year and not other.annual]
        unclear = one.annual and any(None in (one.published_on, other.published_on) for other in before)
        doubt = (UNDATED.format(one.title),) if unclear else ()
        notices.append(replace(one, disagreements=(*one.disagreements, *doubt)))
    return notices


def _parts(text: str) -> list[str]:
    """Cut the text where another notice begins: at a title with rules behind it, after one with rules.

    A title behind a colon or an opening quotation mark is a link or is named by another text.
    """
    titles = [
        at for at in (m.start() for m in TITLE.finditer(text)) if text[max(0, at - 1) : at] not in NAMED
    ]
    starts = sorted(match.start() for pattern in (ITEM, LENGTHENING) for match in pattern.finditer(text))
    behind = [bisect_left(starts, title) for title in titles]  # how many rules stand before each title
    own = [after > before for before, after in zip(behind, [*behind[1:], len(starts)], strict=False)]
    ruled = [title for title, has_rules in zip(titles, own, strict=True) if has_rules]
    cuts = [0, *ruled[1:]]
    return [text[start:end] for start, end in zip_longest(cuts, cuts[1:])]


def _read(text: str) -> Understood:
    starts = [match.start() for pattern in (ITEM, LENGTHENING) for match in pattern.finditer(text)]
    head = read_head(text, sorted(starts))
    reading = NoticeReading(text, head)
    reading.read_items()
    reading.read_lengthenings()
    if not reading.rules:
        raise reading.unread or UnreadableNoticeError(NO_RULE)
    disagreements = [*reading.disagreements, *_contradictions(head, reading.rules)]
    if head.annual:
        disagreements += _gaps(reading)
    unused = tuple(_unused(text, sorted(reading.used)))
    disagreements += _left_out(head, reading.rules, unused)
    return Understood(
        year=head.year,
        title=head.title,
        number=head.number,
        published_on=head.published_on,
        annual=head.annual,
        rules=tuple(reading.rules),
        disagreements=tuple(disagreements),
        unused=unused,
    )


def _plain(text: str) -> str:
    """Take out white space and page numbers; bring digits and punctuation to one form."""
    text = unicodedata.normalize("NFKC", text)
    blank = {ord(c): None for c in set(text) if unicodedata.category(c) in {"Zs", "Zl", "Zp", "Cc", "Cf"}}
    text = text.translate(blank)
    if len(text) > LONGEST:
        raise UnreadableNoticeError(TOO_LONG)
    text = FULL_STOP.sub("。", PAGE_NUMBER.sub("", text.translate(WIDE)))
    text = years_in_figures(text)
    return NUMERAL.sub(lambda match: str(number(match[0])), text)


def _contradictions(head: NoticeHead, rules: list[Rule]) -> Iterator[str]:
    """Name what no single sentence shows: days both off and worked, days of another year."""
    off = {day for rule in rules for day in rule.off}
    seen: dict[date, Rule] = {}
    for rule in rules:
        for day in off.intersection(rule.work):
            yield Phrase(
                "%(spoken)s既放假又上班：“%(sentence)s”",
                spoken=spoken(day),
                sentence=rule.sentence,
            )
        for day in (*rule.off, *rule.work):
            if seen.setdefault(day, rule) is not rule:
                yield Phrase(
                    "%(spoken)s在两条里都有安排：“%(sentence)s”",
                    spoken=spoken(day),
                    sentence=rule.sentence,
                )
        if far := [day for day in rule.off if not in_season(rule.holiday, day)]:
            yield Phrase(
                "%(spoken)s不在%(holiday)s前后：“%(sentence)s”",
                spoken=spoken(far[0]),
                holiday=rule.holiday,
                sentence=rule.sentence,
            )
        for day in (*rule.off, *rule.work):
            if day.year != head.year and (day.year, day.month) != (head.year - 1, DECEMBER):
                yield Phrase(
                    "%(year)s年%(spoken)s不在%(year2)s年：“%(sentence)s”",
                    year=day.year,
                    spoken=spoken(day),
                    year2=head.year,
                    sentence=rule.sentence,
                )


def _gaps(reading: NoticeReading) -> Iterator[str]:
    """Name what a notice of the whole year should hold and this text does not."""
    for name in HOLIDAYS:
        if not any(name in rule.holiday for rule in reading.rules):
            yield Phrase("没有读到%(name)s的安排", name=name)
    if reading.numbers != list(range(1, len(reading.numbers) + 1)):
        yield Phrase("条目编号不连续：%(names)s", names=joined(map(str, reading.numbers), "、"))


def _left_out(head: NoticeHead, rules: list[Rule], unused: Iterable[str]) -> Iterator[str]:
    """Name the sentences that arrange days which no rule read does: a second notice without items."""
    arranged = {day for rule in rules for day in (*rule.off, *rule.work)}
    for sentence in unused:
        speaks = (RULE_WORD.search(sentence) or "假期" in sentence) and not ASIDE.search(sentence)
        if speaks and not arranged.issuperset(named_days(sentence, Frame(head.year))):
            yield Phrase("没有读入的一句里有放假、上班的日子：“%(sentence)s”", sentence=sentence)


def _unused(text: str, used: list[Span]) -> Iterator[str]:
    """Cut what lies between the used places into sentences."""
    start = 0
    for begin, end in [*used, (len(text), len(text))]:
        for sentence in SENTENCE.findall(text[start:begin]):
            if re.search(r"\w", sentence):
                yield sentence
        start = max(start, end)
