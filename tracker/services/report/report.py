"""The annual report of a year: as it was published, else as ledgers, registers and texts stand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from tracker.config import UNNAMED
from tracker.domain.case.outcome import SPLIT_FORM
from tracker.domain.report import figure, identity
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
    identities,
)
from tracker.models.base import db
from tracker.models.reads.contact import contact_counts
from tracker.models.report import ReportEdition
from tracker.rendering import annual, register
from tracker.rendering.annual import AnnualReport
from tracker.services.office import office
from tracker.services.office.agency import name_of
from tracker.services.report import text as texts

TABLE_2 = "2"  # the section that holds it
NAMELESS = "机关名称：尚未设置，请在服务器上运行 tracker init --agency 名称。"
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
    if row is None:
        return None
    return annual.from_document(row.document, edition=row.number, published_on=row.published_on)


def shown(agency_id: int, year: int, *, today: date) -> AnnualReport:
    """Return the published report of the year, else the one that is being made."""
    return published(agency_id, year) or current(agency_id, year, today=today)


def years(agency_id: int, first: int, last: int, *, today: date) -> list[AnnualReport]:
    """Return the reports from the first year to the last: published ones as they were printed."""
    query = select(ReportEdition.year).where(ReportEdition.agency_id == agency_id).distinct()
    printed = set(db.session.scalars(query))
    reports: list[AnnualReport] = []
    for year in range(first, last + 1):
        kept = published(agency_id, year) if year in printed else None
        reports.append(kept or _counted(agency_id, year, today, reports[-1].table3 if reports else None))
    return reports


def current(agency_id: int, year: int, *, today: date) -> AnnualReport:
    """Return the report as everything stands now, whether the year was published or not.

    Row 二 is the published row 四 of the year before; where the ledgers say otherwise, that is a finding.
    """
    report = _counted(agency_id, year, today, None)
    known = known_figures(agency_id, report)
    written = {section: kept.text for section, kept in texts.latest(agency_id, year).items()}
    return _with_texts(agency_id, report, known, written)


def as_typed(agency_id: int, year: int, section: str, text: str, *, today: date) -> AnnualReport:
    """Return the report with a section as somebody types it, not yet kept."""
    report = _counted(agency_id, year, today, None)
    known = known_figures(agency_id, report)
    written = {key: kept.text for key, kept in texts.latest(agency_id, year).items()}
    return _with_texts(agency_id, report, known, {**written, section: text})


def _with_texts(
    agency_id: int, report: AnnualReport, known: Mapping[str, Figure], written: Mapping[str, str]
) -> AnnualReport:
    """Put the texts into the report, their figures put in, and find what contradicts itself."""
    sections = {section: figure.rendered(text, known) for section, text in written.items()}
    report = replace(report, sections=sections)
    before = published(agency_id, report.year - 1)
    others = [report_published.of_exchange(annual.as_json(before))] if before else []
    broken = identity.findings(report_published.of_exchange(annual.as_json(report)), others)
    broken = [
        *report.findings,
        *_fees(agency_id, report),
        *broken,
        *_of_texts(agency_id, report, written, known),
    ]
    return replace(report, findings=list(dict.fromkeys(broken)))


def _fees(agency_id: int, report: AnnualReport) -> list[Finding]:
    """Return that fees of requests were paid and table 2 does not hold them; 60号 has no row of amounts."""
    if report.year < SPLIT_FORM:
        return []
    row = report.table2["fees_wan_yuan"]
    paid = register.facts(agency_id, report.year, office.counting(report.year)).request_fees_fen
    return report_section.processing_fees(paid, str(row), f"{SECTIONS[TABLE_2]}：第二十条第（八）项")


def _counted(agency_id: int, year: int, today: date, last_year: Cells | None) -> AnnualReport:
    before = published(agency_id, year - 1)
    report = annual.compile_report(
        agency_id,
        name_of(agency_id),
        year,
        compiled_on=today,
        last_year=before.table3 if before else last_year,
        counting=office.counting(year),
    )
    return report if before is None else _carried(report, before)


def _carried(report: AnnualReport, before: AnnualReport) -> AnnualReport:
    """Take row 二 from the published row 四; say where the ledgers differ."""
    counted, printed = report.table3[CARRIED_IN_ROW], before.table3[CARRIED_OUT_ROW]
    if counted == printed:
        return report
    table3 = {**report.table3, CARRIED_IN_ROW: dict(printed)}
    message = (
        f"{before.year}年已公布的“结转下年度”为{{}}，台账现为{{}}。本表按已公布的数字填写；"
        "请查明原因，更正台账、发布更正版，或在第六部分说明。"
    )
    differing = [
        Finding("carried_in_ledger", COLUMN_LABELS[column], message.format(printed[column], counted[column]))
        for column in COLUMNS
        if printed[column] != counted[column]
    ]
    return replace(report, table3=table3, findings=[*identities(table3, before.table3), *differing])


# -- texts ----------------------------------------------------------------------------------------


def known_figures(agency_id: int, report: AnnualReport) -> dict[str, Figure]:
    """Return every figure that the year's texts may quote, by name."""
    facts = register.facts(agency_id, report.year, office.counting(report.year))
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
            Finding("unknown_figure", where, f"没有名为“{name}”的数字，请从列表中选用。")
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
    known = known_figures(agency_id, _counted(agency_id, year - 1, today, None))
    return {section: figure.rendered(kept.text, known) for section, kept in written.items()}


def missing(report: AnnualReport) -> list[str]:
    """Return what must still be written before the report can be published (条例第50条)."""
    unwritten = [NAMELESS] if report.agency == UNNAMED else []
    unwritten += [
        f"{SECTIONS[section]}：尚未填写。" for section in WRITTEN if not report.sections.get(section)
    ]
    parts = report_section.split(report.sections.get(OVERVIEW, ""))
    if any(parts.values()):
        empty = (report_section.HEADINGS[part] for part, text in parts.items() if not text)
        unwritten += [f"{SECTIONS[OVERVIEW]}{heading}：尚未填写。" for heading in empty]
    for section in WRITTEN:
        prompts = report_section.prompts(report.sections.get(section, ""))
        unwritten += [f"{SECTIONS[section]}：{prompt}" for prompt in prompts]
    return unwritten
