"""Words of the pages; messages are Simplified Chinese, their English stands in the catalogue."""

from typing import Any

from tracker.domain.errors import DomainError
from tracker.domain.message import translate
from tracker.web.page.language import language


def _(message: str, /, **values: Any) -> str:
    """Return the message in the reader's language, its values put in."""
    return translate(language(), message, **values)


def word(label: str | None) -> str:
    """Return a label of the domain in the reader's language; what has no translation stays as it is.

    ``dev.py words`` takes these labels from the domain's own tables (benchmarks/words.py).
    """
    return translate(language(), label or "")


def told(error: DomainError) -> str:
    """Return what was refused, and why, in the reader's language."""
    return word(error.message)


class _Later:
    """A message that is put into the reader's language when it is shown."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __str__(self) -> str:
        return word(self.message)

    __html__ = __str__  # as a template's own messages: the catalogue holds no markup of others


def _l(message: str) -> Any:
    """Return the message so that it is put into the reader's language when shown."""
    return _Later(message)
