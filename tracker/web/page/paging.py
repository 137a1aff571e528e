"""Pages of a list, and addresses that keep what was asked for."""

from collections.abc import Container, Sequence
from datetime import MAXYEAR, MINYEAR
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, request, url_for
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select

from tracker.models.reads.base import FEW, MOST, Parts, ReadRows, count_rows, page_of_rows
from tracker.now import today
from tracker.web.page.text import _

PAPER = "paper"  # asks for a list as it is printed
ON_PAPER = 2_000  # rows of a list that are printed together
SHOWN = 40  # characters of an address that a page repeats
NARROW_NOTHING = ("page", PAPER, "order", "down", "language")

READABLE = "!$'()*,/:;?@"  # signs that stand in a question as they are


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


def is_whole(text: str) -> bool:
    """Return whether a text of an address is a whole number that both databases hold."""
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004


def whole(name: str, default: int | None = None) -> int | None:
    """Return a whole number of the address; the default where it is none, which the page says."""
    text = request.args.get(name, "")
    if is_whole(text):
        return int(text)
    pass_over(name)
    return default


def year(default: int | None = None) -> int | None:
    """Return the year of the address; the default where no calendar has it, which the page says."""
    asked = whole("year", default)
    if asked is None or MINYEAR <= asked <= MAXYEAR:
        return asked
    pass_over("year")
    return default


def one_of(name: str, known: Container[str], default: str = "") -> str:
    """Return a word of the address that is one of those known; the default where it is not, which is said."""
    text = request.args.get(name, "")
    if text in known:
        return text
    pass_over(name)
    return default


def pass_over(name: str) -> None:
    """Note that a part of the address cannot be what it says: the page says that it was left out."""
    if text := request.args.get(name, ""):
        passed_over()[name] = text[:SHOWN]


def passed_over() -> dict[str, str]:
    """Return what the address asked for in vain, by its names."""
    asked: dict[str, str] = g.setdefault("passed_over", {})
    return asked


def size_of_page() -> int:
    """Return how many rows a page has: many where it is printed."""
    size: int = current_app.config["PAGE_SIZE"]
    return max(size, ON_PAPER) if request.args.get(PAPER) else size


def print_note(page: Any) -> str:
    """Return what the paper says of a list: which of its rows it holds, and who printed it when."""
    first = (page.page - 1) * page.per_page + 1
    held = {"first": first, "last": first + len(page.items) - 1, "total": page.total}
    rows = _("第%(first)s—%(last)s条，共%(total)s条", **held)
    if page.more:
        rows = _("第%(first)s—%(last)s条，超过%(total)s条", **held)
    if any(value for name, value in request.args.items() if name not in NARROW_NOTHING):
        rows += _("（只列符合所选条件的）")
    actor = g.get("actor")
    return f"{rows} · {today():%Y-%m-%d}" + (f" {actor.name}" if actor else "")


def _asked(size: int) -> int:
    """Return the page that the address asks for; no later one than a list can have."""
    number = whole("page", 1)
    if not number:
        pass_over("page")
    return min(number or 1, -(-MOST // size))


def needed() -> int:
    """Return how many rows there are up to the end of the page that the address asks for."""
    size = size_of_page()
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
    size = size_of_page()

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
    if asked.total and not asked.items:
        pass_over("page")
        asked = page(asked.pages)
    return asked


def address(to: str = "", /, **changes: Any) -> str:
    """Return this address with some of its questions changed; empty ones are left out.

    to: another page of the same place. Questions are anybody's to name: none of them is one of the maker's.
    """
    places = request.view_args or {}
    path = url_for(to or str(request.endpoint), **{key: changes.get(key, places[key]) for key in places})
    asked = {**request.args.to_dict(), **changes}
    kept = {key: value for key, value in asked.items() if key not in places and value not in (None, "")}
    return f"{path}?{urlencode(kept, safe=READABLE)}" if kept else path
