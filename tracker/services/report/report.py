"""The annual report of a year: as it was published, else as ledgers, registers and texts stand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from tracker.config import UNNAMED
from tracker.domain.case.outcome import SPLIT_FORM
from tracker.domain.message import Phrase, worded
from tracker.domain.report import figure, identity
from tracker.domain.report import format as report_format
from tracker.domain.report import published as report_published
from tracker.domain.report import section as report_section
from tracker.domain.report.figure import Figure
from tracker.domain.report.format import SECTIONS
from tracker.domain.report.section import OTHER, OVERVIEW, WRITTEN
from tracker.domain.report.table3 import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    COLUMN_LABELS,
    COLUMNS,
    Cells,
    Finding,
    cells,
    identities,
)
from tracker.models.base import db
from tracker.models.reads.contact import contact_counts
from tracker.models.reads.table3 import table3_of_years
from tracker.models.report import ReportEdition
from tracker.rendering import annual, register
from tracker.rendering.annual import AnnualReport
from tracker.rendering.register import OverviewFacts
from tracker.services.office import office
from tracker.services.office.agency import name_of
from tracker.services.report import text as texts

TABLE_2 = "2"  # the section that holds it
NAMELESS = worded("机关名称：尚未设置，请在服务器上运行 tracker init --agency 名称。")
CONTACTS = {"letter": "letters", "visit": "visits", "call": "calls"}


def edition(agency_id: int, year: int, number: int | None = None) -> ReportEdition | None:
    """Return the newest published edition of the year, or the one of that number; None where none is."""
    query = select(ReportEdition).where(ReportEdition.agency_id == agency_id, ReportEdition.year == year)
    if number is not None:
        query = query.where(ReportEdition.number == number)
    return db.session.scalar(query.order_by(ReportEdition.number.desc()).limit(1))


def published(agency_id: int, year: int, number: int | None = None) -> AnnualReport | None:
    """Return the report as it was published; None where it was not."""
    row = edition(agency_id, year, number)
    return None if row is None else _of_edition(row)


def _of_edition(row: ReportEdition) -> AnnualReport:
    return annual.from_document(row.document, edition=row.number, published_on=row.published_on)


def shown(agency_id: int, year: int, *, today: date) -> AnnualReport:
    """Return the published report of the year, else the one that is being made."""
    return published(agency_id, year) or current(agency_id, year, today=today)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A year in the list of reports: table 3, what does not balance in it, its newest edition.

    edition, published_on: 0 and None where it was not published.
    """

    year: int
    table3: Cells
    findings: list[Finding]
    edition: int
    published_on: date | None


def years(agency_id: int, first: int, last: int) -> list[ReportLine]:
    """Return the years from the first to the last: published ones as they were printed."""
    printed, counts = _newest(agency_id, first - 1, last), table3_of_years(agency_id, first - 1, last)
    lines: list[ReportLine] = []
    for year in range(first, last + 1):
        if (report := printed.get(year)) is not None:
            line = ReportLine(year, report.table3, report.findings, report.edition, report.published_on)
        else:
            form, before = report_format.of_year(year), printed.get(year - 1)
            last_year = before.table3 if before else cells(counts[year - 1])
            table = form.printed(cells(counts[year]))
            table3, findings = _carried(table, identities(table, form.printed(last_year)), before)
            line = ReportLine(year, table3, findings, 0, None)
        lines.append(line)
    return lines


def _newest(agency_id: int, first: int, last: int) -> dict[int, AnnualReport]:
    """Return the newest edition of every year from the first to the last that was published."""
    newest = select(func.max(ReportEdition.id)).where(
        ReportEdition.agency_id == agency_id, ReportEdition.year.between(first, last)
    )
    rows = db.session.scalars(
        select(ReportEdition).where(ReportEdition.id.in_(newest.group_by(ReportEdition.year)))
    )
    return {row.year: _of_edition(row) for row in rows}


def current(agency_id: int, year: int, *, today: date) -> AnnualReport:
    """Return the report as everything stands now, whether the year was published or not.

    Row 二 is the published row 四 of the year before; where the ledgers say otherwise, that is a finding.
    """
    return _with_texts(agency_id, year, today, {})


def as_typed(agency_id: int, year: int, section: str, text: str, *, today: date) -> AnnualReport:
    """Return the report with a section as somebody types it, not yet kept."""
    return _with_texts(agency_id, year, today, {section: text})


def _with_texts(agency_id: int, year: int, today: date, typed: Mapping[str, str]) -> AnnualReport:
    """Put the texts into the report, their figures put in, and find what contradicts itself."""
    before = published(agency_id, year - 1)
    report = _counted(agency_id, year, today, before)
    facts = register.facts(agency_id, year)
    known = _figures(agency_id, report, facts)
    written = {**{key: kept.text for key, kept in texts.latest(agency_id, year).items()}, **typed}
    sections = {section: figure.rendered(text, known) for section, text in written.items()}
    report = replace(report, sections=sections)
    others = [report_published.of_exchange(annual.as_json(before))] if before else []
    broken = identity.findings(report_published.of_exchange(annual.as_json(report)), others)
    broken = [
        *report.findings,
        *_fees(report, facts),
        *broken,
        *_of_texts(agency_id, report, written, known),
    ]
    return replace(report, findings=list(dict.fromkeys(broken)))


def _fees(report: AnnualReport, facts: OverviewFacts) -> list[Finding]:
    """Return that fees of requests were paid and table 2 does not hold them; 60号 has no row of amounts."""
    if report.year < SPLIT_FORM:
        return []
    row = report.table2["fees_wan_yuan"]
    where = Phrase("%(value)s：第二十条第（八）项", value=SECTIONS[TABLE_2])
    return report_section.processing_fees(facts.request_fees_fen, str(row), where)


def _counted(agency_id: int, year: int, today: date, before: AnnualReport | None) -> AnnualReport:
    """Return the report without its texts. before: that of the year before, where it was published."""
    report = annual.compile_report(
        agency_id,
        name_of(agency_id),
        year,
        compiled_on=today,
        last_year=before.table3 if before else None,
        counting=office.counting(year),
    )
    table3, findings = _carried(report.table3, report.findings, before)
    return replace(report, table3=table3, findings=findings)


def _carried(
    table: Cells, findings: list[Finding], before: AnnualReport | None
) -> tuple[Cells, list[Finding]]:
    """Take row 二 from the published row 四; say where the ledgers differ."""
    if before is None or table[CARRIED_IN_ROW] == before.table3[CARRIED_OUT_ROW]:
        return table, findings
    counted, printed = table[CARRIED_IN_ROW], before.table3[CARRIED_OUT_ROW]
    table3 = {**table, CARRIED_IN_ROW: dict(printed)}
    differing = [
        Finding(
            "carried_in_ledger",
            COLUMN_LABELS[column],
            Phrase(
                "%(year)s年已公布的“结转下年度”为%(printed)s，台账现为%(counted)s。本表按已公布的数字填写；"
                "请查明原因，更正台账、发布更正版，或在第六部分说明。",
                year=before.year,
                printed=printed[column],
                counted=counted[column],
            ),
        )
        for column in COLUMNS
        if printed[column] != counted[column]
    ]
    return table3, [*identities(table3, before.table3), *differing]


# -- texts ----------------------------------------------------------------------------------------


def known_figures(agency_id: int, report: AnnualReport) -> dict[str, Figure]:
    """Return every figure that the year's texts may quote, by name."""
    return _figures(agency_id, report, register.facts(agency_id, report.year))


def _figures(agency_id: int, report: AnnualReport, facts: OverviewFacts) -> dict[str, Figure]:
    contacts = contact_counts(agency_id, report.year)
    by_form = {
        key: sum(n for (form, _), n in contacts.items() if form == code) for code, key in CONTACTS.items()
    }
    of_registers = {
        "items": facts.items,
        "publications": facts.channel_items,
        "media": len(facts.media),
        "media_names": "、".join(medium.name for medium in facts.media),
        "by_medium": "、".join(f"{medium.name}{medium.items}条" for medium in facts.media),
        "trainings": facts.trainings,
        "trained": facts.trained_people,
        "assessments": facts.assessments,
        "accountability": facts.accountabilities,
        "request_fees_yuan": facts.request_fees_yuan,
        "contacts": sum(contacts.values()),
        **by_form,
    }
    return figure.figures(report.table2, report.table3, report.table4, of_registers)


def _of_texts(
    agency_id: int, report: AnnualReport, written: Mapping[str, str], known: Mapping[str, Figure]
) -> list[Finding]:
    """Return what is wrong with what was written; nothing where nothing was."""
    if not any(written.values()):
        return []
    before = last_texts(agency_id, report.year, today=report.compiled_on)
    findings: list[Finding] = []
    for section in WRITTEN:
        where = SECTIONS[section]
        findings += figure.contradictions(written[section], known, where)
        findings += [
            Finding(
                "unknown_figure",
                where,
                Phrase(
                    "没有名为“%(name)s”的数字，请从列表中选用。",
                    name=name,
                ),
            )
            for name in figure.unknown(written[section], known)
        ]
        findings += report_section.copied(report.sections[section], before.get(section, ""), where)
    charged = known["信息处理费.元"].value != "0"
    return [*findings, *report_section.fees(written[OTHER], charged, SECTIONS[OTHER])]


def last_texts(agency_id: int, year: int, *, today: date) -> Mapping[str, str]:
    """Return the texts of the year before, as printed; as they stand where it was not published."""
    printed = published(agency_id, year - 1)
    if printed is not None:
        return printed.sections
    written = texts.latest(agency_id, year - 1)
    if not any(kept.text for kept in written.values()):
        return {}
    counted = _counted(agency_id, year - 1, today, published(agency_id, year - 2))
    known = known_figures(agency_id, counted)
    return {section: figure.rendered(kept.text, known) for section, kept in written.items()}


def missing(report: AnnualReport) -> list[str]:
    """Return what must still be written before the report can be published (条例第50条)."""
    unwritten = [NAMELESS] if report.agency == UNNAMED else []
    unwritten += [
        Phrase("%(value)s：尚未填写。", value=SECTIONS[section])
        for section in WRITTEN
        if not report.sections.get(section)
    ]
    parts = report_section.split(report.sections.get(OVERVIEW, ""))
    if any(parts.values()):
        empty = (report_section.HEADINGS[part] for part, text in parts.items() if not text)
        unwritten += [
            Phrase(
                "%(value)s%(heading)s：尚未填写。",
                value=SECTIONS[OVERVIEW],
                heading=heading,
            )
            for heading in empty
        ]
    for section in WRITTEN:
        prompts = report_section.prompts(report.sections.get(section, ""))
        unwritten += [f"{SECTIONS[section]}：{prompt}" for prompt in prompts]
    return unwritten
