"""Named reads of sign-offs: the newest round of a matter, all of a case, those that wait."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.delegation import DelegationRow
from tracker.models.duty import SIGN_OFF, OpenDuty
from tracker.models.reads.base import among
from tracker.models.sign_off import SignOff
from tracker.models.user import User


def newest_round(case_id: int, matter: str) -> SignOff | None:
    """Return the newest round in which the matter of the case was drafted."""
    rounds = select(SignOff).where(SignOff.case_id == case_id, SignOff.matter == matter)
    return db.session.scalar(rounds.order_by(SignOff.round.desc()).limit(1))


def rounds_of(case: Case, matter: str = "") -> list[SignOff]:
    """Return the rounds of a case, of one matter where it is given, the oldest first."""
    rounds = select(SignOff).where(SignOff.agency_id == case.agency_id, SignOff.case_id == case.id)
    if matter:
        rounds = rounds.where(SignOff.matter == matter)
    return list(db.session.scalars(rounds.order_by(SignOff.id)))


def drafters_of(case_ids: Iterable[int]) -> list[tuple[int, str, int, int, str]]:
    """Return who drafted each round of the cases: case, matter, round, the drafter's id and name."""
    columns = (
        SignOff.case_id, SignOff.matter, SignOff.round, SignOff.drafted_by_id, SignOff.drafted_by,
    )  # fmt: skip
    ids = list(case_ids)
    query = select(*columns).where(among(SignOff.case_id, ids))
    return list(db.session.execute(query).tuples()) if ids else []


def waiting_rounds(agency_id: int) -> list[SignOff]:
    """Return the rounds of open cases that wait for an opinion or another draft, the earliest day first."""
    kept = (OpenDuty.agency_id == agency_id, OpenDuty.kind == SIGN_OFF)
    waiting = select(SignOff).join(OpenDuty, OpenDuty.subject_id == SignOff.id).where(*kept)
    return list(db.session.scalars(waiting.order_by(OpenDuty.due_on, SignOff.id)).unique())


def people_who_sign(agency_id: int, *, all_names: bool = False) -> Sequence[User]:
    """Return the people of the agency who may be asked: those who can sign in, in the order they came.

    all_names: with the names that they bore before, by one statement for all.
    """
    people = select(User).where(User.agency_id == agency_id, User.active).order_by(User.id)
    if all_names:
        people = people.options(selectinload(User.former))
    return db.session.scalars(people).unique().all()


def delegations_of(agency_id: int) -> list[DelegationRow]:
    """Return who was to sign for whom in the agency, the newest first."""
    query = select(DelegationRow).where(DelegationRow.agency_id == agency_id)
    return list(db.session.scalars(query.order_by(DelegationRow.id.desc())).unique())
