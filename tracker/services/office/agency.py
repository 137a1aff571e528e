"""The agencies of a deployment, and the one that runs it."""

from sqlalchemy import Select, or_, select

from tracker.config import UNNAMED
from tracker.domain.errors import UnnamedOfficeError
from tracker.models.agency import DEFAULT, SAMPLE, Agency
from tracker.models.base import db


def default_agency() -> Agency | None:
    """Return the agency that a one-office deployment is."""
    return by_code(DEFAULT)


def by_code(code: str) -> Agency | None:
    """Return the agency of that code."""
    return db.session.scalar(select(Agency).where(Agency.code == code))


def name_of(agency_id: int) -> str:
    """Return the name of the agency."""
    return db.session.get_one(Agency, agency_id).name


def mute() -> Select[tuple[int]]:
    """Return the statement of the agencies that write to nobody: no name yet, or the sample."""
    return select(Agency.id).where(or_(Agency.name == UNNAMED, Agency.code == SAMPLE))


def require_name(agency_id: int) -> str:
    """Return the name of the agency; raise UnnamedOfficeError where it has none yet."""
    name = name_of(agency_id)
    if name == UNNAMED:
        raise UnnamedOfficeError
    return name


def lock(agency_id: int) -> None:
    """Let one writer of an agency's registers and reports work at a time, until the transaction ends.

    What must be there once is asked and written under it. Rows that only name the agency wait for nobody.
    """
    db.session.execute(select(Agency.id).where(Agency.id == agency_id).with_for_update(key_share=True))
