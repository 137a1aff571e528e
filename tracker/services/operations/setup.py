"""The first start: default agency, administrator with a one-time password."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.permission import Role
from tracker.key import keep_key
from tracker.models import migrate
from tracker.models.agency import DEFAULT, Agency
from tracker.models.base import ZONE, db, transaction
from tracker.models.reads import tally
from tracker.models.user import User
from tracker.services.calendar import practice
from tracker.services.calendar.recount import bring_up_to_date, fill_days
from tracker.services.case import worklist
from tracker.services.office import audit, office, particulars, store, user
from tracker.services.office.actor import COMMAND
from tracker.services.office.agency import default_agency

ADMINISTRATOR = "admin"
BY_COMMAND = "tracker init --agency"


def initialise(agency_name: str | None, *, fallback: str, now: datetime) -> str | None:
    """Make or migrate the office; return the administrator's one-time password, once.

    Its key is written down before its tables are made, here alone. The tallies are counted anew.

    agency_name: given by the person; None keeps the name that is there.
    """
    settings = office.settings()
    keep_key(settings.instance, settings.secret_key, settings.database_url)
    migrate.upgrade()
    secret = user.one_time()
    with transaction():
        agency = default_agency()
        if agency is None:
            agency = Agency(code=DEFAULT, name=agency_name or fallback)
            db.session.add(agency)
            db.session.flush()
        elif agency_name and agency.name != agency_name:
            told: dict[str, Any] = {"before": agency.name, "why": BY_COMMAND}
            agency.name = agency_name
            more = {"agency_id": agency.id, "target": agency_name, **told}
            audit.note(particulars.NAMED, actor=COMMAND, now=now, **more)
        made = _first_user(agency.id, secret, now)
        store.take_up()
    recount(now=now)
    with transaction(alone=True):
        tally.make_anew()
    return secret.password if made else None


def recount(*, now: datetime) -> int:
    """Take over the practice that a file said; count every date again where the program counts otherwise."""
    agency = default_agency()
    if agency is None:
        return 0
    today = now.astimezone(ZONE).date()
    fill(today=today)
    practice.carry_over(today=today, now=now)
    return bring_up_to_date(agency_id=agency.id, today=today, now=now)


def fill(*, today: date) -> None:
    """Keep, once for a database, what is restated beside cases that an older version wrote."""
    worklist.fill_duties(today=today)
    worklist.fill_payments(today=today)
    fill_days(today=today)


def _first_user(agency_id: int, secret: user.OneTime, now: datetime) -> bool:
    """Make the administrator of an office that has nobody yet; tell whether one was made."""
    if db.session.scalar(select(User.id).limit(1)):
        return False
    roles = [Role.ADMINISTRATOR]
    user.add(agency_id=agency_id, login=ADMINISTRATOR, name="系统管理员", roles=roles, now=now, secret=secret)
    return True
