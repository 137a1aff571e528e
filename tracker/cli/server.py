"""The web server: waitress, with our own page for what never reaches the application.

Told to stop, it takes no new connection, lets the requests that are running finish, and ends.
"""

import errno
import signal
import socket
from collections.abc import Callable, Sequence
from time import monotonic

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask

from tracker.cli.ending import RefusedError
from tracker.cli.framing import Framed
from tracker.web import guard
from tracker.web.page import failure

CONNECTIONS = 1000  # beyond the number that a few machines leave half open
SILENT_SECONDS = 20  # after which a connection that sends nothing is closed
SWEEP_SECONDS = 5  # how often those are looked for
PATIENCE_SECONDS = 30  # for running requests after the word to stop
ARRIVAL_SECONDS = 5  # for a request that was still being sent
POLL_SECONDS = 0.5
BODY_BYTES = 64 * 1024 * 1024  # beyond this the server itself answers 413; the application's limit is lower


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """What the server refuses itself: a broken, oversized or unfinished request."""

    def execute(self) -> None:
        """Send the program's error page in place of the server's English line."""
        refused = self.request.error
        self.status = f"{refused.code} {refused.reason}"
        body = self.channel.server.page_of(refused.code, self.request.headers)
        self.response_headers += guard.HEADERS.items()
        self.response_headers.append(("Content-Type", "text/html; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class RequestChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection whose refusals speak the program's words."""

    error_task_class = Refusal
    parser_class = Framed


class Server:
    """The listening sockets of one process and the loop that serves them."""

    def __init__(
        self,
        app: Flask,
        *,
        threads: int,
        host: str = "",
        port: int = 0,
        sockets: Sequence[socket.socket] = (),
    ) -> None:
        """Listen at a host and port, or on sockets that listen already.

        Raises RefusedError where the address or port cannot be had.
        """
        where: dict[str, object] = {"sockets": list(sockets)} if sockets else {"host": host, "port": port}
        self.app = app
        self.map: dict[int, wasyncore.dispatcher] = {}
        self.stop_at: float | None = None
        try:
            create_server(
                app,
                map=self.map,
                **where,
                threads=threads,
                connection_limit=CONNECTIONS,
                channel_timeout=SILENT_SECONDS,
                cleanup_interval=SWEEP_SECONDS,
                max_request_body_size=BODY_BYTES,
                asyncore_use_poll=True,
                ident=None,
                clear_untrusted_proxy_headers=False,  # web/proxy.py knows whom to believe,
            )
        except (OSError, ValueError) as fault:
            raise RefusedError(cannot_listen(host, port, fault)) from fault
        self.listeners = [each for each in self.map.values() if isinstance(each, BaseWSGIServer)]
        for listener in self.listeners:
            listener.channel_class = RequestChannel
            listener.page_of = self.page_of

    @property
    def addresses(self) -> list[str]:
        return [address_of(each.socket) for each in self.listeners]

    def page_of(self, status: int, headers: dict[str, str]) -> bytes:
        """Return the error page of a request that the application never saw, in its sender's language."""
        kept = {
            "Accept-Language": headers.get("ACCEPT_LANGUAGE", ""),
            "Cookie": headers.get("COOKIE", ""),
        }
        with self.app.test_request_context("/", headers=kept):
            return failure.outside(status).encode()

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl+C; a second one ends it at once."""
        for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._told_to_stop)
        self.serve()

    def serve(self, each_turn: Callable[[], None] = lambda: None) -> None:
        """Serve until ``stop``. each_turn: called at least every POLL_SECONDS."""
        while self.stop_at is None or (self._is_busy() and monotonic() < self.stop_at):
            wasyncore.loop(timeout=POLL_SECONDS, use_poll=True, map=self.map, count=1)
            each_turn()
        self.listeners[0].task_dispatcher.shutdown()
        wasyncore.close_all(self.map, ignore_all=True)

    def _told_to_stop(self, *_: object) -> None:
        if self.stop_at is not None:
            raise SystemExit(1)
        self.stop()

    def stop(self) -> None:
        """Take no new connection; ``serve`` ends once the running requests have."""
        if self.stop_at is not None:
            return
        self.stop_at = monotonic() + PATIENCE_SECONDS
        for listener in self.listeners:
            listener.del_channel()
            listener.socket.close()

    def _is_busy(self) -> bool:
        """Return whether a request is running or being sent; let idle connections go."""
        busy = False
        for channel in [each for each in self.map.values() if isinstance(each, RequestChannel)]:
            arrives = channel.request is not None and self._stopped_for() < ARRIVAL_SECONDS
            if channel.requests or channel.total_outbufs_len or arrives:
                busy = True
            else:
                channel.will_close = True
        return busy

    def _stopped_for(self) -> float:
        return PATIENCE_SECONDS - ((self.stop_at or monotonic()) - monotonic())


def address_of(listener: socket.socket) -> str:
    """Return the address under which a listening socket is asked."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if listener.family == socket.AF_INET6 else f"http://{host}:{port}/"


def cannot_listen(host: str, port: int, fault: Exception) -> str:
    """Return in words why nothing listens there, and what to do."""
    number = getattr(fault, "errno", None)
    if number == errno.EADDRINUSE:
        return f"端口{port}已被其他程序占用：请先停止它，或用 --port 换一个端口。"
    if number == errno.EACCES:
        return f"没有权限监听端口{port}：请用 1024 以上的端口。"
    return f"不能在 {host}:{port} 上监听：请检查 host 和 port 的设置（{fault}）。"
