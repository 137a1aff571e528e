"""Regulations and normative documents: made, repealed, in force on 31 December (第20条第1项).

The words of table 2: 本年制发件数, 本年废止件数, 现行有效件数 (国办公开办函〔2021〕30号).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.domain.case.rules import Rules
from tracker.domain.report.table3 import first_day, last_day

REGULATION, NORMATIVE = "regulation", "normative_document"
KINDS = {NORMATIVE: "行政规范性文件", REGULATION: "规章"}
IN_FORCE, REPEALED, EXPIRED, AMENDED = "in_force", "repealed", "expired", "amended"
STATUSES = {IN_FORCE: "有效", REPEALED: "废止", EXPIRED: "失效", AMENDED: "修改"}


@dataclass(frozen=True, slots=True)
class Document:
    """What the count needs of a document. ``revises``: it takes the place of an amended one."""

    kind: str
    made_on: date
    in_force_from: date | None = None
    valid_until: date | None = None
    status: str = IN_FORCE
    ended_on: date | None = None
    leads: bool = True
    revises: bool = False

    @property
    def end(self) -> tuple[date, str] | None:
        """The first day on which it no longer holds, and how it ended; None while it holds.

        Its own term ends it without anybody's act: valid until 31 December it holds on that day
        and has expired on 1 January.
        """
        ends = []
        if self.ended_on and self.status != IN_FORCE:
            ends.append((self.ended_on, self.status))
        if self.valid_until:
            ends.append((self.valid_until + timedelta(days=1), EXPIRED))
        return min(ends, default=None)

    def holds_on(self, day: date) -> bool:
        """Return whether it is in force on the day."""
        begun = (self.in_force_from or self.made_on) <= day
        return begun and (self.end is None or self.end[0] > day)


def repeals(counting: Rules) -> Collection[str]:
    """Return the ways of ending that count under 本年废止."""
    ways = {REPEALED}
    if counting.expiry_is_repeal:
        ways.add(EXPIRED)
    if counting.revision_is_repeal:
        ways.add(AMENDED)
    return ways


def column_of(document: Document, year: int, counting: Rules) -> list[str]:
    """Return the columns of table 2 that a document is counted in for a year."""
    if not document.leads and counting.joint_documents == "lead":
        return []
    start, end = first_day(year), last_day(year)
    columns = []
    if start <= document.made_on <= end and (counting.revision_is_repeal or not document.revises):
        columns.append("made")
    over = document.end
    if over and start <= over[0] <= end and over[1] in repeals(counting):
        columns.append("repealed")
    if document.holds_on(end):
        columns.append("in_force")
    return columns


def counts(documents: Iterable[Document], year: int, counting: Rules) -> dict[str, dict[str, int]]:
    """Return the six cells of 第20条第1项 by kind and column."""
    table = {kind: {"made": 0, "repealed": 0, "in_force": 0} for kind in KINDS}
    for document in documents:
        for column in column_of(document, year, counting):
            table[document.kind][column] += 1
    return table
