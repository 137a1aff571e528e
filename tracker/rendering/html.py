"""The annual report as one HTML page that stands alone: for the office's web site, and for the PDF."""

from html import escape

from tracker.rendering.annual import AnnualReport
from tracker.rendering.document import NUMBER, Cell, Grid, Paragraph, Piece, ReportHeading, pieces, title
from tracker.rendering.fonts import FONTS

STYLE = f"""
body{{font-family:{FONTS["body"]};font-size:16pt;line-height:1.75;max-width:210mm;
margin:2rem auto;padding:0 1rem}}
h1{{font-family:{FONTS["title"]};font-size:22pt;font-weight:normal;text-align:center;line-height:1.5}}
h2{{font-family:{FONTS["heading"]};font-size:16pt;font-weight:normal;margin:1em 0 .4em;text-indent:2em}}
h3{{font-family:{FONTS["part"]};font-size:16pt;font-weight:normal;margin:0;text-indent:2em}}
p{{margin:0;text-indent:2em;text-align:justify}}
table{{border-collapse:collapse;width:100%;margin:.5em 0 1em;font-size:10pt;line-height:1.35;
table-layout:fixed}}
th,td{{border:1px solid #000;padding:.3em .25em;font-weight:normal;text-align:center;overflow-wrap:anywhere}}
td{{white-space:nowrap}}
.note{{text-align:center;text-indent:0;font-size:12pt}}
@page{{size:A4;margin:30mm 26mm 28mm 28mm;@bottom-center{{content:"— " counter(page) " —";font-size:12pt}}}}
@media print{{body{{margin:0;padding:0;max-width:none}}h2,h3{{break-after:avoid}}
table,tr{{break-inside:avoid}}table{{font-size:8.5pt}}th,td{{padding:.22em .15em}}
.narrow{{padding:.22em .5em}}
thead{{display:table-header-group}}}}
"""
NARROW = 11.0  # millimetres: a column for two characters beside another
DRAFT = "（编制稿，{day}统计，尚未发布）"


def page(report: AnnualReport) -> str:
    """Return the six sections as one page without scripts and without addresses."""
    heading = escape(title(report))
    note = "" if report.edition else f'<p class="note">{DRAFT.format(day=report.compiled_on.isoformat())}</p>'
    body = "".join(_piece(piece) for piece in pieces(report))
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{heading}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><h1>{heading}</h1>{note}{body}</body></html>"
    )


def _piece(piece: Piece) -> str:
    if isinstance(piece, ReportHeading):
        level = piece.level + 1
        return f"<h{level}>{escape(piece.text)}</h{level}>"
    if isinstance(piece, Paragraph):
        return f"<p>{escape(piece.text)}</p>"
    return _grid(piece)


def _grid(grid: Grid) -> str:
    whole = sum(grid.widths)
    columns = "".join(f'<col style="width:{100 * width / whole:.2f}%">' for width in grid.widths)
    narrow = max(grid.widths) < NARROW
    head, body = grid.lines[: grid.head], grid.lines[grid.head :]
    parts = [
        f"<{tag}>{_lines(lines, narrow)}</{tag}>"
        for tag, lines in (("thead", head), ("tbody", body))
        if lines
    ]
    return f'<table aria-label="{escape(grid.name)}"><colgroup>{columns}</colgroup>{"".join(parts)}</table>'


def _lines(lines: tuple[tuple[Cell, ...], ...], narrow: bool) -> str:
    return "".join(f"<tr>{''.join(_cell(cell, narrow) for cell in line)}</tr>" for line in lines)


def _cell(cell: Cell, narrow: bool) -> str:
    tag = "td" if cell.kind == NUMBER else "th"
    spans = "".join(
        f' {name}="{number}"'
        for name, number in (("colspan", cell.columns), ("rowspan", cell.rows))
        if number > 1
    )
    style = ' class="narrow"' if narrow and tag == "th" else ""
    return f"<{tag}{style}{spans}>{escape(cell.text)}</{tag}>"
