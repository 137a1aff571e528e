"""Ask for a step that only another role may take: a message to those who may, an entry on their worklist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.domain.case import check, workflow
from tracker.domain.case.duty import ANSWER
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.standing import Standing
from tracker.domain.case.state import VOID
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.permission import GRANTS, PEOPLE, Action
from tracker.mail import compose
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.outbox import PLAIN
from tracker.models.reads.ask import asks_of, open_asks
from tracker.models.reads.sign_off import people_who_sign
from tracker.models.step_ask import AskEnd, StepAsk
from tracker.models.user import User
from tracker.services.case import step
from tracker.services.mail import outbox
from tracker.services.mail.recipient import of_user
from tracker.services.office import audit
from tracker.services.office.actor import Actor

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class OthersStep:
    """A step that is lawful now and not the actor's: who may take it, and whether somebody asked for it."""

    step: str
    law: str
    roles: list[str]
    people: list[str]
    asked: StepAsk | None


def action_of(name: str) -> Action:
    """Return what the step that is asked for asks leave for. Raises NotFoundError where there is none."""
    if name == ANSWER:
        return Action.ANSWER
    if name not in workflow.BY_NAME or name in BY_CODE:
        raise NotFoundError("没有这一步骤。")
    return workflow.BY_NAME[name].action


def of_others(case: Case, standing: Standing, actor: Actor) -> list[OthersStep]:
    """Return the steps that are lawful now and that only others may take, with who they are."""
    if standing.state in ("", VOID) or not actor.may(Action.SIGN):
        return []
    lawful = {ANSWER if each.is_outcome else each.name: each.law for each in check.offered(standing, PEOPLE)}
    theirs = {name: law for name, law in lawful.items() if not actor.may(action_of(name))}
    if not theirs:
        return []
    asked, users = {each.step: each for each in asks_of(case)}, people_who_sign(case.agency_id)
    return [
        OthersStep(
            step=name,
            law="" if name == ANSWER else law,
            roles=[role.label for role in PEOPLE if role in GRANTS[action_of(name)]],
            people=[user.name for user in _who_may(case, name, users)],
            asked=asked.get(name),
        )
        for name, law in theirs.items()
    ]


def _who_may(case: Case, name: str, users: Sequence[User]) -> list[User]:
    """Return those of the people who may take the step of this case, unit and all."""
    action = action_of(name)

    def may(user: User) -> bool:
        actor = Actor(user.name, user.role_set, user.agency_id, user.id, user.unit_id)
        return actor.may(action) and actor.reaches(case.agency_id, case.unit_id)

    return [user for user in users if may(user)]


def ask(case_id: int, name: str, note: str, *, actor: Actor, today: date, now: datetime) -> StepAsk:
    """Ask those who may for a step; they are written to.

    Raises InvalidDetailError where it is the actor's own to take, not lawful now, or nobody may take it.
    """
    with transaction():
        case = step.find(case_id, actor)
        action_of(name)
        standing = step.standing(case)
        wanted = next((each for each in of_others(case, standing, actor) if each.step == name), None)
        if wanted is None or actor.user_id is None:
            raise InvalidDetailError("这一步现在不能办理，或者您自己就可以办理。")
        if wanted.asked is not None:
            raise InvalidDetailError(
                "%(asked_by)s已于%(asked_on)s请求办理，尚未办理。",
                asked_by=wanted.asked.asked_by,
                asked_on=wanted.asked.asked_on,
            )
        people = _who_may(case, name, people_who_sign(case.agency_id))
        if not people:
            raise InvalidDetailError("没有人可以办理这一步：请系统管理员给有关人员加上角色。")
        row = StepAsk(
            agency_id=case.agency_id,
            case=case,
            step=name,
            note=note.strip()[:LONGEST],
            asked_by_id=actor.user_id,
            asked_by=actor.name,
            asked_on=today,
            asked_at=now,
        )
        db.session.add(row)
        db.session.flush()
        _write(row, people, today=today, now=now)
        _note("step_asked", row, actor, now)
    return row


def _write(row: StepAsk, people: list[User], *, today: date, now: datetime) -> None:
    link = outbox.link_to(f"/cases/{row.case_id}")
    number, step_label = row.case.number, label(row.step)
    outbox.keep(
        [
            outbox.row(
                agency_id=row.agency_id,
                key=f"step_ask|{row.id}|user:{user.id}",
                kind=PLAIN,
                to=of_user(user),
                written=compose.step_asked(user.language, number, step_label, row.asked_by, link),
                on=today,
                now=now,
                number=row.case.number,
                subject_id=row.case_id,
            )
            for user in people
            if user.email
        ]
    )


def label(name: str) -> str:
    """Return the words of a step that is asked for."""
    return "答复" if name == ANSWER else workflow.step_label(name)


def decline(ask_id: int, reason: str, *, actor: Actor, now: datetime) -> StepAsk:
    """Decline what was asked for, with the reason; who asked takes it back.

    Raises NotFoundError, NotPermittedError; InvalidDetailError without a reason or where it is over.
    """
    with transaction():
        row = db.session.get(StepAsk, ask_id)
        if row is None or row.agency_id != actor.agency_id or row.case is None:
            raise NotFoundError("没有这项请求。")
        if actor.user_id != row.asked_by_id and not actor.may(action_of(row.step)):
            raise NotPermittedError(label(row.step))
        step.find(row.case_id, actor)
        if db.session.get(AskEnd, ask_id) is not None or not reason.strip():
            raise InvalidDetailError("请写明理由；已经结束的请求不能再结束。")
        db.session.add(
            AskEnd(ask_id=ask_id, reason=reason.strip()[:LONGEST], ended_by=actor.name, ended_at=now)
        )
        _note("step_declined", row, actor, now)
    return row


def mine(actor: Actor) -> list[StepAsk]:
    """Return what others asked for and this person may do."""
    return [
        row
        for row in open_asks(actor.agency_id)
        if (row.step == ANSWER or row.step in workflow.BY_NAME)
        and actor.may(action_of(row.step))
        and actor.reaches(row.agency_id, row.case.unit_id)
    ]


def _note(act: str, row: StepAsk, actor: Actor, now: datetime) -> None:
    target, agency_id = row.case.number, row.agency_id
    audit.note(act, actor=actor.name, now=now, target=target, agency_id=agency_id, step=row.step)
