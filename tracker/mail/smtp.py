"""The one door to the mail server, and what its answers mean."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any

from tracker.domain.message import worded

PERMANENT = range(500, 600)  # RFC 5321, 4.2.1: do not try again
SECONDS = 20  # a server that says nothing for so long is down


class NotSentError(Exception):
    """The message did not leave; the text is the server's own.

    permanent: trying again is no use. server: the fault is the server's, not the message's: no
    other message will leave either. dropped: the line broke while the message left: it may be the message's
    fault. unsure: the server fell silent after it had the message.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        server: bool = False,
        dropped: bool = False,
        unsure: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent, self.server, self.dropped, self.unsure = permanent, server, dropped, unsure


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail leaves.

    security: ``none``, ``starttls`` or ``ssl``. ca_file: certificates trusted beside the system's.
    """

    host: str
    port: int
    security: str
    sender: str
    login: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One message as it leaves. attachments: calendar entries as ``text``, files as ``content``."""

    message_id: str
    from_name: str
    to_name: str
    to: str
    title: str
    text: str
    html: str
    written_at: datetime
    attachments: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a server said as it took a message over, and the bytes that it was given."""

    server: str
    response: str
    sent: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered to a command: the first line of it, nothing that we said."""

    command: str
    code: int
    text: str


COMMANDS = frozenset({"ehlo", "helo", "starttls", "mail", "rcpt", "data", "quit", "rset"})
CONNECT, SIGN_IN, DATA, CONTENT = "connect", "auth", "data", "content"
CHALLENGE = 334  # asks for a name or a password
LONGEST_REPLY = 200


class _Recorder(smtplib.SMTP):
    """A conversation that keeps what was handed over, and the server's answers; never a password."""

    given: bytes = b""
    answer: str = ""

    def __init__(self, *place: Any, replies: list[Reply], **more: Any) -> None:
        self.replies, self.command = replies, CONNECT
        super().__init__(*place, **more)

    def putcmd(self, cmd: str, args: str = "") -> None:
        verb = cmd.lower()
        self.command = verb if verb in COMMANDS else SIGN_IN
        super().putcmd(cmd, args)

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()
        if code != CHALLENGE and self.command not in ("quit", "rset"):
            first = text.decode("utf-8", "replace").splitlines()[:1]
            self.replies.append(Reply(self.command, code, "".join(first)[:LONGEST_REPLY]))
        if self.command == DATA:
            self.command = CONTENT
        return code, text

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.given, self.answer = msg if isinstance(msg, bytes) else msg.encode("ascii"), ""
        code, response = super().data(msg)
        self.answer = _answer(code, response)
        return code, response


class _SecureRecorder(_Recorder, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


# Why a server cannot be spoken with, by the name of the fault or the number of the answer.
REASONS = (
    ("ConnectionRefusedError", worded("这个端口没有邮件服务：请核对服务器和端口。")),
    ("gaierror", worded("找不到这台服务器：请核对服务器的名称。")),
    ("UnicodeEncodeError", worded("登录用户名和密码只能是英文字母、数字和符号：请重新填写。")),
    ("UnicodeError", worded("找不到这台服务器：请核对服务器的名称。")),
    ("TimeoutError", worded("服务器没有应答：请核对服务器、端口，以及防火墙是否放行。")),
    (
        "SSLCertVerificationError",
        worded("服务器的证书不被信任：单位自己的证书由服务器配置 smtp_ca_file 给出。"),
    ),
    ("SSLError", worded("加密方式与端口不符：465 一般用全程加密，587 用 STARTTLS。")),
    (
        "SMTPNotSupportedError",
        worded("服务器不支持这种加密或者登录方式：请核对加密方式，不要求登录的不填用户名。"),
    ),
    ("SMTPServerDisconnected", worded("服务器断开了连接：多为加密方式与端口不符。")),
    ("535", worded("用户名或者密码不对；有的邮箱要用“授权码”代替密码。")),
    ("534", worded("服务器要求换一种登录方式；有的邮箱要用“授权码”代替密码。")),
    ("530", worded("服务器要求先登录或者先加密：请填写用户名、密码，并选择加密方式。")),
    ("550", worded("服务器不接受这个收件人或者发件人：请核对地址，发件邮箱一般须与登录用户名一致。")),
    ("553", worded("服务器不接受这个发件人：发件邮箱一般须与登录用户名一致。")),
    ("554", worded("服务器拒绝了这封邮件：请把它的原话告诉邮箱的管理员。")),
    ("4", worded("服务器请稍后再试。")),
)


def explained(why: str) -> str:
    """Return what a server's answer or a fault means for who set the mail up; empty where nobody knows."""
    return next((meaning for begins, meaning in REASONS if why.startswith(begins)), "")


class Connection:
    """One conversation with the server; any number of letters."""

    def __init__(self, server: MailServer, replies: list[Reply] | None = None) -> None:
        """Connect, encrypt, sign in. Raises NotSentError in the server's words.

        replies: to which each answer of the server is added.
        """
        self.server, self.replies = server, [] if replies is None else replies
        try:
            self.smtp = self._connect()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:  # a name that no host can have
            raise NotSentError(_words(error), server=True) from error

    def _connect(self) -> _Recorder:
        server = self.server
        smtp: _Recorder
        if server.security == "ssl":
            secure = {"timeout": SECONDS, "context": trusted(server.ca_file)}
            smtp = _SecureRecorder(server.host, server.port, replies=self.replies, **secure)
        else:
            smtp = _Recorder(server.host, server.port, replies=self.replies, timeout=SECONDS)
        try:
            if server.security == "starttls":
                smtp.starttls(context=trusted(server.ca_file))
            if server.login:
                smtp.login(server.login, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def send(self, letter: OutgoingMail) -> Acceptance:
        """Send one letter and return what the server said.

        Raises NotSentError: refused for good, for now, or the server is gone.
        """
        self.smtp.given = b""
        try:
            message = compose(letter, self.server)
        except ValueError as error:  # a line break in a header, a name that no header can hold
            raise NotSentError(f"{error}", permanent=True) from error
        try:
            self.smtp.send_message(message, self.server.sender, [letter.to])
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise NotSentError(_answer(code, answer), permanent=code in PERMANENT) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            code = error.smtp_code
            sender = isinstance(error, smtplib.SMTPSenderRefused)
            refusal = _answer(code, error.smtp_error)
            raise NotSentError(refusal, permanent=code in PERMANENT, server=sender) from error
        except (smtplib.SMTPException, OSError) as error:
            unsure = bool(self.smtp.given) and not self.smtp.answer
            raise NotSentError(_words(error), server=True, dropped=True, unsure=unsure) from error
        return Acceptance(self.server.host, self.smtp.answer, self.smtp.given)

    def close(self) -> None:
        """End the conversation; a server that is gone does not mind."""
        try:
            self.smtp.quit()
        except (smtplib.SMTPException, OSError):
            self.smtp.close()


def trusted(ca_file: str) -> ssl.SSLContext:
    """Return which certificates are believed; reading the system's takes longer than a whole letter."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def compose(letter: OutgoingMail, server: MailServer) -> EmailMessage:
    """Return the message as it leaves: text, HTML, calendar entries. Raises ValueError on a line break."""
    message = EmailMessage()
    message["Message-ID"] = letter.message_id
    message["Date"] = format_datetime(letter.written_at)
    message["From"] = formataddr((letter.from_name, server.sender), "utf-8")
    message["To"] = formataddr((letter.to_name, letter.to), "utf-8")
    message["Subject"] = letter.title
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for each in letter.attachments:
        if "content" in each:
            kind, _, subkind = str(each["type"]).partition("/")
            message.add_attachment(each["content"], kind, subkind, filename=each["name"])
            continue
        parameters = {"method": each["method"], "name": each["name"]}
        message.add_attachment(
            each["text"].encode(), "text", "calendar", filename=each["name"], params=parameters
        )
    return message


def _answer(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"
