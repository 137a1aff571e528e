"""The application factory: the only module that sees every layer."""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from tracker import cli, web
from tracker.config import ConfigError, Settings, load, networks_of, templates
from tracker.domain.errors import DomainError
from tracker.jobs.schedule import JOBS
from tracker.models import cipher, engine, fault, writers
from tracker.models.base import db
from tracker.now import wall_clock
from tracker.reading import isolated
from tracker.services import office, opening
from tracker.web.proxy import Front

HERE = Path(__file__).resolve().parent
REFUSED = 2
RUN = "run"  # Flask's own command that serves
staying: dict[str, Any] = {}  # the process that serves, and what tells others that it does


def create_app(settings: Settings | None = None, *, now: Callable[[], datetime] = wall_clock) -> Flask:
    """Build the application. Tests pass their settings and their clock.

    Raises ConfigError where a setting is unknown or impossible.
    """
    settings = settings or load()
    app = Flask(
        "tracker",
        root_path=str(HERE),
        instance_path=str(settings.instance),
        template_folder=str(templates()),
        static_folder="static",
    )
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine.options(settings.database_url),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        PAGE_SIZE=settings.page_size,
        TESTING=settings.testing,
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["tracker.now"] = now
    app.extensions["tracker.settings"] = settings
    app.extensions["tracker.jobs"] = JOBS
    office.current["settings"] = settings
    office.clocks["now"] = now
    isolated.configure(
        isolated.Limits(
            memory=settings.reading_megabytes,
            seconds=settings.reading_seconds,
            at_once=settings.reading_at_once,
        )
    )
    cipher.set_secret(settings.secret_key)
    db.init_app(app)
    with app.app_context():
        engine.prepare(db.engine)
    web.install(app)
    app.wsgi_app = Front(app.wsgi_app, networks_of(settings.trusted_proxies))  # type: ignore[assignment, method-assign]
    app.cli.add_command(cli.tracker)
    return app


def hosted() -> Flask:
    """Return the application for a WSGI server; end with words and status 2 where ``serve`` would refuse.

    A command of ``flask --app wsgi`` looks for itself: ``init`` is there to make what is missing.
    """
    try:
        app = create_app()
        context = click.get_current_context(silent=True)
        if context is None or context.info_name == RUN:
            with app.app_context():
                _open()
            app.before_request(_stay)
    except (ConfigError, DomainError, DBAPIError, OSError) as error:
        words = str(error) if isinstance(error, ConfigError | DomainError) else fault.sentence(error)
        if words is None:
            raise
        sys.stderr.write(f"{words}\n")
        sys.exit(REFUSED)
    return app


def _open() -> None:
    now = office.clocks["now"]()
    done = opening.hold(now=now)
    opening.check_made()
    for words in filter(None, [done, *opening.ready(now=now)]):
        sys.stderr.write(f"{words}\n")
    db.session.remove()
    db.engine.dispose()  # a server that forks afterwards shares no connection


def _stay() -> None:
    """Be a serving process from the first request on, so that no restore runs beside it."""
    if staying.get("process") != os.getpid():
        staying["process"], staying["present"] = os.getpid(), ExitStack()
        staying["present"].enter_context(writers.present(db.engine))


def main() -> None:
    """Run the console script ``tracker``; a refused setting ends it with words and status 2."""
    try:
        cli.tracker(obj=create_app)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
