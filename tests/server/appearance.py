"""What is wrong with the looks of a page: axe's findings, what overflows, what a screen reader misses."""

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from playwright.sync_api import Page
from werkzeug.routing import Map

from tracker.domain.message import LANGUAGES

HEIGHT = 900
WIDTHS = (390, 1280, 1920)
SCHEMES = ("light", "dark")
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

    def put_on(self, page: Page) -> None:
        """Give the window of a page its width and its colours; what is open in it is laid out anew."""
        resize(page, self.width)
        page.emulate_media(color_scheme=self.scheme, reduced_motion="reduce")


# Every width in either colours and either language, and either language in either colours: no two parts of a look
# are never seen together. The first of a language is the one that the page is opened in.
LOOKS = (
    Look(390, "light", "zh"),
    Look(1280, "dark", "zh"),
    Look(1920, "light", "zh"),
    Look(1920, "dark", "en"),
    Look(1280, "light", "en"),
    Look(390, "dark", "en"),
)


class LookedAt:
    """What was looked at and found good, a line each in a file: a look at everything goes on where it was stopped.

    path: nothing is kept where it is empty. minutes: after which no other page is opened.
    """

    def __init__(self, path: str, minutes: float) -> None:
        self.file = Path(path) if path else None
        self.end = monotonic() + minutes * 60
        kept = self.file.read_text(encoding="utf-8") if self.file and self.file.exists() else ""
        self.seen = {(role, at, Look(*words)) for role, at, words in map(json.loads, kept.splitlines())}

    def left(self, views: list[tuple[str, str]], share: slice) -> Iterator[tuple[str, str, list[Look]]]:
        """Yield each view of a share, once a language, with its looks that were not seen, until the time is up.

        How many there are of all views is noted beside the file.
        """
        if self.file:
            self.file.with_suffix(".count").write_text(str(len(views) * len(LOOKS)), encoding="utf-8")
        for (role, at), language in itertools.product(views[share], LANGUAGES):
            looks = [
                look for look in LOOKS if look.language == language and (role, at, look) not in self.seen
            ]
            if looks and monotonic() < self.end:
                yield role, at, looks

    def keep(self, role: str, at: str, look: Look, found: list[str]) -> None:
        """Write down what was good, or what was found, where it stays if the rest comes to no end."""
        if self.file:
            line = [role, at, look, found] if found else [role, at, look]
            with self.file.with_suffix(".faults" if found else self.file.suffix).open(
                "a", encoding="utf-8"
            ) as lines:
                lines.write(f"{json.dumps(line, ensure_ascii=False)}\n")


def resize(page: Page, width: int) -> None:
    """Make a window as wide."""
    if page.viewport_size != (size := {"width": width, "height": HEIGHT}):
        page.set_viewport_size(size)


def one_of_each_view(routes: Map, paths: Iterable[str]) -> list[str]:
    """Return an address of each view of the program that is among the paths."""
    views = routes.bind("localhost")
    return list({views.match(path.partition("?")[0])[0]: path for path in paths}.values())


def faults(page: Page) -> Iterator[str]:
    """Yield what is wrong with the page that is open, as wide as it is; its window was opened with axe in it."""
    page.evaluate(DRAWN)
    for wrong in page.evaluate("rules => axe.run(rules).then(found => found.violations)", RULES):
        first = wrong["nodes"][0]
        why = (first["any"] or first["all"] or first["none"])[0]["message"]
        yield f"{wrong['id']}, {len(wrong['nodes'])} times: {first['html'][:200]}: {why[:200]}"
    yield from page.evaluate(MORE)


def overflows(page: Page, widths: Iterable[int]) -> Iterator[str]:
    """Yield the widths at which the page that is open is wider than its window."""
    for width in widths:
        resize(page, width)
        page.evaluate(DRAWN)
        if more := page.evaluate(WIDE):
            yield f"{more} pixels wider than {width}"
