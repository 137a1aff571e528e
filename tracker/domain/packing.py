"""A message as plain data and back, so that what was said is kept and said again in any language."""

from collections.abc import Mapping
from typing import Any

from tracker.domain.message import Citation, Joined, Phrase, Statutory, joined

KINDS: dict[str, type[Phrase]] = {kind.__name__: kind for kind in (Phrase, Statutory, Citation)}


def packed(value: Any) -> Any:
    """Return a message, or a value that is put into one, as JSON holds it."""
    if isinstance(value, Joined):
        return {"joined": [packed(part) for part in value.values.values()], "between": value.template}
    if isinstance(value, Phrase):
        values = {key: packed(part) for key, part in value.values.items()}
        return {"kind": type(value).__name__, "message": value.template, "values": values}
    return value if isinstance(value, str | int | float) else str(value)


def unpacked(kept: Any) -> Any:
    """Return the message or the value that ``packed`` kept."""
    if not isinstance(kept, Mapping):
        return kept
    if "joined" in kept:
        return joined((_text(part) for part in kept["joined"]), kept["between"])
    values = {key: unpacked(part) for key, part in kept["values"].items()}
    return KINDS[kept["kind"]](kept["message"], **values)


def _text(kept: Any) -> str:
    """Return a part of several messages, which is a text whatever it is."""
    part = unpacked(kept)
    return part if isinstance(part, str) else str(part)
