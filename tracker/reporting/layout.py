"""The national layout of table 3: which label stands where, over how many lines.

Layout: 国办公开办函〔2021〕30号. Read by the page, the stand-alone page and the workbook.
"""

from dataclasses import dataclass
from functools import cache

from tracker.domain.annual_report import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    RECEIVED_ROW,
    ROW_LABELS,
    TOTAL_ROW,
)
from tracker.domain.outcome import OUTCOMES, Family

TITLE = "三、收到和处理政府信息公开申请情况"
HEADINGS = ("申请人情况", "法人或其他组织")
HEAD_LINES = 3
RESULTS = "三、本年度办理结果"


@dataclass(frozen=True, slots=True)
class Label:
    """A label cell: its first column (0 to 2), how many columns and lines it spans."""

    words: str
    column: int
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One of the 25 lines: the row of table 3 and the label cells that begin on it."""

    row: str
    labels: tuple[Label, ...]


@cache
def lines() -> tuple[Line, ...]:
    """Return the 25 lines in their order."""
    results = [*_results(), Line(TOTAL_ROW, (Label(ROW_LABELS[TOTAL_ROW], 1, columns=2),))]
    first = results[0]
    results[0] = Line(first.row, (Label(RESULTS, 0, rows=len(results)), *first.labels))
    return (
        _across(RECEIVED_ROW),
        _across(CARRIED_IN_ROW),
        *results,
        _across(CARRIED_OUT_ROW),
    )


def _across(row: str) -> Line:
    return Line(row, (Label(ROW_LABELS[row], 0, columns=3),))


def _results() -> list[Line]:
    found = []
    for family in Family:
        members = [outcome for outcome in OUTCOMES if outcome.family is family]
        if len(members) == 1:
            found.append(Line(members[0].row, (Label(members[0].label, 1, columns=2),)))
            continue
        heading = Label(family.value, 1, rows=len(members))
        for outcome in members:
            labels = (heading,) if outcome is members[0] else ()
            found.append(Line(outcome.row, (*labels, Label(outcome.label, 2))))
    return found
