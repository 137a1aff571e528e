"""Who signs for whom: given from a day to a day, refused where it would lead back to the one who gives it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from tracker.domain.case.sign_off import Delegation, Station, closes_loop
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.folding import fold
from tracker.domain.misfit import Misfit
from tracker.domain.permission import Action, may
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.delegation import DelegationEnd, DelegationRow
from tracker.models.reads.sign_off import delegations_of
from tracker.models.user import User
from tracker.services.office import audit
from tracker.services.office.actor import Actor

LONGEST = timedelta(days=366)
LONGEST_REASON = 400
ONE_DAY = timedelta(days=1)


def in_force(agency_id: int, on: date) -> list[Delegation]:
    """Return the delegations that hold on the day or later; what is damaged gives nobody anything."""
    rows = [row for row in delegations_of(agency_id) if _is_whole(row)]
    return [each for each in map(_delegation, rows) if each.last >= on]


def _is_whole(row: DelegationRow) -> bool:
    days = (row.first_on, row.last_on, row.end.ended_on if row.end else None)
    return set(row.stations.split()) <= {*Station} and not any(isinstance(day, Misfit) for day in days)


def _delegation(row: DelegationRow) -> Delegation:
    last = min(row.last_on, row.end.ended_on - ONE_DAY) if row.end else row.last_on
    stations = frozenset(map(Station, row.stations.split()))
    return Delegation(row.principal_id, row.deputy_id, stations, row.first_on, last)


def give(
    principal_id: int,
    deputy_id: int,
    stations: Iterable[str],
    first: date,
    last: date,
    reason: str,
    *,
    actor: Actor,
    today: date,
    now: datetime,
) -> DelegationRow:
    """Let one person sign for another. One's own turn is one's own to give; the head gives for who is away.

    Raises InvalidDetailError where the days, the people or the chain forbid it, NotPermittedError.
    """
    if actor.user_id != principal_id and not actor.may(Action.APPROVE):
        raise NotPermittedError("替他人委托签批")
    with transaction():
        agency = select(Agency.id).where(Agency.id == actor.agency_id)
        db.session.execute(agency.with_for_update())  # two at once would close a loop that neither sees
        principal, deputy = _signatory(principal_id, actor), _signatory(deputy_id, actor)
        chosen = [station for station in Station if station in {*stations}]
        new = Delegation(principal_id, deputy_id, frozenset(chosen), first, last)
        _check_days(first, last, today)
        if not chosen:
            raise InvalidDetailError("请至少选择一个环节。")
        if fold(principal.name) == fold(deputy.name) or (
            actor.user_id == deputy_id and actor.user_id != principal_id
        ):
            raise InvalidDetailError("不能委托本人，也不能把他人的签批委托给自己。")
        if closes_loop(new, in_force(actor.agency_id, today)):
            raise InvalidDetailError("这样委托会转回委托人，不能保存：请看现有的委托，换一人或者换日期。")
        row = DelegationRow(
            agency_id=actor.agency_id,
            principal_id=principal_id,
            deputy_id=deputy_id,
            stations=" ".join(chosen),
            first_on=first,
            last_on=last,
            reason=reason.strip()[:LONGEST_REASON],
            made_by=actor.name,
            made_at=now,
        )
        db.session.add(row)
        db.session.flush()
        _note("delegation_given", row, actor, now)
    return row


def _signatory(user_id: int, actor: Actor) -> User:
    user = db.session.get(User, user_id)
    if user is None or user.agency_id != actor.agency_id or not user.active:
        raise InvalidDetailError("请从列出的人员中选择。")
    if not may(user.role_set, Action.SIGN):
        raise InvalidDetailError("%(name)s的角色不能签批。", name=user.name)
    return user


def _check_days(first: date, last: date, today: date) -> None:
    if not today <= first <= last or last - first > LONGEST:
        raise InvalidDetailError(
            "委托的日期应从今天（%(today)s）或以后开始，先后相符，不超过一年。",
            today=today,
        )


def end(row_id: int, *, actor: Actor, today: date, now: datetime) -> DelegationRow:
    """End a delegation at once: who gave it, who was given it, or the head.

    Raises NotFoundError, NotPermittedError; InvalidDetailError where it has ended.
    """
    with transaction():
        row = db.session.get(DelegationRow, row_id)
        if row is None or row.agency_id != actor.agency_id:
            raise NotFoundError("没有这项委托。")
        if actor.user_id not in (row.principal_id, row.deputy_id) and not actor.may(Action.APPROVE):
            raise NotPermittedError("结束他人的委托")
        if row.end is not None or row.last_on < today:
            raise InvalidDetailError("这项委托已经结束。")
        row.end = DelegationEnd(ended_on=today, ended_by=actor.name, ended_at=now)
        _note("delegation_ended", row, actor, now)
    return row


def _note(act: str, row: DelegationRow, actor: Actor, now: datetime) -> None:
    target = f"{row.principal_id}→{row.deputy_id}"
    days: dict[str, Any] = {
        "first": row.first_on.isoformat(),
        "last": row.last_on.isoformat(),
        "stations": row.stations,
    }
    audit.note(act, actor=actor.name, now=now, target=target, agency_id=row.agency_id, **days)
