"""What forbids a template of an office's own: a place that no letter of the kind fills, one that it lacks."""

from collections.abc import Iterator, Mapping

from tracker.domain.letter.fact import LABELS, NAMES
from tracker.domain.letter.kind import LetterKind, lines, names_in, names_of, placed

_KEYS = {name: key for key, name in NAMES.items()}


def label_of(kind: LetterKind, name: str) -> str:
    """Return the words of a fact of the kind by its name in templates."""
    own = next((ask.label for ask in kind.asks if ask.key == _KEYS.get(name)), "")
    return own or LABELS.get(name, name)


def faults(kind: LetterKind, places: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the places of a template, each with where it stands.

    places: the names of its places, each with its paragraph.
    """
    known = names_of(kind)
    for name, where in places.items():
        if name not in known:
            yield f"{where}：没有“{name}”这个字段（可以用的：{'、'.join(sorted(known))}）"
    ours = {name: line.text for line in lines(kind) for name in names_in(line.text)}
    for name in sorted(placed(kind) - places.keys()):
        yield f"缺少必备要素“{name}”（{label_of(kind, name)}）：本程序的模板写在“{ours[name]}”一段"
