"""Which people were already reminded of which duty, by the outbox.

A message that never left, or that a clock of the future wrote, told nobody. One that the recipient's
server refused for good told nobody either, and the next person is told in their place.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tracker.models.base import db
from tracker.models.outbox import DIGEST, FAILED, SENDING, SENT, WAITING, Message
from tracker.services.job.timekeeping import AHEAD
from tracker.services.mail.recipient import Recipient

TELLS = (WAITING, SENDING, SENT, DIGEST)


class DueDuty(NamedTuple):
    """A duty that reached a stage, with what a mail may say of its subject.

    told: who was told at this rank or a later one need not be told again (``rank_of``).
    """

    kind: str
    subject_id: int
    name: str
    due_on: date
    provisional: bool
    stage: str
    number: str
    unit_id: int | None
    unit: str
    handler: str
    told: int

    @property
    def about(self) -> tuple[str, int]:
        return self.kind, self.subject_id


def rank_of(stage: str) -> int:
    """Return where a stage stands in time: −5 working days before … 0 … 20 after; provisional or not."""
    return int(stage.removeprefix("p"))


class Told:
    """Up to which rank each person was told of some duties, and where a message came back."""

    def __init__(self, due_duties: Iterable[DueDuty]) -> None:
        self.ranks: dict[tuple[Any, ...], int] = {}
        self.refused: set[tuple[Any, ...]] = set()
        ids: dict[str, set[int]] = defaultdict(set)
        for each in due_duties:
            ids[each.kind].add(each.subject_id)
        for kind, mine in ids.items():
            self._read(kind, mine)

    def _read(self, kind: str, ids: set[int]) -> None:
        carrier = aliased(Message)
        about = (Message.kind, Message.subject_id, Message.duty, Message.due_on, Message.recipient)
        read = (
            select(*about, Message.stage, Message.status, carrier.status.label("carried"))
            .outerjoin(carrier, (carrier.key == Message.carried_by) & (Message.carried_by != ""))
            .where(Message.kind == kind, Message.subject_id.in_(ids), ~Message.key.contains(AHEAD))
        )
        for row in db.session.execute(read):
            key, rank = tuple(row[:5]), rank_of(row.stage)
            refused = FAILED in (row.status, row.carried)
            if refused:
                self.refused.add((*key, row.stage))
            elif row.status in TELLS:
                self.ranks[key] = max(rank, self.ranks.get(key, rank))

    def was_told(self, each: DueDuty, person: Recipient) -> bool:
        """Return whether the person was told of the stage, or of a later one."""
        rank = self.ranks.get(_key(each, person))
        return rank is not None and rank >= each.told

    def was_refused(self, each: DueDuty, person: Recipient) -> bool:
        """Return whether the message of this stage to the person came back for good."""
        return (*_key(each, person), each.stage) in self.refused


def _key(each: DueDuty, person: Recipient) -> tuple[Any, ...]:
    return each.kind, each.subject_id, each.name, each.due_on, person.key
