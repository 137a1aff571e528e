"""What every page says of the office that it belongs to: that it has no name, or is the sample."""

from typing import Any

from flask import Flask, g

from tracker.config import UNNAMED
from tracker.domain.permission import Action
from tracker.services.office import user
from tracker.web.page import paging
from tracker.web.page.text import word


def _context() -> dict[str, Any]:
    """Return what every page says of the office that it belongs to."""
    signed_in = g.get("signed_in")
    if g.get("actor") is None or signed_in is None:
        return {"office_name": "", "unnamed_office": False, "is_sample": False, "sample_is_in": False}
    unnamed = signed_in.office == UNNAMED
    return {
        "office_name": "" if unnamed else signed_in.office,
        "unnamed_office": unnamed,
        "is_sample": signed_in.is_sample,
        "sample_is_in": signed_in.sample_is_in,
    }


def namers() -> list[str]:
    """Return who may give the office its name: nobody signed in may be told."""
    return user.who_may(Action.OFFICE, g.actor.agency_id) if g.actor else []


def install(app: Flask) -> None:
    """Give it to every page."""
    app.context_processor(_context)
    app.jinja_env.globals["namers"] = namers
    app.jinja_env.globals["print_note"] = paging.print_note
    app.jinja_env.globals["passed_over"] = paging.passed_over
    app.jinja_env.filters["word"] = word
