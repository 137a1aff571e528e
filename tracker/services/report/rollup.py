"""The reports of an agency's offices added up: those of this deployment and those that are sent in.

The people of the parent read totals and findings of the offices below it, never their cases.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.message import Phrase, worded
from tracker.domain.packing import packed, unpacked
from tracker.domain.permission import Action
from tracker.domain.report import identity, published, rollup
from tracker.domain.report.identity import same_agency
from tracker.domain.report.published import PublishedReport
from tracker.domain.report.rollup import Difference
from tracker.domain.report.table3 import Finding
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.report import ReceivedReport, ReportOffice
from tracker.reading import isolated
from tracker.reading.report import reader
from tracker.rendering import annual
from tracker.services.office import agency, audit
from tracker.services.office.actor import Actor
from tracker.services.report import report as reports

UNPUBLISHED = worded("尚未发布，按现在的台账")
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One office in the sum: how its report came, the report, what does not balance in it.

    final: published here or sent in; a report that is still being made counts, and is named as open.
    """

    name: str
    source: str
    final: bool
    report: PublishedReport | None
    findings: list[Finding]
    office_id: int | None = None

    def total(self, row: str) -> int | None:
        """Return the total of a row; None where there is no report."""
        return self.report.total(row) if self.report else None


@dataclass(frozen=True, slots=True)
class Rollup:
    """The sum of a year, who is missing, what it breaks, and where it differs from what was printed."""

    year: int
    lines: list[OfficeLine]
    summed: PublishedReport
    findings: list[Finding]
    printed: ReceivedReport | None
    differences: list[Difference]

    @property
    def missing(self) -> list[OfficeLine]:
        """The offices whose report is neither published here nor sent in."""
        return [line for line in self.lines if not line.final]


def of_year(year: int, *, actor: Actor, today: date) -> Rollup:
    """Add up the reports of the actor's agency, of the agencies below it, and of those that send in."""
    actor.require(Action.ROLLUP)
    own = db.session.get_one(Agency, actor.agency_id)
    lines = [_of_agency(agency, year, own.id, today) for agency in _below(own)]
    lines += list(_of_outside(own.id, year))
    known = [line.report for line in lines if line.report is not None]
    summed = rollup.total(known, own.name, year)
    printed = _received(own.id, year).get(None)
    compared = published.of_exchange(printed.document) if printed else None
    return Rollup(
        year=year,
        lines=lines,
        summed=summed,
        findings=identity.findings(summed),
        printed=printed,
        differences=rollup.differences(summed, compared) if compared else [],
    )


def _below(own: Agency) -> Iterator[Agency]:
    """Yield the agency and every agency under it, each once."""
    seen, level = {own.id}, [own]
    while level:
        yield from level
        ids = [agency.id for agency in level]
        query = select(Agency).where(Agency.parent_id.in_(ids)).order_by(Agency.id)
        level = [agency for agency in db.session.scalars(query) if agency.id not in seen]
        seen |= {agency.id for agency in level}


def _of_agency(agency: Agency, year: int, own_id: int, today: date) -> OfficeLine:
    report = reports.shown(agency.id, year, today=today)
    source = Phrase("本机关") if agency.id == own_id else Phrase("本系统")
    state = Phrase("已发布第%(edition)s版", edition=report.edition) if report.edition else UNPUBLISHED
    read = published.of_exchange(annual.as_json(report))
    return OfficeLine(
        agency.name,
        Phrase("%(source)s（%(state)s）", source=source, state=state),
        bool(report.edition),
        read,
        report.findings,
    )


def _of_outside(agency_id: int, year: int) -> Iterator[OfficeLine]:
    received = _received(agency_id, year)
    for office in offices(agency_id):
        row = received.get(office.id)
        if row is None and not office.active:
            continue
        if row is None:
            yield OfficeLine(office.name, Phrase("尚未报送"), False, None, [], office.id)
            continue
        findings = [_finding(each) for each in row.document.get("findings", [])]
        read = published.of_exchange(row.document)
        when = row.received_at.date().isoformat()
        yield OfficeLine(
            office.name,
            Phrase("报送（%(file_name)s，%(when)s）", file_name=row.file_name, when=when),
            True,
            read,
            findings,
            office.id,
        )


def _kept(finding: Finding) -> dict[str, Any]:
    return {key: packed(value) for key, value in asdict(finding).items()}


def _finding(kept: Mapping[str, Any]) -> Finding:
    return Finding(**{key: unpacked(value) for key, value in kept.items()})


def offices(agency_id: int) -> list[ReportOffice]:
    """Return the offices outside this deployment that send their reports in."""
    query = select(ReportOffice).where(ReportOffice.agency_id == agency_id).order_by(ReportOffice.id)
    return list(db.session.scalars(query))


def _received(agency_id: int, year: int) -> dict[int | None, ReceivedReport]:
    """Return the newest report of each office in the year; under None what the parent printed."""
    mine = (ReceivedReport.agency_id == agency_id, ReceivedReport.year == year)
    newest = select(func.max(ReceivedReport.id)).where(*mine).group_by(ReceivedReport.office_id)
    rows = db.session.scalars(select(ReceivedReport).where(ReceivedReport.id.in_(newest)))
    return {row.office_id: row for row in rows}


# -- what is sent in --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file: its name, its bytes, the office as typed (empty: as the report says).

    whole: it is the sum that the parent itself printed.
    """

    name: str
    content: bytes
    office: str = ""
    whole: bool = False


def receive(year: int, arrived: Arrived, *, actor: Actor, now: datetime) -> ReceivedReport:
    """Keep a report that was sent in: Word, Excel, web page, JSON or text.

    The newest of an office and year counts. Raises InvalidDetailError, UnreadableReportError.
    """
    actor.require(Action.ROLLUP)
    actor.require(Action.PUBLISH)
    read = isolated.read(reader.read, arrived.content, arrived.name)
    report = read.report
    if read.others:
        raise InvalidDetailError(
            "%(name)s：一个文件里有多份报告，请分成几个文件再上传。",
            name=arrived.name,
        )
    if report.year not in (None, year):
        raise InvalidDetailError(
            "%(name)s：这是%(year)s年的报告，不是%(year2)s年的。",
            name=arrived.name,
            year=report.year,
            year2=year,
        )
    findings = rollup.of_all([*identity.findings(report), *rollup.unprinted(report)])
    document = {**rollup.as_exchange(report), "year": year, "findings": [_kept(each) for each in findings]}
    with transaction():
        agency.lock(actor.agency_id)
        office = None if arrived.whole else _office(actor, arrived.office.strip() or report.agency)
        row = ReceivedReport(
            agency_id=actor.agency_id,
            office_id=office.id if office else None,
            year=year,
            document=document,
            file_name=arrived.name[-200:],
            digest=hashlib.sha256(arrived.content).hexdigest(),
            received_at=now,
            received_by=actor.name,
        )
        db.session.add(row)
        db.session.flush()
        _note(
            actor,
            now,
            Phrase(
                "%(year)s年度报告：%(name)s", year=year, name=office.name if office else Phrase("本级汇总")
            ),
            file=arrived.name[-200:],
        )
    return row


def _office(actor: Actor, name: str) -> ReportOffice:
    """Return the office of that name, made where it is new."""
    if not name:
        raise InvalidDetailError("报告中没有读到机关名称，请填写报送机关。")
    if len(name) > LONGEST_NAME:
        raise InvalidDetailError(
            "机关名称不能超过%(longest_name)s个字。",
            longest_name=LONGEST_NAME,
        )
    own = db.session.get_one(Agency, actor.agency_id)
    for below in _below(own):
        if same_agency(below.name, name):
            raise InvalidDetailError(
                "“%(name)s”的报告由本系统的台账汇总，不用报送，以免重复计算。",
                name=below.name,
            )
    for office in offices(actor.agency_id):
        if same_agency(office.name, name):
            return office
    office = ReportOffice(agency_id=actor.agency_id, name=name, active=True)
    db.session.add(office)
    db.session.flush()
    return office


def expect(name: str, *, actor: Actor, now: datetime) -> ReportOffice:
    """Put an office on the list of those that must send in."""
    actor.require(Action.PUBLISH)
    with transaction():
        agency.lock(actor.agency_id)
        office = _office(actor, name.strip())
        office.active = True
        _note(actor, now, Phrase("应报送的机关：%(name)s", name=office.name))
    return office


def release(office_id: int, *, actor: Actor, now: datetime) -> None:
    """Take an office off the list; the reports that it sent stay."""
    actor.require(Action.PUBLISH)
    with transaction():
        office = db.session.get(ReportOffice, office_id)
        if office is None or office.agency_id != actor.agency_id:
            raise NotFoundError("没有这个报送机关。")
        office.active = False
        _note(actor, now, Phrase("不再报送的机关：%(name)s", name=office.name))


def _note(actor: Actor, now: datetime, target: str, **details: Any) -> None:
    audit.note(
        "report_received", actor=actor.name, now=now, agency_id=actor.agency_id, target=target, **details
    )
