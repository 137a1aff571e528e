"""The words of a report as figures in their places: sentences, numbers with what stands around them.

Reads what people write: full and half width, thousands separators, Chinese numerals, remarks in
brackets, shares behind a number. What a number means is told in ``text``.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tracker.domain.reading import years_in_figures
from tracker.domain.report.published import NOTE_MARKS

COUNTERS = "件次(?!年)|件|条|宗|起|份|个|例|次|项"
NUMBER = re.compile(rf"(?<!\d)(\d{{1,16}}+(?:\.\d{{1,16}}+)?)(万)?(余|多)?(?:{COUNTERS})")
STOP = re.compile(rf"[,;:]|{NUMBER.pattern}")
BRACKET = re.compile(r"\(([^()]*)\)")
HELD = 0xE000  # one character of the private area stands for each bracket
HOLDER = re.compile("[\ue000-\uf8ff]")
BOUNDARY = re.compile(r"[,;:]")
SHARE = re.compile(r"[(,、]?(?:约)?(?:占[^,;()\d%]{0,15})?(?:约|为)?(\d+(?:\.\d+)?)%")
SENTENCE = re.compile(r"[。!?！？]|\n")
ABOUT = re.compile(r"(约|近|超|超过|逾|(?<=[^其剩])余|大约|将近|上|左右|以上)$")

DIGITS = {sign: place for place, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
SIGNS = "零〇一二两三四五六七八九十百千万"
NUMERAL = re.compile(rf"(?<![第{SIGNS}])([{SIGNS}]{{1,16}}+)(?=(?:件|宗|起|例))")
PERCENT_NUMERAL = re.compile(r"百分之([零〇一二两三四五六七八九十百]{1,16}+|\d{1,16}+(?:\.\d{1,16}+)?)")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
ALONE = re.compile(r"(?<=[\u4e00-\u9fff])\((\d{1,9}(?:件|宗|起|例|份))\)")  # 其余申请(5件)结转下年
COUNTED = re.compile(r"(?<=申请)(?:总数|总量|数量|数)?:(?=\d{1,9}[件宗])")  # 新收政府信息公开申请数:30件
REASON = re.compile(r"^(?:申请)?(?:因|由于|鉴于)[^,;:]{1,30}$")
CIRCLED = re.compile(r"[①-⓿❶-➓]")
TEN_THOUSAND = 10000


@dataclass(frozen=True, slots=True)
class Mention:
    """A number of things in a sentence.

    before, after: the words of its clause on either side, up to the next number.
    ahead:         the sentence up to the number; sentence: all of it.
    share:         the percentage that follows it, with the place of its last digit.
    """

    value: Decimal
    before: str
    after: str
    ahead: str
    sentence: str
    share: Decimal | None
    about: bool

    @property
    def words(self) -> str:
        """The number with its words, to show where it stands."""
        return f"{self.before}{self.value}件{self.after}".strip("、")[:60]


@dataclass(frozen=True, slots=True)
class ReportSentence:
    """A sentence with its numbers, and whether the paragraph or its heading speaks of requests."""

    text: str
    mentions: tuple[Mention, ...]
    heading: str
    paragraph: int


def numeral(text: str) -> int:
    """Return the value of a Chinese numeral: 一十二, 十二, 一百零五, 二〇二三."""
    if not any(sign in POWERS for sign in text):
        return int("".join(str(DIGITS[sign]) for sign in text))
    total = section = digit = 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign == "万":
            total, section, digit = (total + section + digit) * TEN_THOUSAND, 0, 0
        else:
            section, digit = section + (digit or 1) * POWERS[sign], 0
    return total + section + digit


def plain(text: str) -> str:
    """Return the text in one width, without blanks, numerals as digits; lines stay lines."""
    text = unicodedata.normalize("NFKC", CIRCLED.sub("，", NOTE_MARKS.sub("", text)))
    text = re.sub(r"[^\S\n]+|[#*“”\"‘’\u200b\ufeff\ue000-\uf8ff]", "", text)
    text = years_in_figures(text)
    text = PERCENT_NUMERAL.sub(lambda match: f"{_digits(match[1])}%", text)
    text = NUMERAL.sub(lambda match: str(numeral(match[1])), text)
    return COUNTED.sub("", ALONE.sub(r"\1", THOUSANDS.sub("", text)))


def _digits(text: str) -> str:
    return text if text[0].isdecimal() else str(numeral(text))


def sentences(text: str) -> Iterator[ReportSentence]:
    """Yield the sentences of a text with their numbers."""
    heading = ""
    for place, line in enumerate(plain(text[:LONGEST_TEXT]).split("\n")):
        if _is_heading(line):
            heading = line
        for part in SENTENCE.split(line):
            for sentence in _cut(part):
                yield ReportSentence(sentence, tuple(_mentions(sentence)), heading, place)


def _cut(sentence: str) -> Iterator[str]:
    """Yield the sentence; one that is longer than any that a person writes in parts, cut at commas."""
    start = 0
    while start < len(sentence):
        end = start + LONGEST
        if end < len(sentence):
            end = max(sentence.rfind(",", start, end) + 1, sentence.rfind(";", start, end) + 1, start + HALF)
        yield sentence[start:end]
        start = end


LONGEST_TEXT = 40_000  # of a section: a report in full has a few thousand characters
LONGEST = 600  # of a sentence: what is longer is no sentence that a person wrote, and is cut
HALF = LONGEST // 2
HEADING_LONGEST = 25
HEADING = re.compile(r"^(\(?[一二三四五六七八九十\d]+[)、.]|[一二三四五六七八九十]是)?[^,。;:\d]{2,}[:。]?$")


def _is_heading(line: str) -> bool:
    numbered = re.match(r"\(?[一二三四五六七八九十\d]+[)、.]", line)
    return len(line) <= HEADING_LONGEST and bool(numbered) and bool(HEADING.match(line))


# -- numbers in a sentence ----------------------------------------------------------------------


def _mentions(sentence: str) -> Iterator[Mention]:
    brackets: list[str] = []
    text = sentence
    while match := BRACKET.search(text):
        brackets.append(match[1])
        text = f"{text[: match.start()]}{chr(HELD + len(brackets) - 1)}{text[match.end() :]}"
    yield from _level(text, brackets, sentence)


def _level(text: str, brackets: list[str], sentence: str) -> Iterator[Mention]:
    """Yield the numbers of a text, and those of each bracket in it where it stands."""
    end = 0
    for match in re.finditer(f"{NUMBER.pattern}|({HOLDER.pattern})", text):
        if match[4]:
            yield from _level(brackets[ord(match[4]) - HELD], brackets, sentence)
            continue
        start = max([end, *(b.end() for b in BOUNDARY.finditer(text, end, match.start()))])
        end = match.end()
        yield _mention(text, start, match, brackets, sentence)


def _mention(text: str, start: int, match: re.Match[str], brackets: list[str], sentence: str) -> Mention:
    following = text[match.end() :]
    stop = STOP.search(following)
    if stop and stop[0] == "," and REASON.match(following[: stop.start()]):
        following = following[stop.end() :]  # 5件因涉及第三方,将结转至下年
        stop = STOP.search(following)
    before = HOLDER.sub("", text[start : match.start()])
    tail = following
    if tail and HOLDER.match(tail):
        tail = f"({brackets[ord(tail[0]) - HELD]}{tail[1:]}"
    share = SHARE.match(tail)
    return Mention(
        value=Decimal(match[1]) * (TEN_THOUSAND if match[2] else 1),
        before=before,
        after=HOLDER.sub("", following[: stop.start()] if stop else following),
        ahead=HOLDER.sub("", text[: match.start()]),
        sentence=sentence,
        share=Decimal(share[1]) if share else None,
        about=bool(match[3] or ABOUT.search(before)),
    )
