"""What a figure of a report's text may mean: every figure of the tables that fits its words."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial

from tracker.domain.message import labels
from tracker.domain.report.claim import (
    ALL,
    ANSWERED,
    CLOSED,
    DISPUTE,
    HANDLED,
    KINDS,
    LEGAL,
    NATURAL,
    PENDING,
    RECEIVED,
    REVIEW,
    SUIT,
    WAITING,
    Claim,
)
from tracker.domain.report.format import TABLE4
from tracker.domain.report.published import PublishedReport
from tracker.domain.report.table3 import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    RECEIVED_ROW,
    TOTAL_ROW,
    figure,
)
from tracker.domain.report.text import claims

TEXTS = ("0", "1", "5", "6")
OTHER = "3.6"
LABELS4 = labels({"upheld": "结果维持", "corrected": "结果纠正", "other": "其他结果", "pending": "尚未审结"})


@dataclass(frozen=True, slots=True)
class Statements:
    """The claims of a report's text, with the tables that they are held against."""

    report: PublishedReport
    claims: tuple[Claim, ...]

    def first(self, *names: str) -> int | None:
        """Return the first figure stated under one of the names; None where none is."""
        return next((int(claim.value) for claim in self.claims if claim.what in names), None)

    def values(self, *names: str) -> set[int]:
        """Return every figure stated under the names."""
        return {int(claim.value) for claim in self.claims if claim.what in names}

    def known(self, row: str, *names: str) -> int | None:
        """Return a row's total as the table prints it, and where it does not, as the text states it."""
        printed = self.report.total(row)
        return self.first(row, *names) if printed is None else printed


def said(report: PublishedReport) -> Statements:
    """Return what the texts of the report state."""
    stated_claims = [claim for key in TEXTS for claim in claims(report.sections.get(key, ""), report.year)]
    return Statements(report, tuple(stated_claims))


def readings(statements: Statements, claim: Claim) -> set[Decimal]:
    """Return the figures of the tables that the claim may mean; empty where they do not say."""
    what = claim.what
    if what in statements.report.table2:
        printed = statements.report.table2[what]
        return set() if printed is None else {printed, _rounded(printed, claim.value)}
    if what in TABLE4 and what != REVIEW:
        return {Decimal(number) for number in _cell4(statements.report, what, "total")}
    if what.partition(".")[0] in (REVIEW, SUIT, DISPUTE):
        return {Decimal(number) for number in _of_table4(statements.report, what)}
    if what in FLOWS:
        figures = {Decimal(number) for number in FLOWS[what](statements)}
        may_hold_more = what in WITH_CARRIED and statements.known(CARRIED_IN_ROW) is None
        return set() if may_hold_more and figures and claim.value > max(figures) else figures
    return _of_rows(statements, what) if what[0] in "1234" else set()


def _of_rows(statements: Statements, what: str) -> set[Decimal]:
    """Return what rows of table 3 add up to; 予以公开 alone may mean 部分公开 too."""
    totals = [statements.report.total(row) for row in what.split("+")]
    known = [total for total in totals if total is not None]
    if len(known) < len(totals):
        return set()
    alone = what == "3.1" and not statements.values("3.2")
    in_part = statements.report.total("3.2") or 0 if alone else 0
    return {Decimal(sum(known)), Decimal(sum(known) + in_part)}


WITH_CARRIED = (RECEIVED, HANDLED, ALL)  # may include what was carried in, and that may not be known


def _rounded(printed: Decimal, stated: Decimal) -> Decimal:
    """Return the printed figure with as many decimals as the text gives."""
    return rounded(printed, -int(stated.as_tuple().exponent))


def rounded(figure: Decimal, places: int) -> Decimal:
    """Return the figure with so many decimals; as it stands where nobody reckons with so many digits."""
    try:
        return round(figure, places)
    except InvalidOperation:
        return figure


def printed_flows(statements: Statements) -> list[int | None]:
    """Return 新收, 上年结转, 总计, 结转下年 as printed."""
    return [
        statements.report.total(row) for row in (RECEIVED_ROW, CARRIED_IN_ROW, TOTAL_ROW, CARRIED_OUT_ROW)
    ]


def flows_of(statements: Statements) -> tuple[int | None, int | None, int | None, int | None]:
    """Return 新收, 上年结转, 总计, 结转下年 as printed, one of them worked out where it alone is missing."""
    new, into, done, out = printed_flows(statements)
    if done is None and new is not None and into is not None and out is not None:
        done = new + into - out
    return new, into, done, out


def total_of(*numbers: int | None) -> set[int]:
    """Return the sum of the numbers as the one figure that fits; empty where one is not known."""
    known = [number for number in numbers if number is not None]
    return {sum(known)} if len(known) == len(numbers) else set()


def received_of(statements: Statements) -> set[int]:
    """Return what 收到 may mean by the table: this year's requests, or those carried in as well."""
    new, _, _, _ = flows_of(statements)
    into = statements.known(CARRIED_IN_ROW)
    return set() if new is None else {new} | total_of(new, into)


def _closed(statements: Statements) -> set[int]:
    new, _, done, out = flows_of(statements)
    if done is None:
        return set()
    return {done} | total_of(new, -out if out is not None else None)


def answered_of(statements: Statements) -> set[int]:
    """Answers may be counted without what was closed in another way, or of this year's requests alone."""
    _, _, done, _ = flows_of(statements)
    if done is None:
        return set()
    without = [statements.report.total(row) for row in (OTHER, "3.6.1", "3.6.2", "3.6.3")]
    return _closed(statements) | {done - number for number in without if number is not None}


def _handled(statements: Statements) -> set[int]:
    return (
        (received_of(statements) | answered_of(statements))
        if received_of(statements) and answered_of(statements)
        else set()
    )


def _all(statements: Statements) -> set[int]:
    new, into, done, _ = flows_of(statements)
    return (total_of(new, into) | total_of(done) | total_of(new)) if total_of(new, into) else set()


def _natural(statements: Statements) -> set[int]:
    return _of_kind(statements, NATURAL)


def _of_kind(statements: Statements, kind: str) -> set[int]:
    """Return what the requests of one kind of applicant may be: new, with those carried in, closed."""
    new, into, done = (
        figure(statements.report.table3, row, kind) for row in (RECEIVED_ROW, CARRIED_IN_ROW, TOTAL_ROW)
    )
    return (total_of(new) | total_of(new, into) | total_of(done)) if total_of(new, into, done) else set()


def _legal(statements: Statements) -> set[int]:
    """Return what all but natural persons may be: the totals without them."""
    numbers: set[int] = set()
    for rows in ((RECEIVED_ROW,), (RECEIVED_ROW, CARRIED_IN_ROW), (TOTAL_ROW,)):
        natural = total_of(*(figure(statements.report.table3, row, NATURAL) for row in rows))
        numbers |= {
            all_ - one
            for all_ in total_of(*(statements.report.total(row) for row in rows))
            for one in natural
        }
    return numbers if len(_natural(statements)) and numbers else set()


def _open(statements: Statements) -> set[int]:
    """Return what was open at the year's end: what is carried out, where nothing else is said to be that."""
    _, _, _, out = flows_of(statements)
    parts = [int(claim.value) for claim in statements.claims if claim.what in (PENDING, WAITING)]
    if out is None or statements.values(CARRIED_OUT_ROW):
        return set()
    return {out, *parts} if sum(parts) == out else {out}


FLOWS: dict[str, Callable[[Statements], set[int]]] = {
    **{kind: partial(_of_kind, kind=kind) for kind in KINDS},
    PENDING: _open,
    NATURAL: _natural,
    LEGAL: _legal,
    RECEIVED: received_of,
    CLOSED: _closed,
    ANSWERED: answered_of,
    HANDLED: _handled,
    ALL: _all,
}


def _of_table4(report: PublishedReport, what: str) -> set[int]:
    """Return the figures of table 4; a suit may mean either half or both."""
    head, _, result = what.partition(".")
    names = list(TABLE4)
    groups = {
        REVIEW: [names[:1]],
        SUIT: [names[1:2], names[2:], names[1:]],
        DISPUTE: [names, names[:2], [names[0], names[2]]],
    }[head]
    cells = [_cell4(report, name, result or "total") for name in names]
    if any(not cells[names.index(name)] for group in groups for name in group):
        return set()
    numbers: set[int] = set()
    for group in groups:
        sums = {0}
        for name in group:
            sums = {one + other for one in sums for other in cells[names.index(name)]}
        numbers |= sums
    return numbers


def _cell4(report: PublishedReport, block: str, column: str) -> set[int]:
    """Return a cell; for a total also what its parts add up to, for the printed one may be wrong."""
    printed = figure(report.table4, block, column)
    values = set() if printed is None else {printed}
    parts = [figure(report.table4, block, part) for part in LABELS4] if column == "total" else [None]
    known = [part for part in parts if part is not None]
    return values | ({sum(known)} if len(known) == len(parts) else set())
