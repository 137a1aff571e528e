"""The calendar that the office keeps: read a notice, show what it moves, keep it, withdraw it.

A calendar that changes moves the dates of cases in the same transaction; each move is an entry
of the case's ledger, old → new, and why. What moves is counted before, on a snapshot, while clerks
work on: in the transaction, beside which nobody writes, only the cases that they touched since are
counted again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from tracker.domain.calendar import notice
from tracker.domain.calendar.calendar import WorkCalendar, shipped
from tracker.domain.calendar.holiday import Notice
from tracker.domain.calendar.notice import Understood
from tracker.domain.case import history
from tracker.domain.case.duty import REPLY, duties
from tracker.domain.case.event import Entry
from tracker.domain.case.state import VOID
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.law import law
from tracker.domain.permission import Action
from tracker.models.agency import ChainHead
from tracker.models.base import db, snapshot, transaction
from tracker.models.calendar import CalendarDay, CalendarNotice, OfficeFact
from tracker.models.case import Case, CaseEvent
from tracker.models.duty import CASE, OpenDuty
from tracker.reading import isolated
from tracker.services.case import duty, ledger
from tracker.services.case.chain import Chain
from tracker.services.contact import deadline
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor, system
from tracker.services.register import publication

TOGETHER = 500  # cases that are read to be written
COUNTED_BY = "counted_by"  # the fact: by which calendar and practice the kept dates were counted
LOCAL_LAW = "全国年节及纪念日放假办法第四条"


@dataclass(frozen=True, slots=True)
class DateShift:
    """What a change of the calendar does to a case.

    dates: (duty, from, to) for each date that moves or is no longer provisional.
    columns: the restated columns as the new calendar has them.
    """

    case_id: int
    agency_id: int
    number: str
    state: str
    dates: tuple[tuple[str, date | None, date | None], ...]
    was_provisional: bool
    is_provisional: bool
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """What keeping a notice would do: the days that change, the cases that move."""

    days: tuple[date, ...]
    moves: tuple[DateShift, ...]
    says_nothing_new: bool


# -- what is kept -------------------------------------------------------------------------------


def kept() -> list[CalendarNotice]:
    """Return what the office kept, the newest first, withdrawn ones included."""
    return list(db.session.scalars(select(CalendarNotice).order_by(CalendarNotice.id.desc())))


def find(notice_id: int) -> CalendarNotice:
    """Return one of them."""
    found = db.session.get(CalendarNotice, notice_id)
    if found is None:
        raise NotFoundError("没有这份放假安排。")
    return found


def understand(text: str) -> Understood:
    """Return what the text of a notice says; raise UnreadableNoticeError naming the sentence.

    Raises UnreadableFileError where the text takes too long to read.
    """
    return isolated.read(notice.read, text)


def effect(found: Notice, *more: Notice, today: date) -> Effect:
    """Return what keeping them would do; nothing is kept."""
    before = office.calendar()
    return effect_of(before, _with(before, (found, *more)), today)


def _with(calendar: WorkCalendar, found: Iterable[Notice]) -> WorkCalendar:
    for one in found:
        calendar = calendar.with_notice(one)
    return calendar


def effect_of(before: WorkCalendar, after: WorkCalendar, today: date) -> Effect:
    """Return the days that differ and the cases whose dates they move."""
    days = before.changed_days(after)
    found = tuple(moves(after, today, touched_from(days[0]))) if days else ()
    return Effect(days, found, before.says_the_same(after))


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a change would do, counted on a snapshot: from which calendar to which, and the chains' ends."""

    before: WorkCalendar
    days: tuple[date, ...]
    heads: dict[int, int]
    effect: Effect


def _look(before: WorkCalendar, after: WorkCalendar, today: date) -> _Looked:
    heads = _heads()
    found = effect_of(before, after, today)
    return _Looked(before, found.days, heads, found)


def _as_now(looked: _Looked, before: WorkCalendar, after: WorkCalendar, today: date) -> Effect:
    """Return the effect in the running transaction, beside which nobody writes.

    The calendars of one content are one object: another is another content, and counts everything anew.
    """
    if before is not looked.before or before.changed_days(after) != looked.days:
        return effect_of(before, after, today)
    if not looked.days:
        return looked.effect
    found = _moves_as_now(looked.effect.moves, looked.heads, after, today, touched_from(looked.days[0]))
    return replace(looked.effect, moves=tuple(found))


def keep(text: str, *, actor: Actor, today: date, now: datetime) -> tuple[Understood, Effect]:
    """Keep a notice, or all that the text holds, with the text as the source; move every date that moves.

    A notice that says nothing new is accepted and changes nothing.

    Raises UnreadableNoticeError, UnknownYearError, NotPermittedError; then nothing was kept.
    """
    actor.require(Action.CALENDAR)
    understood = understand(text)
    found = [one.notice for one in understood.each]
    return understood, _keep(found, text, actor=actor, today=today, now=now)


def local_day(days: Iterable[date], name: str, reason: str, *, works: bool, today: date) -> Notice:
    """Return the notice that a local holiday, or its make-up day, is (放假办法第4条).

    Raises InvalidDetailError where the days, the name or the reason are missing.
    """
    given = sorted(set(days))
    if not given or len({day.year for day in given}) > 1:
        raise InvalidDetailError("请填写同一年内的一个或几个日子。")
    if not name.strip() or not reason.strip():
        raise InvalidDetailError(f"请填写名称和理由（{LOCAL_LAW}：写明决定放假的机关和文件）。")
    off = {} if works else dict.fromkeys(given, name.strip())
    work = frozenset(given) if works else frozenset()
    title = f"{name.strip()}（本地规定）"
    known_on = max(today, given[0])
    return Notice(title, given[0].year, off, work, published_on=known_on, annual=False, local=True)


def keep_local(found: Notice, reason: str, *, actor: Actor, today: date, now: datetime) -> Effect:
    """Keep a local holiday with its reason, and move every date that it moves."""
    actor.require(Action.CALENDAR)
    return _keep([found], reason.strip(), actor=actor, today=today, now=now)


def _keep(found: list[Notice], source: str, *, actor: Actor, today: date, now: datetime) -> Effect:
    with snapshot():
        before = office.calendar()
        looked = _look(before, _with(before, found), today)
    with transaction(alone=True):
        before = office.calendar()
        done = _as_now(looked, before, _with(before, found), today)
        if done.says_nothing_new:
            return done
        titles = "、".join(one.title for one in found)
        for one in found:
            db.session.add(_row(one, source, actor, now))
            db.session.flush()
        office.forget_calendar()
        _write(done.moves, titles, actor=actor, today=today, now=now)
        _note("calendar_kept", titles, done, actor, now)
    return done


def _row(found: Notice, source: str, actor: Actor, now: datetime) -> CalendarNotice:
    days = [CalendarDay(day=day, works=False, name=name[:60]) for day, name in found.off.items()]
    made_up = found.made_up
    days += [CalendarDay(day=day, works=True, name=made_up.get(day, "")[:60]) for day in found.work]
    return CalendarNotice(
        title=found.title[:200],
        number=found.number,
        year=found.year,
        published_on=found.published_on,
        annual=found.annual,
        local=found.local,
        source=source,
        digest=_digest(found, now),
        kept_at=now,
        kept_by=actor.name,
        days=days,
    )


def _digest(found: Notice, now: datetime) -> str:
    value = [found.title, found.year, found.annual, str(found.published_on), now.isoformat()]
    days = [*sorted((str(day), name) for day, name in found.off.items()), *sorted(map(str, found.work))]
    return hashlib.sha256(json.dumps([value, days], ensure_ascii=False).encode()).hexdigest()


def withdraw(notice_id: int, why: str, *, actor: Actor, today: date, now: datetime) -> Effect:
    """Take a mistaken notice out of the calendar; the row stays, every date is counted again."""
    actor.require(Action.CALENDAR)
    if not why.strip():
        raise InvalidDetailError("请填写撤回的理由。")
    with snapshot():
        looked = _look(office.calendar(), office.kept_calendar(but=notice_id), today)
    with transaction(alone=True):
        row = find(notice_id)
        if row.withdrawn_at is not None:
            raise InvalidDetailError("这份放假安排已经撤回。")
        before = office.calendar()
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = now, actor.name, why.strip()
        db.session.flush()
        office.forget_calendar()
        done = _as_now(looked, before, office.calendar(), today)
        _write(done.moves, f"撤回{row.title}：{why.strip()}", actor=actor, today=today, now=now)
        _note("calendar_withdrawn", row.title, done, actor, now)
    return done


def _note(act: str, title: str, done: Effect, actor: Actor, now: datetime) -> None:
    words: dict[str, Any] = {"days": len(done.days), "cases": len(done.moves)}
    audit.note(act, actor=actor.name, now=now, agency_id=actor.agency_id, target=title[:100], **words)


# -- the dates of cases -------------------------------------------------------------------------


def touched_from(day: date) -> ColumnElement[bool]:
    """Return what no case can lack whose dates a change from that day on may move.

    A date that lies before the change stays; one that waits for the applicant has no due day.
    """
    later = select(OpenDuty.subject_id).where(OpenDuty.kind == CASE, OpenDuty.due_on >= day)
    return or_(Case.due_on.is_(None), Case.due_on >= day, Case.next_action_on >= day, Case.id.in_(later))


def moves(calendar: WorkCalendar, today: date, *where: ColumnElement[bool]) -> Iterator[DateShift]:
    """Yield what the calendar moves among the cases, the closed ones included."""
    rules = office.rules()
    for window in ledger.windows(Case.state != VOID, *where):
        kept = duty.kept(CASE, [row.id for row, _ in window])
        for row, entries in window:
            standing = history.fold(entries, calendar, rules)
            told = ledger.restated(standing, today)
            dates = tuple(_dates(row, told))
            before = duty.as_of(kept.get(row.id, {}), today)
            same = all(getattr(row, column) == told[column] for column in _COUNTED)
            if dates or not same or before != duty.known(duties(standing, today)):
                yield DateShift(
                    row.id, row.agency_id, row.number, row.state, dates,
                    row.due_is_provisional, told["due_is_provisional"], told,
                )  # fmt: skip


def _heads() -> dict[int, int]:
    """Return how far the chain of each agency goes."""
    return dict(db.session.execute(select(ChainHead.agency_id, ChainHead.chain_no)).tuples().all())


def _moves_as_now(
    counted: Iterable[DateShift],
    heads: dict[int, int],
    calendar: WorkCalendar,
    today: date,
    *where: ColumnElement[bool],
) -> list[DateShift]:
    """Return the moves that were counted on a snapshot, and anew those of cases that were touched since."""
    touched: set[int] = set()
    for agency_id, end in _heads().items():
        begun = heads.get(agency_id, 0)
        if end > begun:
            newer = (CaseEvent.agency_id == agency_id, CaseEvent.chain_no > begun)
            touched.update(db.session.scalars(select(CaseEvent.case_id).where(*newer)))
    found = [move for move in counted if move.case_id not in touched]
    if touched:
        found += moves(calendar, today, Case.id.in_(touched), *where)
    return found


_COUNTED = ("due_on", "due_is_provisional", "closed_on", "proposed", "proposed_on")


def _dates(row: Any, told: dict[str, Any]) -> Iterator[tuple[str, date | None, date | None]]:
    settled = row.due_is_provisional != told["due_is_provisional"]
    if row.due_on != told["due_on"] or (settled and row.due_on):
        yield REPLY, row.due_on, told["due_on"]
    same_duty = row.next_action == told["next_action"] not in (None, REPLY)
    if same_duty and row.next_action_on != told["next_action_on"]:
        yield row.next_action, row.next_action_on, told["next_action_on"]


def _write(found: Iterable[DateShift], why: str, *, actor: Actor, today: date, now: datetime) -> None:
    """Write each move on its case, an entry a date, and the restated columns; then the other registers."""
    moving = list(found)
    chains = {
        key: Chain(db.session, key) for key in sorted({move.agency_id for move in moving if move.dates})
    }
    for begin in range(0, len(moving), TOGETHER):
        window = moving[begin : begin + TOGETHER]
        wanted = select(Case).where(Case.id.in_([move.case_id for move in window]))
        cases = {
            case.id: case for case in db.session.scalars(wanted.options(selectinload(Case.events))).unique()
        }
        for move in window:
            case = cases[move.case_id]
            if not move.dates:
                ledger.restate(case, history.fold(case.entries, office.calendar(), office.rules()), today)
                continue
            replay = ledger.replay(case.entries, today)
            for name, old, new in move.dates:
                words = {"duty": name, "due_from": _iso(old), "due_to": _iso(new), "reason": why}
                details = {key: value for key, value in words.items() if value}
                replay.take(ledger.checked(Entry("recompute", today, details)))
            by = system(move.agency_id, actor.name)
            ledger.add(case, replay, chains[move.agency_id], actor=by, now=now)
    deadline.restate_open()
    publication.restate_open()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def bring_up_to_date(*, agency_id: int, today: date, now: datetime) -> int:
    """Count every case again where the shipped calendar, the law or the office's practice changed since.

    Called on start, after an upgrade or an edited setting; returns how many cases moved.
    """
    counted_by: dict[str, object] = {
        "rules": asdict(office.rules()),
        "calendar": _shipped_digest(),
        "law": [repr(decree) for decree in law.DECREES],
        "columns": [*ledger.RESTATED, *deadline.RESTATED, *publication.RESTATED],
    }
    fact = db.session.get(OfficeFact, COUNTED_BY)
    if fact is not None and fact.value == counted_by:
        return 0
    with snapshot():
        calendar, heads = office.calendar(), _heads()
        counted = list(moves(calendar, today)) if fact is not None else []
    with transaction(alone=True):
        fact = db.session.get(OfficeFact, COUNTED_BY)
        if fact is not None and fact.value == counted_by:
            return 0  # another process was first
        actor = system(agency_id)
        if fact is None:
            found = []
        elif office.calendar() is calendar:
            found = _moves_as_now(counted, heads, calendar, today)
        else:
            found = list(moves(office.calendar(), today))
        _write(found, "程序自带的日历、法规或本机关的设置有变", actor=actor, today=today, now=now)
        if fact is None:
            db.session.add(OfficeFact(name=COUNTED_BY, value=counted_by))
        else:
            fact.value = counted_by
            audit.note("recomputed", actor=actor.name, now=now, agency_id=agency_id, cases=len(found))
    return len(found)


def _shipped_digest() -> str:
    """Return what stands for the days that the program itself ships."""
    ours = shipped()
    value = [
        (year, ours.status(year), [*map(str, ours.off_days(year))], [*map(str, ours.work_days(year))])
        for year in sorted(ours.published | ours.provisional)
    ]
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
