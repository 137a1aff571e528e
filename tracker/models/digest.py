"""Digests of rows and links of chains: HMAC-SHA-256 over one canonical form.

The form is the same on both databases and from whichever side a value comes: read as a column, or
kept by a trigger as JSON before the row was changed.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import JSON, Column, DateTime, LargeBinary, Table

from tracker.domain.misfit import Misfit
from tracker.models import cipher
from tracker.models.cipher import UnreadableFieldError
from tracker.models.journal import SEALED
from tracker.models.tables import stored_by_name

CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> str:
    """Return a message as the text that it is."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError


_QUICKER = msgspec.json.Encoder(order="sorted", enc_hook=_plain)
HASH = "sha256"
MOMENT = "%Y-%m-%d %H:%M:%S.%f"
FORM_CHARACTERS, SALT_BYTES = 16, 8
GONE = b""  # the digest of a row that was removed


# -- keys ---------------------------------------------------------------------------------------


def new_epoch(first: int) -> list[Any]:
    """Return an epoch that begins with an entry: [its number, the salt of its key]."""
    return [first, secrets.token_hex(SALT_BYTES)]


def key_at(epochs: Sequence[Sequence[Any]], no: int) -> bytes | None:
    """Return the key of the entry of that number; None for one that was written before chains had keys.

    Where the epochs were damaged it is a key that fits nothing.
    """
    try:
        for epoch in reversed(epochs):
            if epoch[0] <= no:
                return _key_of(epoch)
        return None
    except (TypeError, ValueError, LookupError, UnreadableFieldError):
        return secrets.token_bytes(cipher.KEY_BYTES)


def _key_of(epoch: Sequence[Any]) -> bytes:
    """Return an epoch's key: wrapped where the secret key was changed since, else derived with its salt."""
    _first, salt, *wrapped = epoch
    return cipher.unwrapped(wrapped[0]) if wrapped else cipher.chain_key(str(salt))


def keys_of(epochs: Sequence[Sequence[Any]]) -> list[tuple[int, str, bytes]]:
    """Return every epoch with its key, to be wrapped by another secret key."""
    return [(epoch[0], epoch[1], _key_of(epoch)) for epoch in epochs]


def wrapped(keys: Iterable[tuple[int, str, bytes]]) -> list[Any]:
    """Return epochs whose keys are sealed with the office's secret key of now."""
    return [[first, salt, cipher.wrapped(key)] for first, salt, key in keys]


def epochs_of(head: Any) -> list[Any]:
    """Return the epochs of a journal's head; none where there is no head, or they are damaged."""
    return list(head.epochs) if head is not None and isinstance(head.epochs, list) else []


def canonical(value: Any) -> bytes:
    """Return a value in its canonical form, as ``CANONICAL`` writes it, by the quicker library if it can."""
    return _QUICKER.encode(value) if _written_alike(value) else CANONICAL.encode(value).encode()


def _written_alike(value: Any) -> bool:
    """Return whether both libraries write a value in the same bytes; not in fractions and subclasses."""
    kind = type(value)
    if kind is dict:
        return _TEXT.issuperset(map(type, value)) and _all_alike(value.values())
    return _all_alike(value) if kind is list else kind in _ALIKE


def _all_alike(values: Collection[Any]) -> bool:
    if _ALIKE.issuperset(map(type, values)):
        return True
    return all(_written_alike(value) for value in values if type(value) not in _ALIKE)


_TEXT = frozenset({str})
_ALIKE = _TEXT | {int, bool, type(None)}


def keyed(key: bytes, value: Any) -> bytes:
    """Return the HMAC-SHA-256 of a value in its canonical form."""
    return hmac.digest(key, canonical(value), HASH)


# -- rows ---------------------------------------------------------------------------------------


@cache
def columns_of(noun: str) -> tuple[Column[Any], ...]:
    """Return the sealed columns of a table, in the order of their names."""
    left_out = SEALED[noun]
    sealed = [column for column in stored_by_name()[noun].columns if column.name not in left_out]
    return tuple(sorted(sealed, key=lambda column: column.name))


@cache
def form_of(names: tuple[str, ...]) -> str:
    """Return the id of a list of columns."""
    return hashlib.sha256(canonical(list(names))).hexdigest()[:FORM_CHARACTERS]


@cache
def current_form(noun: str) -> str:
    """Return the id of the columns that the table is sealed by now."""
    return form_of(tuple(column.name for column in columns_of(noun)))


_PLAIN = frozenset({str, int, type(None)})


def row_digest(key: bytes, noun: str, row_key: str, values: Mapping[str, Any]) -> bytes:
    """Return the digest of a row's columns, values as ``plain`` and ``kept`` return them."""
    return keyed(key, [noun, row_key, values])


def plain(value: Any) -> Any:
    """Return a stored value in its canonical form; what cannot be read is like no value that can."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Misfit):
        return ["misfit"]
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.strftime(MOMENT)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return value


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _content(value: Any) -> Any:
    return None if value is None else str(value).removeprefix("\\x").lower()


def _moment(value: Any) -> Any:
    return None if value is None else datetime.fromisoformat(value).strftime(MOMENT)


@cache
def _readers(noun: str) -> list[tuple[str, Callable[[Any], Any]]]:
    """Return each sealed column of a table with what makes canonical a value that a trigger kept as JSON."""
    return [(str(column.name), _reader(column.type)) for column in columns_of(noun)]


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, JSON):
        return _json
    if isinstance(kind, LargeBinary):
        return _content
    return _moment if isinstance(kind, DateTime) else plain


def kept_values(noun: str, told: Any) -> dict[str, Any]:
    """Return a row that a trigger kept in canonical form; what cannot be read is empty: no digest fits it."""
    try:
        values = json.loads(told) if isinstance(told, str) else told
        return {name: read(values[name]) for name, read in _readers(noun)}
    except (ValueError, TypeError, LookupError):
        return {}


def key_text(table: Table, values: Mapping[str, Any]) -> str:
    """Return the primary key of a row as text."""
    return key_of(values[column.name] for column in table.primary_key)


def key_of(values: Iterable[Any]) -> str:
    """Return the values of a primary key as text."""
    return "|".join(str(plain(value)) for value in values)


# -- links --------------------------------------------------------------------------------------


def link(key: bytes, before: bytes, entry: Mapping[str, Any]) -> bytes:
    """Return the hash of a journal entry, over all of it and the hash before."""
    told = [entry["no"], entry["noun"], entry["row_key"], entry["columns"]]
    return keyed(key, [*told, entry["digest"].hex(), bool(entry["altered"]), before.hex()])


def head_seal(key: bytes, no: int, last: bytes, epochs: Sequence[Any]) -> bytes:
    """Return the seal of a head; no entry's hash can stand for it."""
    return keyed(key, ["head", no, last.hex(), list(epochs)])
