"""Other channels (企业微信, 钉钉 and the like), through the library that speaks them."""

import logging

from tracker.mail import address
from tracker.mail.smtp import NotSentError


def send(to: str, title: str, text: str, allowed: frozenset[str]) -> None:
    """Send a message to a channel. Raises NotSentError; the library does not tell the answer."""
    scheme = address.scheme(to)
    if scheme not in allowed:
        raise NotSentError(f"不允许的渠道“{scheme}://”（设置 channel_schemes）。", permanent=True)
    import apprise  # slow to load, and most offices have no channel

    said: list[str] = []
    handler = _Words(said)
    logger = logging.getLogger("apprise")
    logger.addHandler(handler)
    try:
        messenger = apprise.Apprise()
        if not messenger.add(to):
            raise NotSentError("渠道地址无效。", permanent=True)
        if not messenger.notify(title=title, body=text):
            raise NotSentError("；".join(said)[:500] or "渠道没有接受。")
    finally:
        logger.removeHandler(handler)


class _Words(logging.Handler):
    """What the library logs of a failure; its addresses, which hold keys, are left out."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        words = record.getMessage()
        if "://" not in words:
            self.said.append(words)
