"""The national layout of table 3: which label stands where, over how many lines.

Driven by the forms of domain/report/format. Read by the page, the stand-alone page and the workbook.
"""

from dataclasses import dataclass
from functools import cache

from tracker.domain.message import Statutory, worded
from tracker.domain.report.format import FormRow, ReportFormat
from tracker.domain.report.table3 import CARRIED_IN_ROW, CARRIED_OUT_ROW, RECEIVED_ROW

HEADINGS = tuple(worded(text, Statutory) for text in ("申请人情况", "法人或其他组织"))
RESULTS = worded("三、本年度办理结果", Statutory)
ACROSS = (RECEIVED_ROW, CARRIED_IN_ROW, CARRIED_OUT_ROW)


@dataclass(frozen=True, slots=True)
class Label:
    """A label cell: its first column (0 to 2), how many columns and lines it spans."""

    words: str
    column: int
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """One line: the row of table 3 and the label cells that begin on it."""

    row: str
    labels: tuple[Label, ...]


@cache
def lines(form: ReportFormat) -> tuple[LabelledRow, ...]:
    """Return the lines of the form in their order."""
    results = [row for row in form.rows if row.code not in ACROSS]
    labelled_rows = []
    for row in form.rows:
        labels = _labels(row, results)
        if results and row is results[0]:
            labels = (Label(RESULTS, 0, rows=len(results)), *labels)
        labelled_rows.append(LabelledRow(row.code, labels))
    return tuple(labelled_rows)


def _labels(row: FormRow, results: list[FormRow]) -> tuple[Label, ...]:
    if row.code in ACROSS:
        return (Label(worded(row.label, Statutory), 0, columns=3),)
    if not row.group:
        return (Label(worded(row.label, Statutory), 1, columns=2),)
    members = [other for other in results if other.group == row.group]
    heading = (Label(worded(row.group, Statutory), 1, rows=len(members)),) if row is members[0] else ()
    return (*heading, Label(worded(row.label, Statutory), 2))
