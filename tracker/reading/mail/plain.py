"""The text of a mail that is HTML alone: what one reads, a line a block."""

from typing import Any
from unicodedata import category

from lxml import etree, html

SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "iframe", "object"})
BLOCKS = frozenset(
    {
        "address", "article", "blockquote", "br", "div", "dd", "dl", "dt", "footer", "form", "h1", "h2", "h3",
        "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
    }
)  # fmt: skip
CELLS = frozenset({"td", "th"})
# Controls, marks of direction, halves of a sign. A sign that no list knows yet may be one of a name.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def plain(page: str) -> str:
    """Return the text of a page; empty where it is none."""
    try:
        root = html.document_fromstring(page.replace("\x00", ""))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    parts: list[str] = []
    skipped: Any = None
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start" and skipped is None:
            skipped = _begin(node, parts)
        elif event in ("end", "comment", "pi"):
            if event == "end" and skipped is None:
                _end(node, parts)
            if skipped is node:
                skipped = None
            if skipped is None and node.tail:
                parts.append(_folded(node.tail))
    return tidy("".join(parts))


def _begin(node: Any, parts: list[str]) -> Any:
    """Take up what an element begins with; return it where nothing in it is read."""
    if node.tag in SILENT:
        return node
    if node.tag in BLOCKS:
        parts.append("\n")
    elif node.tag in CELLS:
        parts.append("\t")
    if node.text:
        parts.append(_folded(node.text))
    return None


def _end(node: Any, parts: list[str]) -> None:
    if node.tag in BLOCKS:
        parts.append("\n")


def _folded(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split()) if text.strip() else " "


def tidy(text: str) -> str:
    """Return a text without signs that are not seen, and with one blank line at most between two others."""
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        seen = "".join(sign for sign in line if sign == "\t" or category(sign) not in UNSEEN).strip(" ")
        if seen.strip() or (kept and kept[-1]):
            kept.append(seen if seen.strip() else "")
    return "\n".join(kept).strip()
