"""Recipients of a reminder: the handler, the liaison of the unit, the heads, as the office has set it.

Where none of those can be reached, the next of them stands in, and at the last the administrators.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from tracker.domain.folding import fold
from tracker.domain.permission import GRANTS, Action, Role, may
from tracker.models.agency import Unit
from tracker.models.base import db
from tracker.models.user import FormerName, User, UserRole
from tracker.services.office import setting

HANDLER, LIAISON, HEAD = "handler", "liaison", "head"
ADMINISTRATOR = "administrator"
SEVERAL = "、"  # between the names where it is the turn of several
IN_PLACE = (LIAISON, HEAD, ADMINISTRATOR)  # who is told in the place of those who cannot be reached


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can be told. ``key`` stays the same when the address changes."""

    key: str
    name: str
    address: str
    language: str = "zh"
    digest: bool = False


NOBODY = Recipient("nobody", "", "")


class Directory:
    """The people of an agency who have an address, read once a run.

    A case is told to its handler by name only where the person may read cases still.
    """

    def __init__(self, agency_id: int) -> None:
        self.handlers: dict[str, list[tuple[int | None, Recipient]]] = defaultdict(list)
        self.heads: list[Recipient] = []
        self.administrators: list[Recipient] = []
        self.has_readers = False  # whether anybody chose the morning's digest
        users = select(User).where(User.agency_id == agency_id, User.active, User.email != "")
        users = users.options(selectinload(User.former))
        for user in db.session.scalars(users.order_by(User.id)).unique():
            person = of_user(user)
            self.has_readers |= user.digest
            for name in user.names if may(user.role_set, Action.READ) else ():
                self.handlers[fold(name)].append((user.unit_id, person))
            if Role.HEAD in user.role_set:
                self.heads.append(person)
            if Role.ADMINISTRATOR in user.role_set:
                self.administrators.append(person)
        units = select(Unit).where(Unit.agency_id == agency_id, Unit.liaison_email != "")
        self.liaisons = {
            unit.id: Recipient(f"unit:{unit.id}", unit.liaison_name or unit.name, unit.liaison_email)
            for unit in db.session.scalars(units)
        }
        self.of = cache(self._of)  # asked for each duty: there are far fewer handlers

    def _of(self, kind: str, handler: str | None, unit_id: int | None) -> list[Recipient]:
        """Return who that is for a case; two people of one name in one unit are both meant."""
        if kind == HEAD:
            return self.heads
        if kind == ADMINISTRATOR:
            return self.administrators
        if kind == LIAISON:
            return [self.liaisons[unit_id]] if unit_id in self.liaisons else []
        names = (handler or "").split(SEVERAL)
        namesakes = [each for name in names for each in self.handlers.get(fold(name), [])]
        mine = [person for unit, person in namesakes if unit == unit_id]
        return mine or [person for _, person in namesakes]

    def in_order(
        self, kinds: Iterable[str], handler: str | None, unit_id: int | None
    ) -> Iterator[tuple[str, list[Recipient]]]:
        """Yield each kind with its people: those asked for, then those who stand in for them."""
        wanted = tuple(kinds)
        for kind in (*wanted, *(kind for kind in IN_PLACE if kind not in wanted)):
            yield kind, self.of(kind, handler, unit_id)

    def first(self, kinds: Iterable[str], handler: str | None, unit_id: int | None) -> list[Recipient]:
        """Return the first of the kinds that can be reached, else who stands in for them."""
        return next((persons for _, persons in self.in_order(kinds, handler, unit_id) if persons), [])

    def every(self, kinds: Iterable[str], handler: str | None, unit_id: int | None) -> list[Recipient]:
        """Return all of the kinds, each address once."""
        by_address: dict[str, Recipient] = {}
        for kind in kinds:
            for person in self.of(kind, handler, unit_id):
                by_address.setdefault(person.address, person)
        return list(by_address.values())


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who is told in the place of a handler who left or has no address; nobody where ``people`` is empty."""

    handler: str
    kind: str
    people: list[Recipient]


def stand_in(agency_id: int, handler: str | None, unit_id: int | None) -> StandIn | None:
    """Return who is told in the handler's place; None where the handler can be told, or there is none.

    An office without a mail server writes to nobody: there an account is enough.
    """
    if not handler:
        return None
    emails = _emails_of(agency_id, handler)
    if any(emails) or (emails and not setting.in_force().smtp.host):
        return None
    directory = Directory(agency_id)
    for kind, persons in directory.in_order((), handler, unit_id):
        if persons:
            return StandIn(handler, kind, persons)
    return StandIn(handler, "", [])


# The names that people who may read cases bear or bore: every page of an open case asks it.
NAMES = (
    select(User.email, User.name, FormerName.name)
    .outerjoin(FormerName, FormerName.user_id == User.id)
    .where(User.agency_id == bindparam("agency"), User.active)
    .where(User.roles.any(UserRole.role.in_(sorted(GRANTS[Action.READ]))))
)


def _emails_of(agency_id: int, name: str) -> list[str]:
    """Return the address, or none, of each person with an account who bears or bore the name."""
    rows = db.session.execute(NAMES, {"agency": agency_id}).tuples()
    asked = fold(name)
    return [email for email, *names in rows if asked in (fold(each or "") for each in names)]


def of_user(user: User) -> Recipient:
    """Return a person of the office as a recipient."""
    return Recipient(f"user:{user.id}", user.name, user.email, user.language, user.digest)


def of_roles(agency_id: int, *roles: Role) -> list[Recipient]:
    """Return the people of the roles who have an address."""
    query = select(User).where(User.agency_id == agency_id, User.active, User.email != "")
    people = db.session.scalars(query.order_by(User.id)).unique()
    return [of_user(user) for user in people if user.role_set & frozenset(roles)]


def heads(agency_id: int) -> list[Recipient]:
    """Return the heads of the agency who have an address."""
    return of_roles(agency_id, Role.HEAD)
