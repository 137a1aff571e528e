"""Addresses that something can be sent to: a mailbox, or a channel such as ``wecombot://…``."""

import re

from tracker.config import Settings
from tracker.domain.errors import InvalidDetailError
from tracker.mail import channel

MAILBOX = re.compile(r"[^\s@<>\"',;:()\[\]\\%!|]+@[^\s@<>\"',;:()\[\]\\%!|]+")
LONGEST = 200


def checked(address: str, settings: Settings) -> str:
    """Return the address without blanks around it; an empty one is none.

    It is asked as an address is kept and again as something is sent to it: settings change, and what
    was kept by an older version was not asked for all of this.

    Raises InvalidDetailError: more than one recipient, a channel or a host that the office does not
    allow, a line break, which could write headers of its own.
    """
    address = address.strip()
    if not address:
        return ""
    if len(address) > LONGEST:
        raise InvalidDetailError("“%(value)s…”太长，不是有效的地址。", value=address[:40])
    if channel.scheme(address):
        channel.check(address, settings)
    elif not (MAILBOX.fullmatch(address) and address.isprintable()):
        raise InvalidDetailError("“%(value)s”不是有效的邮箱地址。", value=address[:40])
    return address


def shown(address: str) -> str:
    """Return the address as a page may show it: a channel's holds a key."""
    scheme = channel.scheme(address)
    return f"{scheme}://…" if scheme else address
