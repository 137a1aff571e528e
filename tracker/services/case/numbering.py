"""Numbers of cases and contacts: from a counter row, inside the transaction, never reused."""

import re
from collections.abc import Container, Iterator
from functools import cache
from typing import Any

from sqlalchemy import func, select

from tracker.domain.misfit import DamagedError, Misfit
from tracker.models.agency import Counter
from tracker.models.base import db, insert_into, locked
from tracker.models.case import Case
from tracker.models.contact import Contact

REQUESTS = "YSQ"  # 依申请公开
CONTACTS = "LXF"  # 来信来访来电
# A longer number is a day, a code of another system: it has nothing to do with our counter.
OURS = re.compile(rf"{REQUESTS}-([0-9]{{4}})-([0-9]{{4,6}})")


MOST = 999_999  # of a register and year


def is_ours(number: str) -> bool:
    """Tell whether the number has the form that this program gives to requests."""
    return OURS.fullmatch(number) is not None


def next_numbers(agency_id: int, *places: tuple[str, int]) -> list[str]:
    """Return the next number of each register and year, such as YSQ-2026-0001, and keep them taken.

    The counters are locked until the transaction ends: this is asked last before the rows are written,
    always in one order, letters before requests.
    """
    connection = db.session.connection()
    first = [{"agency_id": agency_id, "register": name, "year": year, "last": 1} for name, year in places]
    given = {
        (name, year): last for name, year, last in connection.execute(_count(connection.dialect.name), first)
    }
    for place in places:
        if place not in given:
            raise _damaged(*place)
    return [f"{name}-{year}-{given[name, year]:04d}" for name, year in places]


@cache
def _count(_database: str) -> Any:
    """Return the statement that counts one further; a damaged or exhausted counter gives no row."""
    table = Counter.__table__
    return (
        insert_into(Counter)
        .on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={"last": table.c.last + 1},
            where=table.c.last.between(0, MOST - 1),
        )
        .returning(table.c.register, table.c.year, table.c.last)
    )


def take(agency_id: int, register: str, year: int, count: int, *, but: Container[str]) -> list[str]:
    """Return that many numbers of the register in order, leaving out those that are taken elsewhere."""
    counter = _counter(agency_id, register, year)
    if counter.last > MOST - count:
        raise _damaged(register, year)
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
    counter = locked(Counter, key, lambda: {"last": 0})
    if isinstance(counter.last, Misfit) or counter.last < 0:
        raise _damaged(register, year)
    return counter


def _damaged(register: str, year: int) -> DamagedError:
    return DamagedError(
        f"{register}-{year}的编号计数器已损坏，不能给出编号，什么也没有改变。"
        "请联系系统管理员运行 tracker check。"
    )


def behind() -> Iterator[tuple[str, int, str]]:
    """Yield the registers whose counter is behind a number that was given: name, counter, that number."""
    for counter in db.session.scalars(select(Counter).order_by(Counter.register, Counter.year)):
        table = Contact if counter.register == CONTACTS else Case
        name = f"{counter.register}-{counter.year}-"
        ours = (table.number.startswith(name), func.length(table.number) <= len(name) + len(str(MOST)))
        newest = (func.length(table.number).desc(), table.number.desc())
        of_agency = select(table.number).where(table.agency_id == counter.agency_id, *ours)
        for number in db.session.scalars(of_agency.order_by(*newest).limit(1)):
            given = number.removeprefix(name)
            if given.isdigit() and int(given) > counter.last:
                yield name.rstrip("-"), counter.last, number
