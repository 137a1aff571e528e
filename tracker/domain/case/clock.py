"""The statutory clock: what is counted, from when, and what does not count.

Law: 条例第30—34条; 民法典第201条 (day zero is not counted). Where the 条例 is silent the rule is
practice (rules.py), shown in the handbook as practice.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.errors import UnknownYearError
from tracker.domain.law.term import Term

ONE_DAY = timedelta(days=1)


class Pause(msgspec.Struct, frozen=True):
    """Days left out: (sent_on, ended_on], from the letter's going out to its answer."""

    sent_on: date
    ended_on: date
    why: str = ""

    def __contains__(self, day: date) -> bool:
        return self.sent_on < day <= self.ended_on


class Due(msgspec.Struct, frozen=True):
    """A last day; provisional (暂定) where its year's holiday notice is not out yet."""

    on: date
    provisional: bool


class CountedDay(msgspec.Struct, frozen=True):
    """One day of a count: its number in the term, or why it is not counted."""

    on: date
    number: int | None
    why: str


def due(
    start: date,
    limit: int,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
    *,
    union: bool = True,
) -> Due:
    """Return the last day on which a reply is in time.

    start:  day zero, not counted itself: the receipt (第31条), the supplement's receipt (第30条)
            or the payment (109号).
    limit:  working days, 20 to 40 (第33条第2款).
    pauses: consultations (第33条第3款); as a union unless ``union`` is false.

    Raises UnknownYearError where the count runs out of the known years.
    """
    day, left_out = calendar.add(start, limit), 0
    spans = merged(pauses) if union and pauses else pauses
    while spans:
        now_left_out = sum([_counted(calendar, span, start, day) for span in spans])
        if now_left_out == left_out:
            break
        left_out = now_left_out
        day = calendar.add(start, limit + left_out)
    return Due(day, calendar.is_provisional(day))


def last_day(term: Term, start: date, calendar: WorkCalendar) -> Due:
    """Return the last day of a term that nothing suspends; its first day (``start``) is not counted.

    A term of natural days whose last day is a day of rest ends on the first working day after it
    (民法典第203条; 行政诉讼法解释第48条第3款).

    Raises UnknownYearError where the count runs out of the known years.
    """
    if term.unit == "working":
        day = calendar.add(start, term.days)
    else:
        day = start + timedelta(days=term.days)
        while not calendar.is_working_day(day):
            day += ONE_DAY
    return Due(day, calendar.is_provisional(day))


def _counted(calendar: WorkCalendar, span: Pause, start: date, until: date) -> int:
    first, last = max(span.sent_on, start), min(span.ended_on, until)
    return calendar.count(first, last) if first < last else 0


def merged(pauses: Sequence[Pause]) -> list[Pause]:
    """Return the pauses as spans that do not overlap: a day is left out once."""
    spans: list[Pause] = []
    for pause in sorted(pauses, key=lambda p: p.sent_on):
        if spans and pause.sent_on <= spans[-1].ended_on:
            last = spans.pop()
            spans.append(Pause(last.sent_on, max(last.ended_on, pause.ended_on), last.why))
        else:
            spans.append(pause)
    return spans


def days(
    start: date, until: date, calendar: WorkCalendar, pauses: Sequence[Pause] = ()
) -> Iterator[CountedDay]:
    """Yield every day of (start, until] with its number or the reason it does not count."""
    day, number = start, 0
    while day < until:
        day += ONE_DAY
        pause = next((p for p in pauses if day in p), None)
        if not calendar.is_working_day(day):
            yield CountedDay(day, None, str(calendar.why(day) or "休息日"))
        elif pause is not None:
            yield CountedDay(day, None, pause.why)
        else:
            number += 1
            yield CountedDay(day, number, str(calendar.why(day) or ""))


def days_taken(received_on: date, served_on: date, calendar: WorkCalendar) -> int | None:
    """Return the working days from receipt to service; None where one of their years has no calendar."""
    try:
        return calendar.count(received_on, served_on)
    except UnknownYearError:
        return None
