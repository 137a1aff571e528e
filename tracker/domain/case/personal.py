"""Personal data in a text: numbers that prove themselves by their check digits, telephones, plates, names.

Suggestions for redaction, never more: each is confirmed by a person. Numbers are recognised by GB 11643
(ID number, check digit of ISO 7064), the Luhn digit of bank cards and GA 36 (plates); names by those of the
case, by the words before them and by common family names.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.message import labels

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
DIGITS_OF_CARD = range(16, 20)
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
TITLES = (
    "姓名|申请人|联系人|法定代表人|法人代表|负责人|委托代理人|代理人|被委托人|经办人"
    "|户主|业主|投诉人|举报人|被处罚人|当事人|收件人"
)
# What follows a title and is no name.
NO_NAMES = (
    "姓名",
    "名称",
    "单位",
    "地址",
    "电话",
    "签名",
    "签字",
    "盖章",
    "身份",
    "意见",
    "信息",
    "资料",
    "提出",
    "申请",
)


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """A piece of text from one place to before another, and what it is."""

    kind: str
    start: int
    end: int


LABELS = labels(
    {
        "id_number": "公民身份号码",
        "card": "银行账号",
        "phone": "电话号码",
        "plate": "车牌号码",
        "party": "姓名、名称",
        "name": "姓名",
    }
)


def is_id_number(text: str) -> bool:
    """Return whether 18 signs are an ID number: a day of birth and the right check digit."""
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
        total = sum(weight * int(sign) for weight, sign in zip(WEIGHTS, text[:17], strict=True))
    except ValueError:
        return False
    return CHECKS[total % len(CHECKS)] == text[17].upper()


def is_card(text: str) -> bool:
    """Return whether digits are the number of a bank card: its length, its first digit, its Luhn digit."""
    if len(text) not in DIGITS_OF_CARD or text[0] not in "34569" or len(set(text)) == 1:
        return False
    doubled = [int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(text))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0  # noqa: PLR2004 (two digits added)


PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("id_number", re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])"), is_id_number),
    ("card", re.compile(r"(?<![0-9])[34569][0-9]{15,18}(?![0-9])"), is_card),
    ("phone", re.compile(r"(?<![0-9])(?:\+?86-?)?1[3-9][0-9]{9}(?![0-9])"), bool),
    ("phone", re.compile(r"(?<![0-9])\(?0[1-9][0-9]{1,2}\)?-?[2-9][0-9]{6,7}(?![0-9])"), bool),
    ("plate", re.compile(rf"[{PROVINCES}][A-HJ-Z]·?[A-HJ-NP-Z0-9]{{5,6}}(?![A-Z0-9])"), bool),
)
AFTER_TITLE = re.compile(
    rf"(?:{TITLES})[::]?\n?(?P<name>[{FAMILY}][\u4e00-\u9fff]{{1,2}})(?![\u4e00-\u9fff])"
)
BEFORE_TITLE = re.compile(rf"(?P<name>[{FAMILY}](?:某{{1,2}}|[\u4e00-\u9fff]{{0,2}}))(?=先生|女士|同志)")
BLANK, SPACE = re.compile(r"[^\S\r\n]"), re.compile(r"\s")
SAME = str.maketrans("０１２３４５６７８９Ｘｘ（）－—–：", "0123456789Xx()---:")


def personal(text: str, names: Sequence[str] = ()) -> list[PersonalSpan]:
    """Return what in a text may be personal data, in its order. names: of the parties of the case.

    Blanks within a line are passed over: numbers are typed in groups. Numbers may run over two lines.
    """
    plain = text.translate(SAME)
    spans = [*_numbers(plain), *_names(plain, names)]
    for blanks, with_names in ((BLANK, True), (SPACE, False)):
        places = [place for place, sign in enumerate(plain) if not blanks.match(sign)]
        dense = "".join(plain[place] for place in places)
        more = [*_numbers(dense), *(_names(dense, names) if with_names else ())]
        spans += [PersonalSpan(span.kind, places[span.start], places[span.end - 1] + 1) for span in more]
    return _without_overlaps(spans)


def _numbers(text: str) -> Iterator[PersonalSpan]:
    for kind, pattern, holds in PATTERNS:
        yield from (PersonalSpan(kind, *match.span()) for match in pattern.finditer(text) if holds(match[0]))


def _names(text: str, names: Sequence[str]) -> Iterator[PersonalSpan]:
    for name in names:
        if len(name) > 1:
            yield from (PersonalSpan("party", *match.span()) for match in re.finditer(re.escape(name), text))
    for pattern in (AFTER_TITLE, BEFORE_TITLE):
        for match in pattern.finditer(text):
            if match["name"] not in NO_NAMES and len(match["name"]) > 1:
                yield PersonalSpan("name", *match.span("name"))


def _without_overlaps(spans: Sequence[PersonalSpan]) -> list[PersonalSpan]:
    """Return the spans in order; where two lie over one another, the surer kind, then the longer one."""
    surest = list(LABELS)
    taken: list[PersonalSpan] = []
    for span in sorted(spans, key=lambda each: (surest.index(each.kind), each.start - each.end, each.start)):
        if all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda span: span.start)
