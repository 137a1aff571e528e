"""The wall clock. Nothing else reads it: ruff refuses ``datetime.now`` elsewhere."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def wall_clock() -> datetime:
    """Return the moment, in the office's zone."""
    return datetime.now(ZONE)


def now() -> datetime:
    """Return the moment of this request, as the application was told to tell time."""
    from flask import current_app  # a command that asks for no moment waits for no framework

    moment: datetime = current_app.extensions["tracker.now"]()
    return moment.astimezone(ZONE)


def today() -> date:
    """Return the legal day of this request (Asia/Shanghai)."""
    return now().date()
