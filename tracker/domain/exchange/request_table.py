"""How the cells of a spreadsheet of requests (依申请公开登记台账) are read: values, and what is in doubt.

Its columns are in request_column.py, words in cells in request_words.py, those for an outcome in
outcome_words.py.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from tracker.domain import reading
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.errors import message_of
from tracker.domain.exchange.request_cell import Column
from tracker.domain.exchange.request_column import LABELS, READ
from tracker.domain.exchange.request_words import LETTER, TRADER
from tracker.domain.message import Phrase
from tracker.domain.register import register

# A form asks for 公民 or 法人或者其他组织; the second is no column of table 3 without its kind.
BODY = re.compile(r"法人(?:(?:或|或者|和|及|、)其他组织)?\W+(\w+)\W*")
PEOPLE = re.compile(r"(?<!\d)\d+[人名位]$")  # behind the kind of an applicant: 公民1人
EMPTY = frozenset(["/", "\\", "-", "--", "—", "——", "―", "无", "否", "未延期", "未补正", "不适用", "〇"])
EXACT_DIGITS = 10**15  # what a cell of numbers keeps; an identity number has 18


def values(cells: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the cells of a row say by the name of their column, and what is wrong in which column."""
    read: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column in READ:
        raw = cells.get(column.name)
        if raw is None and column.name in _BLANK:
            read[column.name] = _BLANK[column.name]
            continue
        try:
            read[column.name] = _value(column, raw)
        except ValueError as error:
            wrong[column.name] = message_of(error)
    try:
        if not wrong.keys() & EXTENSIONS:
            read |= _extended({name: cells.get(name) for name in EXTENSIONS})
    except ValueError as error:
        wrong["extension"] = message_of(error)
    return read, wrong


def meaning(name: str, raw: object) -> str:
    """Return the code that a word in a column of choices means; empty where nothing stands there.

    Raises ValueError with the words for a clerk.
    """
    return str(_value(_BY_NAME[name], raw) or "")


def _value(column: Column, raw: object) -> Any:
    if raw is None:
        return register.read(column, raw)
    if not column.required and column.kind != "choice" and reading.text(raw) in EMPTY:
        raw = None
    _check_number(column, raw)
    return _kind(column, raw) if column.name == "kind" else register.read(column, raw)


def _check_number(column: Column, raw: object) -> None:
    """Refuse a number that a spreadsheet has spoiled, and a nought that no formula has filled in."""
    if column.kind == "text" and isinstance(raw, int | float) and raw >= EXACT_DIGITS:
        raise ValueError(
            Phrase(
                "“%(text)s”是数字格式，15位以后的数字已经丢失；请把该列设为文本，重新填写。",
                text=reading.text(raw),
            )
        )
    if column.name in BARE and isinstance(raw, str | int | float) and reading.text(raw) == "0":
        raise ValueError("“0”不是内容，可能是公式没有计算：请用 Excel 或 WPS 打开，保存一次再导入。")


def _kind(column: Column, raw: object) -> Any:
    """Return the column of table 3 that the words for an applicant mean: 2人, 法人—企业."""
    text = PEOPLE.sub("", raw.strip()) if isinstance(raw, str) else raw
    body = BODY.fullmatch(reading.text(text))
    value = register.read(column, body[1] if body else text)
    if body and value == ApplicantKind.NATURAL_PERSON:
        raise ValueError(
            Phrase(
                "“%(text)s”自相矛盾：自然人不是法人或者其他组织。",
                text=reading.text(text),
            )
        )
    return value


def _extended(cells: Mapping[str, object]) -> dict[str, Any]:
    """Return what the columns about an extension say together: days, the day it goes to, whether."""
    days = until = None
    extended = None
    for name, cell in cells.items():
        text = "".join(reading.text(cell).split())
        if not text or text in EMPTY or text in NO:
            extended = False if name == "is_extended" and text else extended
            continue
        found_days, found_until, yes = _extension_of(name, cell, text)
        days, until, extended = days or found_days, until or found_until, extended or yes
    return {"extension": days, "extended_until": until, "is_extended": extended}


def _extension_of(name: str, cell: object, text: str) -> tuple[int | None, date | None, bool]:
    """Return days, day and whether of one cell: 20, 20个工作日, 是, 延期至2025年3月1日, a day."""
    if text.casefold() in YES:
        return None, None, True
    with suppress(ValueError, OverflowError):
        return None, reading.day(cell), True
    with suppress(ValueError):
        return reading.whole(cell), None, True
    if text in NUMERALS:
        return NUMERALS[text], None, True
    beside = DATE_SAID.sub("", text)  # 5月1日 is no day of an extension
    numbers = [NUMERALS.get(number) or int(number) for number in DAYS_SAID.findall(beside)]
    ends = UNTIL_SAID.search(text)
    until = reading.typed_day(ends[1]) if ends else None
    if len(numbers) > 1 or not (numbers or until):
        label = LABELS[name]
        raise ValueError(
            Phrase(
                "“%(text)s”不能读作%(label)s：请填写工作日数（如 20）、延期后的日期，或者是、否。",
                text=reading.text(cell),
                label=label,
            )
        )
    return (numbers[0] if numbers else None), until, True


_BY_NAME = {column.name: column for column in READ}
# What most columns of a row hold, in which nothing stands.
_BLANK = {one.name: register.empty(one) for one in READ if not one.required or one.default}
EXTENSIONS = ("extension", "extended_until", "is_extended")
BARE = ("name", "subject")
_YES = "是 有 √ ✓ ✔ y yes 1 已 已延期 已延长 延期 延长 延期答复 是的 对"
YES = frozenset(_YES.split())
_NO = "否 无 没有 未 × ✗ n no 0 未延期 未延长 不延期 不 不需要 不涉及"
NO = frozenset(_NO.split())
NUMERALS = {"五": 5, "十": 10, "十五": 15, "二十": 20, "廿": 20}
DAYS_SAID = re.compile(r"(\d{1,2}|十五|二十|十|廿|五)个?(?:工作日|工作天|天|日(?![期至]))")
DATE_SAID = re.compile(r"(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}(?:日|号)?(?!\d)")
UNTIL_SAID = re.compile(r"(?:至|到)(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)")


def doubts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what the values of a row leave open, by column: an act that is said and has no day or number."""
    doubtful_fields: dict[str, str] = {}
    if values["is_extended"] and not (values["extension"] or values["extended_until"]):
        doubtful_fields["is_extended"] = Phrase(
            "写明已延期，而没有天数，也没有延期后的期限：没有登记延期，期限按未延期计算；请补填。"
        )
    if values["is_extended"] is False and (values["extension"] or values["extended_until"]):
        doubtful_fields["is_extended"] = Phrase(
            "写明没有延期，而又有延期的天数或者期限：按有延期登记，请核对。"
        )
    for name, day, act in (
        ("is_supplemented", "asked_on", "补正"),
        ("is_consulted", "consulted_on", "征求意见"),
    ):
        if "".join(values[name].split()).casefold() in YES and not values[day]:
            doubtful_fields[name] = Phrase(
                "写明已%(act)s，而没有%(value)s：没有登记%(act)s，期限按没有%(act)s计算；请补填。",
                act=act,
                value=LABELS[day],
            )
    return doubtful_fields


def doubtful(cells: Mapping[str, object]) -> dict[str, str]:
    """Return what words of a row offices take in two ways, by column: how they were read, and how else."""
    kind = PEOPLE.sub("", "".join(reading.text(cells.get("kind")).split()))
    if kind in TRADER.split():
        return {
            "kind": Phrase(
                "“%(kind)s”按自然人登记（民法典第54条）；本机关年报把它计入商业企业的，请改写为企业。",
                kind=kind,
            )
        }
    return {}


def is_letter(word: object) -> bool:
    """Return whether the way of applying is a letter without a word on whether it was signed for."""
    return "".join(reading.text(word).split()) in LETTER.split()
