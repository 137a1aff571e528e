"""How each person has lists shown: columns and density, kept until chosen otherwise; who saw the tour."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tracker.domain.errors import InvalidDetailError
from tracker.models.base import db, transaction
from tracker.models.list_choice import ListChoice
from tracker.services.office import audit
from tracker.services.office.actor import Actor

TOUR = "tour"  # the row of somebody who wants none


def of(name: str, actor: Actor) -> ListChoice | None:
    """Return what the person chose for a list; None where nothing was chosen."""
    return db.session.get(ListChoice, (actor.user_id, name)) if actor.user_id else None


def keep(name: str, columns: Sequence[str], *, is_dense: bool, actor: Actor, now: datetime) -> None:
    """Keep the columns and the density of a list for one person.

    Raises InvalidDetailError where no column is left.
    """
    if not columns:
        raise InvalidDetailError("请至少选择一列。")
    with transaction():
        db.session.merge(
            ListChoice(user_id=actor.user_id, name=name, columns=list(columns), is_dense=is_dense)
        )
        _note(name, actor, now, columns=len(columns), dense=is_dense)


def forget(name: str, *, actor: Actor, now: datetime) -> None:
    """Show a list to the person as it is shown to who chose nothing."""
    with transaction():
        if (choice := of(name, actor)) is not None:
            db.session.delete(choice)
            _note(name, actor, now)


def tour_is_over(actor: Actor) -> bool:
    """Return whether the person wants no tour of the program any more."""
    return of(TOUR, actor) is not None


def end_tour(actor: Actor) -> None:
    """Keep that the person wants no tour, at whatever machine."""
    if actor.user_id:
        with transaction():
            db.session.merge(ListChoice(user_id=actor.user_id, name=TOUR, columns=[]))


def _note(name: str, actor: Actor, now: datetime, **details: Any) -> None:
    audit.note("list_chosen", actor=actor.name, now=now, agency_id=actor.agency_id, target=name, **details)
