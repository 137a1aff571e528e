"""Numbers of cases and contacts: from a counter row, inside the transaction, never reused."""

import re
from collections.abc import Container, Iterator
from functools import cache

from sqlalchemy import TextClause, func, select, text

from tracker.domain.misfit import DamagedError, Misfit
from tracker.models.agency import Counter
from tracker.models.base import db, locked
from tracker.models.case import Case
from tracker.models.contact import Contact

REQUESTS = "YSQ"  # 依申请公开
CONTACTS = "LXF"  # 来信来访来电
# A longer number is a day, a code of another system: it has nothing to do with our counter.
OURS = re.compile(rf"{REQUESTS}-([0-9]{{4}})-([0-9]{{4,6}})")
CONTACT_NUMBER = re.compile(rf"{CONTACTS}-([0-9]{{4}})-([0-9]{{4,6}})")


MOST = 999_999  # of a register and year


def is_ours(number: str) -> bool:
    """Tell whether the number has the form that this program gives to requests."""
    return OURS.fullmatch(number) is not None


def next_numbers(agency_id: int, *places: tuple[str, int]) -> list[str]:
    """Return the next number of each register and year, such as YSQ-2026-0001, and keep them taken.

    The counters are locked until the transaction ends: this is asked last before the rows are written,
    always in one order, letters before requests.
    """
    names = {f"register_{n}": name for n, (name, _) in enumerate(places)}
    years = {f"year_{n}": year for n, (_, year) in enumerate(places)}
    values = {"agency_id": agency_id, "most": MOST - 1, **names, **years}
    given = {(name, year): last for name, year, last in db.session.execute(_count(len(places)), values)}
    for place in places:
        if not isinstance(given.get(place), int):  # no row, or a fraction
            raise _damaged(*place)
    return [f"{name}-{year}-{given[name, year]:04d}" for name, year in places]


@cache
def _count(places: int) -> TextClause:
    """Return the statement that counts one further; a damaged or exhausted counter gives no row.

    As text: SQLAlchemy 2.0 compiles what has an ON CONFLICT anew each time.
    """
    rows = ", ".join(f"(:agency_id, :register_{n}, :year_{n}, 1)" for n in range(places))
    return text(
        f"INSERT INTO counters (agency_id, register, year, last) VALUES {rows}"  # noqa: S608
        " ON CONFLICT (agency_id, register, year) DO UPDATE SET last = counters.last + 1"
        " WHERE counters.last BETWEEN 0 AND :most RETURNING register, year, last"
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
        "%(register)s-%(year)s的编号计数器已损坏，不能给出编号，什么也没有改变。请联系系"
        "统管理员运行 tracker check。",
        register=register,
        year=year,
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
