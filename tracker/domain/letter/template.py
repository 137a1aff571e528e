"""What forbids a template of an office's own: a place that no letter of the kind fills, one that it lacks."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tracker.domain.letter.fact import LABELS, NAMES
from tracker.domain.letter.kind import LetterKind, lines, names_in, names_of, placed
from tracker.domain.message import Phrase, joined

_KEYS = {name: key for key, name in NAMES.items()}


def label_of(kind: LetterKind, name: str) -> str:
    """Return the words of a fact of the kind by its name in templates."""
    own = next((ask.label for ask in kind.asks if ask.key == _KEYS.get(name)), "")
    return own or LABELS.get(name, name)


def faults(
    kind: LetterKind, places: Mapping[str, str], hidden: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """Yield what is wrong with the places of a template, each with where it stands.

    places: the names of its places, each with its paragraph. hidden: those that may not be printed, and why.
    """
    known = names_of(kind)
    for name, where in places.items():
        if name not in known:
            yield Phrase(
                "%(where)s：没有“%(name)s”这个字段（可以用的：%(names)s）",
                where=where,
                name=name,
                names=joined(sorted(known), "、"),
            )
    ours = {name: line.text for line in lines(kind) for name in names_in(line.text)}
    for name in sorted(placed(kind) - places.keys()):
        yield Phrase(
            "缺少必备要素“%(name)s”（%(label_of)s）：本程序的模板写在“%(value)s”一段",
            name=name,
            label_of=label_of(kind, name),
            value=ours[name],
        )
    for name in sorted(placed(kind) & hidden.keys()):
        yield Phrase(
            "必备要素“%(name)s”（%(label_of)s）要印在纸上看得见：%(where)s。请写在正文中，用普通的黑色文字",
            name=name,
            label_of=label_of(kind, name),
            where=hidden[name],
        )
