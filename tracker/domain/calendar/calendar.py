"""Working days of the People's Republic of China (工作日).

Monday to Friday, less the days off and plus the make-up days (调休上班) of the notices
《国务院办公厅关于××年部分节假日安排的通知》. A year is the sum of its notices in the order of
their dates, the later winning: one of the whole year replaces the year, one that arranges a holiday
anew replaces that holiday. A year whose own notice has not come is provisional (暂定):
weekends and the statutory days of 《全国年节及纪念日放假办法》第2条 alone, nothing moved or
compensated. Any other year is unknown and refused, never taken for plain Monday to Friday.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Literal, TypeAlias

from tracker.domain.calendar.holiday import Notice, shipped_notices, shipped_statutory_days
from tracker.domain.errors import UnknownYearError

__all__ = [
    "Notice",
    "Reason",
    "Status",
    "WorkCalendar",
    "shipped",
    "shipped_notices",
    "shipped_statutory_days",
]

SATURDAY = 5
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
MADE_UP = "调休上班"
STATUTE = "全国年节及纪念日放假办法（2024年修订）第二条"

Status: TypeAlias = Literal["published", "provisional"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a day is worked or not: the holiday, weekday or 调休上班, and the text that says so."""

    works: bool
    name: str
    source: str | None = None

    def __str__(self) -> str:
        return f"{self.name}（{self.source}）" if self.source else self.name


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of the years that are known. Made by ``from_notices``."""

    notices: tuple[Notice, ...]
    published: frozenset[int]
    provisional: frozenset[int]
    statutory: Mapping[int, Mapping[date, str]] = field(repr=False)
    _reasons: Mapping[date, Reason] = field(repr=False)
    _work: tuple[date, ...] = field(repr=False)
    _passed: Mapping[date, int] = field(repr=False)  # how many of those there are up to each known day
    _named: tuple[date, ...] = field(repr=False)  # the days of the reasons, in order

    @classmethod
    def from_notices(
        cls, notices: Iterable[Notice], statutory: Mapping[int, Mapping[date, str]]
    ) -> "WorkCalendar":
        """Sum the notices, in any order given, over the statutory days of unpublished years.

        statutory: year → its statutory days with the holiday's name (放假办法第2条). A year is
                   known if it is here or has an annual notice.
        """
        ordered = tuple(sorted(notices, key=lambda notice: notice.order))
        published = frozenset(notice.year for notice in ordered if notice.annual)
        provisional = frozenset(statutory) - published
        reasons: dict[date, Reason] = {}
        for year in provisional:
            reasons |= {day: Reason(False, name, STATUTE) for day, name in statutory[year].items()}
        owners: dict[date, tuple[Notice, str]] = {}
        for notice in ordered:
            gone = [day for day, (other, holiday) in owners.items() if notice.replaces(other, holiday)]
            for day in gone:
                del reasons[day], owners[day]
            owners |= {day: (notice, name) for day, name in notice.off.items()}
            owners |= {day: (notice, notice.made_up.get(day, "")) for day in notice.work}
            reasons |= {day: Reason(False, name, notice.title) for day, name in notice.off.items()}
            reasons |= {day: Reason(True, MADE_UP, notice.title) for day in notice.work}
        work: list[date] = []
        passed: dict[date, int] = {}
        for day in (day for year in sorted(published | provisional) for day in _every_day(year)):
            reason = reasons.get(day)
            if day.weekday() < SATURDAY if reason is None else reason.works:
                work.append(day)
            passed[day] = len(work)
        named = tuple(sorted(reasons))
        return cls(ordered, published, provisional, statutory, reasons, tuple(work), passed, named)

    def with_notice(self, notice: Notice) -> "WorkCalendar":
        """Return this calendar with one notice more."""
        return WorkCalendar.from_notices((*self.notices, notice), self.statutory)

    def is_working_day(self, day: date) -> bool:
        """Tell whether the day is worked; raise UnknownYearError outside the known years."""
        self._require(day.year)
        reason = self._reasons.get(day)
        return day.weekday() < SATURDAY if reason is None else reason.works

    def add(self, day: date, n: int) -> date:
        """Return the n-th working day after ``day``, which is not counted itself (民法典第201条).

        n: 1 or more. Raises UnknownYearError where the count meets a year that is not known.
        """
        if n < 1:
            raise ValueError(n)
        passed = self._passed.get(day)
        if passed is None:
            raise UnknownYearError(day.year)
        if passed + n > len(self._work):
            raise UnknownYearError(max(self.published | self.provisional) + 1)
        working_day = self._work[passed + n - 1]
        if working_day.year > day.year + 1:
            self._require(*range(day.year + 1, working_day.year))
        return working_day

    def count(self, after: date, until: date) -> int:
        """Return the number of working days later than ``after`` up to and including ``until``.

        Negative where ``until`` is the earlier: minus the working days after it up to ``after``.
        Raises UnknownYearError where a year from the one to the other is not known.
        """
        first, last = (after, until) if after <= until else (until, after)
        if first.year != last.year or first not in self._passed:
            self._require(*range(first.year, last.year + 1))
        return self._passed[until] - self._passed[after]

    def status(self, year: int) -> Status:
        """Return ``published`` once the year's own notice is known, else ``provisional`` (暂定)."""
        self._require(year)
        return "published" if year in self.published else "provisional"

    def is_provisional(self, day: date) -> bool:
        """Tell whether the day lies in a year whose notice has not come."""
        if day.year in self.published:
            return False
        self._require(day.year)
        return True

    def why(self, day: date) -> Reason | None:
        """Say why the day is a rest day or a make-up day; None for an ordinary working day."""
        self._require(day.year)
        if day in self._reasons:
            return self._reasons[day]
        return Reason(False, WEEKDAYS[day.weekday()]) if day.weekday() >= SATURDAY else None

    def named(self, after: date, until: date) -> Iterator[tuple[date, Reason]]:
        """Yield the days of holidays and the make-up days later than ``after`` up to ``until``, in order."""
        for day in self._named[bisect_right(self._named, after) : bisect_right(self._named, until)]:
            yield day, self._reasons[day]

    def off_days(self, year: int) -> tuple[date, ...]:
        """Days off by name of a holiday, in order, its weekend days included."""
        return self._days(year, works=False)

    def work_days(self, year: int) -> tuple[date, ...]:
        """Make-up days (调休上班), in order."""
        return self._days(year, works=True)

    def sources(self, year: int) -> tuple[str, ...]:
        """Name what the year rests on: the statute, its notices and a neighbour's that reach in."""
        self._require(year)
        statute = (STATUTE,) if year in self.provisional else ()
        return statute + tuple(notice.citation for notice in self.notices if _touches(notice, year))

    def changed_days(self, after: "WorkCalendar") -> tuple[date, ...]:
        """Return the days that the other calendar works, rests or holds provisional unlike this one."""
        years = self.published | self.provisional | after.published | after.provisional
        ours, theirs = frozenset(self._work), frozenset(after._work)
        days = set(ours ^ theirs)
        for year in years:
            if (year in self.published) != (year in after.published):
                days.add(date(year, 1, 1))
        return tuple(sorted(days))

    def says_the_same(self, after: "WorkCalendar") -> bool:
        """Tell whether the other calendar works and names every day as this one does."""
        named = {day: (r.works, r.name) for day, r in self._reasons.items()}
        others = {day: (r.works, r.name) for day, r in after._reasons.items()}
        return not self.changed_days(after) and named == others

    def _days(self, year: int, *, works: bool) -> tuple[date, ...]:
        self._require(year)
        days = (day for day, reason in self._reasons.items() if reason.works == works)
        return tuple(sorted(day for day in days if day.year == year))

    def _require(self, *years: int) -> None:
        for year in years:
            if year not in self.published and year not in self.provisional:
                raise UnknownYearError(year)


def _touches(notice: Notice, year: int) -> bool:
    return notice.year == year or any(day.year == year for day in (*notice.off, *notice.work))


@cache
def _every_day(year: int) -> tuple[date, ...]:
    first = date(year, 1, 1)
    return tuple(first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days))


@cache
def shipped() -> WorkCalendar:
    """Return the calendar of the package files: the notices as published, eight years ahead."""
    return WorkCalendar.from_notices(shipped_notices(), shipped_statutory_days())
