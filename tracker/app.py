"""The application factory: the only module that sees every layer.

It loads what it puts together as it does so: a command that opens no office waits for none of it.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker import cli
from tracker.domain.errors import ConfigError
from tracker.now import wall_clock

if TYPE_CHECKING:
    from flask import Flask

    from tracker.config import Settings

HERE = Path(__file__).resolve().parent
REFUSED = 2


def create_app(
    settings: "Settings | None" = None, *, now: Callable[[], datetime] = wall_clock, pages: bool = True
) -> "Flask":
    """Build the application. Tests pass their settings and their clock.

    pages: somebody is to be served; a command needs none.
    Raises ConfigError where a setting is unknown or impossible.
    """
    from flask import Flask

    from tracker.config import load, templates
    from tracker.models import cipher, engine
    from tracker.models.base import db
    from tracker.reading import isolated
    from tracker.services.office import office

    settings = settings or load()
    app = Flask(
        "tracker",
        root_path=str(HERE),
        instance_path=str(settings.instance),
        template_folder=str(templates()),
        static_folder="static",
    )
    app.config.update(_config(settings))
    app.extensions["tracker.now"] = now
    app.extensions["tracker.settings"] = settings
    office.current["settings"] = settings
    office.clocks["now"] = now
    isolated.configure(
        isolated.Limits(
            memory=settings.reading.megabytes,
            seconds=settings.reading.seconds,
            at_once=settings.reading.at_once,
        )
    )
    cipher.set_secret(settings.secret_key)
    db.init_app(app)
    with app.app_context():
        engine.prepare(db.engine)
    app.cli.add_command(cli.tracker)
    if pages:
        _put_pages(app, settings)
    return app


def _config(settings: "Settings") -> dict[str, Any]:
    from tracker.models.engine import options

    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": options(settings.database_url),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.server.secure_cookies,
        "MAX_CONTENT_LENGTH": 16 * 1024 * 1024,
        "PAGE_SIZE": settings.server.page_size,
        "TESTING": settings.testing,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _put_pages(app: "Flask", settings: "Settings") -> None:
    from tracker.config import networks_of
    from tracker.jobs.schedule import JOBS
    from tracker.web import nouns  # half the time that the application takes to load
    from tracker.web.proxy import Front

    app.extensions["tracker.jobs"] = JOBS
    nouns.install(app)
    app.wsgi_app = Front(app.wsgi_app, networks_of(settings.server.trusted_proxies))  # type: ignore[assignment, method-assign]


def _speak() -> None:
    """Write UTF-8 into files and pipes, whatever encoding the system has; a screen keeps its own."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
            if not stream.isatty():
                stream.reconfigure(encoding="utf-8")


def main() -> None:
    """Run the console script ``tracker``; a refused setting ends it with words and status 2."""
    _speak()
    try:
        cli.tracker(obj=create_app)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
