"""The working calendar that the office counts by."""

from tracker.domain.calendar import WorkCalendar
from tracker.services import office


def current() -> WorkCalendar:
    """Return the calendar as it stands."""
    return office.calendar()
