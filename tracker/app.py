"""The application factory: the only module that sees every layer."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from tracker import cli, web
from tracker.config import ConfigError, Settings, load, networks_of, templates
from tracker.jobs.schedule import JOBS
from tracker.models import cipher, engine
from tracker.models.base import db
from tracker.now import wall_clock
from tracker.reading import isolated
from tracker.services import office
from tracker.web.proxy import Front

HERE = Path(__file__).resolve().parent


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


def main() -> None:
    """Run the console script ``tracker``; a refused setting ends it with words and status 2."""
    try:
        cli.tracker(obj=create_app)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
