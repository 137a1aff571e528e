"""Redaction (区分处理, 第37条): boxes over pages, each with its ground, and the list of what was withheld.

State secrets are no ground here: a paper that holds one must not be in this system at all
(保密法第31条第（三）项).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from tracker.domain.case.basis import ENDS
from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Phrase, Spoken, joined

WHOLE = 10_000  # places of a box count in ten-thousandths of the page's width or height
SMALLEST = 10  # a thousandth of the page
MOST_BOXES = 2000  # of a file
MOST_PAGES = 100  # of a file that is redacted
LONGEST_WHAT = 60


@dataclass(frozen=True, slots=True)
class Ground(Spoken):
    """Why something is withheld, and its article. outcome: the row of table 3 that a refusal of it has."""

    key: str
    label: str
    law: str
    outcome: str


def _of(outcome: str) -> Ground:
    end = ENDS[outcome][0]
    return Ground(outcome.removeprefix("refused_"), end.label, end.law, outcome)


GROUNDS = {
    ground.key: ground
    for ground in (
        Ground("privacy", "个人隐私", "条例第15条", "refused_third_party_rights"),
        Ground("trade_secret", "商业秘密", "条例第15条", "refused_third_party_rights"),
        _of("refused_internal_affairs"),
        _of("refused_process_information"),
        _of("refused_enforcement_file"),
        _of("refused_prohibited_by_law"),
        _of("refused_safety_and_stability"),
    )
}


@dataclass(frozen=True, slots=True)
class RedactionBox:
    """What is withheld of a page: from 1; left, top, width, height in ten-thousandths; its ground.

    what: what stands under it, in words that do not say it (身份证号码).
    """

    page: int
    left: int
    top: int
    width: int
    height: int
    ground: str
    what: str = ""

    def kept(self) -> dict[str, Any]:
        """Return the box as a row keeps it."""
        return asdict(self)

    @property
    def place(self) -> tuple[int, int, int, int]:
        """The left, upper, right and lower edge."""
        return self.left, self.top, self.left + self.width, self.top + self.height


FIELDS = {field.name for field in fields(RedactionBox)}


def holds(kept: Sequence[Any]) -> bool:
    """Return whether a row keeps boxes: what is damaged is no box."""
    return all(isinstance(each, dict) and set(each) == FIELDS and _is_placed(each) for each in kept)


def _is_placed(kept: Mapping[str, Any]) -> bool:
    texts = isinstance(kept["ground"], str) and isinstance(kept["what"], str)
    return texts and all(type(kept[name]) is int for name in ("page", "left", "top", "width", "height"))


def read(kept: Sequence[Mapping[str, Any]]) -> list[RedactionBox]:
    """Return the boxes that a row keeps, in the order in which one reads."""
    return in_order(RedactionBox(**each) for each in kept)


def in_order(boxes: Iterable[RedactionBox]) -> list[RedactionBox]:
    """Return the boxes by page, from the top down, from left to right."""
    return sorted(boxes, key=lambda box: (box.page, box.top, box.left, box.width, box.height))


def check(boxes: Sequence[RedactionBox], pages: int) -> None:
    """Raise InvalidDetailError where a box lies outside its page, is too small, or has no ground."""
    for number, box in numbered(boxes):
        where = Phrase("第%(page)s页第%(number)s处", page=box.page, number=number)
        if not 1 <= box.page <= pages:
            raise InvalidDetailError("%(where)s：没有这一页。", where=where)
        left, top, right, bottom = box.place
        if left < 0 or top < 0 or right > WHOLE or bottom > WHOLE:
            raise InvalidDetailError("%(where)s超出了页面：请重新画框。", where=where)
        if box.width < SMALLEST or box.height < SMALLEST:
            raise InvalidDetailError("%(where)s太小：请重新画框，或者删去。", where=where)
        if box.ground not in GROUNDS:
            raise InvalidDetailError(
                "%(where)s没有选择依据：不提供的内容每一处都要有依据（条例第37条）。",
                where=where,
            )
        if len(box.what) > LONGEST_WHAT:
            raise InvalidDetailError(
                "%(where)s的说明不能超过%(longest_what)s个字。",
                where=where,
                longest_what=LONGEST_WHAT,
            )
    if len(boxes) > MOST_BOXES:
        raise InvalidDetailError("一个文件最多%(most_boxes)s处。", most_boxes=MOST_BOXES)


def numbered(boxes: Iterable[RedactionBox]) -> list[tuple[int, RedactionBox]]:
    """Return the boxes in order, each with its number on its page, from 1."""
    count: dict[int, int] = defaultdict(int)
    result = []
    for box in in_order(boxes):
        count[box.page] += 1
        result.append((count[box.page], box))
    return result


def withheld(name: str, boxes: Sequence[RedactionBox]) -> str:
    """Return what was withheld of a file as its letter states it: one line a ground, with its places."""
    by_ground: dict[str, list[tuple[int, RedactionBox]]] = defaultdict(list)
    for number, box in numbered(boxes):
        by_ground[box.ground].append((number, box))
    lines = []
    for key in GROUNDS:
        if key in by_ground:
            ground, placed = GROUNDS[key], by_ground[key]
            kinds = "、".join(dict.fromkeys(box.what for _, box in placed if box.what))
            named = f"（{kinds}）" if kinds else ""
            lines.append(
                Phrase(
                    "《%(name)s》%(places)s：%(label)s%(named)s，依据%(law)s。",
                    name=name,
                    places=_places(placed),
                    label=ground.label,
                    named=named,
                    law=ground.law,
                )
            )
    return "\n".join(lines)


def _places(placed: Sequence[tuple[int, RedactionBox]]) -> str:
    """Return the pages with the numbers of their boxes: 第1页第1、3处，第2页第1处."""
    pages: dict[int, list[int]] = defaultdict(list)
    for number, box in placed:
        pages[box.page].append(number)
    return "，".join(
        Phrase(
            "第%(page)s页第%(names)s处",
            page=page,
            names=joined(map(str, numbers), "、"),
        )
        for page, numbers in pages.items()
    )
