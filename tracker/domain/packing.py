"""A message as plain data and back, so that what was said is kept and said again in any language."""

import json
from collections.abc import Mapping
from contextlib import suppress
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


def packed_within(value: Any) -> Any:
    """Return what JSON holds of lists and objects in which messages with values stand."""
    if isinstance(value, Mapping):
        return {key: packed_within(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [packed_within(each) for each in value]
    return packed(value) if is_made(value) else value


def unpacked_within(kept: Any) -> Any:
    """Return what ``packed_within`` kept."""
    if isinstance(kept, list):
        return [unpacked_within(each) for each in kept]
    if not isinstance(kept, Mapping):
        return kept
    is_message = kept.keys() in ({"joined", "between"}, {"kind", "message", "values"})
    return unpacked(kept) if is_message else {key: unpacked_within(each) for key, each in kept.items()}


def is_made(message: Any) -> bool:
    """Return whether a text is a message that was made of values."""
    return isinstance(message, Joined) or (isinstance(message, Phrase) and bool(message.values))


def as_text(message: str) -> str:
    """Return a message as a text that a column keeps: one without values as it is said, else as data."""
    if is_made(message):
        return json.dumps(packed(message), ensure_ascii=False)
    return str(message)


def of_text(kept: str) -> str:
    """Return the message of a text that ``as_text`` gave; a text of before stays what it is."""
    if kept.startswith(('{"joined"', '{"kind"')):
        with suppress(ValueError, KeyError, TypeError):
            return _text(json.loads(kept))
    return Phrase(kept)


def _text(kept: Any) -> str:
    """Return a part of several messages, which is a text whatever it is."""
    part = unpacked(kept)
    return part if isinstance(part, str) else str(part)
