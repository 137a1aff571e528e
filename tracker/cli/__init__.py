"""The commands of docs/exchange.md: ``tracker …`` and ``flask --app wsgi tracker …``."""

from tracker.cli.frame import tracker

__all__ = ["tracker"]
