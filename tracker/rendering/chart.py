"""Pictures of figures, drawn as SVG that stands alone: no script, no style sheet, no font file.

Every number is printed beside its bar, so that colour alone means nothing; the table with the same
figures stands behind each picture.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from itertools import accumulate
from typing import Any, Literal

from resvg_py import svg_to_bytes

from tracker.domain.errors import DomainError
from tracker.domain.message import Phrase, in_language

FONTS = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',SimHei,sans-serif"
COLOURS = ("#1d4e6f", "#d98e04", "#2f8f6b", "#a61b1b", "#6b5b95", "#7a8794")
INK, MUTED, LINE = "#1f2933", "#5f6c7b", "#d9e0e7"
SPACE = "http://www.w3.org/2000/svg"
WIDTH, SIZE = 760, 13  # of the picture and of its letters, in pixels
TOP, LEFT, RIGHT, FOOT = 64, 46, 16, 34
PLOT = 220  # height of standing bars
ROW = 26  # height of a lying bar's line
NAMES = 240  # width kept for the names of lying bars
LONGEST_NAME = 17  # characters of a name beside a lying bar
SCALE = 2  # pixels of a PNG for each of the picture
STEPS = 4  # lines behind standing bars
Address = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures to draw.

    series: (name, one value a label): counts or percentages, None where there is nothing to share.
    kind: ``stacked`` and ``grouped`` stand, ``bars`` lie and have one series.
    counts: what is counted, by which day, and where that is laid down.
    opens: what each number of each series counts, so that it opens its list; empty where it opens none.
    """

    key: str
    title: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    kind: Literal["stacked", "grouped", "bars"] = "grouped"
    unit: str = Phrase("件")
    note: str = ""
    counts: str = ""
    opens: Sequence[Sequence[Any]] = ()

    @property
    def is_empty(self) -> bool:
        return not any(value for _name, values in self.series for value in values)


def in_words(chart: Chart, language: str) -> Chart:
    """Return the picture with its texts in the language."""

    def said(text: str) -> str:
        return str(in_language(language, text))

    return replace(
        chart,
        title=said(chart.title),
        labels=[said(label) for label in chart.labels],
        series=[(said(name), values) for name, values in chart.series],
        unit=said(chart.unit) if language == "zh" or chart.unit == "%" else "",
        note=said(chart.note),
        counts=said(chart.counts),
    )


class NoFontError(DomainError):
    """The server has no Chinese font: a PNG would show no words."""


def svg(chart: Chart, address: Address | None = None) -> str:
    """Return the picture; with addresses, each bar leads to what it counts."""
    body, height = (_lying if chart.kind == "bars" else _standing)(chart, address or (lambda _counted: ""))
    description = "；".join(
        f"{label}：" + "、".join(f"{name}{_said(values[place], chart.unit)}" for name, values in chart.series)
        for place, label in enumerate(chart.labels)
    )
    role = "img" if address is None else "group"  # a picture holds no links
    return (
        f'<svg xmlns="{SPACE}" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="{role}" font-family="{FONTS}" font-size="{SIZE}" fill="{INK}">'
        f"<title>{escape(chart.title)}</title><desc>{escape(description)}</desc>"
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        f"{_text(LEFT, 24, chart.title, size=16, weight=600)}{body}</svg>"
    )


def png(chart: Chart) -> bytes:
    """Return the picture as PNG; raise NoFontError where no font has Chinese characters."""
    if not _has_font():
        raise NoFontError("服务器上没有中文字体，不能生成 PNG：请安装 fonts-noto-cjk，或下载 SVG。")
    return bytes(svg_to_bytes(svg_string=svg(chart), zoom=SCALE))


@cache
def _has_font() -> bool:
    """Tell whether a Chinese character leaves a mark: without a font it is left out without a word."""

    def drawn(characters: str) -> bytes:
        return bytes(
            svg_to_bytes(
                svg_string=f'<svg xmlns="{SPACE}" width="60" height="20" font-family="{FONTS}">'
                f'<text y="15">{characters}</text></svg>'
            )
        )

    return drawn("政务") != drawn("")


# -- pieces -------------------------------------------------------------------------------------


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}".removesuffix(".0")


def _said(value: float | None, unit: str) -> str:
    return _number(value) + (unit if value is not None else "")


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = SIZE, **more: object) -> str:
    fill, weight = more.get("fill", INK), more.get("weight", 400)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}">{escape(text)}</text>'
    )


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _linked(drawn: str, address: str) -> str:
    """Return what is drawn as a link; for keyboard and screen readers the same links stand in the table."""
    return f'<a href="{escape(address)}" tabindex="-1" aria-hidden="true">{drawn}</a>' if address else drawn


def _legend(names: Sequence[str]) -> str:
    """Draw the names of the series, smaller where they would not stand beside one another."""
    drawn, x = "", float(LEFT)
    for name, colour in zip(names, COLOURS, strict=False):
        drawn += _rect(x, 37, 12, 12, colour) + _text(x + 17, 48, name)
        x += 17 + SIZE * _width(name) + 18
    room = (WIDTH - LEFT - RIGHT) / max(x - 18 - LEFT, 1)
    if room >= 1:
        return drawn
    moved = f"translate({LEFT * (1 - room):.1f} {43 * (1 - room):.1f}) scale({room:.3f})"
    return f'<g transform="{moved}">{drawn}</g>'


def nice(top: float) -> float:
    """Return the end of an axis: the next round number that four steps reach."""
    size = 1
    while True:
        for round_ in (1, 2, 3 if size == 1 else 2.5, 5):
            if top <= round_ * size * STEPS:
                return round_ * size * STEPS
        size *= 10


def _plain(values: Sequence[float | None]) -> list[float]:
    return [value or 0.0 for value in values]


def _standing(chart: Chart, address: Address) -> tuple[str, int]:
    tops = [
        sum(_plain(v)) if chart.kind == "stacked" else max(_plain(v))
        for v in zip(*(s[1] for s in chart.series), strict=True)
    ]
    end = nice(max([1.0, *tops]))
    width = (WIDTH - LEFT - RIGHT) / max(1, len(chart.labels))
    drawn = _legend([name for name, _values in chart.series]) if len(chart.series) > 1 else ""
    for step in range(STEPS + 1):
        y = TOP + PLOT - PLOT * step / STEPS
        drawn += f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE}"/>'
        drawn += _text(LEFT - 6, y + 4, _number(end * step / STEPS), anchor="end", size=11, fill=MUTED)
    for place, label in enumerate(chart.labels):
        left = LEFT + place * width
        values = [series[1][place] for series in chart.series]
        links = [address(of[place]) for of in chart.opens] or [""] * len(values)
        drawn += (_stack if chart.kind == "stacked" else _group)(values, left, width, PLOT / end, links)
        drawn += _text(left + width / 2, TOP + PLOT + 20, label, anchor="middle")
    return drawn, TOP + PLOT + FOOT


def _stack(
    given: Sequence[float | None], left: float, width: float, scale: float, links: Sequence[str]
) -> str:
    values = _plain(given)
    bar, drawn = min(56.0, width * 0.6), ""
    x = left + (width - bar) / 2
    for value, top, colour, link in zip(values, accumulate(values), COLOURS, links, strict=False):
        y = TOP + PLOT - top * scale
        drawn += _linked(_rect(x, y, bar, value * scale, colour), link) if value else ""
        if value * scale >= SIZE + 2:
            drawn += _text(
                x + bar / 2, y + value * scale / 2 + 5, _number(value), anchor="middle", fill="#ffffff"
            )
    total = sum(values)
    return drawn + _text(
        x + bar / 2, TOP + PLOT - total * scale - 5, _number(total), anchor="middle", weight=600
    )


def _group(
    values: Sequence[float | None], left: float, width: float, scale: float, links: Sequence[str]
) -> str:
    bar, drawn = min(40.0, width * 0.8 / len(values)), ""
    x = left + (width - bar * len(values)) / 2
    for place, (value, colour, link) in enumerate(zip(values, COLOURS, links, strict=False)):
        tall = (value or 0) * scale
        y = TOP + PLOT - tall
        drawn += _linked(_rect(x + place * bar, y, bar - 2, tall, colour), link if value else "")
        drawn += _text(x + place * bar + bar / 2 - 1, y - 4, _number(value), anchor="middle", size=11)
    return drawn


def _width(text: str) -> float:
    """Return how wide a text is, in Chinese characters."""
    return sum(1 if unicodedata.east_asian_width(sign) in "WF" else 0.55 for sign in text)


def _shortened(label: str) -> str:
    """Return a label that fits beside its bar."""
    short = label
    while _width(short) > LONGEST_NAME:
        short = short[:-1]
    return label if short == label else f"{short[:-1]}…"


def _lying(chart: Chart, address: Address) -> tuple[str, int]:
    values = _plain(chart.series[0][1])
    most = max([1.0, *values])
    room = WIDTH - NAMES - RIGHT - 60
    drawn = ""
    for place, (label, value) in enumerate(zip(chart.labels, values, strict=True)):
        y = 44 + place * ROW
        name = _shortened(label)
        drawn += _text(NAMES - 8, y + 15, name, anchor="end")
        link = address(chart.opens[0][place]) if chart.opens and value else ""
        drawn += _linked(_rect(NAMES, y + 3, room * value / most, ROW - 9, COLOURS[0]), link)
        drawn += _text(NAMES + room * value / most + 6, y + 15, f"{_number(value)}{chart.unit}")
    return drawn, 44 + len(chart.labels) * ROW + 12
