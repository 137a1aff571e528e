"""Addresses that something can be sent to: a mailbox, or a channel such as ``wecombot://…``."""

import re

from tracker.domain.errors import InvalidDetailError

MAILBOX = re.compile(r"[^\s@<>\"',;:()\[\]\\]+@[^\s@<>\"',;:()\[\]\\]+")
CHANNEL = re.compile(r"([a-z][a-z0-9+.-]*)://\S+")
LONGEST = 200


def scheme(address: str) -> str:
    """Return the scheme of a channel's address; empty for a mailbox."""
    found = CHANNEL.fullmatch(address)
    return found[1] if found else ""


def checked(address: str, channels: frozenset[str]) -> str:
    """Return the address without blanks around it; an empty one is none.

    channels: the schemes that the office allows.

    Raises InvalidDetailError: a line break in an address could write headers of its own.
    """
    address = address.strip()
    if not address:
        return ""
    channel = scheme(address)
    if channel and channel not in channels:
        allowed = "、".join(sorted(channels)) or "没有允许任何渠道"
        raise InvalidDetailError(f"不允许的渠道“{channel}://”（设置 channel_schemes：{allowed}）。")
    if len(address) > LONGEST or not (channel or MAILBOX.fullmatch(address)):
        raise InvalidDetailError(f"“{address[:40]}”不是有效的邮箱地址。")
    return address


def shown(address: str) -> str:
    """Return the address as a page may show it: a channel's holds a key."""
    channel = scheme(address)
    return f"{channel}://…" if channel else address
