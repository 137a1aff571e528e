"""Words of the pages, through gettext; message ids are Simplified Chinese."""

from typing import Any

from flask_babel import gettext, lazy_gettext


def _(message: str, **values: Any) -> str:
    """Return the message in the reader's language, its values put in."""
    return str(gettext(message, **values))


def word(label: str | None) -> str:
    """Return a label of the domain in the reader's language; what has no translation stays as it is.

    ``dev.py words`` takes these labels from the domain's own tables (benchmarks/words.py).
    """
    return str(gettext(label)) if label else ""


def _l(message: str) -> Any:
    """Return the message so that it is put into the reader's language when shown."""
    return lazy_gettext(message)
