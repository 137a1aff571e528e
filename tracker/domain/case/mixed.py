"""One request of several items: each has an outcome, and one of them is counted.

Law: 条例第37条; table 3 of 国办公开办函〔2021〕30号 counts each request once. No official order among
several refusals was found: it is a setting (practice).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.domain.case.basis import ENDS, GIVEN, basis_of, remedy_of
from tracker.domain.case.outcome import BY_CODE, OUTCOMES, RECONSIDERATION_FIRST_FROM, Family

FAMILIES = {
    "3.3": Family.REFUSED,
    "3.4": Family.UNABLE,
    "3.5": Family.NOT_PROCESSED,
    "3.6": Family.OTHERWISE_CLOSED,
}
PART_KEYS = ("content", "outcome", "end", "reason")
LAPSES = ("closed_supplement_lapsed", "closed_fee_lapsed")  # they end a whole request
CHOICES = tuple(
    (outcome, end) for outcome in OUTCOMES if outcome.code not in LAPSES for end in ENDS[outcome.code]
)


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a request: what was asked, how it is answered, which end of that outcome it is, why."""

    content: str
    outcome: str
    end: str = ""
    reason: str = ""

    @property
    def law(self) -> str:
        """The article that the item rests on."""
        named = [end.law for end in ENDS[self.outcome] if end.key == self.end]
        return named[0] if named else BY_CODE[self.outcome].law

    @property
    def label(self) -> str:
        """The outcome in words, with its end where it has several."""
        ends, text = ENDS[self.outcome], BY_CODE[self.outcome].label
        named = [end.label for end in ends if end.key == self.end and len(ends) > 1]
        return "：".join([text, *named])

    @property
    def remedy(self) -> str:
        return remedy_of(self.outcome, self.end)


def order_of(text: str) -> tuple[str, ...]:
    """Return the order that a setting writes; ValueError unless each part is named once."""
    families = tuple(text.split())
    if sorted(families) != sorted(FAMILIES):
        raise ValueError(text)
    return families


def parts_of(details: Any) -> list[Part]:
    """Return the items that an entry states."""
    return [Part(**part) for part in details.get("parts") or ()]


def choice_of(part: Mapping[str, str]) -> str:
    """Return what an item ends in as a form names it: the outcome, with its end where it has several."""
    return ".".join(filter(None, (part.get("outcome"), part.get("end"))))


def main_outcome(outcomes: Iterable[str], order: Sequence[str] = tuple(FAMILIES)) -> str:
    """Return the outcome that the request is counted by.

    Something given and something not is 3.2 alone (第37条; the label of the row). Nothing given: the
    first part of the table in the order, and in it the outcome of the most items, the earlier row
    among equals.
    """
    count = Counter(outcomes)
    given = [code for code in count if BY_CODE[code].family in GIVEN]
    if given:
        return "disclosed" if list(count) == ["disclosed"] else "partially_disclosed"
    rank = {FAMILIES[row]: place for place, row in enumerate(order)}
    rows = list(BY_CODE)
    return min(count, key=lambda code: (rank[BY_CODE[code].family], -count[code], rows.index(code)))


def remedies(outcome: str, details: Mapping[str, Any], decided_on: date | None = None) -> list[str]:
    """Return the remedies that the letter names (复议法第23条): P for what is refused under 第14—16条.

    A request of several items may have both P and G, each for its own items (edge case 2). A partial
    answer follows what it withholds; one that does not name its items is held to withhold something
    under 第14—16条. What was decided before 2024 had a choice.
    """
    parts = parts_of(details)
    whole = remedy_of(outcome, basis_of(details).get("end", ""))
    kinds = {part.remedy for part in parts} or {whole}
    if decided_on and decided_on < RECONSIDERATION_FIRST_FROM:
        kinds = {"G" if remedy == "P" else remedy for remedy in kinds}
    return sorted(kinds, key="PGN".index)
