"""One row of a register of letters, visits and calls: what it says, what is wrong, what is in doubt."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tracker.domain import reading
from tracker.domain.errors import message_of
from tracker.domain.exchange.contact_column import CONTACT_FIELDS
from tracker.domain.message import Phrase
from tracker.domain.register.register import read

CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:：时]([0-5]\d)")
FIRST_DAY = date(2008, 5, 1)  # 《政府信息公开条例》 (国务院令第492号) came into force
EMPTY = frozenset(["/", "\\", "-", "--", "—", "——", "无", "不详"])


def values(cells: Mapping[str, object], today: date) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the cells of a row say by field, and what is wrong in which."""
    told: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for one in CONTACT_FIELDS:
        raw = cells.get(one.name)
        blank = not one.required and reading.text(raw) in EMPTY
        try:
            told[one.name] = read(one, None if blank else raw)
        except ValueError as error:
            wrong[one.name] = message_of(error)
    if not wrong:
        told["arrived_time"] = _time(cells)
        wrong = _unlawful(told, today)
    return told, wrong


def _time(cells: Mapping[str, object]) -> str:
    """Return the time of day, from its own column or from behind the day; empty where none stands there."""
    for name in ("arrived_time", "arrived_on"):
        cell = cells.get(name)
        if isinstance(cell, datetime) and (cell.hour or cell.minute):
            return f"{cell:%H:%M}"
        if match := CLOCK.search(reading.text(cell)):
            return f"{int(match[1]):02d}:{match[2]}"
    return ""


def _unlawful(told: Mapping[str, Any], today: date) -> dict[str, str]:
    arrived_on, closed_on = told["arrived_on"], told["closed_on"]
    if not FIRST_DAY <= arrived_on <= today:
        return {
            "arrived_on": Phrase(
                "%(arrived_on)s应在%(first)s与今天（%(today)s）之间。",
                arrived_on=arrived_on,
                first=FIRST_DAY,
                today=today,
            )
        }
    if closed_on and not arrived_on <= closed_on <= today:
        return {
            "closed_on": Phrase(
                "办结日期%(closed_on)s应在来件日期（%(arrived_on)s）与今天（%(today)s）之间。",
                closed_on=closed_on,
                arrived_on=arrived_on,
                today=today,
            )
        }
    return {}


def doubts(told: Mapping[str, Any], cells: Mapping[str, object]) -> dict[str, str]:
    """Return what a person should look at in a row that is taken, by field."""
    doubtful = {}
    if told["result"] and not told["closed_on"]:
        doubtful["result"] = "有办理结果而没有办结日期：按未办结登记，请核对。"
    if told["closed_on"] and not told["triage"]:
        doubtful["closed_on"] = "已办结而没有甄别类型：按未甄别登记，请核对。"
    if (typed := reading.text(cells.get("arrived_time"))) and not told["arrived_time"]:
        doubtful["arrived_time"] = Phrase("“%(typed)s”读不出时间，没有登记时间。", typed=typed[:20])
    return doubtful
