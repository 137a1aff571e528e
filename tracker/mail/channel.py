"""Messages by other channels than mail (企业微信, 钉钉 …), sent with the library apprise.

An address is parsed by that library and by nothing else, and names one recipient of one allowed
kind. What the library reads out of a query (headers of one's own, the method, whether certificates
are looked at, redirects, time limits) is nobody's to set in an address.
"""

import logging
import re
import sys
from typing import Any

from tracker.config import Settings
from tracker.domain.errors import InvalidDetailError
from tracker.mail import outgoing
from tracker.mail.smtp import NotSentError

CHANNEL = re.compile(r"([a-z][a-z0-9+.-]*)://\S+")
SEPARATORS = re.compile(r"[,;|\\?#]")  # of several addresses; of a query and a fragment


def scheme(address: str) -> str:
    """Return the scheme of a channel's address; empty for a mailbox."""
    match = CHANNEL.fullmatch(address)
    return match[1] if match else ""


def check(address: str, settings: Settings) -> None:
    """Raise InvalidDetailError where a message may not be sent to the channel."""
    _messenger(address, settings)


def send(to: str, title: str, text: str, settings: Settings) -> None:
    """Send a message to a channel. Raises NotSentError; the library does not tell the answer."""
    warnings: list[str] = []
    handler = _Words(warnings)
    logger = logging.getLogger("apprise")
    logger.addHandler(handler)
    try:
        messenger = _messenger(to, settings)
        with outgoing.guarded(settings.channel.own_hosts) as refused:
            taken = messenger.notify(title=title, body=text)
    except InvalidDetailError as error:
        raise NotSentError(error.message, permanent=True) from error
    finally:
        logger.removeHandler(handler)
    if refused:
        raise NotSentError(refused[0], permanent=True)
    if not taken:
        raise NotSentError("；".join(warnings)[:500] or "渠道没有接受。")


def _messenger(address: str, settings: Settings) -> Any:
    """Return the library's messenger with the one recipient of the address.

    Raises InvalidDetailError: a kind that is not allowed, more than a recipient, a host inside.
    """
    name = scheme(address)
    if name not in settings.channel.names:
        allowed = "、".join(sorted(settings.channel.names)) or "没有允许任何渠道"
        raise InvalidDetailError(
            "不允许的渠道“%(name)s://”（设置 channel_schemes：%(allowed)s）。",
            name=name,
            allowed=allowed,
        )
    if SEPARATORS.search(address) or not address.isprintable():
        raise InvalidDetailError("渠道地址只写一个收件处，不带逗号、分号、问号（参数）、井号。")
    import apprise  # slow to load, and most offices have no channel
    from apprise.utils import parse

    asset = apprise.AppriseAsset(http_redirects=False, async_mode=False)
    alone = parse.parse_urls(address) == [address]  # type: ignore[no-untyped-call]
    plugin = apprise.Apprise.instantiate(address, asset=asset) if alone else None
    if plugin is None or name not in _names(plugin) or not _speaks_http(plugin):
        raise InvalidDetailError("渠道地址无效：应为一个收件处，按 Apprise 的写法。")
    _check_place(address, plugin, settings)
    messenger = apprise.Apprise(asset=asset)
    messenger.add(plugin)
    return messenger


def _names(plugin: Any) -> set[str]:
    """Return the schemes of a plugin, those over https and the others."""
    return {*_words(plugin.protocol), *_words(plugin.secure_protocol)}


def _speaks_http(plugin: Any) -> bool:
    """Return whether the plugin sends from this thread by ``requests``: what it connects to is asked for."""
    return hasattr(sys.modules[type(plugin).__module__], "requests")


def _words(names: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())


def _check_place(address: str, plugin: Any, settings: Settings) -> None:
    """Refuse a host of one's own choice unless it is public and https, or the office lists it."""
    chosen = any("{host}" in template for template in plugin.templates)
    if not chosen:
        return
    if "@" in address:
        raise InvalidDetailError("渠道地址中不写用户名和密码。")
    secure = scheme(address) in _words(plugin.secure_protocol)
    port = plugin.port or (outgoing.HTTPS if secure else outgoing.HTTP)
    if any(outgoing.split(listed) == (plugin.host.lower(), port) for listed in settings.channel.own_hosts):
        return
    addresses = outgoing.addresses_of(plugin.host)
    if not secure or port != outgoing.HTTPS or not addresses or not all(map(outgoing.is_public, addresses)):
        raise InvalidDetailError(
            "渠道的主机应在公网并使用 https（443 端口），或列入设置 channel_hosts（主机:端口）。"
        )


class _Words(logging.Handler):
    """What the library logs of a failure; its addresses, which hold keys, are left out."""

    def __init__(self, warnings: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.said = warnings

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if "://" not in message:
            self.said.append(message)
