"""The calendar that the office keeps: read a notice, show what it moves, keep it, withdraw it.

A calendar that changes moves the dates of cases in the same transaction; each move is an entry
of the case's ledger, old → new, and why. What moves is counted before, on a snapshot, while clerks
work on: in the transaction, beside which nobody writes, only the cases that they touched since are
counted again.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.calendar import notice
from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.calendar.holiday import Notice
from tracker.domain.calendar.notice import Understood
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.permission import Action
from tracker.models.base import db, snapshot, transaction
from tracker.models.calendar import CalendarDay, CalendarNotice
from tracker.reading import isolated
from tracker.services.calendar import recount
from tracker.services.office import audit, office
from tracker.services.office.actor import Actor

LOCAL_LAW = "全国年节及纪念日放假办法第四条"


@dataclass(frozen=True, slots=True)
class Effect:
    """What keeping a notice would do: the days that change, the cases that move."""

    days: tuple[date, ...]
    moves: tuple[recount.DateShift, ...]
    says_nothing_new: bool


# -- what is kept -------------------------------------------------------------------------------


def kept() -> list[CalendarNotice]:
    """Return what the office kept, the newest first, withdrawn ones included."""
    return list(db.session.scalars(select(CalendarNotice).order_by(CalendarNotice.id.desc())))


def find(notice_id: int) -> CalendarNotice:
    """Return one of them."""
    notice = db.session.get(CalendarNotice, notice_id)
    if notice is None:
        raise NotFoundError("没有这份放假安排。")
    return notice


def understand(text: str) -> Understood:
    """Return what the text of a notice says; raise UnreadableNoticeError naming the sentence.

    Raises UnreadableFileError where the text takes too long to read.
    """
    return isolated.read(notice.read, text)


def effect(first: Notice, *more: Notice, today: date) -> Effect:
    """Return what keeping them would do; nothing is kept."""
    before = office.calendar()
    return effect_of(before, _with(before, (first, *more)), today)


def _with(calendar: WorkCalendar, notices: Iterable[Notice]) -> WorkCalendar:
    for one in notices:
        calendar = calendar.with_notice(one)
    return calendar


def effect_of(before: WorkCalendar, after: WorkCalendar, today: date) -> Effect:
    """Return the days that differ and the cases whose dates they move."""
    days = before.changed_days(after)
    date_shifts = (
        tuple(recount.moves(after, office.rules, today, recount.touched_from(days[0]))) if days else ()
    )
    return Effect(days, date_shifts, before.says_the_same(after))


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a change would do, counted on a snapshot: from which calendar to which, and the chains' ends."""

    before: WorkCalendar
    days: tuple[date, ...]
    heads: dict[int, int]
    effect: Effect


def _look(before: WorkCalendar, after: WorkCalendar, today: date) -> _Looked:
    heads = recount.heads()
    counted = effect_of(before, after, today)
    return _Looked(before, counted.days, heads, counted)


def _as_now(looked: _Looked, before: WorkCalendar, after: WorkCalendar, today: date) -> Effect:
    """Return the effect in the running transaction, beside which nobody writes.

    The calendars of one content are one object: another is another content, and counts everything anew.
    """
    if before is not looked.before or before.changed_days(after) != looked.days:
        return effect_of(before, after, today)
    if not looked.days:
        return looked.effect
    date_shifts = recount.moves_as_now(
        looked.effect.moves, looked.heads, after, today, recount.touched_from(looked.days[0])
    )
    return replace(looked.effect, moves=tuple(date_shifts))


def keep(text: str, *, actor: Actor, today: date, now: datetime) -> tuple[Understood, Effect]:
    """Keep a notice, or all that the text holds, with the text as the source; move every date that moves.

    A notice that says nothing new is accepted and changes nothing.

    Raises UnreadableNoticeError, UnknownYearError, NotPermittedError; then nothing was kept.
    """
    actor.require(Action.CALENDAR)
    understood = understand(text)
    notices = [one.notice for one in understood.each]
    return understood, _keep(notices, text, actor=actor, today=today, now=now)


def local_day(days: Iterable[date], name: str, reason: str, *, works: bool, today: date) -> Notice:
    """Return the notice that a local holiday, or its make-up day, is (放假办法第4条).

    Raises InvalidDetailError where the days, the name or the reason are missing.
    """
    given = sorted(set(days))
    if not given or len({day.year for day in given}) > 1:
        raise InvalidDetailError("请填写同一年内的一个或几个日子。")
    if not name.strip() or not reason.strip():
        raise InvalidDetailError(
            "请填写名称和理由（%(local_law)s：写明决定放假的机关和文件）。",
            local_law=LOCAL_LAW,
        )
    off = {} if works else dict.fromkeys(given, name.strip())
    work = frozenset(given) if works else frozenset()
    title = f"{name.strip()}（本地规定）"
    known_on = max(today, given[0])
    return Notice(title, given[0].year, off, work, published_on=known_on, annual=False, local=True)


def keep_local(local_notice: Notice, reason: str, *, actor: Actor, today: date, now: datetime) -> Effect:
    """Keep a local holiday with its reason, and move every date that it moves."""
    actor.require(Action.CALENDAR)
    return _keep([local_notice], reason.strip(), actor=actor, today=today, now=now)


def _keep(notices: list[Notice], source: str, *, actor: Actor, today: date, now: datetime) -> Effect:
    with snapshot():
        before = office.calendar()
        looked = _look(before, _with(before, notices), today)
    with transaction(alone=True):
        before = office.calendar()
        done = _as_now(looked, before, _with(before, notices), today)
        if done.says_nothing_new:
            return done
        titles = "、".join(one.title for one in notices)
        for one in notices:
            db.session.add(_row(one, source, actor, now))
            db.session.flush()
        office.forget_calendar()
        recount.write(done.moves, titles, actor=actor, today=today, now=now)
        _restate_days(done)
        _note("calendar_kept", titles, done, actor, now)
    return done


def _restate_days(done: Effect) -> None:
    if done.days:
        recount.restate_days(done.days[0])


def _row(holidays: Notice, source: str, actor: Actor, now: datetime) -> CalendarNotice:
    days = [CalendarDay(day=day, works=False, name=name[:60]) for day, name in holidays.off.items()]
    made_up = holidays.made_up
    days += [CalendarDay(day=day, works=True, name=made_up.get(day, "")[:60]) for day in holidays.work]
    return CalendarNotice(
        title=holidays.title[:200],
        number=holidays.number,
        year=holidays.year,
        published_on=holidays.published_on,
        annual=holidays.annual,
        local=holidays.local,
        source=source,
        digest=_digest(holidays, now),
        kept_at=now,
        kept_by=actor.name,
        days=days,
    )


def _digest(holidays: Notice, now: datetime) -> str:
    value = [holidays.title, holidays.year, holidays.annual, str(holidays.published_on), now.isoformat()]
    days = [*sorted((str(day), name) for day, name in holidays.off.items()), *sorted(map(str, holidays.work))]
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
        recount.write(done.moves, f"撤回{row.title}：{why.strip()}", actor=actor, today=today, now=now)
        _restate_days(done)
        _note("calendar_withdrawn", row.title, done, actor, now)
    return done


def _note(act: str, title: str, done: Effect, actor: Actor, now: datetime) -> None:
    counts: dict[str, Any] = {"days": len(done.days), "cases": len(done.moves)}
    audit.note(act, actor=actor.name, now=now, agency_id=actor.agency_id, target=title[:100], **counts)
