"""What is wrong with the looks of a page: axe's findings, what overflows, what a screen reader misses."""

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page
from werkzeug.routing import Map

HEIGHT = 900
WIDTHS = (1280, 390, 1920)
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# The heads of lists are kept by an observer, which is told of a new width with the next frame.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
WIDE = "() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"
# Beside axe's rules: each table has a name, and its heads say whether they stand over a column or before a row.
MORE = """() => {
  const found = [];
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  for (const table of document.querySelectorAll("main table")) {
    if (!table.caption && !table.getAttribute("aria-label")) found.push("a table without a name");
    const head = [...table.querySelectorAll("th:not([scope])")].find((cell) => cell.textContent.trim());
    if (head) found.push(`a head without scope: ${head.textContent.trim()}`);
  }
  return found;
}"""


class Look(NamedTuple):
    """How a page is looked at."""

    width: int
    scheme: str
    language: str

    def put_on(self, page: Page, address: str) -> None:
        """Make a page of a browser look so from its next address on."""
        page.set_viewport_size({"width": self.width, "height": HEIGHT})
        page.emulate_media(color_scheme=self.scheme, reduced_motion="reduce")
        page.context.add_cookies([{"name": "language", "value": self.language, "url": address}])


LOOKS = [Look(*words) for words in itertools.product(WIDTHS, ("light", "dark"), ("zh", "en"))]


class LookedAt:
    """What was looked at and found good, a line each in a file: a look at everything goes on where it was stopped.

    path: nothing is kept where it is empty. minutes: after which no other page is opened.
    """

    def __init__(self, path: str, minutes: float) -> None:
        self.file = Path(path) if path else None
        self.end = monotonic() + minutes * 60
        kept = self.file.read_text(encoding="utf-8") if self.file and self.file.exists() else ""
        self.seen = {(role, at, Look(*words)) for role, at, words in map(json.loads, kept.splitlines())}

    def left(self, views: list[tuple[str, str]]) -> Iterator[tuple[Look, str, str]]:
        """Yield each look, and each view that was not seen so, until the time is up; note how many there are."""
        every = list(itertools.product(LOOKS, views))
        if self.file:
            self.file.with_suffix(".count").write_text(str(len(every)), encoding="utf-8")
        for look, (role, at) in every:
            if (role, at, look) not in self.seen and monotonic() < self.end:
                yield look, role, at

    def keep(self, role: str, at: str, look: Look) -> None:
        if self.file:
            with self.file.open("a", encoding="utf-8") as lines:
                lines.write(f"{json.dumps([role, at, look])}\n")


def one_of_each_view(routes: Map, paths: Iterable[str]) -> list[str]:
    """Return an address of each view of the program that is among the paths."""
    views = routes.bind("localhost")
    return list({views.match(path.partition("?")[0])[0]: path for path in paths}.values())


def faults(page: Page) -> Iterator[str]:
    """Yield what is wrong with the page that is open, as wide as it is."""
    page.evaluate(AXE_SCRIPT)
    for wrong in page.evaluate("rules => axe.run(rules).then(found => found.violations)", RULES):
        first = wrong["nodes"][0]
        why = (first["any"] or first["all"] or first["none"])[0]["message"]
        yield f"{wrong['id']}, {len(wrong['nodes'])} times: {first['html'][:200]}: {why[:200]}"
    yield from page.evaluate(MORE)


def overflows(page: Page) -> Iterator[str]:
    """Yield the widths at which the page that is open is wider than its window."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate(DRAWN)
        if more := page.evaluate(WIDE):
            yield f"{more} pixels wider than {width}"
