"""Named reads of who follows which case."""

from sqlalchemy import ColumnElement, select

from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.case_follow import CaseFollow
from tracker.models.user import User


def followers_of(case: Case) -> list[User]:
    """Return the people with an account who follow a case, in the order of their ids."""
    query = select(User).join(CaseFollow, CaseFollow.user_id == User.id)
    ours = (CaseFollow.case_id == case.id, User.agency_id == case.agency_id, User.active)
    return list(db.session.scalars(query.where(*ours).order_by(User.id)).unique())


def followed_by(user_id: int) -> ColumnElement[bool]:
    """Return what holds for the cases that a person follows."""
    return Case.id.in_(select(CaseFollow.case_id).where(CaseFollow.user_id == user_id))
