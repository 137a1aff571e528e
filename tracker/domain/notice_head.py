"""The head of a holiday notice: title, year, number and date, with a web page around it."""

import re
from dataclasses import dataclass
from datetime import date

from tracker.domain.errors import UnreadableNoticeError
from tracker.domain.notice_day import number

ANNUAL = "部分节假日安排"
ADDRESSEES = "各省、自治区"
TITLE = re.compile(r"国务院(?:办公厅)?关于(?P<what>[^。；：，]{2,50}?)的通知")
YEAR = re.compile(r"(\d{4})年")
ARRANGED_YEAR = re.compile(r"现将(\d{4})年")
DOCUMENT_NUMBER = re.compile(r"(国办?发(?:明电)?)[〔（](\d{4})[〕）](\d{1,3})号")
DIGITS = {word: str(n) for n, word in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0"}
DATE = (
    r"(?P<year>[\d〇○零一二三四五六七八九]{4})年(?P<month>[\d一二三四五六七八九十]{1,2})月"
    r"(?P<day>[\d一二三四五六七八九十]{1,3})日"
)
SIGNATURE = re.compile(rf"国务院(?:办公厅)?(?:（[^（）]*）)?{DATE}")
DATED = re.compile(rf"(?:成文|发文|印发)(?:日期|时间)：?{DATE}")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Head:
    """What a notice says of itself, and where in the text.

    annual:     it arranges the whole year, as its title says.
    body:       where its rules may stand: after the title, before the signature.
    used:       the places of the text that were read.
    assumption: what had to be assumed for want of a title, in words.
    """

    title: str
    year: int
    annual: bool
    number: str | None
    published_on: date | None
    body: Span
    used: tuple[Span, ...]
    assumption: str | None


def read_head(text: str, rules: list[int]) -> Head:
    """Read the head. The title is the last before the addressees: a page may name others.

    rules: where in the text something looks like a rule, in order.
    Raises UnreadableNoticeError where the text does not say which year it arranges.
    """
    title = _title(text, rules)
    what = title["what"] if title else ""
    year = YEAR.search(what) or ARRANGED_YEAR.search(text)
    if year is None:
        raise UnreadableNoticeError("原文没有写明是哪一年的放假安排，标题里应有“××××年”。")
    below = title.end() if title else 0
    first_rule = next((place for place in rules if place >= below), None)
    if first_rule is None:  # the title stands at the foot
        below, first_rule = 0, min(rules, default=len(text))
    own_number = _number(text, below, first_rule)
    signature = SIGNATURE.search(text, first_rule)
    return Head(
        title=title[0] if title else f"国务院办公厅关于{year[1]}年{ANNUAL}的通知",
        year=int(year[1]),
        annual=title is None or ANNUAL in what,
        number="{}〔{}〕{}号".format(*own_number.groups()) if own_number else None,
        published_on=_date(signature or DATED.search(text)),
        body=(below, signature.start() if signature else len(text)),
        used=tuple(match.span() for match in (title, own_number, signature) if match),
        assumption=None if title else f"原文没有标题，按“{year[0]}”认定年份",
    )


def _title(text: str, rules: list[int]) -> re.Match[str] | None:
    anchor = text.find(ADDRESSEES)
    if anchor < 0:
        anchor = min(rules, default=len(text))
    titles = list(TITLE.finditer(text))
    before = [title for title in titles if title.end() <= anchor]
    return before[-1] if before else next(iter(titles), None)


def _number(text: str, below: int, first_rule: int) -> re.Match[str] | None:
    """Find the number below the title, else the nearest above it (a page's table of facts)."""
    above = list(DOCUMENT_NUMBER.finditer(text, 0, below))
    return DOCUMENT_NUMBER.search(text, below, first_rule) or (above[-1] if above else None)


def _date(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    year = "".join(DIGITS.get(digit, digit) for digit in match["year"])
    try:
        return date(int(year), number(match["month"]), number(match["day"]))
    except ValueError:
        return None
