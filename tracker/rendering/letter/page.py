"""A letter as a page: the paragraphs and rows of its Word file, for the preview, the printer and the PDF."""

from collections.abc import Iterator
from html import escape
from typing import Any

from tracker.rendering.fonts import FONTS
from tracker.rendering.letter.fill import MAIN, W, opened, parsed

TITLE_HALF_POINTS = 40  # from this size on (half points, as Word counts) a paragraph is a title
STYLE = f"""
body{{font-family:{FONTS["body"]};font-size:16pt;line-height:1.75}}
p{{margin:0;text-align:justify;min-height:1.75em;overflow-wrap:anywhere}}
.letter__title{{font-family:{FONTS["title"]};font-size:22pt;line-height:1.4}}
.letter__center{{text-align:center}}
.letter__right{{text-align:right;padding-right:4em}}
.letter__indent{{text-indent:2em}}
.letter__break{{break-before:page}}
.letter__keep{{break-after:avoid}}
table{{border-collapse:collapse;width:100%;font-size:14pt;line-height:1.5}}
td:first-child:nth-last-child(2){{width:29.5%}}
td{{border:1px solid #000;padding:.3em .4em;vertical-align:middle;overflow-wrap:anywhere}}
@page{{size:A4;margin:37mm 26mm 35mm 28mm;@bottom-center{{content:"— " counter(page) " —";font-size:12pt}}}}
"""
LEAFLET = "body{font-size:14pt;line-height:1.5}p{min-height:1.5em}"
# What a page does not show of a Word file; whoever prints it is told.
UNSHOWN = (f"{W}drawing", f"{W}pict", f"{W}object")


def fragment(content: bytes) -> str:
    """Return the letter's paragraphs and tables as HTML; every word of it is escaped."""
    body = _body(content)
    return "".join(_block(child) for child in body)


def shows_all(content: bytes) -> bool:
    """Return whether the page shows everything that the Word file does: no pictures, no drawings."""
    return not any(next(_body(content).iter(tag), None) is not None for tag in UNSHOWN)


def page(content: bytes, title: str) -> str:
    """Return the letter as a page that stands alone, from which its PDF is made."""
    return standing(fragment(content), title)


def standing(body: str, title: str, style: str = "") -> str:
    """Return a fragment as a page that stands alone. style: what it has otherwise than a letter."""
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}{style}</style></head><body>{body}</body></html>"
    )


def _body(content: bytes) -> Any:
    with opened(content) as package:
        return parsed(package.read(MAIN)).find(f"{W}body")


def _block(node: Any) -> str:
    if node.tag == f"{W}p":
        return _paragraph(node)
    if node.tag == f"{W}tbl":
        return f"<table>{''.join(map(_row, node.iter(f'{W}tr')))}</table>"
    return "".join(_block(child) for child in node) if node.tag in (f"{W}sdt", f"{W}sdtContent") else ""


def _row(row: Any) -> str:
    cells = (
        "".join(_paragraph(paragraph) for paragraph in cell.iter(f"{W}p")) for cell in row.findall(f"{W}tc")
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _paragraph(paragraph: Any) -> str:
    classes = " ".join(_classes(paragraph))
    return f'<p class="{classes}">{_text(paragraph)}</p>' if classes else f"<p>{_text(paragraph)}</p>"


def _text(paragraph: Any) -> str:
    pieces = []
    for node in paragraph.iter(f"{W}t", f"{W}br", f"{W}tab"):
        if node.tag == f"{W}t":
            pieces.append(escape(node.text or ""))
        elif node.getparent().tag == f"{W}r":
            pieces.append("<br>" if node.tag == f"{W}br" else " ")
    return "".join(pieces)


def _classes(paragraph: Any) -> Iterator[str]:
    form = paragraph.find(f"{W}pPr")
    sizes = [int(size.get(f"{W}val") or 0) for size in paragraph.iterfind(f".//{W}rPr/{W}sz")]
    if sizes and max(sizes) >= TITLE_HALF_POINTS:
        yield "letter__title"
    if form is None:
        return
    alignment = form.find(f"{W}jc")
    sides = {"center": "letter__center", "right": "letter__right", "end": "letter__right"}
    if alignment is not None and alignment.get(f"{W}val") in sides:
        yield sides[alignment.get(f"{W}val")]
    indent = form.find(f"{W}ind")
    if indent is not None and (indent.get(f"{W}firstLine") or indent.get(f"{W}firstLineChars")):
        yield "letter__indent"
    if _is_on(form, "keepNext"):
        yield "letter__keep"
    if _is_on(form, "pageBreakBefore"):
        yield "letter__break"


def _is_on(form: Any, name: str) -> bool:
    """Return whether a switch of a paragraph is there and not turned off."""
    switch = form.find(f"{W}{name}")
    return switch is not None and switch.get(f"{W}val") not in ("0", "false")
