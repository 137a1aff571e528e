"""The commands of docs/exchange.md: ``tracker …`` and ``flask --app wsgi tracker …``."""

from tracker.cli import backup, calendar, history, jobs, office, people, report
from tracker.cli.frame import tracker

__all__ = ["backup", "calendar", "history", "jobs", "office", "people", "report", "tracker"]
