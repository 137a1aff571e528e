"""Trusted proxies: which forwarded headers of the sender's address are believed.

Whoever is asked directly can write any X-Forwarded-For: only from an address of the setting
``trusted_proxies`` is it believed, and no further than the first address that is none of them.
"""

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.config import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORWARDED = "HTTP_X_FORWARDED_"
MOST_IN_A_ROW = 8


class Front:
    """The application behind its own proxies; without any, what is said in their name is dropped."""

    def __init__(self, app: "WSGIApplication", trusted: tuple[Network, ...]) -> None:
        self.app, self.trusted = app, trusted
        self.behind = [ProxyFix(app, x_for=n, x_proto=1, x_host=1) for n in range(1, MOST_IN_A_ROW + 1)]

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer, with the sender's own address where one of our proxies names it."""
        if not self._is_ours(str(environ.get("REMOTE_ADDR", ""))):
            for name in [name for name in environ if name.startswith(FORWARDED)]:
                del environ[name]
            return self.app(environ, start)
        named = [word.strip() for word in str(environ.get(f"{FORWARDED}FOR", "")).split(",")]
        count = 1
        while count < min(len(named), MOST_IN_A_ROW) and self._is_ours(named[-count]):
            count += 1
        return self.behind[count - 1](environ, start)

    def _is_ours(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self.trusted)
