"""The keyed hash chain of an agency's ledger entries.

Each entry takes the next number from the agency's head row and its hash (HMAC-SHA-256, key derived
from the office's secret key) covers the hash before it; the head keeps the last, so that a changed
entry, a deleted case and a cut tail all show, and nobody without the key can write the chain anew.
Entries of the time before chains had keys keep their plain SHA-256; the first keyed entry covers them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tracker.models.agency import ChainHead
from tracker.models.base import ensure, transaction
from tracker.models.digest import CANONICAL, key_at, keyed, new_epoch
from tracker.models.witness import ROTATE
from tracker.services import audit

COVERED = (
    "agency_id", "chain_no", "case_id", "seq", "step", "from_state", "to_state", "effective_on",
    "recorded_at", "actor", "details", "previous_hash",
)  # fmt: skip


def digest(row: Mapping[str, Any], epochs: Sequence[Any]) -> str:
    """Return the hash of an entry, hex; every covered column changes it.

    epochs: of the agency's head; an entry before the first was written without a key.
    """
    values = {key: row[key] for key in COVERED}
    values["effective_on"] = row["effective_on"].isoformat()
    values["recorded_at"] = row["recorded_at"].astimezone(UTC).isoformat()
    key = key_at(epochs, row["chain_no"])
    if key is None:
        return hashlib.sha256(CANONICAL.encode(values).encode()).hexdigest()
    return keyed(key, values).hex()


def rotate(*, actor: str, now: datetime) -> None:
    """Let every chain and the journal go on with another key, derived with a new salt.

    Each chain's head and an entry of the journal tell of it, by the key of before; entries written
    until then are covered by those that follow. The office's secret key stays.
    """
    with transaction() as session:
        for head in session.scalars(select(ChainHead).with_for_update()):
            head.epochs = [*head.epochs, new_epoch(head.chain_no + 1)]
        audit.note("chain_key_rotated", actor=actor, now=now)
        session.info[ROTATE] = True


class Chain:
    """The open end of an agency's chain, locked until the transaction ends."""

    def __init__(self, session: Session | scoped_session[Any], agency_id: int) -> None:
        ensure(ChainHead, agency_id=agency_id, chain_no=0, hash="", epochs=[new_epoch(1)])
        query = select(ChainHead).where(ChainHead.agency_id == agency_id).with_for_update()
        self.head = session.scalars(query.execution_options(populate_existing=True)).one()

    def link(self, row: dict[str, Any]) -> dict[str, Any]:
        """Complete a row of ``case_events`` with its place in the chain."""
        row["chain_no"] = self.head.chain_no + 1
        row["previous_hash"] = self.head.hash
        row["hash"] = digest(row, self.head.epochs)
        self.head.chain_no, self.head.hash = row["chain_no"], row["hash"]
        return row
