"""The application for another WSGI server, such as gunicorn or mod_wsgi."""

import os
import sys
from contextlib import ExitStack
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from tracker.app import REFUSED, create_app
from tracker.domain.errors import ConfigError, DomainError
from tracker.models import fault, in_use
from tracker.models.base import db
from tracker.services.office import office
from tracker.services.operations import opening

RUN = "run"  # Flask's own command that serves
staying: dict[str, Any] = {}  # the process that serves, and what tells others that it does


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
        message = str(error) if isinstance(error, ConfigError | DomainError) else fault.sentence(error)
        if message is None:
            raise
        sys.stderr.write(f"{message}\n")
        sys.exit(REFUSED)
    return app


def _open() -> None:
    now = office.clocks["now"]()
    done = opening.hold(now=now)
    opening.check_made()
    for notice in filter(None, [done, *opening.ready(now=now)]):
        sys.stderr.write(f"{notice}\n")
    db.session.remove()
    db.engine.dispose()  # a server that forks afterwards shares no connection


def _stay() -> None:
    """Be a serving process from the first request on, so that no restore runs beside it."""
    if staying.get("process") != os.getpid():
        staying["process"], staying["present"] = os.getpid(), ExitStack()
        staying["present"].enter_context(in_use.present(db.engine))
