"""Pictures: well formed, every number on them, readable without colour, Chinese letters in the PNG."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

import tracker
from tracker.rendering.chart import Chart, nice, png, svg

SPACE = "{http://www.w3.org/2000/svg}"
CHARTS = [
    Chart("a", "各年 <办理> & 结果", ["2024年", "2025年"], [("公开", [3, 14]), ("不予", [0, 25])], "stacked"),
    Chart("b", "各月", [f"{m}月" for m in range(1, 13)], [("新收", range(12)), ("办结", range(12))]),
    Chart(
        "c", "理由", ["属于国家秘密", "很长很长很长很长很长很长很长很长的理由"], [("件数", [7, 0])], "bars"
    ),
    Chart("d", "按期答复率", ["2025年"], [("按期答复率", [97.5])], unit="%"),
    Chart("e", "没有", [], [("件数", [])], "bars"),
]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_a_picture_is_well_formed_and_says_its_figures_in_words(chart):
    tree = ElementTree.fromstring(svg(chart))

    assert tree.find(f"{SPACE}title").text == chart.title
    for label in chart.labels:
        assert label in tree.find(f"{SPACE}desc").text


@pytest.mark.parametrize(
    ("place", "numbers"), [(0, {"3", "39"}), (1, {"11"}), (2, {"7件", "0件"}), (3, {"97.5"})]
)
def test_numbers_stand_beside_their_bars(place, numbers):
    written = {node.text for node in ElementTree.fromstring(svg(CHARTS[place])).iter(f"{SPACE}text")}

    assert numbers <= written


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_no_bar_leaves_the_picture(chart):
    tree = ElementTree.fromstring(svg(chart))
    width, height = float(tree.get("width")), float(tree.get("height"))

    for bar in tree.iter(f"{SPACE}rect"):
        assert float(bar.get("x", 0)) + float(bar.get("width")) <= width
        assert 0 <= float(bar.get("y", 0)) <= height


@pytest.mark.parametrize(
    ("top", "end"), [(1, 4), (4, 4), (5, 8), (9, 12), (17, 20), (100, 100), (101, 200), (7730, 8000)]
)
def test_an_axis_ends_at_a_round_number(top, end):
    assert nice(top) == end


def test_the_png_is_twice_the_size_and_shows_chinese_letters():
    with_words = Image.open(io.BytesIO(png(CHARTS[2])))
    without = Image.open(io.BytesIO(png(Chart("c", " ", [" ", " "], [(" ", [7, 0])], "bars"))))

    assert with_words.width == 1520
    assert with_words.convert("L").histogram()[:100] != without.convert("L").histogram()[:100]


@pytest.mark.parametrize(
    ("names", "is_smaller"), [(("公开", "不予"), False), (("Unable to provide",) * 9, True)]
)
def test_names_of_series_that_would_not_fit_in_a_line_are_smaller(names, is_smaller):
    chart = Chart("a", "各年", ["2024年"], [(name, [1]) for name in names])

    assert ("<g transform=" in svg(chart)) is is_smaller
    assert png(chart).startswith(b"\x89PNG")


def contrast(one: str, other: str) -> float:
    """Return the ratio of contrast of two colours (WCAG 2, 1.4.11 asks for 3 between parts of a picture)."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_every_colour_of_a_picture_can_be_told_from_a_dark_page(chart):
    style = (Path(tracker.__file__).parent / "static" / "tracker.css").read_text(encoding="utf-8")
    dark = dict(re.findall(r'\.figure__picture svg \[fill="(#\w+)"\] { fill: (#\w+|var\(--\w+\)); }', style))
    (paper,) = re.findall(r"--paper: (#\w+); --ground: #12171d", style)
    drawn = {each.get("fill") for each in ElementTree.fromstring(svg(chart)).iter()} - {None, "#ffffff"}

    told = {dark.get(colour, colour) for colour in drawn}

    assert [colour for colour in told if not colour.startswith("var(") and contrast(colour, paper) < 3] == []
