"""Close a year: mark what is carried forward, keep the year's table 3 as a draft, tell the head.

The count never depends on it (domain/case/history.final_state): the mark shows on the case's timeline,
and the draft is what the year looked like when it ended.
"""

from dataclasses import asdict
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import exists, func, insert, select

from tracker.domain.case import workflow
from tracker.domain.case.event import Entry
from tracker.domain.errors import DomainError
from tracker.domain.message import Phrase, joined
from tracker.domain.report.table3 import CARRIED_OUT_ROW, TOTAL, last_day
from tracker.models.agency import Agency
from tracker.models.base import ZONE, db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.job import ReportDraft
from tracker.models.reads.table3 import cases_of_cell
from tracker.models.user import User
from tracker.rendering import annual
from tracker.services.case import ledger
from tracker.services.case.chain import Chain
from tracker.services.case.ledger import Move
from tracker.services.job.job import refuse_ahead
from tracker.services.job.timekeeping import SLIP
from tracker.services.mail import outbox
from tracker.services.mail.recipient import heads
from tracker.services.office.actor import system

STEP = "carry_forward"
SEASON = 3  # months after the year in which a letter entered late may still be marked (第49条: 31 March)


def run(*, on: date, now: datetime) -> str:
    """Close the year before the day, in every agency that was there; again is nothing new.

    Raises InvalidDetailError for a day to come: no case is marked ahead of time.
    """
    refuse_ahead(on, now)
    year = on.year - 1
    done = []
    for agency in db.session.scalars(select(Agency).order_by(Agency.id)).all():
        agency_id, name = agency.id, agency.name
        if not was_there(agency_id, year) or (on.month > SEASON and draft(agency_id, year)):
            continue
        marked = mark(agency_id, year, now=now)
        kept = keep_draft(agency_id, name, year, on=on, now=now)
        kept_as = Phrase("，草稿已保存") if kept else ""
        done.append(
            Phrase(
                "%(name)s：%(year)s年结转%(count)s件%(kept_as)s",
                name=name,
                year=year,
                count=marked,
                kept_as=kept_as,
            )
        )
    return joined(done, "；") if done else Phrase("%(year)s年没有要结转的", year=year)


def was_there(agency_id: int, year: int) -> bool:
    """Return whether the office worked in the year: somebody could sign in, or a request had come."""
    end = last_day(year)
    first = db.session.scalar(select(func.min(User.created_at)).where(User.agency_id == agency_id))
    if first is not None and first.astimezone(ZONE).date() <= end:
        return True
    case = select(Case.id).where(Case.agency_id == agency_id, Case.received_on <= end).limit(1)
    return db.session.scalar(case) is not None


def mark(agency_id: int, year: int, *, now: datetime) -> int:
    """Write the mark on every case that was open at the end of the year and lacks it; return how many.

    A window of cases at a time, each in a transaction of its own beside which nobody writes: a
    case that is being answered meanwhile gets either the answer first or the mark.
    """
    end = last_day(year)
    marked = exists().where(
        CaseEvent.case_id == Case.id, CaseEvent.step == STEP, CaseEvent.effective_on == end
    )
    open_then = cases_of_cell(agency_id, year, CARRIED_OUT_ROW, TOTAL).whereclause
    assert open_then is not None  # noqa: S101
    count, after = 0, 0
    while True:
        with transaction(alone=True):
            window = islice(ledger.ledgers(open_then, ~marked, Case.id > after), ledger.WINDOW)
            written, after = _write(agency_id, list(window), end, now)
        if not after:
            return count
        count += written


def _write(
    agency_id: int, window: list[tuple[Any, list[Entry]]], end: date, now: datetime
) -> tuple[int, int]:
    """Write the marks of a window; return how many, and the last case's id (0 where there was none)."""
    if not window:
        return 0, 0
    chain, actor = Chain(agency_id), system(agency_id)
    rows = []
    for case, entries in window:
        state = _working_state(entries, end)
        if state:
            move = Move(Entry(STEP, end, {"year": end.year}, entries[-1].seq + 1), state, state)
            made = ledger.rows(case.id, agency_id, [move], actor=actor, now=now)
            rows += [chain.link(row) for row in made]
    if rows:
        db.session.execute(insert(CaseEvent), rows)
    return len(rows), window[-1][0].id


def _working_state(entries: list[Entry], end: date) -> str:
    """Return the working state at the end of the day; empty where the ledger cannot be read."""
    try:
        then = ledger.standing(entries, until=end)
    except (DomainError, LookupError, TypeError, ValueError):
        return ""  # ``tracker check`` names it
    return then.state if workflow.is_open(then.state) else then.state_before_end


def keep_draft(agency_id: int, name: str, year: int, *, on: date, now: datetime) -> bool:
    """Keep table 3 of the year with its findings, once; return whether it was new."""
    if (kept := draft(agency_id, year)) and kept.made_at <= now + SLIP:
        return False
    report = annual.compile_report(agency_id, name, year, compiled_on=on)
    with transaction():
        if kept := draft(agency_id, year):
            if kept.made_at <= now + SLIP:
                return False
            db.session.delete(kept)  # of a clock that stood in the future
            db.session.flush()
        row = ReportDraft(agency_id=agency_id, year=year, made_on=on, made_at=now)
        row.table3, row.findings = report.table3, [asdict(finding) for finding in report.findings]
        db.session.add(row)
        _tell(agency_id, name, year, [finding.message for finding in report.findings], on=on, now=now)
    return True


def _tell(agency_id: int, name: str, year: int, findings: list[str], *, on: date, now: datetime) -> None:
    """Write to the heads that the year was counted, and what does not balance."""
    paragraphs = [
        Phrase(
            "%(name)s%(year)s年的表三已自动统计并保存为草稿，请核对后发布年度报告（条例第49条、第50条）。",
            name=name,
            year=year,
        )
    ]
    paragraphs += [Phrase("· %(finding)s", finding=finding) for finding in findings] or [
        Phrase("未发现勾稽问题。")
    ]
    title = (
        Phrase("%(year)s年度 表三草稿：%(count)s处需核对", year=year, count=len(findings))
        if findings
        else Phrase("%(year)s年度 表三草稿", year=year)
    )
    to = heads(agency_id)
    path = f"/reports/{year}"
    outbox.put(
        agency_id=agency_id, job="year", to=to, title=title, paragraphs=paragraphs, on=on, now=now, path=path
    )


def draft(agency_id: int, year: int) -> ReportDraft | None:
    """Return the draft kept at the year's end; None where there is none."""
    return db.session.get(ReportDraft, (agency_id, year))
