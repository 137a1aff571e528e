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


def lock(agency_id: int) -> None:
    """Let one writer of an agency's registers and reports work at a time, until the transaction ends.

    What must be there once is asked and written under it. Rows that only name the agency wait for nobody.
    """
    db.session.execute(select(Agency.id).where(Agency.id == agency_id).with_for_update(key_share=True))
