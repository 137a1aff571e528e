"""What a line of a history file may hold (docs/exchange.md section 1): the one schema at the edge.

Everything that comes from outside passes here before anything else looks at it: bytes, JSON, text, numbers,
shape. What steps and their words mean is the domain's (domain/case/event).
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import MOST_PEOPLE, MOST_REPRESENTATIVES
from tracker.domain.errors import DomainError, InvalidDetailError
from tracker.domain.message import Phrase

LINE_BYTES = 4 * 1024 * 1024
DEPTH = 8
EVENTS = 1000  # no request has more; each is replayed against those before it
DIGITS = 15  # of a whole number: what every reader of JSON holds exactly
TOO_LARGE = 10**DIGITS
SHOWN = 40  # characters of a wrong value that a refusal repeats

# The longest text of a key, in characters: what its column holds. Any other text is bounded by TEXT.
TEXT = 20_000
LENGTHS = {
    "number": 64,
    "agency": 40,
    "name": 200,
    "unit": 100,
    "handler": 60,
    "filled_by": 60,
    "id_number": 200,
    "phone": 200,
    "email": 200,
    "address": 500,
    "tracking_number": 200,
    "document_number": 200,
    "approved_by": 200,
    "step": 60,
    "party": 60,
}
SHORTEST = min(LENGTHS.values())
OF_EVENTS = 3  # the depth of an event: its own names are known ones, or refused
KEY = 60  # characters of a key that is not known
SURROGATE = re.compile("[\ud800-\udfff]")


class PersonSchema(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Somebody: the name, the document, the ways of contact."""

    name: str | None = None
    id_number: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    id_kind: str | None = None
    id_kept: str | None = None
    gets_letters: bool | None = None


class ApplicantSchema(PersonSchema, forbid_unknown_fields=True, kw_only=True):
    """Who asked."""

    kind: ApplicantKind


class RepresentativeSchema(PersonSchema, forbid_unknown_fields=True, kw_only=True):
    """Who acts for an applicant: the place of that one, from 1; none of who acts for everybody."""

    role: str
    place: int | None = None
    scope: str | None = None
    from_on: str | None = None
    to_on: str | None = None


class WishesSchema(msgspec.Struct, forbid_unknown_fields=True):
    """What is asked for beside the information."""

    form: str | None = None
    way: str | None = None
    purpose: str | None = None
    help: str | None = None
    filled_by: str | None = None
    read_back_on: str | None = None


class LineSchema(msgspec.Struct, forbid_unknown_fields=True):
    """One case. The keys of its events depend on their step (domain/case/event)."""

    applicant: ApplicantSchema
    channel: Channel
    events: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=EVENTS)]
    number: str | None = None
    agency: str | None = None
    subject: str | None = None
    unit: str | None = None
    joint: Annotated[list[ApplicantSchema], msgspec.Meta(max_length=MOST_PEOPLE - 1)] | None = None
    representatives: (
        Annotated[list[RepresentativeSchema], msgspec.Meta(max_length=MOST_REPRESENTATIVES)] | None
    ) = None
    wishes: WishesSchema | None = None


class _DoubtError(DomainError):
    """A line has to be read with care, if only to say what is wrong with it."""


_LIBRARY = msgspec.json.Decoder()
_REFUSED = (msgspec.DecodeError, UnicodeError, RecursionError)


def plainly(raw: str | bytes) -> LineSchema | None:
    """Return the case of a line that is plainly sound; None where ``parse`` and ``line`` must look.

    The library takes what it takes as JSON does, but for a key that stands twice: its last value counts. Each
    text stands between two quotes, so that more quotes than texts tell of one. What an escape might hide, a
    quote or the character of no value, is left to ``parse`` too.
    """
    text = raw if isinstance(raw, bytes) else raw.encode("utf-8", "replace")
    if len(raw) > LINE_BYTES or b'\\"' in text or b"\\u0000" in text:
        return None
    try:
        value = _LIBRARY.decode(raw)
        if not isinstance(value, dict) or 2 * _texts(value, TEXT, 1) != text.count(b'"'):
            return None
        return msgspec.convert(value, LineSchema)
    except (*_REFUSED, _DoubtError):
        return None


def _texts(value: dict[str, Any] | list[Any], longest: int, depth: int) -> int:
    """Return how many texts an object or a list holds, the names of its values among them.

    Raises _DoubtError where one is longer than ``parse`` takes, a number too large, or the depth too great.
    """
    if isinstance(value, list):
        return sum(_texts_of(item, longest, depth) for item in value)
    if depth > OF_EVENTS and max(map(len, value), default=0) > KEY:
        raise _DoubtError
    count = len(value)
    for key, item in value.items():
        if type(item) is str and len(item) <= SHORTEST:
            count += 1
        elif item is not None:
            count += _texts_of(item, LENGTHS.get(key, TEXT), depth)
    return count


def _texts_of(item: Any, longest: int, depth: int) -> int:
    if isinstance(item, str):
        if len(item) > longest:
            raise _DoubtError
        return 1
    if isinstance(item, dict | list):
        if depth == DEPTH:
            raise _DoubtError
        return _texts(item, longest, depth + 1)
    if isinstance(item, int) and abs(item) >= TOO_LARGE:
        raise _DoubtError
    return 0


def split(content: bytes) -> list[bytes]:
    """Return the lines of a file. A mark of UTF-8 at its beginning is none of its text."""
    return content.removeprefix(b"\xef\xbb\xbf").split(b"\n")


def parse(raw: str | bytes) -> Any:
    """Return the JSON value of a line; raise InvalidDetailError where any part of it does not fit."""
    if len(raw) > LINE_BYTES:
        raise InvalidDetailError(
            "这一行超过%(value)s MB，不可能是一件申请。",
            value=LINE_BYTES // 1024 // 1024,
        )
    try:
        value = _JSON.decode(decoded(raw))
    except json.JSONDecodeError as error:
        raise InvalidDetailError(
            "不是有效的 JSON：第%(colno)s列，%(msg)s",
            colno=error.colno,
            msg=error.msg,
        ) from error
    except RecursionError as error:
        raise InvalidDetailError("嵌套超过%(depth)s层。", depth=DEPTH) from error
    _walk(value, "", "", 1)
    return value


def decoded(raw: str | bytes) -> str:
    """Return the text of a line; raise InvalidDetailError where its bytes are no UTF-8."""
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = "不是 UTF-8 文字（GB18030、UTF-16 等编码的文件请另存为 UTF-8）"
        raise InvalidDetailError(
            "第%(value)s个字节起%(message)s。",
            value=error.start + 1,
            message=message,
        ) from error


def line(value: Any) -> LineSchema:
    """Return the case of a parsed line; raise InvalidDetailError naming the key that does not fit."""
    try:
        return msgspec.convert(value, LineSchema)
    except msgspec.ValidationError as error:
        raise InvalidDetailError(_in_words(str(error))) from error


def shown(value: object) -> str:
    """Return a wrong value as a refusal repeats it: short, and writable anywhere."""
    text = SURROGATE.sub("\ufffd", str(value).replace("\x00", "\ufffd"))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}……"


# -- JSON -------------------------------------------------------------------------------------------


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise InvalidDetailError("“%(shown)s”在同一个对象中出现了两次。", shown=shown(double))
    return value


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > DIGITS:
        raise InvalidDetailError(
            "数字%(shown)s超过%(digits)s位。",
            shown=shown(text),
            digits=DIGITS,
        )
    return int(text)


def _fraction(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidDetailError("数字%(shown)s太大。", shown=shown(text))
    return number


def _constant(text: str) -> float:
    raise InvalidDetailError("%(text)s不是 JSON 的数字。", text=text)


_JSON = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
)


def _walk(value: Any, key: str, where: str, depth: int) -> None:
    """Look at every text of the value: what neither database keeps, or its column does not hold."""
    if isinstance(value, str):
        _text(value, LENGTHS.get(key, TEXT), where)
    elif isinstance(value, dict | list):
        if depth > DEPTH:
            raise InvalidDetailError("嵌套超过%(depth)s层。", depth=DEPTH)
        for name, item in _items(value):
            if isinstance(name, str):
                _text(name, KEY, "名称")
                _walk(item, name, f"{where}.{name}" if where else name, depth + 1)
            else:
                _walk(item, key, f"{where}[{name + 1}]", depth + 1)


def _items(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str | int, Any]]:
    return iter(value.items()) if isinstance(value, dict) else enumerate(value)


def _text(text: str, longest: int, where: str) -> None:
    if len(text) > longest:
        raise InvalidDetailError(
            "“%(where)s”最长%(longest)s个字，现有%(count)s个。",
            where=where,
            longest=longest,
            count=len(text),
        )
    if "\x00" in text:
        raise InvalidDetailError("“%(where)s”含有空字符（U+0000）。", where=where)
    if not text.isascii() and (match := SURROGATE.search(text)):
        raise InvalidDetailError(
            "“%(where)s”含有不成对的代理字符（U+%(ord)s）。",
            where=where,
            ord=f"{ord(match[0]):04X}",
        )


# -- words for what the library refuses -------------------------------------------------------------

_TYPES = {
    "str": "文字",
    "null": "空",
    "object": "一个 JSON 对象",
    "array": "一个列表",
    "int": "整数",
    "float": "数字",
    "bool": "真假",
}
_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`")
_MISSING = re.compile(r"Object missing required field `(.*?)`")
_TYPE = re.compile(r"Expected `([^`]*)`, got `([^`]*)`")
_COUNT = re.compile(r"Expected `array` of length")
_WORD = re.compile(r"Invalid enum value (.*?)(?: - at|$)", re.DOTALL)
_PLACE = re.compile(r" - at `\$\.?([^`]*)`$")
_EVENT = re.compile(r"events\[(\d+)\]")
_WORDS = {"channel": Channel, "kind": ApplicantKind}
_LIMITS = {
    "events": Phrase("1至%(events)s个事件", events=EVENTS),
    "joint": Phrase("至多%(value)s位共同申请人", value=MOST_PEOPLE - 1),
    "representatives": Phrase(
        "至多%(most_representatives)s位代理人",
        most_representatives=MOST_REPRESENTATIVES,
    ),
}


def _in_words(message: str) -> str:
    """Return the library's refusal in the words of the file's reader."""
    place = match[1] if (match := _PLACE.search(message)) else ""
    if match := _EVENT.fullmatch(place):
        return Phrase("第%(value)s个事件应是一个 JSON 对象。", value=int(match[1]) + 1)
    if match := _UNKNOWN.search(message):
        return Phrase(
            "%(value)s不认识的项：%(shown)s。",
            value=Phrase("%(place)s 中", place=place) if place else "",
            shown=shown(match[1]),
        )
    if match := _MISSING.search(message):
        return Phrase("缺少 %(names)s。", names=".".join(filter(None, [place, match[1]])))
    if match := _WORD.search(message):
        allowed = "、".join(_WORDS[place.rsplit(".", 1)[-1]])
        return Phrase(
            "%(place)s 不能是“%(shown)s”，应为：%(allowed)s。",
            place=place,
            shown=shown(match[1].strip(chr(39))),
            allowed=allowed,
        )
    if _COUNT.search(message):
        return Phrase("%(place)s 应有%(value)s。", place=place, value=_LIMITS[place])
    if match := _TYPE.search(message):
        wanted = "、".join(dict.fromkeys(_TYPES.get(name.strip(), name) for name in match[1].split("|")))
        return Phrase(
            "“%(place)s”应为%(wanted)s，现为%(types)s。",
            place=place,
            wanted=wanted,
            types=_TYPES.get(match[2], match[2]),
        )
    return message
