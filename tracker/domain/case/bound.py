"""Bounds of the days that people and files state: a day outside is a slip, refused by the name of its field.

The only home of these bounds: forms, imports, ``tracker due`` and registers ask here. What a ledger already
holds is never held against them, or a slip of yesterday could not be read and corrected today.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.domain.case import basis
from tracker.domain.case.event import KEYS, Entry
from tracker.domain.case.workflow import STEPS
from tracker.domain.errors import InvalidDetailError, UnlawfulDayError
from tracker.domain.law import law
from tracker.domain.message import Phrase, labels

NEAR = timedelta(days=731)  # two years: nothing that a step states lies further from the step itself
_DAYS = {(step.name, field.name): field for step in STEPS for field in step.fields if field.kind == "day"}
_STATED = frozenset(key for keys in KEYS.values() for key in keys if key.endswith("_on"))
AHEAD = {field.name for field in _DAYS.values() if field.ahead}
DEEMED = timedelta(days=30)  # 民事诉讼法第95条: service by public notice is deemed so many days later
FAR = timedelta(days=50 * 366)  # the longest validity that a document was ever given, and more

LABELS = labels(
    {
        **{place: field.label for place, field in _DAYS.items()},
        ("charge", "received_on"): "申请人收到收费通知日期",
        ("consult", "received_on"): "对方收到征求意见书日期",
        ("receive", "arrived_on"): "来件日期",
        ("receive", "signed_on"): "签收日期",
        ("receive", "confirmed_on"): "确认日期",
    }
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and the last day that a field may state."""

    first: date
    last: date

    def problem(self, label: str, day: date) -> str:
        """Say what is wrong with the day, naming the field; empty where nothing is."""
        if day < self.first:
            return Phrase(
                "%(label)s（%(day)s）早于%(first)s，请核对年份。",
                label=label,
                day=day,
                first=self.first,
            )
        if day > self.last:
            return Phrase(
                "%(label)s（%(day)s）晚于%(last)s，请核对年份。",
                label=label,
                day=day,
                last=self.last,
            )
        return ""


# What a form takes before anything else is known of the day: no organ's records are older.
TYPED = Bounds(date(1949, 10, 1), date(2149, 12, 31))


def of_register(today: date) -> Bounds:
    """Return the bounds of a day in a register behind the report."""
    return Bounds(TYPED.first, today + FAR)


def check(entry: Entry, today: date | None = None) -> None:
    """Raise where a day of a new entry lies outside its bounds; the text names the field.

    today: the day of the typing, which nothing that has happened lies after; None where it is not known.

    Raises UnlawfulDayError for the entry's own day, InvalidDetailError for a day that it states.
    """
    first = law.DECREES[0].since
    if entry.on < first:
        raise UnlawfulDayError(
            "%(on)s早于《政府信息公开条例》施行之日（%(first)s），请核对年份。",
            on=entry.on,
            first=first,
        )
    if today and entry.on > today:
        raise UnlawfulDayError(
            "%(on)s晚于今天（%(today)s），尚未发生的事不能登记。",
            on=entry.on,
            today=today,
        )
    for label, day, bounds in _stated(entry, today):
        if problem := bounds.problem(label, day):
            raise InvalidDetailError(problem)


def _stated(entry: Entry, today: date | None) -> Iterator[tuple[str, date, Bounds]]:
    """Yield every day that the entry states, with its label and bounds."""
    keys = [] if _STATED.isdisjoint(entry.details) else [key for key in entry.details if key in _STATED]
    near = Bounds(entry.on - NEAR, _later(entry.on, NEAR)) if keys else TYPED
    for key in keys:
        if day := entry.day(key):
            label = LABELS.get((entry.step, key), key)
            if key in AHEAD:
                yield label, day, Bounds(entry.on, near.last)
            else:
                last = today + (DEEMED if key == "received_on" else timedelta()) if today else near.last
                first = entry.on if key == "received_on" else near.first  # nothing comes before it is sent
                yield label, day, Bounds(first, min(near.last, last))
    stated = basis.basis_of(entry.details)
    for key, value in stated.items():
        if key.endswith("_on") and value:
            bounds = Bounds(TYPED.first, _later(entry.on, FAR))
            yield basis.label(key, stated), date.fromisoformat(value), bounds


def _later(day: date, span: timedelta) -> date:
    """Return the day so much later, or the last day that there is."""
    return day + span if day <= date.max - span else date.max
