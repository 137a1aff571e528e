"""The registers behind the report (登记簿): what each asks for, in one table.

Read by the forms, the lists, the import from and the export to Excel, and the history of a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from tracker.domain import money, reading
from tracker.domain.message import Phrase, Spoken, joined
from tracker.domain.money import FEN_OF_WAN

Words = Mapping[str, str]
SEPARATORS = "、，,;；\n"


@dataclass(frozen=True, slots=True)
class Field(Spoken):
    """One column of a register.

    kind:     text, area, day, whole, wan (万元), year, month, choice, media, unit.
    words:    of a choice, by code; ``also``: other words that mean one of them; ``known``: the code of each.
    reviewed: belongs to the review (第17条): written by a reviewer or the head alone.
    default:  what an empty cell means.
    headings: other words that offices have over the column, parted by blanks: an import takes it by them.
              Gathered from public systems, forms, catalogues and from practice; none is law.
    doubtful: words over it that may mean something else, with what: taken, and said each time.
    """

    SILENT: ClassVar[tuple[str, ...]] = ("headings", "also", "doubtful")

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    words: Words = field(default_factory=dict)
    also: Words = field(default_factory=dict)
    hint: str = ""
    listed: bool = False
    reviewed: bool = False
    default: str = ""
    group: str = ""
    longest: int = 300
    headings: str = ""
    doubtful: Words = field(default_factory=dict)
    known: Words = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        Spoken.__post_init__(self)
        object.__setattr__(self, "known", reading.choices(self.words, self.also))


NOTE = Field("note", "备注", "area", longest=2000, headings="说明")
UNIT = Field(
    "unit",
    "承办单位",
    "unit",
    listed=True,
    headings=(
        "科室 承办科室 单位 责任单位 部门 来源单位 责任科室 办理科室 办理单位 受理科室 "
        "主办科室 承办部门 责任部门 主办单位 牵头科室"
    ),
)


@dataclass(frozen=True, slots=True)
class Register(Spoken):
    """A register. ``day``: the field whose year a row belongs to; ``identity``: what tells rows apart."""

    name: str
    title: str
    feeds: str
    law: str
    fields: tuple[Field, ...]
    day: str
    identity: tuple[str, ...]
    searched: tuple[str, ...]
    called: str  # the field that a row is called by
    hint: str = ""
    unique: bool = False  # no two rows of one identity

    def field(self, name: str) -> Field:
        """Return the field of that name."""
        return next(one for one in self.fields if one.name == name)

    @property
    def listed(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.listed)

    @property
    def reviewed(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.reviewed)


# -- values -----------------------------------------------------------------------------------------


def empty(one: Field) -> Any:
    """Return what a field holds where nothing was typed."""
    if one.kind in ("whole", "wan"):
        return 0
    if one.kind == "day":
        return None
    if one.kind == "month":
        return int(one.default)
    return [] if one.kind == "media" else one.default


def read(one: Field, raw: object) -> Any:
    """Return the value of a field from what was typed or stands in a cell.

    Raises ValueError with the words for a clerk.
    """
    text = reading.text(raw)
    if not text:
        if one.required and not one.default:
            raise ValueError(Phrase("请填写%(label)s。", label=one.label))
        return empty(one)
    try:
        return _read(one, raw, text)
    except (ValueError, OverflowError) as error:
        raise ValueError(_problem(one, text)) from error


def _read(one: Field, raw: object, text: str) -> Any:
    if one.kind == "day":
        return reading.day(raw)
    if one.kind == "whole":
        return reading.whole(raw)
    if one.kind == "year":
        return reading.year(raw)
    if one.kind == "wan":
        return reading.fen_of_wan(raw)
    if one.kind in ("choice", "month"):
        code = reading.choice(raw, one.known)
        return int(code) if one.kind == "month" else code
    if one.kind == "media":
        return reading.names(text, SEPARATORS)
    if len(text) > one.longest:
        raise ValueError
    return text


def _problem(one: Field, text: str) -> str:
    shown = text if len(text) <= 20 else text[:20] + "…"  # noqa: PLR2004  (of a message)
    problems = {
        "day": Phrase("“%(shown)s”不是有效日期，请按 2026-03-02 的样子填写。", shown=shown),
        "whole": Phrase("“%(shown)s”应为0或正整数。", shown=shown),
        "year": Phrase("“%(shown)s”不是年份，请按 2026 的样子填写。", shown=shown),
        "wan": Phrase("“%(shown)s”应为金额（万元），最多六位小数（即到分）。", shown=shown),
    }
    if one.words:
        return Phrase(
            "“%(shown)s”不是可选的%(label)s：%(names)s。",
            shown=shown,
            label=one.label,
            names=joined(one.words.values(), "、"),
        )
    return problems.get(
        one.kind,
        Phrase(
            "%(label)s不能超过%(longest)s个字。",
            label=one.label,
            longest=one.longest,
        ),
    )


def shown(one: Field, value: Any) -> str:
    """Return a value as a person reads and types it."""
    if value in (None, "", []):
        return ""
    if one.words:
        return one.words.get(str(value), str(value))
    if one.kind == "wan":
        return money.wan_yuan(value)
    if one.kind == "media":
        return "、".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def typed(one: Field, value: Any) -> str:
    """Return a value as the form holds it: a choice by its code."""
    return str(value) if one.words else shown(one, value)


def cell(one: Field, value: Any) -> Any:
    """Return a value as a spreadsheet holds it: days as days, numbers as numbers."""
    if one.kind == "wan":
        return Decimal(value) / FEN_OF_WAN
    return value if isinstance(value, date | int) and not one.words else shown(one, value)
