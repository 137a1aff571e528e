"""The texts of the annual report: every save is a version, and nobody's words are lost to another's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Phrase
from tracker.domain.permission import Action
from tracker.domain.report.section import WRITTEN
from tracker.models.base import db, transaction
from tracker.models.report import ReportText
from tracker.services.office import agency, audit
from tracker.services.office.actor import Actor

NUL = "\x00"


@dataclass(frozen=True, slots=True)
class SavedText:
    """A section as it stands: its text and version; version 0 where nothing was written yet."""

    text: str = ""
    version: int = 0


def latest(agency_id: int, year: int) -> dict[str, SavedText]:
    """Return the sections 一, 五 and 六 of the year as they stand."""
    newest = (
        select(func.max(ReportText.id))
        .where(ReportText.agency_id == agency_id, ReportText.year == year)
        .group_by(ReportText.section)
    )
    rows = db.session.scalars(select(ReportText).where(ReportText.id.in_(newest)))
    saved = {row.section: SavedText(row.text, row.version) for row in rows}
    return {section: saved.get(section, SavedText()) for section in WRITTEN}


def versions(agency_id: int, year: int, section: str) -> Select[tuple[ReportText]]:
    """Return the versions of a section, the newest first."""
    return (
        select(ReportText)
        .where(ReportText.agency_id == agency_id, ReportText.year == year, ReportText.section == section)
        .order_by(ReportText.version.desc())
    )


def save(year: int, section: str, text: str, *, base: int, actor: Actor, now: datetime) -> SavedText:
    """Keep a section as its next version; a text that says the same adds none.

    base: the version that the writer had open. Raises StaleDataError where it is no longer the last.
    """
    actor.require(Action.REPORT)
    if section not in WRITTEN:
        raise InvalidDetailError("第二、三、四部分是统计表，由台账生成，不能手写。")
    clean = text.replace(NUL, "").replace("\r\n", "\n").strip()
    with transaction():
        # Two who save at one moment stand in line here; the second then sees the first.
        agency.lock(actor.agency_id)
        now_kept = latest(actor.agency_id, year)[section]
        if now_kept.version != base:
            raise StaleDataError
        if clean == now_kept.text:
            return now_kept
        row = ReportText(agency_id=actor.agency_id, year=year, section=section, version=base + 1, text=clean)
        row.written_at, row.written_by = now, actor.name
        db.session.add(row)
        target = Phrase("%(year)s年度报告第%(section)s部分", year=year, section=section)
        audit.note(
            "report_text",
            actor=actor.name,
            now=now,
            agency_id=actor.agency_id,
            target=target,
            version=base + 1,
        )
    return SavedText(clean, base + 1)
