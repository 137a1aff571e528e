"""Several processes that serve one address, so that more than one core works.

Gunicorn keeps the processes: it starts them, replaces one that dies, and stops them. What each of them
serves with is this program's own server (server.py), so that pages, refusals and limits are the same
with any number of them.
"""

import os
import signal
import socket
from contextlib import ExitStack
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from waitress.adjustments import Adjustments

from tracker.cli.ending import RefusedError
from tracker.cli.server import PATIENCE_SECONDS, Server, address_of, cannot_listen
from tracker.jobs import runner
from tracker.models import in_use
from tracker.models.base import db

BACKLOG = 1024
SILENT_SECONDS = 60  # after which a process whose loop stands still is replaced
STOP_SECONDS = PATIENCE_SECONDS + 5  # that the processes have to finish what they do


class Waitress(Worker):  # type: ignore[misc]  # gunicorn has no types
    """One process that serves."""

    def init_signals(self) -> None:
        """Leave Ctrl+C to the process that keeps this one: it says when to stop."""
        for each in self.SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def run(self) -> None:
        """Serve until told to stop, or until nobody is left who would tell."""
        pool: Pool = self.app
        server = Server(pool.app, sockets=[each.sock for each in self.sockets], threads=pool.threads)
        for each in (signal.SIGTERM, signal.SIGQUIT):
            signal.signal(each, lambda *_: server.stop())

        def look() -> None:
            self.notify()
            if os.getppid() != self.ppid:
                server.stop()

        with ExitStack() as stack:
            with pool.app.app_context():
                stack.enter_context(in_use.present(db.engine))
            if pool.jobs:
                stack.enter_context(runner.beside(pool.app))  # one of the processes works: it holds the lock
            server.serve(look)


class Pool(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The processes and what they serve.

    app: the application, made once and shared by the processes that come of this one. jobs: whether they
    run the jobs, which one of them does at a time.
    """

    def __init__(self, app: Flask, *, host: str, port: int, workers: int, threads: int, jobs: bool) -> None:
        """Listen. Raises RefusedError where the address or port cannot be had."""
        self.app, self.threads, self.jobs = app, threads, jobs
        self.count = workers
        self.sockets = _listening(host, port)
        self.kept = [f"fd://{os.dup(each.fileno())}" for each in self.sockets]  # told again at a SIGHUP
        super().__init__()

    @property
    def addresses(self) -> list[str]:
        return [address_of(each) for each in self.sockets]

    def load_config(self) -> None:
        """Tell gunicorn what it keeps, and nothing of how it would serve itself."""
        told: dict[str, Any] = {
            "bind": self.kept,
            "workers": self.count,
            "worker_class": Waitress,
            "timeout": SILENT_SECONDS,
            "graceful_timeout": STOP_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in told.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application."""
        return self.app

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl+C."""
        parent = os.getpid()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()  # no connection is shared with the processes that come of this one
        for each in self.sockets:
            each.close()  # gunicorn has its own of each, and closes it to take no new connection
        try:
            Arbiter(self).run()
        except SystemExit as end:
            if os.getpid() != parent:
                os._exit(
                    end.code if isinstance(end.code, int) else 1
                )  # a worker: what follows is the parent's
            if end.code:
                raise


def _listening(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen at every address of a host. Raises RefusedError where they cannot."""
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, address in Adjustments(host=host, port=port).listen:
            each = socket.socket(family, kind, protocol)
            sockets.append(each)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            each.bind(address)
            each.listen(BACKLOG)
    except (OSError, ValueError) as fault:
        for each in sockets:
            each.close()
        raise RefusedError(cannot_listen(host, port, fault)) from fault
    return sockets
