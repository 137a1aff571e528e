"""The one door to the mailbox (IMAP, RFC 3501): what lies in it, one mail as its bytes, marked as read.

Nothing of a mail is read here: its bytes go to a process of their own. Nothing is deleted or moved.
"""

import base64
import imaplib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import Any

from tracker.domain.message import worded
from tracker.mail.smtp import LONGEST_REPLY, SECONDS, trusted

TOGETHER = 200  # mails of which one command asks
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
ONE_DAY = timedelta(days=1)
DETAIL = re.compile(rb"UID (\d+)|RFC822\.SIZE (\d+)|FLAGS \(([^)]*)\)|INTERNALDATE \"([^\"]*)\"")
MOMENT = re.compile(r"\s*(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
ASCII = re.compile(r"[ -%'-~]+")
WHO = (
    '("name" "tracker" "version" "1")'  # some servers let nobody in who does not say who they are (RFC 2971)
)
REASONS = (
    ("ConnectionRefusedError", worded("这个端口没有收信服务：请核对服务器和端口。")),
    ("gaierror", worded("找不到这台服务器：请核对服务器的名称。")),
    ("UnicodeError", worded("找不到这台服务器：请核对服务器的名称。")),
    ("TimeoutError", worded("服务器没有应答：请核对服务器、端口，以及防火墙是否放行。")),
    (
        "SSLCertVerificationError",
        worded("服务器的证书不被信任：单位自己的证书由服务器配置 imap_ca_file 给出。"),
    ),
    ("SSLError", worded("加密方式与端口不符：993 一般用全程加密，143 用 STARTTLS。")),
    ("abort", worded("服务器断开了连接：多为加密方式与端口不符。")),
    ("starttls", worded("服务器不支持这种加密方式：请改用全程加密（993）。")),
    ("login", worded("用户名或者密码不对，或者邮箱没有开通 IMAP；有的邮箱要用“授权码”代替密码。")),
    ("select", worded("没有这个文件夹，或者邮箱不许这样读取：请核对文件夹的名称。")),
)


class NoMailboxError(Exception):
    """The mailbox cannot be read; the text is the server's own. step: at which it stopped."""

    def __init__(self, message: str, step: str) -> None:
        super().__init__(message)
        self.step = step


@dataclass(frozen=True, slots=True)
class MailboxPlace:
    """Where mail is fetched. security: ``ssl``, ``starttls`` or ``none``."""

    host: str
    port: int
    security: str
    login: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    ca_file: str = ""

    @property
    def name(self) -> str:
        return f"{self.login}@{self.host}/{self.folder}"


@dataclass(frozen=True, slots=True)
class ListedMail:
    """A mail as its mailbox lists it. received_at: when it entered the mailbox (INTERNALDATE)."""

    uid: int
    size: int
    is_seen: bool
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the server said to a step."""

    step: str
    taken: bool
    text: str


def explained(error: NoMailboxError) -> str:
    """Return what a fault means for who set the mailbox up; empty where nobody knows."""
    told = str(error)
    return next(
        (meaning for begins, meaning in REASONS if told.startswith(begins) or error.step == begins), ""
    )


class Mailbox:
    """One conversation with a mailbox whose folder is open."""

    def __init__(self, place: MailboxPlace, heard: list[Heard] | None = None) -> None:
        """Connect, encrypt, sign in, open the folder. Raises NoMailboxError in the server's words.

        heard: to which each answer of the server is added.
        """
        self.place, self.heard = place, [] if heard is None else heard
        self.imap = self._ask("connect", self._connect)
        try:
            if place.security == "starttls":
                self._ask("starttls", lambda: self.imap.starttls(trusted(place.ca_file)))
            self._ask("login", lambda: self.imap.login(place.login, place.password))
            with suppress(imaplib.IMAP4.error):  # of one that does not know the command
                self.imap.xatom("ID", WHO)
            self.count = int(self._ask("select", lambda: self.imap.select(_quoted(place.folder)))[0])
            self.validity = int(self.imap.response("UIDVALIDITY")[1][0] or 0)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> imaplib.IMAP4:
        place = self.place
        if place.security == "ssl":
            return imaplib.IMAP4_SSL(
                place.host, place.port, ssl_context=trusted(place.ca_file), timeout=SECONDS
            )
        return imaplib.IMAP4(place.host, place.port, timeout=SECONDS)

    def _ask(self, step: str, command: Callable[[], Any]) -> Any:
        """Return what the server answered; raise NoMailboxError where it refused, or is not there."""
        try:
            answer = command()
        except (imaplib.IMAP4.error, OSError, UnicodeError, ValueError) as error:
            raise self._refused(step, _words(error)) from error
        if isinstance(answer, imaplib.IMAP4):
            self.heard.append(Heard(step, True, _text(answer.welcome)))
            return answer
        status, data = answer
        if status != "OK":
            raise self._refused(step, _text(data[0] if data else b""))
        self.heard.append(Heard(step, True, _text(data[0] if data and isinstance(data[0], bytes) else b"OK")))
        return data

    def _refused(self, step: str, text: str) -> NoMailboxError:
        self.heard.append(Heard(step, False, text))
        return NoMailboxError(text, step)

    def listed(self, since: date) -> Iterator[ListedMail]:
        """Yield the mails that entered the mailbox on the day or later, the oldest first."""
        day = since - ONE_DAY  # the server's days may begin later than ours
        asked = f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"
        data = self._ask("search", lambda: self.imap.uid("SEARCH", "SINCE", asked))
        uids = sorted(int(uid) for part in data if part for uid in part.split())
        for begin in range(0, len(uids), TOGETHER):
            some = ",".join(map(str, uids[begin : begin + TOGETHER]))
            yield from self._details(some)

    def _details(self, uids: str) -> Iterator[ListedMail]:
        data = self._ask(
            "fetch", lambda: self.imap.uid("FETCH", uids, "(UID RFC822.SIZE INTERNALDATE FLAGS)")
        )
        for part in data:
            told = b"".join(part) if isinstance(part, tuple) else part or b""
            parts = [
                next((m[n] for m in DETAIL.finditer(told) if m[n] is not None), b"") for n in range(1, 5)
            ]
            if parts[0]:
                seen = b"\\seen" in parts[2].lower()
                yield ListedMail(
                    int(parts[0]), int(parts[1] or 0), seen, moment(parts[3].decode("ascii", "replace"))
                )

    def content(self, uid: int, most: int = 0) -> bytes | None:
        """Return a mail as it lies there, without marking it; None where it is gone. most: of its bytes."""
        part = f"(BODY.PEEK[]<0.{most}>)" if most else "(BODY.PEEK[])"
        data = self._ask("fetch", lambda: self.imap.uid("FETCH", str(uid), part))
        return next((bytes(each[1]) for each in data if isinstance(each, tuple)), None)

    def mark_read(self, uids: Sequence[int]) -> None:
        """Mark mails as read. Raises NoMailboxError."""
        for begin in range(0, len(uids), TOGETHER):
            some = ",".join(map(str, uids[begin : begin + TOGETHER]))
            self._ask("store", partial(self.imap.uid, "STORE", some, "+FLAGS.SILENT", "(\\Seen)"))

    def close(self) -> None:
        """End the conversation; a server that is gone does not mind. What is marked deleted stays."""
        with suppress(imaplib.IMAP4.error, OSError):
            self.imap.logout()


def moment(text: str) -> datetime | None:
    """Return the moment of an INTERNALDATE; None where it is none."""
    match = MOMENT.match(text)
    if match is None or match[2].title() not in MONTHS:
        return None
    day, month, year, hour, minute, second = (
        int(match[1]), MONTHS.index(match[2].title()) + 1, *(int(match[n]) for n in (3, 4, 5, 6)),
    )  # fmt: skip
    offset = timedelta(hours=int(match[8]), minutes=int(match[9])) * (-1 if match[7] == "-" else 1)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _quoted(folder: str) -> str:
    """Return the name of a folder as the protocol writes it: modified UTF-7 (RFC 3501, 5.1.3)."""
    parts, rest = [], folder
    while rest:
        plain = ASCII.match(rest)
        if plain:
            parts.append(plain[0])
            rest = rest[plain.end() :]
        elif rest[0] == "&":
            parts.append("&-")
            rest = rest[1:]
        else:
            end = next((n for n, sign in enumerate(rest) if " " <= sign <= "~"), len(rest))
            coded = base64.b64encode(rest[:end].encode("utf-16-be")).decode("ascii").rstrip("=")
            parts.append(f"&{coded.replace('/', ',')}-")
            rest = rest[end:]
    name = "".join(parts).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}"'


def _text(raw: bytes | str) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return "".join(text.splitlines()[:1])[:LONGEST_REPLY]


def _words(error: Exception) -> str:
    if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
        answer = error.args[0] if error.args else ""
        return _text(answer if isinstance(answer, bytes | str) else str(answer))
    return _text(f"{type(error).__name__}: {error}")
