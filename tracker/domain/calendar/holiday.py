"""Holidays as data: the notices that move working days, and the statutory days.

The package files under ``data/workdays`` transcribe the notices, one file a year, and hold the
statutory days (放假办法第2条) of the years after the last of them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice that moves working days.

    number:       文号, None where it is not known.
    year:         the year it arranges; its days may reach into the year before or after.
    published_on: the day it bears (成文日期); where unknown it counts as 1 January of ``year``,
                  which is after the notice that arranges the year as a whole.
    off:          each day off, weekend days of a holiday included, and the holiday's name.
    work:         weekend days worked instead.
    annual:       it arranges the whole year and so makes it a published one. False for a notice
                  that lengthens or moves one holiday, and for local holidays (放假办法第4条).
    made_up:      the holiday that a worked weekend day makes up for, where it is known.
    local:        a local holiday: it adds to the State Council's notices and is replaced by none.
    """

    title: str
    year: int
    off: Mapping[date, str]
    work: frozenset[date]
    number: str | None = None
    published_on: date | None = None
    annual: bool = True
    made_up: Mapping[date, str] = field(default_factory=dict)
    local: bool = False

    def replaces(self, other: "Notice", holiday: str) -> bool:
        """Return whether an earlier notice's arrangement of a holiday gives way to this one.

        A notice of the whole year replaces the year; one that arranges a holiday anew replaces that
        holiday, its make-up days too. One that lengthens a holiday adds to it.
        """
        if self.local or other.local or self.year != other.year or LENGTHENS in self.title:
            return False
        arranged = {name for names in (*self.off.values(), *self.made_up.values()) for name in _each(names)}
        return self.annual or (bool(holiday) and set(_each(holiday)) <= arranged)

    @property
    def citation(self) -> str:
        """Title and, where known, number: as a letter quotes it."""
        return f"{self.title}（{self.number}）" if self.number else self.title

    @property
    def order(self) -> date:
        """The day by which notices are put in order, the later winning."""
        return self.published_on or date(self.year, 1, 1)


LENGTHENS = "延长"


def _each(names: str) -> list[str]:
    """Return the holidays of an arrangement of several: 中秋节、国庆节."""
    return names.split("、")


@cache
def shipped_notices() -> tuple[Notice, ...]:
    """Return the notices that ``data/workdays/YEAR.toml`` transcribe, one file a year."""
    folder = files("tracker.domain.calendar") / "data" / "workdays"
    years = sorted(entry.name for entry in folder.iterdir() if entry.name[:1].isdigit())
    tables = [tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in years]
    return tuple(_notice(entry) for table in tables for entry in table["notice"])


@cache
def shipped_statutory_days() -> Mapping[int, Mapping[date, str]]:
    """Return the days of 放假办法第2条 by year, of the years after the last shipped notice."""
    path = files("tracker.domain.calendar") / "data" / "workdays" / "statutory.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {int(year): _named(holidays) for year, holidays in table.items()}


def _named(holidays: dict[str, list[date]]) -> dict[date, str]:
    """Turn holiday → days into day → holiday; a day of two bears both names (中秋节、国庆节)."""
    named: dict[date, str] = {}
    for name, days in holidays.items():
        named |= {day: f"{named[day]}、{name}" if day in named else name for day in days}
    return named


def _notice(entry: dict[str, Any]) -> Notice:
    holidays = entry["holiday"]
    return Notice(
        title=entry["title"],
        year=entry["year"],
        off={day: holiday["name"] for holiday in holidays for day in holiday["off"]},
        work=frozenset(day for holiday in holidays for day in holiday.get("work", ())),
        number=entry.get("number"),
        published_on=entry.get("published_on"),
        annual=entry.get("annual", True),
        made_up={day: holiday["name"] for holiday in holidays for day in holiday.get("work", ())},
    )
