"""Follow a case (关注): its follower is told of each entry that somebody else writes in its ledger."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete

from tracker.domain.case import undo, workflow
from tracker.domain.case.event import Entry
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Action
from tracker.mail import compose
from tracker.models.base import db, ensure, transaction
from tracker.models.case import Case
from tracker.models.case_follow import CaseFollow
from tracker.models.outbox import FOLLOWED, PLAIN
from tracker.models.reads.case_follow import followers_of
from tracker.services.mail import outbox
from tracker.services.mail.recipient import of_user
from tracker.services.office import audit
from tracker.services.office.actor import Actor


def is_followed(case: Case, actor: Actor) -> bool:
    """Return whether the person follows the case."""
    return actor.user_id is not None and db.session.get(CaseFollow, (actor.user_id, case.id)) is not None


def change(case: Case, *, on: bool, actor: Actor, now: datetime) -> None:
    """Let the person follow a case or not any more; a second time changes nothing."""
    actor.require(Action.NOTE)
    if actor.user_id is None:
        raise InvalidDetailError("只有有账户的人可以关注案件。")
    with transaction():
        if is_followed(case, actor) is on:
            return
        key = {"user_id": actor.user_id, "case_id": case.id}
        if on:
            ensure(CaseFollow, **key, agency_id=case.agency_id, since=now)
        else:
            db.session.execute(delete(CaseFollow).filter_by(**key))
        act = "followed" if on else "unfollowed"
        audit.note(act, actor=actor.name, now=now, target=case.number, agency_id=case.agency_id)


def tell(case: Case, entries: Sequence[Entry], *, by: str, today: date, now: datetime) -> None:
    """Write to those who follow a case what was recorded, in the caller's transaction.

    Who recorded it, who may not read the case any more and who reads a digest is not written to: the list
    of followed cases shows it. It leaves when the minute in which it may be undone is over.
    """
    rows = []
    for user in followers_of(case):
        reader = Actor(user.name, user.role_set, user.agency_id, user.id, user.unit_id)
        if (
            user.name == by
            or not user.email
            or user.digest
            or not reader.may(Action.READ)
            or not reader.reaches(case.agency_id, case.unit_id)
        ):
            continue
        for entry in entries:
            label = workflow.step_label(entry.step)
            link = outbox.link_to(f"/cases/{case.id}")
            rows.append(
                outbox.row(
                    agency_id=case.agency_id,
                    key=f"{FOLLOWED}|{case.id}|{entry.seq}|user:{user.id}",
                    kind=PLAIN,
                    to=of_user(user),
                    written=compose.followed(user.language, case.number, label, entry.on, by, link),
                    on=today,
                    now=now,
                    next_at=now + undo.WINDOW,
                    number=case.number,
                    subject_id=case.id,
                )
            )
    outbox.keep(rows)
