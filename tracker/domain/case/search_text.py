"""The words of a ledger that people look for: what was typed as text, not codes, days and who works here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.domain.case.event import KINDS, WORDS, Entry
from tracker.domain.case.personal import personal
from tracker.domain.folding import fold

AROUND = 16  # characters shown on each side of what was looked for
HIDDEN = "＊"

# Codes, and who works on a case: a list is narrowed by those.
NO_TEXT = frozenset(
    {
        *KINDS,
        *WORDS,
        "step",
        "on",
        "outcome",
        "end",
        "unit",
        "handler",
        "approved_by",
        "party",
        "method",
        "way",
    }
)


def texts(entry: Entry) -> Iterator[str]:
    """Yield the texts that an entry states, with those of what a correction puts in its place."""
    if entry.step != "recompute":
        yield from _texts(entry.details)


def _texts(details: Mapping[str, Any]) -> Iterator[str]:
    for key, value in details.items():
        if key in NO_TEXT or str(key).endswith("_on"):
            continue
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _texts(value)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, Mapping):
                    yield from _texts(one)


def lines(written: Iterable[str]) -> list[str]:
    """Return texts as they are searched, each once."""
    return list(dict.fromkeys(line for line in map(fold, written) if line))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A place in a text where a word stands, with what is around it; personal data there is hidden."""

    before: str
    here: str
    after: str


def passage(text: str, word: str, names: Sequence[str] = ()) -> Excerpt | None:
    """Return where a folded word stands first in a text; None where it does not.

    names: of the parties. What was typed is shown as it was typed: who knows it already learns nothing.
    """
    folded = fold(text)
    at = folded.find(word)
    if at < 0:
        return None
    covered = list(folded)
    for span in personal(folded, [name for name in map(fold, names) if name]):
        covered[span.start : span.end] = HIDDEN * (span.end - span.start)
    end = at + len(word)
    before = "".join(covered[max(0, at - AROUND) : at])
    return Excerpt(before, word, "".join(covered[end : end + AROUND]))
