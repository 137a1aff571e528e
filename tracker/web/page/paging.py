"""Pages of a list, and addresses that keep what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR
from typing import Any

from flask import current_app, request, url_for
from sqlalchemy import Select

from tracker.models.reads.base import count_rows, page_of_rows


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, from 1."""

    rows: list[Any]
    number: int
    pages: int
    total: int


def whole(name: str, default: int | None = None) -> int | None:
    """Return a whole number of the address; the default where it is none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default  # noqa: PLR2004


def year(default: int | None = None) -> int | None:
    """Return the year of the address; the default where no calendar has it."""
    found = whole("year", default)
    return found if found is not None and MINYEAR <= found <= MAXYEAR else default


def page_of(found: Select[Any], order: Sequence[Any]) -> Page:
    """Return the page that the address asks for; the last one where it asks for more."""
    size = current_app.config["PAGE_SIZE"]
    total = count_rows(found)
    pages = max(1, -(-total // size))
    number = min(max(1, whole("page", 1) or 1), pages)
    return Page(page_of_rows(found, order, number, size), number, pages, total)


def address(**changes: Any) -> str:
    """Return this address with some of its questions changed; empty ones are left out."""
    asked = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    kept = {key: value for key, value in asked.items() if value not in (None, "")}
    return url_for(str(request.endpoint), **kept)
