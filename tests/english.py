"""Each error that a test meets has its English, its values put in: a page must be able to say it.

Nothing is drawn up beforehand: what is raised while the tests run is what people are told.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from tracker.domain.errors import DomainError
from tracker.domain.message import CHINESE, Citation, Joined, Phrase, template

TESTS = str(Path(__file__).parent)
UNTRANSLATED = "UNTRANSLATED"  # in the environment of tests of words that nobody has translated yet
LACKING: list[str] = []  # what was raised since it was asked last and has no English
KNOWN: set[str] = set()  # templates that have been looked up


def listen() -> None:
    """Look at every error of the domain as it is made."""
    make = DomainError.__init__

    def made(self: DomainError, message: str = "", /, *more: object, **values: object) -> None:
        make(self, message, *more, **values)
        LACKING.extend(text for text in without_english(self.message) if not _is_of_a_test())

    DomainError.__init__ = made


def without_english(message: object) -> Iterator[str]:
    """Yield the templates of a message, and of those that are put into it, that stay Chinese or unfilled."""
    if not isinstance(message, Phrase) or isinstance(message, Citation):
        return
    if message.template not in KNOWN:
        lacks = CHINESE.search(message.template) and template("en", message.template) == message.template
        if not isinstance(message, Joined) and (lacks or "%(" in message.said("en")):
            yield message.template
        else:
            KNOWN.add(message.template)
    for value in message.values.values():
        yield from without_english(value)


def _is_of_a_test() -> bool:
    """Return whether a test made the error itself, with words of its own."""
    frame = sys._getframe(2)
    while frame and frame.f_code.co_name in ("made", "__init__", "<genexpr>"):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(TESTS)


def lacking() -> list[str]:
    """Return what was raised without English since it was asked last."""
    told = LACKING.copy()
    LACKING.clear()
    return told
