"""Read what people type and what cells of a spreadsheet hold: days, numbers, money, words.

Every reader takes the value of a cell (text, number, day) and raises ValueError where it is none.
"""

import itertools
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, DecimalException

from tracker.domain.money import FEN_OF_WAN, FEN_OF_YUAN

TIME = r"\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分?|半)?)"
DAY = re.compile(
    r"(\d{4})\s*[-/.年．、]\s*(\d{1,2})\s*[-/.月．、]\s*(\d{1,2})\s*[日号.]?"
    r"\s*(?:\(?(?:星期|周|礼拜)([一二三四五六日天])\)?)?"
    rf"(?:\s*(?:上午|下午|中午|晚上)\s*(?:{TIME})?|(?:(?<=[日号)])\s*|[T\s]+){TIME})?"
)
PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
SPELT_DAY = re.compile(
    r"([\d〇零○一二三四五六七八九]{4})年"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3})月(\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?"
)
FIGURES = str.maketrans("〇零○一二三四五六七八九", "000123456789")
SPELT_YEAR = re.compile("[〇零○一二三四五六七八九]{4}(?=年)")
ONES = ("", *"一二三四五六七八九")
SPELT = {
    f"{tens}{one}": n for n, (tens, one) in enumerate(itertools.product(("", "十", "二十", "三十"), ONES))
}
WEEKDAYS = "一二三四五六日"
LONGEST_DAY = 40  # characters
SERIAL_ZERO = date(1899, 12, 30)  # day 0 of a spreadsheet's day numbers
SERIALS = range(20_000, 80_000)  # 1954 to 2119: a number outside is no day that anybody meant
UNITS = re.compile(r"(件|条|次|人|份|项|期|小时|学时|个工作日|工作日|个|天|日)$")
MOST = 10**9


NO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # signs that nobody sees


def text(value: object) -> str:
    """Return a cell as text without blanks at its ends; a whole number without its .0."""
    if isinstance(value, str):
        if value.isprintable():  # of all blanks and signs that nobody sees it may hold the plain blank alone
            return value.strip()
        return value.replace("\x00", "").strip().strip(NO_WIDTH).strip()
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return str(value)
    return str(value).strip()


def _plain(value: object) -> str:
    """Return the text with full-width digits and signs made plain."""
    return unicodedata.normalize("NFKC", text(value))


def _as_typed(text: str) -> str:
    """Return the words with what stands for a hyphen or a Chinese zero as such."""
    plain = re.sub(r"(?<=\d)\s*[‐-―−]\s*(?=\d)", "-", _plain(text))
    return re.sub(r"(?<=[〇零○一二三四五六七八九])[OoＯ0](?=[〇零○一二三四五六七八九OoＯ0年])", "〇", plain)


def years_in_figures(text: str) -> str:
    """Return the words with years that are spelt sign by sign in figures: 二〇二七年 is 2027年."""
    return SPELT_YEAR.sub(lambda match: match[0].translate(FIGURES), text)


def typed_day(text: str) -> date:
    """Return the day in any form that people write: 2026-1-6, 2026/1/6, 2026.1.6, 2026年1月6日, 20260106.

    Also spelt, in part or whole: 二〇二六年一月六日. A weekday behind it must be its own; a time of day is
    left out. Raises ValueError where it is no day.
    """
    if len(text) > LONGEST_DAY:
        raise ValueError(text)
    plain = _as_typed(text)
    match = DAY.fullmatch(plain) or PLAIN_DAY.fullmatch(plain)
    if not match:
        return _spelt_day(plain)
    typed = date(*(int(part) for part in match.groups()[:3]))
    weekday = match.groups()[3:]
    if any(weekday) and WEEKDAYS.index(weekday[0].replace("天", "日")) != typed.weekday():
        raise ValueError(text)
    return typed


def _spelt_day(text: str) -> date:
    match = SPELT_DAY.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, *rest = match.groups()
    month, number = (int(part) if part.isdecimal() else SPELT.get(part, 0) for part in rest)
    return date(int(year.translate(FIGURES)), month, number)


def day(value: object) -> date:
    """Return the day of a cell: a day, a text as people type it, or a spreadsheet's day number."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    plain = _plain(value)
    number = re.fullmatch(r"(\d{5})(?:\.\d+)?", plain)
    if number and int(number[1]) in SERIALS:
        return SERIAL_ZERO + timedelta(days=int(number[1]))
    return typed_day(plain)


def whole(value: object) -> int:
    """Return a whole number of 0 or more: 106, 1,234, 106件, 106.0."""
    plain = UNITS.sub("", _plain(value).replace(",", "").replace(" ", ""))
    if not re.fullmatch(r"\d+(\.0+)?", plain):
        raise ValueError(value)
    number = int(plain.partition(".")[0])
    if number > MOST:
        raise ValueError(value)
    return number


def _fen(value: object, unit: str, fen_of_one: int) -> int:
    plain = _plain(value).replace(",", "").replace(" ", "").removesuffix(unit)
    try:
        amount = Decimal(plain) * fen_of_one
    except DecimalException as error:
        raise ValueError(value) from error
    if not amount.is_finite() or not 0 <= amount <= MOST * FEN_OF_WAN or amount != amount.to_integral_value():
        raise ValueError(value)
    return int(amount)


def fen_of_wan(value: object) -> int:
    """Return an amount in 万元 as fen, exactly; at most six decimals, which is one fen."""
    return _fen(value, "万元", FEN_OF_WAN)


def fen_of_yuan(value: object) -> int:
    """Return an amount in 元 as fen, exactly; at most two decimals."""
    return _fen(value, "元", FEN_OF_YUAN)


def choices(labels: Mapping[str, str], also: Mapping[str, str]) -> dict[str, str]:
    """Return the code of every word of a choice: its own words, their codes, other words."""
    known = {_squeezed(word): code for word, code in also.items()}
    known |= {_squeezed(code): code for code in labels}
    return known | {_squeezed(word): code for code, word in labels.items()}


def choice(value: object, known: Mapping[str, str]) -> str:
    """Return the code of a word among those known (``choices``)."""
    plain = _squeezed(text(value))
    if plain not in known:
        raise ValueError(value)
    return known[plain]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def year(value: object) -> int:
    """Return a year: 2026, 2026年, 2026年度."""
    match = re.fullmatch(r"(20\d{2})(年|年度)?", _plain(value))
    if not match:
        raise ValueError(value)
    return int(match[1])


def names(value: object, separators: str) -> list[str]:
    """Return the names in a cell, each once, in their order."""
    parts = re.split(f"[{re.escape(separators)}]", text(value))
    return list(dict.fromkeys(filter(None, (part.strip() for part in parts))))
