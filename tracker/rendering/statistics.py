"""What the pictures show: figures of a year, and of five years, as charts with their tables.

Counted by legal days over the same restated columns as table 3: the year's results here are the
same cases as in its 三（七）总计.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from statistics import mean, median
from typing import Any

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case.channel import Channel
from tracker.domain.case.outcome import BY_CODE, OUTCOMES, Family
from tracker.domain.errors import UnknownYearError
from tracker.models.reads import statistics
from tracker.rendering.chart import Chart

YEARS = 5
MONTHS = [f"{month}月" for month in range(1, 13)]
BANDS = ((0, 5), (6, 10), (11, 15), (16, 20), (21, 30), (31, 40), (41, 10_000))  # working days
PERCENT = 100
MOST_HANDLERS = 20
NUMBERED = len("（一）")


def charts(
    agency_id: int, year: int, calendar: WorkCalendar, *, on: date, unit_scope: int | None = None
) -> list[Chart]:
    """Return every picture of the year; ``on`` is today, for what is open now."""
    whose = (agency_id, unit_scope)
    return [
        outcomes(*whose, year),
        months(*whose, year),
        days(*whose, year, calendar),
        in_time(*whose, year),
        refusals(*whose, year),
        channels(*whose, year),
        load(*whose, "unit_id", on),
        load(*whose, "handler", on),
    ]


def _years(year: int) -> list[int]:
    return list(range(year - YEARS + 1, year + 1))


def outcomes(agency_id: int, unit_scope: int | None, year: int) -> Chart:
    """Draw the results of five years by the parts of table 3."""
    count: Counter[tuple[int, Family]] = Counter()
    years = _years(year)
    for when, code, number in statistics.results(agency_id, years[0], years[-1], unit_scope):
        count[int(when), BY_CODE[code].family] += number
    series = [(family.value[NUMBERED:], [count[when, family] for when in years]) for family in Family]
    return Chart("outcomes", "各年度办理结果", [f"{when}年" for when in years], series, "stacked")


def months(agency_id: int, unit_scope: int | None, year: int) -> Chart:
    """Draw what was received and what ended in each month."""

    def by_month(rows: Iterable[tuple[Any, ...]]) -> list[float]:
        numbers = {int(month): number for month, number in rows}
        return [numbers.get(month, 0) for month in range(1, 13)]

    received = by_month(statistics.received_by_month(agency_id, year, unit_scope))
    answered = by_month(statistics.answered_by_month(agency_id, year, unit_scope))
    return Chart("months", f"{year}年各月新收和办结", MONTHS, [("新收", received), ("办结", answered)])


def days(agency_id: int, unit_scope: int | None, year: int, calendar: WorkCalendar) -> Chart:
    """Draw how many working days the year's results took, as a distribution."""
    taken: Counter[int] = Counter()
    unknown = 0
    for received_on, served_on, number in statistics.spans(agency_id, year, unit_scope):
        try:
            taken[calendar.count(received_on, served_on)] += number
        except UnknownYearError:
            unknown += number
    values = [sum(n for d, n in taken.items() if low <= d <= high) for low, high in BANDS]
    labels = [f"{low}–{high}日" for low, high in BANDS[:-1]] + [f"{BANDS[-1][0]}日以上"]
    every = list(taken.elements())
    note = "自收到申请之日至送达，含补正、征求意见、等待缴费等不计入期限的日子。"
    if every:
        note += f"中位数{median(every):g}个工作日，平均{mean(every):.1f}个。"
    if unknown:
        note += f"另有{unknown}件没有当年的工作日历，未计入。"
    return Chart("days", f"{year}年办理用时（工作日）", labels, [("件数", values)], note=note)


def in_time(agency_id: int, unit_scope: int | None, year: int) -> Chart:
    """Draw the share of answers served within their term, of five years."""
    count: Counter[tuple[int, int]] = Counter()
    years = _years(year)
    for when, late, number in statistics.in_time(agency_id, years[0], years[-1], unit_scope):
        count[int(when), int(late)] += number
    shares: list[float | None] = []
    year_notes = []
    for when in years:
        good, all_ = count[when, 0], count[when, 0] + count[when, 1]
        shares.append(round(PERCENT * good / all_, 1) if all_ else None)
        year_notes.append(f"{when}年{good}／{all_}件" if all_ else f"{when}年没有")
    note = f"按期答复数／有期限可比的答复数：{'，'.join(year_notes)}。"
    return Chart(
        "in_time", "按期答复率", [f"{w}年" for w in years], [("按期答复率", shares)], unit="%", note=note
    )


def refusals(agency_id: int, unit_scope: int | None, year: int) -> Chart:
    """Draw the year's reasons for refusal."""
    counts = {code: number for _when, code, number in statistics.results(agency_id, year, year, unit_scope)}
    grounds = [outcome for outcome in OUTCOMES if outcome.family is Family.REFUSED]
    values = [counts.get(outcome.code, 0) for outcome in grounds]
    return Chart(
        "refusals", f"{year}年不予公开的理由", [o.label for o in grounds], [("件数", values)], "bars"
    )


def channels(agency_id: int, unit_scope: int | None, year: int) -> Chart:
    """Draw how the year's requests came in."""
    counts: dict[str, int] = dict(statistics.channels(agency_id, year, unit_scope))
    values = [counts.get(way.value, 0) for way in Channel]
    return Chart("channels", f"{year}年申请方式", [way.label for way in Channel], [("件数", values)], "bars")


def load(agency_id: int, unit_scope: int | None, by: str, on: date) -> Chart:
    """Draw the open cases by unit or handler, those overdue named in the note."""
    names: dict[Any, str] = dict(statistics.unit_names(agency_id)) if by == "unit_id" else {}
    open_: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    for who, late, number in statistics.load(agency_id, by, unit_scope, on=on):
        name = names.get(who) or (who if isinstance(who, str) else "") or "未分办"
        open_[name] += number
        overdue[name] += number if late else 0
    most = open_.most_common(MOST_HANDLERS)
    late_words = "、".join(f"{name}{overdue[name]}件" for name, _n in most if overdue[name])
    title = "各单位在办" if by == "unit_id" else "各承办人在办"
    note = f"截至{on.isoformat()}。" + (f"其中已超期：{late_words}。" if late_words else "没有超期。")
    labels, values = [name for name, _n in most], [number for _n, number in most]
    return Chart(
        "units" if by == "unit_id" else "handlers", title, labels, [("在办", values)], "bars", note=note
    )
