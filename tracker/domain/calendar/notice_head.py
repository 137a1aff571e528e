"""The head of a holiday notice: title, year, number and date, with a web page around it."""

import re
from dataclasses import dataclass
from datetime import date

from tracker.domain.errors import UnreadableNoticeError
from tracker.domain.message import Phrase, worded
from tracker.domain.reading import typed_day

ANNUAL = "部分节假日安排"
ADDRESSEES = "各省、自治区"
TITLE = re.compile(r"国务院(?:办公厅)?关于(?P<what>[^。；：，]{2,50}?)的通知")
_ORGAN = "(?:政府|办公厅|办公室|委员会|厅|局|部|委|公司|集团|大学|学院|学校|医院|银行|总会|总工会)"
ISSUED = re.compile(
    rf"(?P<issuer>[\u4e00-\u9fff]{{2,30}}?{_ORGAN})"
    r"(?P<sent_on>转发|印发)?(?:国务院(?:办公厅)?)?关于[^。；：，]{2,50}?的通知"
)
SIGNED = re.compile(rf"(?:^|[。！；])(?P<issuer>[\u4e00-\u9fff]{{2,40}}{_ORGAN})\d{{4}}年")
IN_PART = re.compile(r"调整|更正|修改|变更|补充|延长")
STATE_COUNCIL = "国务院"
QUOTED = ("《", "“")  # before a title that the text only speaks of
NOT_OURS = worded(
    "这是%(issuer)s的通知，不是国务院办公厅的放假通知，没有保存：地方规定的假日请在网页“日历”的“地方假日”中登记"
    "（全国年节及纪念日放假办法第四条）；转发国务院办公厅通知的，请用通知的原文。"
)
YEAR = re.compile(r"(\d{4})年")
ARRANGED_YEAR = re.compile(r"现将(\d{4})年")
DOCUMENT_NUMBER = re.compile(r"(国办?发(?:明电)?)[〔（](\d{4})[〕）](\d{1,3})号")
DATE = (
    r"(?P<year>[\d〇○零一二三四五六七八九]{4})年(?P<month>[\d一二三四五六七八九十]{1,2})月"
    r"(?P<day>[\d一二三四五六七八九十]{1,3})日"
)
SIGNATURE = re.compile(rf"国务院(?:办公厅)?(?:（[^（）]*）)?{DATE}")
UNSIGNED = re.compile(rf"[。！；]{DATE}$")
DATED = re.compile(rf"(?:成文|发文|印发)(?:日期|时间)：?{DATE}")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NoticeHead:
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


def read_head(text: str, rules: list[int]) -> NoticeHead:
    """Read the head. The title is the last before the addressees: a page may name others.

    rules: where in the text something looks like a rule, in order.
    Raises UnreadableNoticeError where the text does not say which year it arranges.
    """
    title = _title(text, rules)
    _check_issuer(text, title, rules)
    what = title["what"] if title else ""
    year = YEAR.search(what) or ARRANGED_YEAR.search(text)
    if year is None:
        raise UnreadableNoticeError("原文没有写明是哪一年的放假安排，标题里应有“××××年”。")
    below, first_rule = _between(title, rules, text)
    own_number = _number(text, below, first_rule)
    signature = SIGNATURE.search(text, first_rule)
    return NoticeHead(
        title=title[0]
        if title
        else Phrase(
            "国务院办公厅关于%(value)s年%(annual)s的通知",
            value=year[1],
            annual=ANNUAL,
        ),
        year=int(year[1]),
        annual=title is None or (ANNUAL in what and not IN_PART.search(what)),
        number="{}〔{}〕{}号".format(*own_number.groups()) if own_number else None,
        published_on=_date(signature or DATED.search(text) or UNSIGNED.search(text)),
        body=(below, signature.start() if signature else len(text)),
        used=tuple(match.span() for match in (title, own_number, signature) if match),
        assumption=_assumption(title, what, year, text),
    )


def _between(title: re.Match[str] | None, rules: list[int], text: str) -> tuple[int, int]:
    """Return where the head's own words stand: from the title to the first rule."""
    below = title.end() if title else 0
    first_rule = next((place for place in rules if place >= below), None)
    if first_rule is None:  # the title stands at the foot
        return 0, min(rules, default=len(text))
    return below, first_rule


def _assumption(title: re.Match[str] | None, what: str, year: re.Match[str], text: str) -> str | None:
    """Return in words what of the year is not certain: no title, or a title of another year than the text."""
    if title is None:
        return Phrase("原文没有标题，按“%(value)s”认定年份", value=year[0])
    arranged = ARRANGED_YEAR.search(text)
    if arranged and YEAR.search(what) and arranged[1] != year[1]:
        return Phrase("标题写%(value)s年，正文写“%(value2)s”", value=year[1], value2=arranged[0])
    return None


def _check_issuer(text: str, title: re.Match[str] | None, rules: list[int]) -> None:
    """Raise UnreadableNoticeError where another organ issued the notice."""
    anchor = _anchor(text, rules)
    matches = [match for match in ISSUED.finditer(text, 0, anchor) if not _ends_in_ours(match, title)]
    others = [m["issuer"] for m in matches if not m["issuer"].startswith(STATE_COUNCIL)]
    if others and (title is None or title.end() > anchor or matches[-1].end() >= title.end()):
        raise UnreadableNoticeError(NOT_OURS, issuer=others[-1])
    signed = SIGNED.search(text, anchor) if title is None else None
    if signed and not signed["issuer"].startswith(STATE_COUNCIL):
        raise UnreadableNoticeError(NOT_OURS, issuer=signed["issuer"])


def _ends_in_ours(match: re.Match[str], title: re.Match[str] | None) -> bool:
    """Return whether a match is the State Council's title with words of the page before it."""
    ours = title is not None and title.end() == match.end()
    return ours and not match["sent_on"] and match["issuer"].endswith("国务院办公厅")


def _anchor(text: str, rules: list[int]) -> int:
    """Return where the body begins: the addressees, else the first rule."""
    start = text.find(ADDRESSEES)
    return start if start >= 0 else min(rules, default=len(text))


def _title(text: str, rules: list[int]) -> re.Match[str] | None:
    anchor = _anchor(text, rules)
    titles = [
        title for title in TITLE.finditer(text) if text[title.start() - 1 : title.start()] not in QUOTED
    ]
    before = [title for title in titles if title.end() <= anchor]
    return before[-1] if before else next(iter(titles), None)


def _number(text: str, below: int, first_rule: int) -> re.Match[str] | None:
    """Find the number below the title, else the nearest above it (a page's table of facts)."""
    above = list(DOCUMENT_NUMBER.finditer(text, 0, below))
    return DOCUMENT_NUMBER.search(text, below, first_rule) or (above[-1] if above else None)


def _date(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    try:
        return typed_day("{year}年{month}月{day}日".format(**match.groupdict()))
    except ValueError:
        return None
