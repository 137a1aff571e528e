"""Pages of a list, and addresses that keep what was asked for."""

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR
from typing import Any

from flask import current_app, request, url_for
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select

from tracker.models.reads.base import FEW, MOST, Parts, ReadRows, count_rows, page_of_rows


class ListPage(Pagination):
    """One page of a list, whose rows are found from an index.

    more: there are more rows than ``total``; the pages end there, and whoever looks for one narrows the list.
    """

    more = False

    def _query_items(self) -> list[Any]:
        wanted = self._query_args
        known = wanted["counted"]
        self._counted = count_rows(*wanted["parts"], most=MOST) if known is None else known
        if not self._counted:
            return []
        few = self._counted <= wanted["sorted_up_to"]
        parts = wanted["parts"] if few else wanted["ordered"] or wanted["parts"]
        return page_of_rows(parts, wanted["order"], self.page, self.per_page, wanted["read"], few=few)

    def _query_count(self) -> int:
        self.more = self._counted > MOST or self._query_args["more"]
        return min(self._counted, MOST)


def whole(name: str, default: int | None = None) -> int | None:
    """Return a whole number of the address; the default where it is none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default  # noqa: PLR2004


def year(default: int | None = None) -> int | None:
    """Return the year of the address; the default where no calendar has it."""
    asked = whole("year", default)
    return asked if asked is not None and MINYEAR <= asked <= MAXYEAR else default


def _asked(size: int) -> int:
    """Return the page that the address asks for; no later one than a list can have."""
    return min(whole("page", 1) or 1, -(-MOST // size))


def needed() -> int:
    """Return how many rows there are up to the end of the page that the address asks for."""
    size: int = current_app.config["PAGE_SIZE"]
    return _asked(size) * size


def page_of(
    query: Select[Any] | Parts,
    order: Sequence[Any],
    *,
    read: ReadRows | None = None,
    ordered: Parts | None = None,
    sorted_up_to: int = FEW,
    more: bool = False,
    counted: int | None = None,
) -> ListPage:
    """Return the page that the address asks for; the last one where it asks for more.

    read: gives what is shown of the rows; else they are the rows themselves.
    ordered: the same list, asked for in the words that suit its order.
    sorted_up_to: how many rows a list has at most that is sorted; of a longer one the order is read.
    more: the list is the beginning of a longer one.
    counted: how many rows it has, one more than MOST where there are more; None where nobody counted them.
    """
    parts = [query] if isinstance(query, Select) else query
    size = current_app.config["PAGE_SIZE"]

    def page(number: int) -> ListPage:
        wanted: dict[str, Any] = {
            "parts": parts,
            "order": order,
            "read": read,
            "ordered": ordered,
            "sorted_up_to": sorted_up_to,
            "more": more,
            "counted": counted,
        }
        return ListPage(page=number, per_page=size, max_per_page=None, error_out=False, **wanted)

    asked = page(_asked(size))
    return page(asked.pages) if asked.total and not asked.items else asked


def address(**changes: Any) -> str:
    """Return this address with some of its questions changed; empty ones are left out."""
    asked = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    kept = {key: value for key, value in asked.items() if value not in (None, "")}
    return url_for(str(request.endpoint), **kept)
