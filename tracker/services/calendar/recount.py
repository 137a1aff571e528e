"""The dates of cases counted again where what they are counted by changes: calendar, law or practice.

Each move is an entry of the case's ledger, old → new, and why. What moves is counted before, on a
snapshot, while clerks work on: in the transaction, beside which nobody writes, only the cases that they
touched since are counted again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, or_, select, update
from sqlalchemy.orm import selectinload

from tracker.domain.calendar.calendar import WorkCalendar, shipped
from tracker.domain.case import history
from tracker.domain.case.clock import days_taken
from tracker.domain.case.duty import REPLY, RESULT, duties
from tracker.domain.case.event import Entry
from tracker.domain.case.rules import DEFAULTS, RulesOn
from tracker.domain.case.state import VOID
from tracker.domain.law import law, respondent
from tracker.models.agency import ChainHead
from tracker.models.base import db, snapshot, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case, CaseEvent
from tracker.models.duty import CASE, OpenDuty
from tracker.services.case import duty, ledger
from tracker.services.case.chain import Chain
from tracker.services.contact import deadline
from tracker.services.letter import duty as letter_duty
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor, system
from tracker.services.register import duty as register_duty
from tracker.services.register import publication

TOGETHER = 500  # cases that are read to be written
DAYS_TAKEN = "days_taken"  # the column that has a way of its own: it stands in no entry and moves no date
DAYS_KEPT = "days_kept"  # the fact: the working days taken of older cases were filled in
COUNTED_BY = "counted_by"  # the fact: by which calendar and practice the kept dates were counted


@dataclass(frozen=True, slots=True)
class DateShift:
    """What a change of the calendar or of the practice does to a case.

    dates: (duty, from, to) for each date that moves or is no longer provisional.
    columns: the restated columns as they are counted then.
    """

    case_id: int
    agency_id: int
    number: str
    state: str
    dates: tuple[tuple[str, date | None, date | None], ...]
    was_provisional: bool
    is_provisional: bool
    columns: dict[str, Any]


def touched_from(day: date) -> ColumnElement[bool]:
    """Return what no case can lack whose dates a change from that day on may move.

    A date that lies before the change stays; one that waits for the applicant has no due day.
    """
    later = select(OpenDuty.subject_id).where(OpenDuty.kind == CASE, OpenDuty.due_on >= day)
    return or_(Case.due_on.is_(None), Case.due_on >= day, Case.next_action_on >= day, Case.id.in_(later))


def moves(
    calendar: WorkCalendar, rules_on: RulesOn, today: date, *where: ColumnElement[bool]
) -> Iterator[DateShift]:
    """Yield what the calendar and the practice move among the cases, the closed ones included."""
    for window in ledger.windows(Case.state != VOID, *where):
        kept = duty.kept(CASE, [row.id for row, _ in window])
        for row, entries in window:
            standing = history.fold(entries, calendar, rules_on)
            told = ledger.restated(standing, today)
            dates = tuple(_dates(row, told))
            before = duty.as_of(kept.get(row.id, {}), today)
            same = all(getattr(row, column) == told[column] for column in _COUNTED)
            if dates or not same or before != duty.known(duties(standing, today)):
                yield DateShift(
                    row.id, row.agency_id, row.number, row.state, dates,
                    row.due_is_provisional, told["due_is_provisional"], told,
                )  # fmt: skip


def heads() -> dict[int, int]:
    """Return how far the chain of each agency goes."""
    return dict(db.session.execute(select(ChainHead.agency_id, ChainHead.chain_no)).tuples().all())


def moves_as_now(
    counted: Iterable[DateShift],
    ends: dict[int, int],
    calendar: WorkCalendar,
    today: date,
    *where: ColumnElement[bool],
) -> list[DateShift]:
    """Return the moves that were counted on a snapshot, and anew those of cases that were touched since.

    ends: how far the chains went then. By the practice as the running transaction has it.
    """
    touched: set[int] = set()
    for agency_id, end in heads().items():
        begun = ends.get(agency_id, 0)
        if end > begun:
            newer = (CaseEvent.agency_id == agency_id, CaseEvent.chain_no > begun)
            touched.update(db.session.scalars(select(CaseEvent.case_id).where(*newer)))
    date_shifts = [move for move in counted if move.case_id not in touched]
    if touched:
        date_shifts += moves(calendar, office.rules, today, Case.id.in_(touched), *where)
    return date_shifts


_COUNTED = ("due_on", "due_is_provisional", "closed_on", "proposed", "proposed_on")


def _dates(row: Any, told: dict[str, Any]) -> Iterator[tuple[str, date | None, date | None]]:
    settled = row.due_is_provisional != told["due_is_provisional"]
    if row.due_on != told["due_on"] or (settled and row.due_on):
        yield REPLY, row.due_on, told["due_on"]
    same_duty = row.next_action == told["next_action"] not in (None, REPLY)
    if same_duty and row.next_action_on != told["next_action_on"]:
        yield row.next_action, row.next_action_on, told["next_action_on"]
    if row.closed_on != told["closed_on"]:
        yield RESULT, row.closed_on, told["closed_on"]


def write(date_shifts: Iterable[DateShift], why: str, *, actor: Actor, today: date, now: datetime) -> None:
    """Write each move on its case, an entry a date, and the restated columns; then the other registers."""
    moving = list(date_shifts)
    chains = {key: Chain(key) for key in sorted({move.agency_id for move in moving if move.dates})}
    for begin in range(0, len(moving), TOGETHER):
        window = moving[begin : begin + TOGETHER]
        wanted = select(Case).where(Case.id.in_([move.case_id for move in window]))
        cases = {
            case.id: case for case in db.session.scalars(wanted.options(selectinload(Case.events))).unique()
        }
        for move in window:
            case = cases[move.case_id]
            if not move.dates:
                ledger.restate(case, ledger.standing(case.entries), today)
                continue
            replay = ledger.replay(case.entries, today)
            for name, old, new in move.dates:
                entry_values = {"duty": name, "due_from": _iso(old), "due_to": _iso(new), "reason": why}
                details = {key: value for key, value in entry_values.items() if value}
                replay.take(ledger.checked(Entry("recompute", today, details)))
            by = system(move.agency_id, actor.name)
            ledger.add(case, replay, chains[move.agency_id], actor=by, now=now)
    deadline.restate_open()
    publication.restate_open()
    register_duty.restate_open()
    letter_duty.restate_all()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def restate_days(since: date | None = None) -> int:
    """Count the working days taken of the cases served since the day, or of all, in the caller's transaction.

    They follow the calendar as it is, also where no date of a case moves; returns how many were others.
    """
    calendar, count, after = office.calendar(), 0, 0
    query = select(Case.id, Case.received_on, Case.served_on, Case.days_taken).order_by(Case.id)
    query = query.where(Case.received_on.is_not(None), Case.served_on >= (since or date.min))
    table = cast(Table, Case.__table__)
    changed = update(table).where(table.c.id == bindparam("case")).values(days_taken=bindparam("days"))
    while rows := db.session.execute(query.where(Case.id > after).limit(ledger.WINDOW)).all():
        counted = [(row, days_taken(row.received_on, row.served_on, calendar)) for row in rows]
        others = [{"case": row.id, "days": days} for row, days in counted if days != row.days_taken]
        if others:
            db.session.connection().execute(changed, others)
        count, after = count + len(others), rows[-1].id
    return count


def fill_days(*, today: date) -> None:
    """Count the working days taken of the cases that are older than the column."""
    if db.session.get(OfficeFact, DAYS_KEPT) is not None:
        return
    with transaction(alone=True):
        if db.session.get(OfficeFact, DAYS_KEPT) is None:
            restate_days()
            db.session.add(OfficeFact(name=DAYS_KEPT, value={"on": today.isoformat()}))


def bring_up_to_date(*, agency_id: int, today: date, now: datetime) -> int:
    """Count every case again where the shipped calendar, the law or the practice's defaults changed since.

    Called on start, after an upgrade; returns how many cases moved.
    """
    counted_by: dict[str, object] = {
        "rules": asdict(DEFAULTS),
        "calendar": _shipped_digest(),
        "law": [*(repr(decree) for decree in law.DECREES), repr(respondent.ROWS)],
        "columns": [
            *(name for name in ledger.RESTATED if name != DAYS_TAKEN),
            *deadline.RESTATED,
            *publication.RESTATED,
            *register_duty.RESTATED,
        ],
    }
    fact = db.session.get(OfficeFact, COUNTED_BY)
    if fact is not None and fact.value == counted_by:
        return 0
    with snapshot():
        calendar, ends = office.calendar(), heads()
        counted = list(moves(calendar, office.rules, today)) if fact is not None else []
    with transaction(alone=True):
        fact = db.session.get(OfficeFact, COUNTED_BY)
        if fact is not None and fact.value == counted_by:
            return 0  # another process was first
        actor = system(agency_id)
        if fact is None:
            date_shifts = []
        elif office.calendar() is calendar:
            date_shifts = moves_as_now(counted, ends, calendar, today)
        else:
            date_shifts = list(moves(office.calendar(), office.rules, today))
        write(date_shifts, "程序自带的日历、法规或做法有变", actor=actor, today=today, now=now)
        if fact is not None:
            restate_days()
        if fact is None:
            db.session.add(OfficeFact(name=COUNTED_BY, value=counted_by))
        else:
            fact.value = counted_by
            audit.note("recomputed", actor=actor.name, now=now, agency_id=agency_id, cases=len(date_shifts))
    return len(date_shifts)


def _shipped_digest() -> str:
    """Return what stands for the days that the program itself ships."""
    ours = shipped()
    value = [
        (year, ours.status(year), [*map(str, ours.off_days(year))], [*map(str, ours.work_days(year))])
        for year in sorted(ours.published | ours.provisional)
    ]
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
