"""Which requests are alike in wording: for 重复申请 (第35、36条第(六)项) and 多人申请 (第44条).

Requests share much boiler-plate, so that plain similarity flags everything. What two texts share
is weighted by how rare it is in the office's own requests.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from math import log

GRAM = 3  # characters that stand together
FEWEST = 4  # grams below which a text says too little to be compared
RAREST = 12  # grams that candidates are looked up by
BREAK = re.compile(r"[\W_]+")
PERCENT = 100


def runs(text: str) -> list[str]:
    """Return the text's stretches without punctuation and blanks, width and case evened out."""
    return [run for run in BREAK.split(unicodedata.normalize("NFKC", text).lower()) if run]


def grams(text: str) -> frozenset[str]:
    """Return every three characters that stand together in a stretch of the text."""
    return frozenset(run[n : n + GRAM] for run in runs(text) for n in range(len(run) - GRAM + 1))


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare each gram is among a sample of texts. Made by ``of``."""

    texts: int
    seen: Mapping[str, int]

    @classmethod
    def of(cls, sample: Iterable[str]) -> "Rarity":
        """Count in how many texts of the sample each gram stands."""
        each = [grams(text) for text in sample]
        return cls(len(each), Counter(chain.from_iterable(each)))

    def weight(self, gram: str) -> float:
        """Return the weight of a gram: next to nothing where every text has it."""
        return log((self.texts + 2) / (self.seen.get(gram, 0) + 0.5))

    def total(self, some: Iterable[str]) -> float:
        return sum(self.weight(gram) for gram in some)


def keys(text: str, rarity: Rarity) -> list[str]:
    """Return the rarest grams of a text, by which candidates are looked up; empty where it is too short.

    Of equally rare ones those that lie apart are taken, so that one edit does not spoil them all.
    """
    places = [run[n : n + GRAM] for run in runs(text) for n in range(len(run) - GRAM + 1)]
    distinct = list(dict.fromkeys(places))
    if len(distinct) < FEWEST:
        return []
    spread = [distinct[place] for start in range(GRAM) for place in range(start, len(distinct), GRAM)]
    return sorted(spread, key=rarity.weight, reverse=True)[:RAREST]


def likeness(one: frozenset[str], other: frozenset[str], rarity: Rarity) -> int:
    """Return how much of the shorter text the other says too, 0 to 100, by weight."""
    if min(len(one), len(other)) < FEWEST:
        return 0
    least = min(rarity.total(one), rarity.total(other))
    return int(PERCENT * rarity.total(one & other) / least) if least > 0 else 0


def shared(one: str, other: str) -> list[tuple[str, bool]]:
    """Return the other text in pieces, each with whether the one text says it too."""
    common = grams(one) & grams(other)
    evened = unicodedata.normalize("NFKC", other).lower()
    if len(evened) != len(other):  # a character that evens out to several: places would not fit
        return [(other, False)]
    marks = [False] * len(other)
    for gram in common:
        place = evened.find(gram)
        while place >= 0:
            marks[place : place + GRAM] = [True] * GRAM
            place = evened.find(gram, place + 1)
    pieces = groupby(range(len(other)), key=lambda place: marks[place])
    return [("".join(other[place] for place in places), mark) for mark, places in pieces]
