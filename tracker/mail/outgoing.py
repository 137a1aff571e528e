"""Where a channel may connect to: https at public hosts, and what the office lists.

A person writes the address of a channel, the server connects: without this, every internal machine
could be reached through it. Names are asked twice, as the address is kept and as the connection is
made, and the second answer counts (DNS rebinding).
"""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from tracker.domain.message import Phrase

HTTP, HTTPS = 80, 443
Place = tuple[str, int]  # a numeric address and a port


class _Watch(NamedTuple):
    """One sending: what may be reached beside public https, and what was refused."""

    listed: frozenset[Place]
    refused: list[str]


_watch: ContextVar[_Watch | None] = ContextVar("watch", default=None)
_watching: list[bool] = []


class NotAllowedError(OSError):
    """A connection was refused here, before anything was sent."""


def is_public(address: str) -> bool:
    """Return whether a numeric address is of the public network, whatever it is wrapped in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None or ip.teredo is not None or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address inside


def addresses_of(host: str) -> frozenset[str]:
    """Return the numeric addresses of a host, ``2130706433`` and ``127.1`` among them; none if unknown."""
    try:
        places = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(str(place[0]) for *_rest, place in places)


def places_of(hosts: frozenset[str]) -> frozenset[Place]:
    """Return where the office's own list leads: ``host`` means port 443, else ``host:port``."""
    places: set[Place] = set()
    for listed in hosts:
        host, port = split(listed)
        places |= {(address, port) for address in addresses_of(host)}
    return frozenset(places)


def split(listed: str) -> tuple[str, int]:
    """Return host and port of an entry of the list."""
    host, colon, port = listed.rpartition(":")
    if colon and port.isdecimal() and (":" not in host or host.endswith("]")):
        return host.strip("[]"), int(port)
    return listed.strip("[]"), HTTPS


@contextmanager
def guarded(hosts: frozenset[str]) -> Iterator[list[str]]:
    """Let this thread connect to nothing inside but what is allowed; yield what was refused, in words.

    Python itself asks before each connection (``sys.addaudithook``), with the numeric address:
    whichever library connects, by whatever name, after whatever redirect. Programs, which would
    not be asked for, are not started.
    """
    if not _watching:
        _watching.append(True)
        sys.addaudithook(_asked)
    watch = _Watch(places_of(hosts), [])
    token = _watch.set(watch)
    try:
        yield watch.refused
    finally:
        _watch.reset(token)


def _asked(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _EVENTS or (watch := _watch.get()) is None:
        return
    place = arguments[1] if event.startswith("socket.") and len(arguments) > 1 else None
    if not isinstance(place, tuple):
        watch.refused.append(Phrase("渠道不得使用 %(event)s。", event=event))
    elif not _is_allowed((str(place[0]), int(place[1])), watch.listed):
        watch.refused.append("渠道的主机不在公网 https，也不在设置 channel_hosts 所列，没有连接。")
    else:
        return
    raise NotAllowedError(watch.refused[-1])


def _is_allowed(place: Place, listed: frozenset[Place]) -> bool:
    address, port = place
    return place in listed or (port == HTTPS and is_public(address))


_EVENTS = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}
    | {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}
)
