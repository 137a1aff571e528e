"""Find the headings of a table and tell which column each field of ours stands in.

Headings may stand in several rows with groups over them (答复 over 日期 and 文号), in other words
(``Field.headings``), with brackets behind them. What may mean something else is taken and named as a
doubt, or not taken and named; two columns that claim one field are told apart or named.
"""

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType

from tracker.domain.exchange.choice import SheetChoice
from tracker.domain.message import Phrase
from tracker.domain.register.register import Field

AS_FOUND = SheetChoice()
MOST_DEPTH = 3  # rows that headings stand in
LONGEST_HEADING = 60  # characters; longer cells are no headings
BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
# A day that is owed, not one on which something was done.
OWED = re.compile(
    r"^(应|法定|拟|计划|预计|最迟|最晚|规定)|(应当?答复|应办结|法定|截止|届满|到期|期限|最迟|最后一天)"
)
ENDS = re.compile(r"期限|至")  # in a label of ours that is itself such a day
REAL = re.compile(r"实际|真实")
# A group over columns that are about something else than the request, its applicant and its answer.
ELSEWHERE = re.compile(
    r"复议|诉讼|代理|委托|联系人|经办|代表|共同|第三方|征求|补正|延期|延长|收费|缴费|信访|举报|转办|归档"
)
GROUP_ENDS = re.compile(r"(的?(基本)?(信息|情况|环节|阶段|事项|一栏|栏))$")


# Words over a column of which no reading is safe: kept as a note, and said.
UNSAFE = {
    "补正时间": "告知补正的日期，或者收到补正的日期",
    "补正日期": "告知补正的日期，或者收到补正的日期",
    "延期时间": "告知延期的日期、延期的天数，或者延期后的期限",
    "ems单号": "申请人来件的邮件号，或者本机关寄出答复的邮件号",
    "ems号": "申请人来件的邮件号，或者本机关寄出答复的邮件号",
}


class Rank(IntEnum):
    """How surely a heading names a field: by our own label, another word for it, a word in doubt."""

    OWN = 0
    OTHER = 1
    DOUBTFUL = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over one column: the groups above, the heading itself without signs, its brackets."""

    groups: tuple[str, ...]
    words: str
    brackets: tuple[str, ...]
    shown: str


@dataclass(slots=True)
class TableHead:
    """Where the headings of a table stand and what they name.

    row, depth: the first row and how many. places: the column of each field.
    doubts:     what a person should look at: the column, and the words.
    doubled:    fields that two columns claim alike, with the places of both.
    rivals:     further columns that might be a field's: the field, the place.
    """

    row: int = 0
    depth: int = 1
    headings: list[Heading] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    doubts: list[tuple[int, str]] = field(default_factory=list)
    doubled: dict[str, list[int]] = field(default_factory=dict)
    rivals: list[tuple[str, int]] = field(default_factory=list)


@lru_cache(maxsize=20_000)
def _normal(header: str) -> tuple[str, tuple[str, ...]]:
    plain = unicodedata.normalize("NFKC", header)
    if plain.isalnum():  # most cells that are held against the headings
        return plain.casefold(), ()
    brackets = tuple("".join(filter(None, parts)) for parts in BRACKETS.findall(plain))
    return re.sub(r"[\s*:★☆、,，。]", "", BRACKETS.sub("", plain)).casefold(), brackets


def normal(header: object) -> str:
    """Return a header without blanks, signs and what stands in brackets."""
    return _normal(str(header or ""))[0]


def accepted(label: str, headings: str) -> set[str]:
    """Return the headers that a column of this label, or of these other words, may have, made normal."""
    return {normal(heading) for heading in (label, *headings.split())}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are looked for, by their names: plain data, for the process that reads.

    labels: what we have over each. required: those that must be there. days: those of days, of which two are
    never told apart by their words. headings, doubtful: other words over them (``Field``).
    """

    labels: Mapping[str, str]
    required: Sequence[str] = ()
    days: Collection[str] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    doubtful: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, fields: Sequence[Field]) -> "Columns":
        """Return the columns of a register."""
        return cls(
            labels={one.name: one.label for one in fields},
            required=[one.name for one in fields if one.required and not one.default],
            days=[one.name for one in fields if one.kind == "day"],
            headings={one.name: one.headings for one in fields},
            doubtful={one.name: dict(one.doubtful) for one in fields if one.doubtful},
        )


class Vocabulary:
    """The words for the columns of one table."""

    def __init__(self, columns: Columns) -> None:
        self.labels, self.days, self.doubtful = columns.labels, columns.days, columns.doubtful
        self.known: dict[str, list[tuple[str, Rank]]] = {}
        for name, label in self.labels.items():
            ranks = dict.fromkeys((normal(word) for word in self.doubtful.get(name, ())), Rank.DOUBTFUL)
            ranks |= dict.fromkeys(accepted(label, columns.headings.get(name, "")), Rank.OTHER)
            ranks[normal(label)] = Rank.OWN
            for word, rank in ranks.items():
                self.known.setdefault(word, []).append((name, rank))

    def claims(self, heading: Heading) -> list[tuple[str, Rank]]:
        """Return the fields that a heading may name. A day that is owed names none."""
        claims_of_heading = next(
            (self.known[spelling] for spelling in _spellings(heading) if spelling in self.known), []
        )
        if any(OWED.search(spelling) and not REAL.search(spelling) for spelling in heading.brackets):
            return [(name, rank) for name, rank in claims_of_heading if ENDS.search(self.labels[name])]
        return claims_of_heading

    def doubt(self, name: str, heading: Heading) -> str:
        """Return what a doubtful heading may mean."""
        meanings = self.doubtful.get(name, {})
        known = {normal(word): meaning for word, meaning in meanings.items()}
        return next((known[spelling] for spelling in _spellings(heading) if spelling in known), "")


def _spellings(heading: Heading) -> Iterator[str]:
    """Yield what a heading may say: with its groups, without them where they are no other matter's."""
    for group in reversed(heading.groups):
        bare = GROUP_ENDS.sub("", group)
        yield from (f"{bare}{heading.words}", f"{group}{heading.words}")
    elsewhere = [part for group in heading.groups for part in ELSEWHERE.findall(group)]
    if all(part in heading.words for part in elsewhere):
        yield heading.words
        for bracket in heading.brackets:
            yield normal(f"{bracket}{heading.words}")
            yield normal(bracket + "日期") if heading.words in ("日期", "时间") else heading.words


def find(
    rows: Sequence[Sequence[str]],
    columns: Columns,
    *,
    last: Sequence[int] = (),
    choice: SheetChoice = AS_FOUND,
) -> TableHead:
    """Return the headings that name most fields among the rows: of one row, else of up to three.

    rows: the texts of the rows in which headings are looked for, groups written over each of their columns.
    last: of each column the last row that anything stands in; of two that claim one field, an empty one goes.
    choice: what a person chose: the row, and which column is which field.
    """
    vocabulary = Vocabulary(columns)
    if choice.row:
        at = choice.row - 1
        return _head(rows[at : at + 1], at, vocabulary, last, choice.columns)
    best = _found(rows, vocabulary, last)
    if not choice.columns:
        return best
    block = rows[best.row : best.row + best.depth]
    return _head(block, best.row, vocabulary, last, choice.columns)


def _found(rows: Sequence[Sequence[str]], vocabulary: Vocabulary, last: Sequence[int]) -> TableHead:
    best = TableHead()
    for depth in range(1, MOST_DEPTH + 1):
        for start in range(len(rows) - depth + 1):
            head = _head(rows[start : start + depth], start, vocabulary, last)
            if len(head.places) + len(head.doubled) > len(best.places) + len(best.doubled):
                best = head
    return best


def _head(
    block: Sequence[Sequence[str]],
    start: int,
    vocabulary: Vocabulary,
    last: Sequence[int],
    chosen: Mapping[int, str] = MappingProxyType({}),
) -> TableHead:
    width = max(map(len, block), default=0)
    wide = [[*row, *[""] * (width - len(row))] for row in block]
    for upper, lower in itertools.pairwise(wide):
        for at in range(1, width):
            if not upper[at] and lower[at]:  # a group whose cells are not merged
                upper[at] = upper[at - 1]
    head = TableHead(start, len(block), [_heading([row[at] for row in wide]) for at in range(width)])
    claims = [vocabulary.claims(one) if one.words else [] for one in head.headings]
    claims = _as_chosen(claims, chosen, vocabulary)
    empty = {at for at in range(width) if last and last[at] < start + len(block)}
    if any(claims):
        _assign(head, claims, vocabulary, empty)
    return head


def _as_chosen(
    claims: list[list[tuple[str, Rank]]], chosen: Mapping[int, str], vocabulary: Vocabulary
) -> list[list[tuple[str, Rank]]]:
    """Return the claims with those that a person chose: such a field is no other column's."""
    fields = {name for name in chosen.values() if name in vocabulary.labels}
    left = [[claim for claim in one if claim[0] not in fields] for one in claims]
    return [
        left[at] if at not in chosen else [(chosen[at], Rank.OWN)] if chosen[at] in fields else []
        for at in range(len(claims))
    ]


def _heading(cells: Sequence[str]) -> Heading:
    """Return the heading of a column from what stands over it, the lowest last."""
    parts = [text for text in dict.fromkeys(cells) if text and len(text) <= LONGEST_HEADING]
    if not parts:
        return Heading((), "", (), "")
    text, brackets = _normal(parts[-1])
    if not text and brackets:  # the heading stands in brackets as a whole
        text, brackets = normal("".join(brackets)), ()
    groups = tuple(normal(part) for part in parts[:-1])
    return Heading(groups, text, brackets, " ".join("".join(parts[-1].split("\n")).split()))


def _assign(
    head: TableHead, claims: list[list[tuple[str, Rank]]], vocabulary: Vocabulary, empty: Collection[int]
) -> None:
    """Give each field the column that names it most surely."""
    taken: set[int] = set()
    for rank in Rank:
        for name in vocabulary.labels:
            places = [at for at, claimed in enumerate(claims) if at not in taken and (name, rank) in claimed]
            if not places:
                continue
            if name in head.places or name in head.doubled:
                head.rivals += [(name, at) for at in places]
                continue
            chosen = _chosen(
                head, [at for at in places if at not in empty] or places[:1], name in vocabulary.days
            )
            if chosen is None:
                head.doubled[name] = places
                taken.update(places)
                continue
            head.places[name] = chosen
            taken.add(chosen)
            head.rivals += [(name, at) for at in places if at != chosen]
            if rank is Rank.DOUBTFUL:
                meaning = vocabulary.doubt(name, head.headings[chosen])
                head.doubts.append(
                    (
                        chosen,
                        Phrase(
                            "可能是%(meaning)s；现按%(value)s读取，请核对。",
                            meaning=meaning,
                            value=vocabulary.labels[name],
                        ),
                    )
                )
    _unsafe(head, taken)


def _chosen(head: TableHead, places: Sequence[int], is_day: bool) -> int | None:
    """Return the column that a field is read from; None where two claim it and nothing tells them apart."""
    headings = [head.headings[at] for at in places]
    real = [
        at for at in places if REAL.search("".join((head.headings[at].words, *head.headings[at].brackets)))
    ]
    if len(places) > 1 and len(real) == 1:
        return real[0]
    alike = len({(one.groups, one.words) for one in headings}) < len(places)
    return None if len(places) > 1 and (is_day or alike) else places[0]


def _unsafe(head: TableHead, taken: set[int]) -> None:
    for at, heading in enumerate(head.headings):
        if at not in taken and heading.words in UNSAFE:
            head.doubts.append(
                (
                    at,
                    Phrase(
                        "可能是%(value)s；没有采用，只作备注保留，请核对。",
                        value=UNSAFE[heading.words],
                    ),
                )
            )
