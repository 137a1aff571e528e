"""What the pictures show: figures of a year, and of five years, as charts with their tables.

Counted by legal days, from the same tallies as table 3: the year's results here are the same cases as in
its 三（七）总计. Every number says which cases it counts (``models.reads.counted``) and opens their list.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil, floor

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.outcome import BY_CODE, OUTCOMES, Family
from tracker.domain.message import Phrase, joined, worded
from tracker.models import tally
from tracker.models.reads import statistics
from tracker.models.reads.counted import OPEN, Counted
from tracker.models.reads.statistics import Tallied
from tracker.rendering.chart import Chart

YEARS = 5
NAMES = [worded(f"{month}月") for month in range(1, 13)]
MONTHS = [f"{month:02}" for month in range(1, 13)]
QUARTERS = [worded(f"第{name}季度") for name in "一二三四"]
BANDS = ((0, 5), (6, 10), (11, 15), (16, 20), (21, 30), (31, 40), (41, 10_000))  # working days
PERCENT = 100
MOST_HANDLERS = 20
NUMBERED = len("（一）")
SHORT = {family: worded(family.value[NUMBERED:]) for family in Family}
NOBODY = worded("未分办")
RECEIVED_BY = worded("本年新收，按收到申请之日（条例第31条；与表三第一项同一口径）。作废的不计。")
ENDED_BY = worded(
    "本年办结，按办结之日（送达日期；实务，可在设置中改为落款日期；与表三第三项（七）总计同一口径）。"
)


def charts(agency_id: int, year: int, *, on: date, unit_scope: int | None = None) -> list[Chart]:
    """Return every picture of the year; ``on`` is today, for what is open now."""
    years = list(range(year - YEARS + 1, year + 1))
    figures = statistics.of_years(agency_id, years, unit_scope)
    open_cases = statistics.load(agency_id, unit_scope, on=on)
    names = statistics.unit_names(agency_id)
    units = [(str(unit_id or ""), late, number) for unit_id, _handler, late, number in open_cases]
    handlers = [
        ((handler or "")[: tally.LONGEST], late, number) for _unit_id, handler, late, number in open_cases
    ]
    drawn = [each for each in years if any(figures[figure, each] for figure in statistics.OF_YEARS)]
    return [
        outcomes(figures, drawn),
        flow(figures, drawn),
        in_time(figures, drawn),
        lateness(figures, drawn),
        months(figures, year),
        quarters(figures, year),
        beside(figures, year),
        days(figures, year),
        refusals(figures, year),
        channels(figures, year),
        kinds(figures, year),
        of_units(statistics.of_units(agency_id, year, unit_scope), names, year),
        of_handlers(figures, year),
        load("units", Phrase("各单位在办"), units, on, names),
        load("handlers", Phrase("各承办人在办"), handlers, on),
    ]


def _years(years: Sequence[int]) -> list[str]:
    return [Phrase("%(year)s年", year=year) for year in years]


def outcomes(figures: Tallied, years: Sequence[int]) -> Chart:
    """Draw the results of the years by the parts of table 3."""
    count: Counter[tuple[int, Family]] = Counter()
    for year in years:
        for code, number in figures[tally.OUTCOME, year].items():
            if code in BY_CODE:  # a closing day on an open case is tampering, and ``check`` says so
                count[year, BY_CODE[code].family] += number
    codes = {family: tuple(o.code for o in OUTCOMES if o.family is family) for family in Family}
    return Chart(
        "outcomes", Phrase("各年度办理结果"), _years(years),
        [(SHORT[family], [count[year, family] for year in years]) for family in Family],
        "stacked", counts=ENDED_BY,
        opens=[[Counted(tally.OUTCOME, year, codes[family]) for year in years] for family in Family],
    )  # fmt: skip


def flow(figures: Tallied, years: Sequence[int]) -> Chart:
    """Draw what was received and what ended in the years, year beside year."""
    return _flow("years", Phrase("各年度新收和办结"), figures, _years(years), [(year, ()) for year in years])


def months(figures: Tallied, year: int) -> Chart:
    """Draw what was received and what ended in each month."""
    places = [(year, (month,)) for month in MONTHS]
    return _flow("months", Phrase("%(year)s年各月新收和办结", year=year), figures, NAMES, places)


def quarters(figures: Tallied, year: int) -> Chart:
    """Draw what was received and what ended in each quarter."""
    places = [(year, tuple(MONTHS[first : first + 3])) for first in range(0, 12, 3)]
    return _flow("quarters", Phrase("%(year)s年各季度新收和办结", year=year), figures, QUARTERS, places)


def _flow(
    key: str,
    title: str,
    figures: Tallied,
    labels: Sequence[str],
    places: Sequence[tuple[int, tuple[str, ...]]],
) -> Chart:
    of = {Phrase("新收"): tally.ARRIVED, Phrase("已办结"): tally.ANSWERED}
    return Chart(
        key, title, labels,
        [(name, [_sum(figures[figure, year], keys) for year, keys in places]) for name, figure in of.items()],
        counts=joined([RECEIVED_BY, ENDED_BY]),
        opens=[[Counted(figure, year, keys) for year, keys in places] for figure in of.values()],
    )  # fmt: skip


def _sum(numbers: dict[str, int], keys: Sequence[str]) -> int:
    return sum(number for key, number in numbers.items() if not keys or key in keys)


def beside(figures: Tallied, year: int) -> Chart:
    """Draw what was received in each month beside the same month of the year before."""
    years = [each for each in (year - 1, year) if figures[tally.ARRIVED, each]]
    return Chart(
        "beside", Phrase("各月新收：%(year)s年与上年", year=year), NAMES,
        [
            (name, [figures[tally.ARRIVED, each].get(month, 0) for month in MONTHS])
            for name, each in zip(_years(years), years, strict=True)
        ],
        counts=RECEIVED_BY,
        opens=[[Counted(tally.ARRIVED, each, (month,)) for month in MONTHS] for each in years],
    )  # fmt: skip


def days(figures: Tallied, year: int) -> Chart:
    """Draw how many working days the year's results took, as a distribution."""
    by_days = figures[tally.DAYS, year]
    taken = Counter({int(key): number for key, number in by_days.items() if key.isdecimal()})
    unknown = sum(by_days.values()) - taken.total()
    values = [sum(n for d, n in taken.items() if low <= d <= high) for low, high in BANDS]
    labels = [Phrase("%(low)s–%(high)s日", low=low, high=high) for low, high in BANDS[:-1]]
    labels.append(Phrase("%(low)s日以上", low=BANDS[-1][0]))
    notes = []
    if taken:
        mean = sum(day * number for day, number in taken.items()) / taken.total()
        notes.append(
            Phrase(
                "中位数%(median)s个工作日，平均%(mean)s个。",
                median=f"{_median(taken):g}",
                mean=f"{mean:.1f}",
            )
        )
    if unknown:
        notes.append(Phrase("另有%(count)s件没有当年的工作日历，未计入。", count=unknown))
    return Chart(
        "days", Phrase("%(year)s年办理用时（工作日）", year=year), labels, [(Phrase("件数"), values)],
        note=joined(notes),
        counts=joined([
            ENDED_BY, Phrase("自收到申请之日至送达，含补正、征求意见、等待缴费等不计入期限的日子。"),
        ]),
        opens=[[Counted(tally.DAYS, year, (str(low), str(high))) for low, high in BANDS]],
    )  # fmt: skip


def _median(numbers: Counter[int]) -> float:
    """Return the median of values of which there are so many each."""
    below, middle = 0, (numbers.total() - 1) / 2
    held = []
    for value in sorted(numbers):
        after = below + numbers[value]
        held += [value for place in (floor(middle), ceil(middle)) if below <= place < after]
        below = after
    return sum(held) / len(held)


MEASURED_BY = worded(
    "本年办结而有答复期限可比的，送达之日不晚于期限的为按期（条例第33条；国办公开办函〔2016〕235号）。"
)


def in_time(figures: Tallied, years: Sequence[int]) -> Chart:
    """Draw the share of answers served within their term, of the years."""
    shares: list[float | None] = []
    year_notes = []
    for year in years:
        good, late = (figures[tally.LATENESS, year].get(key, 0) for key in (tally.IN_TIME, tally.LATE))
        shares.append(round(PERCENT * good / (good + late), 1) if good + late else None)
        told = Phrase("%(year)s年%(good)s／%(all)s件", year=year, good=good, all=good + late)
        year_notes.append(told if good + late else Phrase("%(year)s年没有", year=year))
    note = Phrase("按期答复数／有期限可比的答复数：%(years)s。", years=joined(year_notes, "，"))
    return Chart(
        "in_time", Phrase("按期答复率"), _years(years), [(Phrase("按期答复率"), shares)],
        unit="%", note=note, counts=MEASURED_BY,
        opens=[[Counted(tally.LATENESS, year, (tally.IN_TIME,)) for year in years]],
    )  # fmt: skip


def lateness(figures: Tallied, years: Sequence[int]) -> Chart:
    """Draw how many answers were served in time and late, of the years."""
    of = {Phrase("按期"): tally.IN_TIME, Phrase("超期"): tally.LATE}
    return Chart(
        "lateness", Phrase("各年度按期和超期答复"), _years(years),
        [(name, [figures[tally.LATENESS, year].get(key, 0) for year in years]) for name, key in of.items()],
        "stacked", counts=MEASURED_BY,
        opens=[[Counted(tally.LATENESS, year, (key,)) for year in years] for key in of.values()],
    )  # fmt: skip


def refusals(figures: Tallied, year: int) -> Chart:
    """Draw the year's reasons for refusal."""
    grounds = {o.code: o.label for o in OUTCOMES if o.family is Family.REFUSED}
    title = Phrase("%(year)s年不予公开的理由", year=year)
    return _bars("refusals", title, figures, (tally.OUTCOME, year), grounds, ENDED_BY)


def channels(figures: Tallied, year: int) -> Chart:
    """Draw how the year's requests came in."""
    title = Phrase("%(year)s年申请方式", year=year)
    names = {way.value: way.label for way in Channel}
    return _bars("channels", title, figures, (tally.CHANNEL, year), names, RECEIVED_BY)


def kinds(figures: Tallied, year: int) -> Chart:
    """Draw who asked in the year, as table 3 tells applicants apart."""
    title = Phrase("%(year)s年申请人类型", year=year)
    names = {kind.value: kind.label for kind in ApplicantKind}
    return _bars("kinds", title, figures, (tally.KIND, year), names, RECEIVED_BY)


def of_handlers(figures: Tallied, year: int) -> Chart:
    """Draw the year's results by who had the case."""
    counts = figures[tally.HANDLER, year]
    most = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_HANDLERS]
    title = Phrase("%(year)s年各承办人办结", year=year)
    names = {key: key or NOBODY for key, _number in most}
    return _bars("by_handler", title, figures, (tally.HANDLER, year), names, ENDED_BY)


def _bars(
    key: str, title: str, figures: Tallied, of: tuple[str, int], names: dict[str, str], counts: str
) -> Chart:
    values = [figures[of].get(each, 0) for each in names]
    opens = [[Counted(*of, (each,)) for each in names]]
    series = [(Phrase("件数"), values)]
    return Chart(key, title, list(names.values()), series, "bars", counts=counts, opens=opens)


def of_units(numbers: dict[str, dict[int, int]], names: dict[int, str], year: int) -> Chart:
    """Draw what the units received and closed in the year."""
    of = {Phrase("新收"): tally.ARRIVED, Phrase("已办结"): tally.ANSWERED}
    units = sorted(
        {unit for by_unit in numbers.values() for unit in by_unit}, key=lambda unit: (not unit, unit)
    )
    return Chart(
        "by_unit", Phrase("%(year)s年各单位新收和办结", year=year),
        [names.get(unit, "") or NOBODY for unit in units],
        [(name, [numbers[figure].get(unit, 0) for unit in units]) for name, figure in of.items()],
        counts=joined([RECEIVED_BY, ENDED_BY, Phrase("按现在的承办单位。")]),
        opens=[[Counted(figure, year, unit=str(unit or "")) for unit in units] for figure in of.values()],
    )  # fmt: skip


def load(
    key: str,
    title: str,
    open_cases: Iterable[tuple[str, int, int]],
    on: date,
    names: dict[int, str] | None = None,
) -> Chart:
    """Draw the open cases by what they are named by, those overdue named in the note."""
    open_: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    for who, late, number in open_cases:
        open_[who] += number
        overdue[who] += number if late else 0
    most = sorted(open_.items(), key=lambda each: (-each[1], each[0]))[:MOST_HANDLERS]
    shown = {
        who: (names.get(int(who), "") if names is not None and who else who) or NOBODY for who, _n in most
    }
    late_words = [
        Phrase("%(name)s%(count)s件", name=shown[who], count=overdue[who]) for who, _n in most if overdue[who]
    ]
    told = (
        Phrase("其中已超期：%(names)s。", names=joined(late_words, "、"))
        if late_words
        else Phrase("没有超期。")
    )
    opens = [
        Counted(OPEN, on.year, unit=who) if names is not None else Counted(OPEN, on.year, handler=who)
        for who in shown
    ]
    return Chart(
        key, title, list(shown.values()), [(Phrase("在办"), [number for _n, number in most])], "bars",
        note=joined([Phrase("截至%(on)s。", on=on.isoformat()), told]),
        counts=Phrase("今天还没有办结的，已登记收到日期（答复期限：条例第33条）。"), opens=[opens],
    )  # fmt: skip
