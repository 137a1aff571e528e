"""Read a mail: who wrote it, its text, its files, what it says of itself. Runs in a process with limits.

Nothing is refused for being broken: what can be read is read, and what cannot is told.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from tracker.domain.contact.incoming import Failure, MailSigns
from tracker.domain.message import Phrase, worded
from tracker.reading.mail.plain import plain, tidy

MOST_TEXT = 200_000  # characters that are kept of the text
MOST_HTML = 2_000_000  # characters of a page that are read
MOST_PARTS = 200
MOST_NAMED = 30  # Message-IDs, recipients of a report
LONGEST_HEAD = 1000  # characters of a field
HEAD_BYTES = 65_536
GUESSED = ("utf-8", "gb18030")
CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "hz": "hz", "gb_2312-80": "gb18030"}
MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
TRACE = ("from", "date", "subject", "message-id")  # of the head, what is the same in each copy of a mail
ANSWER_FIELDS = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-reply")
CUT = "正文太长，只保存了前面的{most}字。"
NO_TEXT = "邮件没有正文。"
TOO_MANY = worded("邮件的部分太多，只读了前面的%(most)s个。")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail, by the name that its sender gave it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What was read of a mail.

    same: a mark that every copy of the mail has, whichever way it came. name: of the sender, as it is shown.
    told: what could not be read. is_whole: false of one of which the head alone was read.
    """

    same: str
    signs: MailSigns
    name: str = ""
    text: str = ""
    files: tuple[Attached, ...] = ()
    failures: tuple[Failure, ...] = ()
    told: tuple[str, ...] = ()
    is_whole: bool = True


def read(raw: bytes) -> ReadMail:
    """Return what a mail holds."""
    message = message_from_bytes(raw)
    parts, told = _parts(message)
    body, files = _body_and_files(parts)
    if len(body) > MOST_TEXT:
        body, told = body[:MOST_TEXT], [*told, CUT.format(most=MOST_TEXT)]
    if not body:
        told = [*told, NO_TEXT]
    failures = tuple(_failures(parts))
    name, address = _sender(message)
    return ReadMail(
        mark(raw), _signs(message, parts, address), name, body, tuple(files), failures, tuple(told)
    )


def read_head(raw: bytes) -> ReadMail:
    """Return what the head of a mail says, and no more: of one that is too large, or that cannot be read."""
    head = re.split(rb"\r?\n\r?\n", raw[:HEAD_BYTES], maxsplit=1)[0]
    message = message_from_bytes(head + b"\n\n")
    name, address = _sender(message)
    return ReadMail(mark(raw), _signs(message, [message], address), name, is_whole=False)


def mark(raw: bytes) -> str:
    """Return the mark that each copy of a mail has: of its trace fields and all that follows its head."""
    head, _, body = raw.partition(b"\r\n\r\n") if b"\r\n\r\n" in raw else raw.partition(b"\n\n")
    unfolded = re.sub(rb"\r?\n(?=[ \t])", b"", head)
    fields = [line.strip() for line in unfolded.splitlines()]
    names = tuple(f"{name}:".encode() for name in TRACE)
    own = sorted(field for field in fields if field.lower().startswith(names))
    if not own:
        return hashlib.sha256(raw).hexdigest()
    return hashlib.sha256(b"\n".join(own) + b"\n\n" + body.rstrip()).hexdigest()


# -- its parts ----------------------------------------------------------------------------------------


def _parts(message: Message) -> tuple[list[Message], list[str]]:
    parts: list[Message] = []
    for part in message.walk():
        if len(parts) >= MOST_PARTS:
            return parts, [Phrase(TOO_MANY, most=MOST_PARTS)]
        parts.append(part)
    return parts, []


def _body_and_files(parts: list[Message]) -> tuple[str, list[Attached]]:
    """Return the text of all parts that are read in their place, and what is attached or shown in it."""
    texts: list[str] = []
    rest: list[Message] = []
    is_plain = False  # of the alternatives, the last plain one said something
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822" and texts:
            texts.append("【所附的邮件】")
        if part.is_multipart() or kind.startswith("message/"):
            continue
        if not _is_text(part):
            rest.append(part)
            continue
        if kind == "text/html" and is_plain and _alternates(parts, part):
            continue
        text = _text(part)
        is_plain = kind == "text/plain" and bool(text)
        texts.append(text)
    return "\n\n".join(filter(None, texts)).strip(), list(_attached(rest))


def _attached(parts: list[Message]) -> Iterator[Attached]:
    """Yield what is attached or shown in the text."""
    for place, part in enumerate(parts, 1):
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            yield Attached(_file_name(part, place), content)


def _is_text(part: Message) -> bool:
    """Return whether a part is read in its place: words that are no file."""
    is_file = part.get_content_disposition() == "attachment" or bool(part.get_filename())
    return part.get_content_type() in ("text/plain", "text/html") and not is_file


def _alternates(parts: list[Message], page: Message) -> bool:
    """Return whether a page is another form of a plain text beside it."""
    for part in parts:
        payload = part.get_payload()
        if part.get_content_type() == "multipart/alternative" and isinstance(payload, list):
            inside = [each for child in payload if isinstance(child, Message) for each in child.walk()]
            if any(each is page for each in inside):
                return True
    return False


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    text = decoded(raw, _charset(part))
    return plain(text[:MOST_HTML]) if part.get_content_type() == "text/html" else tidy(text)


def _charset(part: Message) -> str:
    named = part.get_param("charset")
    return _of_header(named[2] if isinstance(named, tuple) else named or "").strip("\"' ").lower()


def decoded(raw: bytes, charset: str) -> str:
    """Return bytes as text: by the charset that is named, else by one in which they make sense."""
    for each in filter(None, (CHARSETS.get(charset, charset), *GUESSED)):
        try:
            return raw.decode(each)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    named = CHARSETS.get(charset, charset)
    try:
        return raw.decode(named, "replace") if named else raw.decode("gb18030", "replace")
    except (LookupError, ValueError):
        return raw.decode("gb18030", "replace")


def _file_name(part: Message, place: int) -> str:
    name = _line(part.get_filename() or "")
    return name or f"{place}.{part.get_content_subtype()}"


# -- its head -----------------------------------------------------------------------------------------


def _of_header(text: str) -> str:
    """Return a field as text, whichever way it was encoded, or was not."""
    if not text.isascii():
        text = decoded(text.encode("utf-8", "surrogateescape"), "")
    try:
        pieces = decode_header(text.replace("\n", "").replace("\r", ""))
    except (HeaderParseError, ValueError):
        return text[:LONGEST_HEAD]
    whole = "".join(
        decoded(piece, (charset or "").lower()) if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )
    return whole[:LONGEST_HEAD]


def _field(message: Message, name: str) -> str:
    """Return the first field of a name as text; empty where there is none."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name), "")
    return _line(raw)


def _line(text: str) -> str:
    """Return a field as text without signs that are not seen."""
    return tidy(_of_header(text)).replace("\n", " ")


def _sender(message: Message) -> tuple[str, str]:
    """Return the name and the address of who wrote it."""
    for field in ("from", "sender", "return-path"):
        value = next((raw for key, raw in message.raw_items() if key.lower() == field), "")
        for name, address in getaddresses([str(value).replace("\n", " ").replace("\r", "")]):
            if address:
                return _line(name), _line(address)[:200]
    return "", ""


def _signs(message: Message, parts: list[Message], address: str) -> MailSigns:
    mine = MESSAGE_ID.findall(_field(message, "message-id"))
    answers = [each for name in ("in-reply-to", "references") for each in _ids(message, name)]
    is_report = message.get_content_type() == "multipart/report" and any(
        part.get_content_type() == "message/delivery-status" for part in parts
    )
    if is_report:
        answers = [*_reported(parts), *answers]
    return MailSigns(
        message_id=mine[0] if mine else "",
        address=address,
        subject=_field(message, "subject"),
        auto=_field(message, "auto-submitted").lower(),
        is_answer=any(_field(message, name) for name in ANSWER_FIELDS)
        or _field(message, "precedence").lower() == "auto_reply",
        is_report=is_report,
        answers=tuple(dict.fromkeys(answers))[:MOST_NAMED],
    )


def _ids(message: Message, name: str) -> list[str]:
    return MESSAGE_ID.findall(_field(message, name))


def _reported(parts: list[Message]) -> Iterator[str]:
    """Yield the Message-IDs of the mails that a report returns, whole or their heads alone."""
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            if isinstance(inner, Message):
                yield from _ids(inner, "message-id")
        elif part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield from _ids(message_from_bytes(content + b"\n\n"), "message-id")


def _failures(parts: list[Message]) -> Iterator[Failure]:
    """Yield what a report says of each recipient (RFC 3464)."""
    for part in parts:
        blocks = part.get_payload() if part.get_content_type() == "message/delivery-status" else []
        for block in (blocks if isinstance(blocks, list) else [])[: MOST_NAMED + 1]:
            if isinstance(block, Message) and _field(block, "action"):
                recipient = _field(block, "original-recipient") or _field(block, "final-recipient")
                yield Failure(
                    recipient=recipient.partition(";")[2].strip() or recipient,
                    action=_field(block, "action").lower(),
                    status=_field(block, "status"),
                    why=_field(block, "diagnostic-code").partition(";")[2].strip(),
                )
