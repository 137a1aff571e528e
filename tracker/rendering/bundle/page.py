"""What the office writes into a bundle itself, as pages that stand alone: the list, the course, the terms."""

from collections.abc import Sequence
from html import escape

from tracker.domain.register.exhibit import Exhibit
from tracker.rendering.fonts import FONTS

STYLE = f"""
body{{font-family:{FONTS["body"]};font-size:12pt;line-height:1.6}}
h1{{font-family:{FONTS["title"]};font-size:20pt;font-weight:normal;text-align:center;margin:0 0 .6em}}
h2{{font-family:{FONTS["heading"]};font-size:13pt;font-weight:normal;margin:1em 0 .3em}}
p{{margin:.2em 0}}
table{{border-collapse:collapse;width:100%;font-size:10pt;line-height:1.4;margin-top:.4em}}
.set{{table-layout:fixed}}
th,td{{border:1px solid #000;padding:.25em .35em;text-align:left;vertical-align:top;overflow-wrap:anywhere}}
th{{font-family:{FONTS["heading"]};font-weight:normal;text-align:center}}
.hash{{font-family:monospace;font-size:7pt}}
tr{{break-inside:avoid}}
@page{{size:A4;margin:25mm 22mm 25mm 24mm}}
"""
# The widths of columns in millimetres; 164 lie between the margins. A day stands on one line in 22.
FACTS = (38, 126)
CATALOGUE = (11, 50, 48, 15, 40)
CONTENTS = (11, 44, 22, 52, 35)


def page(title: str, body: str) -> str:
    """Return a page that stands alone; ``body`` is HTML whose texts are escaped."""
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def numbered(written: str, foot: str) -> str:
    """Return a page with the number of each sheet, and of how many, in its foot behind a word of its own."""
    text = foot.replace("\\", "").replace('"', "").replace("<", "")
    counted = f'content:"{text}　第 " counter(page) " 页，共 " counter(pages) " 页"'
    style = "@page{@bottom-center{" + counted + ";font-size:9pt}}</style>"
    return written.replace("</style>", style, 1)


def paragraphs(texts: Sequence[str]) -> str:
    """Return texts as paragraphs."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Return labels and values as a table of two columns."""
    return table((), [[label, value] for label, value in pairs], widths=FACTS)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int] = ()) -> str:
    """Return rows as a table. widths: of the columns in millimetres; none: by what stands in them."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return _table(f"<thead><tr>{head}</tr></thead>" if head else "", body, widths)


def _table(head: str, body: str, widths: Sequence[int]) -> str:
    columns = "".join(f'<col style="width:{width}mm">' for width in widths)
    opening = f'<table class="set">{columns}' if widths else "<table>"
    return f"{opening}{head}<tbody>{body}</tbody></table>"


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
    listed = _table(f"<thead><tr>{head}</tr></thead>", rows, CATALOGUE)
    return numbered(page(title, f"{paragraphs(about)}{listed}{paragraphs([told])}"), title)


def contents(
    number: str, about: Sequence[str], papers: Sequence[tuple[Exhibit, str, Sequence[str], str]]
) -> str:
    """Return the list of the papers of a case file: each with its day, its files in the ZIP and its hash.

    papers: each with what is to be said of it, the names of its files, and its hash.
    """
    rows = "".join(
        f"<tr><td>{place}</td><td>{escape(paper.name)}{_said(told)}</td><td>{escape(paper.on)}</td>"
        f'<td>{_lines(names)}</td><td class="hash">{escape(digest)}</td></tr>'
        for place, (paper, told, names, digest) in enumerate(papers, start=1)
    )
    head = "".join(
        f"<th>{heading}</th>" for heading in ("序号", "文件题名", "日期", "案卷中的文件", "SHA-256")
    )
    listed = _table(f"<thead><tr>{head}</tr></thead>", rows, CONTENTS)
    told = f"共{len(papers)}件。校验：在解压后的文件夹中运行 sha256sum -c SHA256SUMS.txt。"
    return numbered(page("卷内文件目录", f"{paragraphs(about)}{listed}{paragraphs([told])}"), number)


def _lines(texts: Sequence[str]) -> str:
    return "<br>".join(escape(text) for text in texts)


def _said(told: str) -> str:
    return f"<br>（{escape(told)}）" if told else ""


def stand_in(exhibit: Exhibit) -> str:
    """Return the page that goes in where a paper cannot."""
    why = "原件已丢失或者被改动。" if exhibit.content is None else "原件不能并入 PDF，见证据压缩包。"
    return page(exhibit.name, facts((("说明", why), ("格式", exhibit.ending), ("SHA-256", exhibit.sha256))))


def _name(exhibit: Exhibit, refused: bool) -> str:
    is_lost = exhibit.content is None
    lost = "（原件已丢失或者被改动）" if is_lost else ""
    apart = "（原件另附）" if refused and not is_lost else ""
    return f"{exhibit.name}{f'（{exhibit.on}）' if exhibit.on else ''}{lost}{apart}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}—{last}"
