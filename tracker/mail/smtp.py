"""The one door to the mail server, and what its answers mean."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any

PERMANENT = range(500, 600)  # RFC 5321, 4.2.1: do not try again
SECONDS = 20  # a server that says nothing for so long is down


class NotSentError(Exception):
    """The message did not leave; the text is the server's own.

    permanent: trying again is no use. server: the fault is the server's, not the message's: no
    other message will leave either.
    """

    def __init__(self, message: str, *, permanent: bool = False, server: bool = False) -> None:
        super().__init__(message)
        self.permanent, self.server = permanent, server


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail leaves.

    security: ``none``, ``starttls`` or ``ssl``. ca_file: certificates trusted beside the system's.
    """

    host: str
    port: int
    security: str
    sender: str
    sender_name: str
    login: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One message as it leaves."""

    message_id: str
    to_name: str
    to: str
    title: str
    text: str
    html: str
    written_at: datetime
    attachments: Sequence[dict[str, Any]] = ()


class Connection:
    """One conversation with the server; any number of letters."""

    def __init__(self, server: MailServer) -> None:
        """Connect, encrypt, sign in. Raises NotSentError in the server's words."""
        self.server = server
        try:
            self.smtp = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentError(_words(error), server=True) from error

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        smtp: smtplib.SMTP
        if server.security == "ssl":
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=_trust(server))
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            if server.security == "starttls":
                smtp.starttls(context=_trust(server))
            if server.login:
                smtp.login(server.login, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def send(self, letter: OutgoingMail) -> None:
        """Send one letter. Raises NotSentError: refused for good, for now, or the server is gone."""
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
            raise NotSentError(_words(error), server=True) from error

    def close(self) -> None:
        """End the conversation; a server that is gone does not mind."""
        try:
            self.smtp.quit()
        except (smtplib.SMTPException, OSError):
            self.smtp.close()


def _trust(server: MailServer) -> ssl.SSLContext:
    """Return which certificates are believed; reading the system's takes longer than a whole letter."""
    context = ssl.create_default_context()
    if server.ca_file:
        context.load_verify_locations(server.ca_file)
    return context


def compose(letter: OutgoingMail, server: MailServer) -> EmailMessage:
    """Return the message as it leaves: text, HTML, calendar entries. Raises ValueError on a line break."""
    message = EmailMessage()
    message["Message-ID"] = letter.message_id
    message["Date"] = format_datetime(letter.written_at)
    message["From"] = formataddr((server.sender_name, server.sender), "utf-8")
    message["To"] = formataddr((letter.to_name, letter.to), "utf-8")
    message["Subject"] = letter.title
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for each in letter.attachments:
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
