"""Stand-ins for stored values that are not of their column's kind: SQLite lets anything in.

One damaged row stops no list. Each stand-in behaves as a value of its kind does, so that pages, counts
and exports go on; shown, it says what it is; it is never written back, and nothing is reckoned from a
ledger that holds one (``refuse``). ``tracker check`` names the row.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any, Self

from tracker.domain.errors import DomainError
from tracker.domain.message import Phrase

WORDS = "（数据损坏）"
YEAR = 1900  # before every day of the law: what is damaged stands first where days are sorted


class DamagedError(DomainError):
    """A ledger holds an entry that cannot be read: nothing is reckoned from it, and nothing written."""


class Misfit:
    """Marks a stand-in. It equals no value, not even one that looks like it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    __hash__ = object.__hash__

    def __str__(self) -> str:
        return WORDS

    def __format__(self, _form: str) -> str:
        return WORDS

    def isoformat(self, *_: Any) -> str:
        return WORDS

    def strftime(self, _form: str) -> str:
        return WORDS


class MisfitDay(Misfit, date):
    """A day that cannot be read."""


class MisfitMoment(Misfit, datetime):
    """A moment that cannot be read; neither can its day."""

    def date(self) -> date:
        return DAY

    def astimezone(self, tz: tzinfo | None = None) -> Self:
        return self


class MisfitNumber(Misfit, int):
    """A number that cannot be read; it counts as nothing."""


class MisfitText(Misfit, str):
    """A text that cannot be read."""

    __slots__ = ()


class MisfitContent(Misfit, bytes):
    """Bytes that cannot be read; no digest and no key fits them."""


class MisfitDetails(Misfit, dict[str, Any]):  # type: ignore[misc]  # it has a hash
    """Details that cannot be read: none are known."""


class MisfitList(Misfit, list[Any]):  # type: ignore[misc]  # it has a hash
    """A list that cannot be read: nothing is in it."""


DAY = MisfitDay(YEAR, 1, 1)
MOMENT = MisfitMoment(YEAR, 1, 1)
NUMBER = MisfitNumber(0)
TEXT = MisfitText(WORDS)
CONTENT = MisfitContent(b"?")


def label(labels: Mapping[Any, str], code: str) -> str:
    """Return the label of a stored code; one that the program does not know is shown as damaged."""
    if code in labels:
        return labels[code]
    return str(code) if isinstance(code, Misfit) else Phrase("（数据损坏：%(code)s）", code=code)


def refuse(entries: Iterable[Any], number: str = "") -> None:
    """Raise DamagedError naming the first entry that cannot be read, of the case of that number."""
    for entry in entries:
        on, step = isinstance(entry.on, Misfit), isinstance(entry.step, Misfit)
        if on or step or isinstance(entry.details, Misfit) or isinstance(entry.seq, Misfit):
            raise DamagedError(
                "%(number)s台账第%(seq)s条的内容已损坏，不能据以计算，什么也没有改变。请"
                "联系系统管理员运行 tracker check。",
                number=number,
                seq=entry.seq,
            )
