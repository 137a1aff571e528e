"""What a mail server answered, in words."""

from collections.abc import Iterable

from tracker.mail.imap import Heard
from tracker.mail.smtp import Reply
from tracker.web.page.text import _l

STEPS = {
    "connect": _l("连接服务器"),
    "ehlo": _l("问候"),
    "helo": _l("问候"),
    "starttls": _l("开始加密"),
    "auth": _l("登录"),
    "mail": _l("报出发件人"),
    "rcpt": _l("报出收件人"),
    "data": _l("开始传送"),
    "content": _l("传送邮件"),
    "login": _l("登录"),
    "select": _l("打开文件夹"),
}
REFUSED = 400


def replies_in_words(replies: Iterable[Reply]) -> list[tuple[str, bool, str]]:
    """Return each step of the conversation: what it was, whether it was taken, the server's own words."""
    return [
        (str(STEPS.get(each.command, each.command)), each.code < REFUSED, f"{each.code} {each.text}")
        for each in replies
    ]


def heard_in_words(heard: Iterable[Heard]) -> list[tuple[str, bool, str]]:
    """Return the same of a conversation with a mailbox."""
    return [(str(STEPS.get(each.step, each.step)), each.taken, each.text) for each in heard]
