"""Calendar entries of due days: one per duty, moved by its sequence, cancelled when it is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

METHODS = ("PUBLISH", "CANCEL")  # RFC 5546, 3.2.1 and 3.2.5


@dataclass(frozen=True, slots=True)
class DueDay:
    """A due day in somebody's calendar. The same ``uid`` with a higher ``sequence`` moves it."""

    uid: str
    on: date
    sequence: int
    summary: str
    link: str = ""
    cancelled: bool = False


def files(entries: Sequence[DueDay], *, now: datetime) -> list[dict[str, Any]]:
    """Return the files to attach: entries that stand, then those that are over."""
    attachments = []
    for method in METHODS:
        mine = [entry for entry in entries if entry.cancelled == (method == "CANCEL")]
        if mine:
            name = "due.ics" if method == "PUBLISH" else "cancelled.ics"
            attachments.append({"name": name, "method": method, "text": _calendar(mine, method, now)})
    return attachments


def _calendar(entries: Iterable[DueDay], method: str, now: datetime) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//case tracker//due days//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", now)
        event.add("dtstart", entry.on)
        event.add("dtend", entry.on + timedelta(days=1))
        event.add("sequence", entry.sequence)
        event.add("summary", entry.summary)
        event.add("transp", "TRANSPARENT")
        event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
        if entry.link:
            event.add("url", entry.link)
        calendar.add_component(event)
    return str(calendar.to_ical().decode())
