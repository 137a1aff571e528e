"""What the office writes into a bundle itself, as pages that stand alone: the list, the course, the terms."""

from collections.abc import Sequence
from html import escape

from tracker.domain.register.exhibit import Exhibit
from tracker.rendering.html import FONTS

STYLE = f"""
body{{font-family:{FONTS["body"]};font-size:12pt;line-height:1.6}}
h1{{font-family:{FONTS["title"]};font-size:20pt;font-weight:normal;text-align:center;margin:0 0 .6em}}
h2{{font-family:{FONTS["heading"]};font-size:13pt;font-weight:normal;margin:1em 0 .3em}}
p{{margin:.2em 0}}
table{{border-collapse:collapse;width:100%;font-size:10pt;line-height:1.4}}
th,td{{border:1px solid #000;padding:.25em .35em;text-align:left;vertical-align:top;overflow-wrap:anywhere}}
th{{font-family:{FONTS["heading"]};font-weight:normal;text-align:center}}
.hash{{font-family:monospace;font-size:7pt}}
tr{{break-inside:avoid}}
@page{{size:A4;margin:25mm 22mm 25mm 24mm}}
"""


def page(title: str, body: str) -> str:
    """Return a page that stands alone; ``body`` is HTML whose texts are escaped."""
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def paragraphs(texts: Sequence[str]) -> str:
    """Return texts as paragraphs."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Return labels and values as a table of two columns."""
    return table((), [[label, value] for label, value in pairs])


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"


def catalogue(
    title: str,
    about: Sequence[str],
    exhibits: Sequence[Exhibit],
    pages: Sequence[tuple[int, int]],
    refused: Sequence[int],
) -> str:
    """Return the list of evidence: number, name, what it proves, pages and hash of each paper."""
    rows = "".join(
        f"<tr><td>{place + 1}</td><td>{escape(_name(exhibit, place in refused))}</td>"
        f"<td>{escape(exhibit.proves)}</td><td>{_span(*pages[place])}</td>"
        f'<td class="hash">{escape(exhibit.sha256)}</td></tr>'
        for place, exhibit in enumerate(exhibits)
    )
    head = "".join(f"<th>{heading}</th>" for heading in ("序号", "证据名称", "证明对象", "页码", "SHA-256"))
    last = pages[-1][1] if pages else 0
    told = f"共{len(exhibits)}份，{last}页；页码印在各页右下角。SHA-256 是原件的校验值。"
    listed = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return page(title, f"{paragraphs(about)}{listed}{paragraphs([told])}")


def stand_in(exhibit: Exhibit) -> str:
    """Return the page that goes in where a paper cannot."""
    why = "原件已丢失或者被改动。" if exhibit.content is None else "原件不能并入 PDF，见证据压缩包。"
    return page(exhibit.name, facts((("说明", why), ("格式", exhibit.ending), ("SHA-256", exhibit.sha256))))


def _name(exhibit: Exhibit, refused: bool) -> str:
    lost = "（原件已丢失或者被改动）" if exhibit.content is None else ""
    apart = "（原件另附）" if refused and exhibit.content is not None else ""
    return f"{exhibit.name}{f'（{exhibit.on}）' if exhibit.on else ''}{lost}{apart}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}—{last}"
