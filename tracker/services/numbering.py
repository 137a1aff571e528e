"""Numbers of cases and contacts: from a counter row, inside the transaction, never reused."""

import re
from collections.abc import Container

from sqlalchemy import select

from tracker.models.agency import Counter
from tracker.models.base import db, ensure

REQUESTS = "YSQ"  # 依申请公开
CONTACTS = "LXF"  # 来信来访来电
# A longer number is a day, a code of another system: it has nothing to do with our counter.
OURS = re.compile(rf"{REQUESTS}-([0-9]{{4}})-([0-9]{{4,6}})")


def is_ours(number: str) -> bool:
    """Tell whether the number has the form that this program gives to requests."""
    return OURS.fullmatch(number) is not None


def next_number(agency_id: int, register: str, year: int) -> str:
    """Return the next number of the register, such as YSQ-2026-0001, and keep it taken."""
    return take(agency_id, register, year, 1, but=())[0]


def take(agency_id: int, register: str, year: int, count: int, *, but: Container[str]) -> list[str]:
    """Return that many numbers of the register in order, leaving out those that are taken elsewhere."""
    counter = _counter(agency_id, register, year)
    given: list[str] = []
    while len(given) < count:
        counter.last += 1
        number = f"{register}-{year}-{counter.last:04d}"
        if number not in but:
            given.append(number)
    db.session.flush()
    return given


def raise_to(agency_id: int, register: str, year: int, last: int) -> None:
    """Let the register go on after ``last``: a number that came from elsewhere is taken."""
    counter = _counter(agency_id, register, year)
    counter.last = max(counter.last, last)


def _counter(agency_id: int, register: str, year: int) -> Counter:
    key = {"agency_id": agency_id, "register": register, "year": year}
    ensure(Counter, **key, last=0)
    locked = select(Counter).filter_by(**key).with_for_update()
    return db.session.scalars(locked.execution_options(populate_existing=True)).one()
