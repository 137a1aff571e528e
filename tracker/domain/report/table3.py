"""Table 3 of the annual report: rows, columns, cells, identities.

Layout and labels: 国办公开办函〔2021〕30号 (25 rows × 7 columns = 175 cells). Law: 条例第50条.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.outcome import OUTCOMES, Family
from tracker.domain.case.state import CARRIED_FORWARD
from tracker.domain.message import Phrase, Statutory, labels, worded

RECEIVED_ROW, CARRIED_IN_ROW, TOTAL_ROW, CARRIED_OUT_ROW = "1", "2", "3.7", "4"
TOTAL = "total"
KINDS = frozenset(ApplicantKind)
COLUMNS = (*(kind.value for kind in ApplicantKind), TOTAL)
RESULT_ROWS = tuple(outcome.row for outcome in OUTCOMES)
ROWS = (RECEIVED_ROW, CARRIED_IN_ROW, *RESULT_ROWS, TOTAL_ROW, CARRIED_OUT_ROW)

ROW_LABELS = labels(
    {
        RECEIVED_ROW: "一、本年新收政府信息公开申请数量",
        CARRIED_IN_ROW: "二、上年结转政府信息公开申请数量",
        **{outcome.row: outcome.label for outcome in OUTCOMES},
        TOTAL_ROW: "（七）总计",
        CARRIED_OUT_ROW: "四、结转下年度继续办理",
    },
    Statutory,
)
COLUMN_LABELS = labels({**{kind.value: kind.label for kind in ApplicantKind}, TOTAL: "总计"}, Statutory)
CORNER = worded("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", Statutory)

# The headings that a printed table may give a figure of their own: code → rows that it sums.
GROUPS = {
    rows[0].rpartition(".")[0]: rows
    for family in Family
    if len(rows := [outcome.row for outcome in OUTCOMES if outcome.family is family]) > 1
}
GROUP_LABELS = labels(
    {
        outcome.row.rpartition(".")[0]: outcome.family.value
        for outcome in OUTCOMES
        if outcome.row.rpartition(".")[0] in GROUPS
    },
    Statutory,
)

ROW_OF_STATE = {
    **{outcome.code: outcome.row for outcome in OUTCOMES},
    CARRIED_FORWARD: CARRIED_OUT_ROW,
}

Cells = dict[str, dict[str, int]]
Figures = Mapping[str, Mapping[str, int | None]]  # of a printed table: None where nothing is printed


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken identity, in words: which check, where, what is wrong and what was expected."""

    check: str
    where: str
    message: str


def first_day(year: int) -> date:
    """Return 1 January of the year."""
    return date(year, 1, 1)


def last_day(year: int) -> date:
    """Return 31 December: the count runs to its 24:00."""
    return date(year, 12, 31)


def empty() -> Cells:
    """Return the 175 cells of a year without a request: zeros, never blanks."""
    return {row: dict.fromkeys(COLUMNS, 0) for row in ROWS}


def cells(counts: Mapping[tuple[str, str], int]) -> Cells:
    """Return the 175 cells from counts keyed by (leaf row or 1, 2, 4; applicant kind).

    A request whose kind is damaged counts in the total of its row alone, so that the row does not balance.
    """
    table, unknown = empty(), dict.fromkeys(ROWS, 0)
    for (row, kind), count in counts.items():
        if kind in KINDS:
            table[row][kind] += count
        else:
            unknown[row] += count
    for row in RESULT_ROWS:
        for column in COLUMNS:
            table[TOTAL_ROW][column] += table[row][column]
    for row in ROWS:
        table[row][TOTAL] = sum(table[row][kind] for kind in ApplicantKind) + unknown[row]
    return table


def row_of_years(received_on: date, finals: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the (year, row) pairs of one case from its final states by year.

    Every year of a case gives two: how it came in (一 or 二) and how the year ended (三 or 四).
    """
    pairs: list[tuple[int, str]] = []
    for year, state in finals:
        came_in = RECEIVED_ROW if received_on.year == year else CARRIED_IN_ROW
        pairs += [(year, came_in), (year, ROW_OF_STATE[state])]
    return pairs


# -- the identities (rulebook 4.3) --------------------------------------------------------------


def identities(
    table: Figures, last_year: Figures | None = None, results: Iterable[str] = RESULT_ROWS
) -> list[Finding]:
    """Return what does not balance: empty in a sound table.

    1. 一 + 二 = 三（七）总计 + 四 by column.  2. 总计 = the sum of the results.
    3. the total of a row = its six columns.  4. 二 = 四 of the year before, by column.
    5. a heading's own figure = the rows under it.

    results: the rows that make up 总计. A figure that is not printed breaks nothing, save where the
    others alone are already more than the total.
    """
    findings = [*_balance(table), *_sums_of_results(table, tuple(results))]
    findings += [*_sums_of_rows(table), *_sums_of_groups(table)]
    if last_year is not None:
        findings += _carried(table, last_year)
    return findings


def excess(printed: int | None, parts: Iterable[int | None]) -> int | None:
    """Return what the parts add up to where they cannot make the printed figure; None where they can."""
    known = list(parts)
    added = sum(part for part in known if part is not None)
    if printed is None or all(part is None for part in known):
        return None
    if added > printed or (added != printed and None not in known):
        return added
    return None


def figure(table: Figures, row: str, column: str) -> int | None:
    """Return a cell; None where it is not printed."""
    return table.get(row, {}).get(column)


def _balance(table: Figures) -> list[Finding]:
    findings = []
    for column in COLUMNS:
        one, two = figure(table, RECEIVED_ROW, column), figure(table, CARRIED_IN_ROW, column)
        three, four = figure(table, TOTAL_ROW, column), figure(table, CARRIED_OUT_ROW, column)
        if one is None or two is None or three is None or four is None:
            continue
        if one + two != three + four:
            left, right = (
                Phrase(
                    "第一项%(one)s加第二项%(two)s等于%(value)s",
                    one=one,
                    two=two,
                    value=one + two,
                ),
                Phrase(
                    "第三项%(three)s加第四项%(four)s等于%(value)s",
                    three=three,
                    four=four,
                    value=three + four,
                ),
            )
            message = Phrase("%(left)s，%(right)s，两者不等。", left=left, right=right)
            findings.append(Finding("col_balance", COLUMN_LABELS[column], message))
    return findings


def _sums_of_results(table: Figures, results: tuple[str, ...]) -> list[Finding]:
    findings = []
    for column in COLUMNS:
        printed = figure(table, TOTAL_ROW, column)
        added = excess(printed, [figure(table, row, column) for row in results])
        if added is not None:
            message = Phrase(
                "（七）总计为%(printed)s，各项办理结果之和为%(added)s。",
                printed=printed,
                added=added,
            )
            findings.append(Finding("result_sum", COLUMN_LABELS[column], message))
    return findings


def _sums_of_rows(table: Figures) -> list[Finding]:
    findings = []
    for row, label in {**ROW_LABELS, **GROUP_LABELS}.items():
        printed = figure(table, row, TOTAL)
        added = excess(printed, [figure(table, row, kind) for kind in ApplicantKind])
        if added is not None:
            message = Phrase(
                "总计为%(printed)s，六列之和为%(added)s。",
                printed=printed,
                added=added,
            )
            findings.append(Finding("row_sum", label, message))
    return findings


def _sums_of_groups(table: Figures) -> list[Finding]:
    findings = []
    for group, rows in GROUPS.items():
        for column in COLUMNS:
            printed = figure(table, group, column)
            added = excess(printed, [figure(table, row, column) for row in rows])
            if added is not None:
                message = Phrase(
                    "%(value)s为%(printed)s，其下各行之和为%(added)s。",
                    value=GROUP_LABELS[group],
                    printed=printed,
                    added=added,
                )
                findings.append(Finding("group_sum", COLUMN_LABELS[column], message))
    return findings


def _carried(table: Figures, last_year: Figures) -> list[Finding]:
    findings = []
    for column in COLUMNS:
        now = figure(table, CARRIED_IN_ROW, column)
        before = figure(last_year, CARRIED_OUT_ROW, column)
        if now is not None and before is not None and now != before:
            message = Phrase(
                "本年上年结转为%(now)s，上年结转下年度为%(before)s。",
                now=now,
                before=before,
            )
            findings.append(Finding("cross_year", COLUMN_LABELS[column], message))
    return findings
