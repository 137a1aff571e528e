"""Pages of a list, and addresses that keep what was asked for."""

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR
from typing import Any

from flask import current_app, request, url_for
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select

from tracker.models.base import db


def whole(name: str, default: int | None = None) -> int | None:
    """Return a whole number of the address; the default where it is none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default  # noqa: PLR2004


def year(default: int | None = None) -> int | None:
    """Return the year of the address; the default where no calendar has it."""
    found = whole("year", default)
    return found if found is not None and MINYEAR <= found <= MAXYEAR else default


def page_of(found: Select[Any], order: Sequence[Any]) -> Pagination:
    """Return the page that the address asks for; the last one where it asks for more."""
    ordered, size = found.order_by(*order), current_app.config["PAGE_SIZE"]

    def page(number: int) -> Pagination:
        return db.paginate(ordered, page=number, per_page=size, max_per_page=None, error_out=False)

    asked = page(whole("page", 1) or 1)
    return page(asked.pages) if asked.total and not asked.items else asked


def address(**changes: Any) -> str:
    """Return this address with some of its questions changed; empty ones are left out."""
    asked = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    kept = {key: value for key, value in asked.items() if value not in (None, "")}
    return url_for(str(request.endpoint), **kept)
