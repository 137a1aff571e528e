"""What the pictures show: figures of a year, and of five years, as charts with their tables.

Counted by legal days, from the same tallies as table 3: the year's results here are the same cases as in
its 三（七）总计.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil, floor
from typing import Any

from tracker.domain.case.channel import Channel
from tracker.domain.case.outcome import BY_CODE, OUTCOMES, Family
from tracker.models import tally
from tracker.models.reads import statistics
from tracker.models.reads.statistics import Tallied
from tracker.rendering.chart import Chart

YEARS = 5
MONTHS = [f"{month}月" for month in range(1, 13)]
BANDS = ((0, 5), (6, 10), (11, 15), (16, 20), (21, 30), (31, 40), (41, 10_000))  # working days
PERCENT = 100
MOST_HANDLERS = 20
NUMBERED = len("（一）")


def charts(agency_id: int, year: int, *, on: date, unit_scope: int | None = None) -> list[Chart]:
    """Return every picture of the year; ``on`` is today, for what is open now."""
    years = list(range(year - YEARS + 1, year + 1))
    figures = statistics.of_years(agency_id, years, unit_scope)
    open_cases = statistics.load(agency_id, unit_scope, on=on)
    names = statistics.unit_names(agency_id)
    units = [(names.get(unit_id), late, number) for unit_id, _handler, late, number in open_cases]
    handlers = [(handler, late, number) for _unit_id, handler, late, number in open_cases]
    return [
        outcomes(figures, years),
        months(figures, year),
        days(figures, year),
        in_time(figures, years),
        refusals(figures, year),
        channels(figures, year),
        load("units", "各单位在办", units, on),
        load("handlers", "各承办人在办", handlers, on),
    ]


def outcomes(figures: Tallied, years: Sequence[int]) -> Chart:
    """Draw the results of the years by the parts of table 3."""
    count: Counter[tuple[int, Family]] = Counter()
    for year in years:
        for code, number in figures[tally.OUTCOME, year].items():
            if code in BY_CODE:  # a closing day on an open case is tampering, and ``check`` says so
                count[year, BY_CODE[code].family] += number
    series = [(family.value[NUMBERED:], [count[year, family] for year in years]) for family in Family]
    return Chart("outcomes", "各年度办理结果", [f"{year}年" for year in years], series, "stacked")


def months(figures: Tallied, year: int) -> Chart:
    """Draw what was received and what ended in each month."""

    def by_month(figure: str) -> list[float]:
        return [figures[figure, year].get(f"{month:02}", 0) for month in range(1, 13)]

    series = [("新收", by_month(tally.ARRIVED)), ("办结", by_month(tally.ANSWERED))]
    return Chart("months", f"{year}年各月新收和办结", MONTHS, series)


def days(figures: Tallied, year: int) -> Chart:
    """Draw how many working days the year's results took, as a distribution."""
    by_days = figures[tally.DAYS, year]
    taken = Counter({int(key): number for key, number in by_days.items() if key.isdecimal()})
    unknown = sum(by_days.values()) - taken.total()
    values = [sum(n for d, n in taken.items() if low <= d <= high) for low, high in BANDS]
    labels = [f"{low}–{high}日" for low, high in BANDS[:-1]] + [f"{BANDS[-1][0]}日以上"]
    note = "自收到申请之日至送达，含补正、征求意见、等待缴费等不计入期限的日子。"
    if taken:
        mean = sum(day * number for day, number in taken.items()) / taken.total()
        note += f"中位数{_median(taken):g}个工作日，平均{mean:.1f}个。"
    if unknown:
        note += f"另有{unknown}件没有当年的工作日历，未计入。"
    return Chart("days", f"{year}年办理用时（工作日）", labels, [("件数", values)], note=note)


def _median(numbers: Counter[int]) -> float:
    """Return the median of values of which there are so many each."""
    below, middle = 0, (numbers.total() - 1) / 2
    held = []
    for value in sorted(numbers):
        after = below + numbers[value]
        held += [value for place in (floor(middle), ceil(middle)) if below <= place < after]
        below = after
    return sum(held) / len(held)


def in_time(figures: Tallied, years: Sequence[int]) -> Chart:
    """Draw the share of answers served within their term, of the years."""
    shares: list[float | None] = []
    year_notes = []
    for year in years:
        good, late = (figures[tally.LATENESS, year].get(key, 0) for key in (tally.IN_TIME, tally.LATE))
        shares.append(round(PERCENT * good / (good + late), 1) if good + late else None)
        year_notes.append(f"{year}年{good}／{good + late}件" if good + late else f"{year}年没有")
    note = f"按期答复数／有期限可比的答复数：{'，'.join(year_notes)}。"
    return Chart(
        "in_time",
        "按期答复率",
        [f"{year}年" for year in years],
        [("按期答复率", shares)],
        unit="%",
        note=note,
    )


def refusals(figures: Tallied, year: int) -> Chart:
    """Draw the year's reasons for refusal."""
    counts = figures[tally.OUTCOME, year]
    grounds = [outcome for outcome in OUTCOMES if outcome.family is Family.REFUSED]
    values = [counts.get(outcome.code, 0) for outcome in grounds]
    return Chart(
        "refusals", f"{year}年不予公开的理由", [o.label for o in grounds], [("件数", values)], "bars"
    )


def channels(figures: Tallied, year: int) -> Chart:
    """Draw how the year's requests came in."""
    counts = figures[tally.CHANNEL, year]
    values = [counts.get(way.value, 0) for way in Channel]
    return Chart("channels", f"{year}年申请方式", [way.label for way in Channel], [("件数", values)], "bars")


def load(key: str, title: str, open_cases: Iterable[tuple[Any, int, int]], on: date) -> Chart:
    """Draw the open cases by what they are named by, those overdue named in the note."""
    open_: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    for who, late, number in open_cases:
        name = who if isinstance(who, str) and who else "未分办"
        open_[name] += number
        overdue[name] += number if late else 0
    most = sorted(open_.items(), key=lambda each: (-each[1], each[0]))[:MOST_HANDLERS]
    late_words = "、".join(f"{name}{overdue[name]}件" for name, _n in most if overdue[name])
    note = f"截至{on.isoformat()}。" + (f"其中已超期：{late_words}。" if late_words else "没有超期。")
    labels, values = [name for name, _n in most], [number for _n, number in most]
    return Chart(key, title, labels, [("在办", values)], "bars", note=note)
