"""Elements of an HTML page that its own style sheet hides: simple rules by class, name or identifier.

Rules for another medium, for a state or for an element within another are left alone.
"""

import re
from collections.abc import Iterator
from typing import Any

MOST_STYLE = 200_000  # characters of style sheets in a page
BRACE = re.compile(r"[{}]")
SELECTOR = re.compile(r"([a-zA-Z][\w-]*)?(?:([.#])([\w-]+))?")
DISPLAY = re.compile(r"(?:^|;)\s*(display|visibility)\s*:\s*([\w-]+)", re.IGNORECASE)
HIDDEN = frozenset({"none", "hidden", "collapse"})
Selector = tuple[str, str, str]  # name of the element, the sign . or # or none, the class or identifier


def mark_hidden(root: Any) -> None:
    """Give what the page's style sheets hide the attribute that says so."""
    css = "\n".join(style.text or "" for style in root.iter("style"))[:MOST_STYLE]
    first, *others = css.split("/*")  # what stands in remarks is no rule
    hidden = _hidden(first + "".join(other.partition("*/")[2] for other in others))
    for element in root.iter() if hidden else ():
        if isinstance(element.tag, str) and not hidden.isdisjoint(_names(element)):
            element.set("hidden", "hidden")


def _hidden(css: str) -> set[Selector]:
    hidden: set[Selector] = set()
    for selectors, body in _rules(css):
        given = {value.lower() for _, value in DISPLAY.findall(body)}
        if not given:
            continue
        for one in selectors.split(","):
            match = SELECTOR.fullmatch(one.strip())
            if match and one.strip():
                selector = (match[1] or "").lower(), match[2] or "", match[3] or ""
                (hidden.add if given & HIDDEN else hidden.discard)(selector)
    return hidden


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and the body of every rule that stands in no other."""
    depth, start, selectors = 0, 0, ""
    for brace in BRACE.finditer(css):
        inner = css[start : brace.start()]
        start = brace.end()
        if brace[0] == "{":
            selectors = inner.rpartition(";")[2] if depth == 0 else ""
            depth += 1
        else:
            depth = max(0, depth - 1)
            if depth == 0 and selectors and "@" not in selectors:
                yield selectors, inner
            selectors = ""


def _names(element: Any) -> Iterator[Selector]:
    """Yield every selector that names the element alone."""
    signs = [(".", name) for name in (element.get("class") or "").split()]
    signs += [("#", element.get("id"))] if element.get("id") else []
    for name in (element.tag, ""):
        yield from ((name, sign, word) for sign, word in signs)
    yield element.tag, "", ""
