"""Publish the annual report: freeze what was printed and the cases behind it; correct by a new edition.

Basis: 条例第49条 (when). That a published figure never moves and is corrected by a version with its
reason is practice (rulebook 4.5); nothing here changes an edition.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.errors import DomainError, InvalidDetailError, StepNotAllowedError
from tracker.domain.message import Phrase, joined, worded
from tracker.domain.misfit import DamagedError
from tracker.domain.permission import Action
from tracker.domain.report.format import LABELS, LEAVES, SECTIONS
from tracker.domain.report.section import OTHER, WRITTEN
from tracker.domain.report.table3 import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    COLUMN_LABELS,
    COLUMNS,
    RECEIVED_ROW,
    RESULT_ROWS,
    TOTAL,
    TOTAL_ROW,
    Finding,
)
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.reads.table3 import cases_of_cell, table3_counts
from tracker.models.report import EditionCase, ReportEdition
from tracker.rendering import annual
from tracker.rendering.annual import AnnualReport
from tracker.services.office import agency, audit, office
from tracker.services.office.actor import Actor
from tracker.services.report import report as reports

COUNTED_ROWS = (RECEIVED_ROW, CARRIED_IN_ROW, *RESULT_ROWS, CARRIED_OUT_ROW)
EXPLANATION = "数据说明"
MISCOUNTED = worded(
    "表三的统计数与案件逐件数得的不符，不能发布：请运行 tracker check 查明，再运行 tracker init 重做统计数。"
)
SHORT = 12  # characters of a digest that name a finding on a form
SEALED = ("agency_id", "year", "number", "document", "reason", "approved_by", "published_by", "previous_hash")


class ReportNotReadyError(DomainError):
    """The report cannot be published yet; the text says what is open."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What the head decides: explanations by the key of their finding, the approver, the day.

    seen:   the digest of the report that was looked at; another one is not what was approved.
    reason: of a corrected edition.
    """

    explanations: Mapping[str, str]
    approved_by: str
    published_on: date
    seen: str
    reason: str = ""


def key_of(finding: Finding) -> str:
    """Return the name of a finding on a form."""
    return _digest([finding.check, finding.where, finding.message])[:SHORT]


def digest_of(report: AnnualReport) -> str:
    """Return what tells one report from another: figures, texts, findings."""
    told = annual.as_document(report)
    return _digest({key: value for key, value in told.items() if key != "compiled_on"})


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def publish(year: int, given: Approval, *, actor: Actor, today: date, now: datetime) -> ReportEdition:
    """Freeze the report of a year that has ended as its next edition.

    The cases behind each cell of table 3 are read one by one: as many as its tally says, or nothing is
    published.

    Raises NotReadyError, InvalidDetailError, StepNotAllowedError, DamagedError where a row of the practice
    that it is counted by cannot be read or a tally is not what the cases give, and StaleDataError where the
    report is no longer the one that was looked at.
    """
    actor.require(Action.PUBLISH)
    with transaction():
        office.check_practice()
        agency.lock(actor.agency_id)
        before = reports.edition(actor.agency_id, year)
        _check_days(year, given, today)
        report = reports.current(actor.agency_id, year, today=today)
        if digest_of(report) != given.seen:
            raise StaleDataError
        _check_ready(report, given, before)
        cases = _counted(actor.agency_id, year)
        _check_counted(actor.agency_id, year, cases)
        printed = replace(explained(report, given.explanations), compiled_on=today)
        row = ReportEdition(
            agency_id=actor.agency_id,
            year=year,
            number=before.number + 1 if before else 1,
            document=annual.as_document(printed),
            reason=given.reason.strip(),
            approved_by=given.approved_by.strip(),
            published_on=given.published_on,
            published_at=now,
            published_by=actor.name,
            previous_hash=before.hash if before else "",
        )
        row.hash = _seal(row, cases)
        db.session.add(row)
        db.session.flush()
        if cases:
            keys = ("row", "kind", "case_id")
            rows = [{"edition_id": row.id, **dict(zip(keys, case, strict=True))} for case in cases]
            db.session.execute(insert(EditionCase), rows)
        audit.note(
            "report_published",
            actor=actor.name,
            now=now,
            agency_id=actor.agency_id,
            target=Phrase("%(year)s年度报告", year=year),
            edition=row.number,
        )
    return row


def _check_days(year: int, given: Approval, today: date) -> None:
    if today.year <= year:
        raise StepNotAllowedError(
            "%(year)s年还没有结束，次年1月1日起才能发布这一年的年度报告。",
            year=year,
        )
    if not date(year + 1, 1, 1) <= given.published_on <= today:
        raise InvalidDetailError("公布日期应在%(value)s年1月1日与今天之间。", value=year + 1)


def _check_ready(report: AnnualReport, given: Approval, before: ReportEdition | None) -> None:
    missing = reports.missing(report)
    if missing:
        raise ReportNotReadyError("还不能发布：%(missing)s", missing=joined(missing))
    if not given.approved_by.strip():
        raise InvalidDetailError("请填写批准人。")
    if before is not None and not given.reason.strip():
        raise InvalidDetailError("发布更正版须写明更正的理由。")
    left = [finding for finding in report.findings if not given.explanations.get(key_of(finding), "").strip()]
    if left:
        unexplained = Phrase(
            "还有%(count)s处核对发现既没有消除也没有说明：%(where)s。",
            count=len(left),
            where=left[0].where,
        )
        raise ReportNotReadyError("%(unexplained)s说明将印在第六部分。", unexplained=unexplained)
    if before is not None and _same(explained(report, given.explanations), before):
        raise StepNotAllowedError("与已发布的版本完全相同，没有需要更正的内容。")


def _check_counted(agency_id: int, year: int, cases: Iterable[tuple[str, str, int]]) -> None:
    """Raise DamagedError where the tallies that the report was made from are not what the cases give."""
    each = Counter((row, kind) for row, kind, _case_id in cases)
    if each != Counter(table3_counts(agency_id, year)):
        raise DamagedError(MISCOUNTED)


def _same(report: AnnualReport, before: ReportEdition) -> bool:
    printed = annual.from_document(before.document)
    parts = (report.table2, report.table3, report.table4, dict(report.sections))
    return parts == (printed.table2, printed.table3, printed.table4, dict(printed.sections))


def explained(report: AnnualReport, explanations: Mapping[str, str]) -> AnnualReport:
    """Return the report with the explanations of its findings printed in section 六."""
    explained_lines = [
        f"{EXPLANATION}：{finding.where}：{explanations[key_of(finding)].strip()}"
        for finding in report.findings
        if explanations.get(key_of(finding), "").strip()
    ]
    text = "\n".join([report.sections.get(OTHER, ""), *explained_lines]).strip()
    return replace(report, sections={**report.sections, OTHER: text})


# -- the cases behind the cells -------------------------------------------------------------------


def _counted(agency_id: int, year: int) -> list[tuple[str, str, int]]:
    """Return (row, kind, case) of every cell of table 3 as the ledgers stand."""
    counted = []
    for row in COUNTED_ROWS:
        cases = cases_of_cell(agency_id, year, row, TOTAL).with_only_columns(Case.applicant_kind, Case.id)
        counted += [(row, kind, case_id) for kind, case_id in db.session.execute(cases.order_by(Case.id))]
    return counted


def _frozen(edition_id: int) -> list[tuple[str, str, int]]:
    columns = (EditionCase.row, EditionCase.kind, EditionCase.case_id)
    return list(
        db.session.execute(select(*columns).where(EditionCase.edition_id == edition_id)).tuples().all()
    )


def frozen_cases(edition_id: int, row: str, column: str) -> Select[tuple[Case]]:
    """Return the cases that a published cell counted."""
    rows = RESULT_ROWS if row == TOTAL_ROW else LEAVES[row]
    behind = select(EditionCase.case_id).where(
        EditionCase.edition_id == edition_id, EditionCase.row.in_(rows)
    )
    if column != TOTAL:
        behind = behind.where(EditionCase.kind == column)
    return select(Case).where(Case.id.in_(behind))


# -- what a correction would change -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that would read otherwise if the year were counted again, and the cases that make it so."""

    where: str
    printed: str
    counted: str
    added: Sequence[Case] = ()
    removed: Sequence[Case] = ()


def editions(agency_id: int, year: int) -> list[ReportEdition]:
    """Return the editions of the year, the newest first."""
    query = select(ReportEdition).where(ReportEdition.agency_id == agency_id, ReportEdition.year == year)
    return list(db.session.scalars(query.order_by(ReportEdition.number.desc())))


def changes(edition: ReportEdition, *, today: date) -> list[Change]:
    """Return what differs between the edition and the report as everything stands now."""
    printed = annual.from_document(edition.document)
    now = reports.current(edition.agency_id, edition.year, today=today)
    changed = list(_of_table3(edition, printed, now))
    for name, old, new in (("表二", printed.table2, now.table2), ("表四", printed.table4, now.table4)):
        before, after = dict(_flat(old)), dict(_flat(new))
        changed += [
            Change(f"{name} {key}", str(before.get(key, 0)), str(value))
            for key, value in after.items()
            if before.get(key, 0) != value
        ]
    return changed


def _of_table3(edition: ReportEdition, printed: AnnualReport, now: AnnualReport) -> Iterator[Change]:
    was, is_now = _by_cell(_frozen(edition.id)), _by_cell(_counted(edition.agency_id, edition.year))
    moved = {key: (is_now.get(key, set()), was.get(key, set())) for key in {*was, *is_now}}
    ids = {case_id for new, old in moved.values() for case_id in new ^ old}
    cases = {case.id: case for case in _cases(ids)}
    for row in now.table3:
        for column in COLUMNS:
            new, old = moved.get((row, column), (set(), set()))
            before, after = printed.table3[row][column], now.table3[row][column]
            if before != after or new != old:
                yield Change(
                    f"{LABELS[row]} {COLUMN_LABELS[column]}",
                    str(before),
                    str(after),
                    [cases[case_id] for case_id in sorted(new - old)],
                    [cases[case_id] for case_id in sorted(old - new)],
                )


def _by_cell(rows: list[tuple[str, str, int]]) -> dict[tuple[str, str], set[int]]:
    cases: dict[tuple[str, str], set[int]] = {}
    for row, kind, case_id in rows:
        cases.setdefault((row, kind), set()).add(case_id)
    return cases


def _cases(ids: set[int]) -> Iterator[Case]:
    listed = sorted(ids)
    for start in range(0, len(listed), 500):
        yield from db.session.scalars(select(Case).where(Case.id.in_(listed[start : start + 500]))).unique()


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def texts_changed(edition: ReportEdition, *, today: date) -> list[str]:
    """Return the headings of the sections whose text reads otherwise now; explanations do not count."""
    printed = annual.from_document(edition.document).sections
    now = reports.current(edition.agency_id, edition.year, today=today).sections
    return [SECTIONS[key] for key in WRITTEN if _plain(printed.get(key, "")) != _plain(now.get(key, ""))]


def _plain(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith(f"{EXPLANATION}："))


# -- proof ------------------------------------------------------------------------------------------


def _seal(row: ReportEdition, cases: list[tuple[str, str, int]]) -> str:
    """Return the hash of an edition: all that was printed, by whom, and the cases behind it."""
    told = {name: getattr(row, name) for name in SEALED}
    return _digest({**told, "published_on": row.published_on.isoformat(), "cases": sorted(map(list, cases))})


def verify(agency_id: int) -> Iterator[tuple[str, str]]:
    """Yield (where, what is wrong) of the agency's published editions."""
    query = select(ReportEdition).where(ReportEdition.agency_id == agency_id)
    last: dict[int, ReportEdition] = {}
    for row in db.session.scalars(query.order_by(ReportEdition.year, ReportEdition.number)):
        where = Phrase("%(year)s年度报告第%(number)s版", year=row.year, number=row.number)
        before = last.get(row.year)
        if (row.number, row.previous_hash) != ((before.number + 1, before.hash) if before else (1, "")):
            yield where, Phrase("与前一版不衔接：有版本被改动或删除。")
        if _seal(row, _frozen(row.id)) != row.hash:
            yield where, Phrase("散列不符：已发布的数字、文字或其案件清单被改动。")
        last[row.year] = row
