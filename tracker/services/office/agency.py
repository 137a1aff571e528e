"""The agencies of a deployment, and the one that runs it."""

from sqlalchemy import select

from tracker.models.agency import DEFAULT, Agency
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
