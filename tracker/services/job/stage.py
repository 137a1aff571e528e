"""Which duties have reached which stage on a day, before their day and after it.

A stage is reached by the calendar, not by the clock. What is due is a range of the index of duties,
so cases that are not due are never read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, union_all

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case.duty import PASSING
from tracker.models.base import db
from tracker.models.duty import SIGN_OFF, OpenDuty
from tracker.models.reads.duty import subjects
from tracker.services.job.told import DueDuty, rank_of
from tracker.services.letter import sign_off
from tracker.services.office import office

WINDOW = 500  # duties that stand in memory together
ONE_DAY = timedelta(days=1)
# A possibility, that the reminder of the answer names; a question that the worklist and the case ask.
NOT_REMINDED = ("extension", "receipt")


@dataclass(frozen=True, slots=True)
class Span:
    """The due days that have reached a stage on a day and no later one: ``first`` ≤ due < ``before``.

    told: the rank from which a person counts as told of it; the stage's own where None.
    """

    stage: str
    first: date
    before: date
    provisional: bool | None = None  # None: both
    told: int | None = None

    @property
    def told_from(self) -> int:
        return rank_of(self.stage) if self.told is None else self.told


def early(on: date, calendar: WorkCalendar) -> list[Span]:
    """Return the stages up to the due day itself.

    A due day that is no working day is reached with the working day before it. A provisional one
    (暂定) is reached earlier by the margin that the office has set.
    """
    rules = office.rules(on)
    spans = []
    for provisional in (False, True):
        first = on
        for days in sorted(rules.reminder_steps):
            n = days + (rules.reminder_margin if provisional else 0)
            before = calendar.add(on, n + 1)
            spans.append(Span(f"{'p' if provisional else ''}{-days}", first, before, provisional))
            first = before
    return spans


def overdue(on: date, calendar: WorkCalendar) -> list[Span]:
    """Return the stages after the due day: the due days from which so many working days have passed."""
    steps = sorted(office.rules(on).escalation_steps)
    ends, passed, last = [], 0, on
    day = on
    while steps and passed <= steps[-1]:
        # ``day`` runs back; between two working days the count does not change
        if calendar.is_working_day(day):
            if passed in steps:
                ends.append(last)
            passed, last = passed + 1, day
        day -= ONE_DAY
    firsts = (*ends[1:], date.min)
    return [Span(f"+{n}", first, end) for n, first, end in zip(steps, firsts, ends, strict=True)]


def past(on: date, calendar: WorkCalendar) -> list[Span]:
    """Return the stages after the due day for those who are told before it: they are told then at the latest.

    Whoever was told of the last stage before the day is not told again.
    """
    told = -min(office.rules(on).reminder_steps, default=0)
    spans = [replace(span, told=told) for span in overdue(on, calendar)]
    first = spans[0].before if spans else date.min
    return [Span("+0", first, on, told=told), *spans]


def all_early(on: date, calendar: WorkCalendar) -> list[Span]:
    """Return every stage of which the handler is told: before the day, or after it where nothing was said."""
    return [*early(on, calendar), *past(on, calendar)]


def spanned(agency_id: int, spans: Iterable[Span]) -> Select[Any]:
    """Return the agency's duties that reached one of the stages, each with the stage."""
    columns = (
        OpenDuty.id,
        OpenDuty.kind,
        OpenDuty.subject_id,
        OpenDuty.name,
        OpenDuty.due_on,
        OpenDuty.provisional,
    )
    one_by_one = [
        select(*columns, literal(span.stage).label("stage"), literal(span.told_from).label("told")).where(
            OpenDuty.agency_id == agency_id, *_within(span)
        )
        for span in spans
    ]
    spans_of_all = union_all(*one_by_one).subquery()
    return select(spans_of_all).order_by(spans_of_all.c.due_on, spans_of_all.c.id)  # the oldest first


def _within(span: Span) -> Iterator[ColumnElement[bool]]:
    yield OpenDuty.due_on >= span.first
    yield OpenDuty.due_on < span.before
    yield OpenDuty.name.not_in((*NOT_REMINDED, *PASSING) if span.stage.startswith("+") else NOT_REMINDED)
    if span.provisional is not None:
        yield OpenDuty.provisional == span.provisional


def due(agency_id: int, spans: Sequence[Span], on: date) -> Iterator[list[DueDuty]]:
    """Yield the agency's duties that reached one of the stages on the day, some hundred at a time."""
    rows = db.session.execute(spanned(agency_id, spans)).all() if spans else []
    for start in range(0, len(rows), WINDOW):
        yield _named(rows[start : start + WINDOW], agency_id, on)


def _named(rows: Sequence[Any], agency_id: int, on: date) -> list[DueDuty]:
    """Complete duties with number, unit and handler; a subject that is gone is left out."""
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        ids[row.kind].add(row.subject_id)
    known = {
        (kind, row.id): row for kind, mine in ids.items() for row in db.session.execute(subjects(kind, mine))
    }
    turns = sign_off.turns(agency_id, ids[SIGN_OFF], on) if ids[SIGN_OFF] else {}
    due_duties = []
    for row in rows:
        subject = known.get((row.kind, row.subject_id))
        if subject is not None:
            who = turns.get(row.subject_id, "") if row.kind == SIGN_OFF else subject.handler or ""
            about = (subject.number, subject.unit_id, subject.unit or "", who)
            due_duties.append(
                DueDuty(
                    row.kind, row.subject_id, row.name, row.due_on, row.provisional, row.stage, *about,
                    told=row.told,
                )
            )  # fmt: skip
    return due_duties
