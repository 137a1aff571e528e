"""Calendar entries of due days: one per duty, moved by its sequence, cancelled when it is over."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import vText
from icalendar.parser import foldline

METHODS = ("PUBLISH", "CANCEL")  # RFC 5546, 3.2.1 and 3.2.5
LONGEST_LINE = 75  # octets


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
    """Return the file (RFC 5545). A mail of many has hundreds of entries, so lines are put together here."""
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//case tracker//due days//ZH", f"METHOD:{method}"]
    for entry in entries:
        lines += _event(entry, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(entry: DueDay, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"SUMMARY:{vText(entry.summary).to_ical().decode()}"
    yield f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"
    yield f"DTSTAMP:{stamp}"
    yield f"UID:{vText(entry.uid).to_ical().decode()}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    if entry.link:
        yield f"URL:{entry.link}"
    yield "END:VEVENT"


def _folded(line: str) -> str:
    """Return a line with what is beyond 75 octets on lines that go on (RFC 5545, 3.1)."""
    return line if len(line.encode()) <= LONGEST_LINE else str(foldline(line))
