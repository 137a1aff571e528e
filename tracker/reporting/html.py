"""The annual report as one HTML page that stands alone."""

from html import escape

from tracker.domain.annual_report import COLUMN_LABELS, COLUMNS, CORNER
from tracker.reporting.annual import AnnualReport
from tracker.reporting.layout import HEADINGS, TITLE, Line, lines

STYLE = (
    "body{font-family:FangSong,'Noto Serif CJK SC','Noto Sans CJK SC',serif;margin:2rem}"
    "table{border-collapse:collapse}th,td{border:1px solid #333;padding:.3rem .5rem}"
    "th{font-weight:normal}td{text-align:right}tbody th{text-align:left}"
)


def page(report: AnnualReport) -> str:
    """Return the page: table 3 with its findings."""
    title = escape(f"{report.agency}{report.year}年政府信息公开工作年度报告")
    between = "".join(f"<th>{COLUMN_LABELS[column]}</th>" for column in COLUMNS[1:-1])
    first, last = COLUMN_LABELS[COLUMNS[0]], COLUMN_LABELS[COLUMNS[-1]]
    head = (
        f'<tr><th colspan="3" rowspan="3">{CORNER}</th>'
        f'<th colspan="{len(COLUMNS)}">{HEADINGS[0]}</th></tr>'
        f'<tr><th rowspan="2">{first}</th><th colspan="{len(COLUMNS) - 2}">{HEADINGS[1]}</th>'
        f'<th rowspan="2">{last}</th></tr><tr>{between}</tr>'
    )
    body = "".join(_line(report, line) for line in lines(report.form))
    findings = "".join(f"<li>{escape(f.where)}：{escape(f.message)}</li>" for f in report.findings)
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1><h2>{TITLE}</h2>"
        f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"
        f"{f'<ul>{findings}</ul>' if findings else ''}</body></html>"
    )


def _line(report: AnnualReport, line: Line) -> str:
    labels = "".join(
        f'<th colspan="{label.columns}" rowspan="{label.rows}">{escape(label.words)}</th>'
        for label in line.labels
    )
    cells = "".join(f"<td>{report.table3[line.row][column]}</td>" for column in COLUMNS)
    return f"<tr>{labels}{cells}</tr>"
