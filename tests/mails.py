"""Mails as people, servers and machines write them."""

from collections.abc import Sequence
from email.message import EmailMessage

SENDER = "张三 <zhang@example.org>"


def letter(
    subject: str = "申请公开2025年预算", text: str = "请公开2025年部门预算。", *, message_id: str = "<1@example.org>",
    sender: str = SENDER, html: str = "", files: Sequence[tuple[str, bytes]] = (), **more: str,
) -> bytes:  # fmt: skip
    """Return a mail with files, each a name and a content."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "ysq@example.org", subject
    mail["Date"] = "Mon, 02 Mar 2026 09:00:00 +0800"
    if message_id:
        mail["Message-ID"] = message_id
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def bounce(
    message_id: str,
    recipient: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    why: str = "550 no such user",
) -> bytes:
    """Return a report of RFC 3464 on a mail of ours."""
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <dsn-{status}@mx.example.org>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {why}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()
