"""The commands of docs/exchange.md: ``tracker …`` and ``flask --app wsgi tracker …``."""

from tracker.cli import anchor, backup, calendar, history, jobs, office, people, report
from tracker.cli.frame import tracker

__all__ = ["anchor", "backup", "calendar", "history", "jobs", "office", "people", "report", "tracker"]
