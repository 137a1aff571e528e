"""Who is acting, as the services need to know it."""

import hashlib
from dataclasses import dataclass

from tracker.domain.errors import NotPermittedError
from tracker.domain.permission import ACTION_LABELS, DEPLOYMENT, Action, Role, may, own_unit_only
from tracker.models.agency import running_agency_id

NO_UNIT = -1
SYSTEM, COMMAND, REGISTER, MAILBOX = "系统", "命令行", "台账导入", "邮箱"
PROGRAM = (SYSTEM, COMMAND, REGISTER, MAILBOX)  # as whom ledgers and logs name what no person did


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of an agency, or the system acting for an import or a job."""

    name: str
    roles: frozenset[Role]
    agency_id: int
    user_id: int | None = None
    unit_id: int | None = None

    def may(self, action: Action) -> bool:
        """Return whether one of the roles carries the action, and it is this agency's to take.

        Jobs by hand, the calendar, local holidays and settings act on every agency of the
        deployment: they belong to the people of the agency that runs it.
        """
        return may(self.roles, action) and (action not in DEPLOYMENT or self._runs_deployment)

    @property
    def _runs_deployment(self) -> bool:
        return Role.SYSTEM in self.roles or self.agency_id == running_agency_id()

    def require(self, action: Action) -> None:
        """Raise NotPermittedError unless one of the roles carries the action."""
        if not self.may(action):
            raise NotPermittedError(ACTION_LABELS[action])

    def reaches(self, agency_id: int, unit_id: int | None) -> bool:
        """Return whether a case of that agency and unit is this actor's to see.

        The one place where another agency's case, or another unit's to a handler, is refused.
        """
        if agency_id != self.agency_id:
            return False
        return not own_unit_only(self.roles) or unit_id is None or unit_id == self.unit_id

    def page_mark(self, token: str) -> str | None:
        """Return what the token of a page that was filled in is kept as; None where it has none.

        It is this person's alone: what others send under the same token is theirs, and new.
        """
        whose = f"{self.agency_id}|{self.user_id}|{token}"
        return hashlib.sha256(whose.encode()).hexdigest() if token else None

    @property
    def unit_scope(self) -> int | None:
        """The unit that reading is narrowed to: a handler's own; None for the whole office."""
        return (self.unit_id or NO_UNIT) if own_unit_only(self.roles) else None


def system(agency_id: int, name: str = SYSTEM) -> Actor:
    """Return the actor of imports and jobs, granted every step."""
    return Actor(name, frozenset({Role.SYSTEM}), agency_id)
