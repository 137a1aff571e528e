"""Pictures of figures on pages: in the reader's language, each number an address of its cases."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from tracker.models.reads.counted import ANY, Counted
from tracker.now import today
from tracker.rendering import chart, statistics
from tracker.rendering.chart import Chart
from tracker.web.guard import current_actor, unit_scope
from tracker.web.page import link
from tracker.web.page.language import language

BETWEEN = ","  # keys in an address


# The pictures that stand in the report of a year.
IN_REPORT = ("outcomes", "in_time", "months", "days", "refusals", "channels", "kinds")


def charts(year: int, keys: Sequence[str] = ()) -> list[Chart]:
    """Return the pictures of the year that the reader may see, or some of them."""
    made = statistics.charts(current_actor().agency_id, year, on=today(), unit_scope=unit_scope())
    return [chart.in_words(each, language()) for each in made if not keys or each.key in keys]


def address(wanted: Counted) -> str:
    """Return the address of the list of what a number counts."""
    asked = {"unit": wanted.unit, "handler": wanted.handler}
    narrowed: dict[str, Any] = {name: value for name, value in asked.items() if value != ANY}
    if wanted.keys:
        narrowed["keys"] = BETWEEN.join(wanted.keys)
    path = link.url_for("statistics.cases", year=wanted.year, figure=wanted.figure)
    return f"{path}?{urlencode(narrowed)}" if narrowed else path
