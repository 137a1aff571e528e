"""The keyed hash chain of an agency's ledger entries.

Each entry takes the next number from the agency's head row and its hash (HMAC-SHA-256, key derived
from the office's secret key) covers the hash before it; the head keeps the last, so that a changed
entry, a deleted case and a cut tail all show, and nobody without the key can write the chain anew.
Entries of the time before chains had keys keep their plain SHA-256; the first keyed entry covers them.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from tracker.domain.message import Phrase
from tracker.domain.misfit import DamagedError, Misfit
from tracker.models.agency import Agency, ChainHead
from tracker.models.base import db, locked, transaction
from tracker.models.case import CaseEvent
from tracker.models.digest import canonical, key_at, keyed, new_epoch
from tracker.models.witness import ROTATE
from tracker.services.office import audit

COVERED = (
    "agency_id", "chain_no", "case_id", "seq", "step", "from_state", "to_state", "effective_on",
    "recorded_at", "actor", "details", "previous_hash",
)  # fmt: skip
WINDOW = 2000  # entries that stand in memory together


def digest(row: Mapping[str, Any], epochs: Sequence[Any]) -> str:
    """Return the hash of an entry, hex; every covered column changes it.

    epochs: of the agency's head; an entry before the first was written without a key.
    """
    values: dict[str, Any] = {key: row[key] for key in COVERED}
    values["effective_on"] = row["effective_on"].isoformat()
    values["recorded_at"] = row["recorded_at"].astimezone(UTC).isoformat()
    key = key_at(epochs, row["chain_no"])
    if key is None:
        return hashlib.sha256(canonical(values)).hexdigest()
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

    def __init__(self, agency_id: int) -> None:
        first = {"chain_no": 0, "hash": ""}
        self.head = locked(ChainHead, {"agency_id": agency_id}, lambda: {**first, "epochs": [new_epoch(1)]})
        if any(isinstance(each, Misfit) for each in (self.head.chain_no, self.head.hash, self.head.epochs)):
            raise DamagedError(
                "台账链条的末尾已损坏，不能再记入，什么也没有改变。请联系系统管理员运行 tracker check。"
            )

    def link(self, row: dict[str, Any]) -> dict[str, Any]:
        """Complete a row of ``case_events`` with its place in the chain."""
        row["chain_no"] = self.head.chain_no + 1
        row["previous_hash"] = self.head.hash
        row["hash"] = digest(row, self.head.epochs)
        self.head.chain_no, self.head.hash = row["chain_no"], row["hash"]
        return row


# -- what does not hold ---------------------------------------------------------------------------


def flaws() -> Iterator[tuple[str, str]]:
    """Yield what does not hold of any agency's chain, entry by entry: where, and what."""
    agencies = db.session.scalars(select(Agency).order_by(Agency.id)).all()
    for agency in agencies:
        yield from _flaws(agency)
    ours = [agency.id for agency in agencies]
    stray = select(CaseEvent.id).where(CaseEvent.agency_id.not_in(ours)).order_by(CaseEvent.id)
    for key in db.session.scalars(stray):
        yield Phrase("台账记录%(key)s", key=key), Phrase("不属于任何机关：被程序以外的手段添加或改动。")


def _flaws(agency: Agency) -> Iterator[tuple[str, str]]:
    head = db.session.get(ChainHead, agency.id)
    epochs = head.epochs if head else []
    number, before = 0, ""
    for row in _entries(agency.id):
        entry, kept = dict(zip(COVERED, row, strict=False)), row[-1]
        if entry["chain_no"] != number + 1:
            yield (
                _place(agency, entry),
                Phrase("链条中断：前一条是第%(number)s条，其间的记录不见了。", number=number),
            )
        elif entry["previous_hash"] != before:
            yield _place(agency, entry), Phrase("与前一条的散列不衔接：记录被改动或替换。")
        if digest(entry, epochs) != kept:
            yield _place(agency, entry), Phrase("散列不符：记录的内容被改动。")
        number, before = entry["chain_no"], kept
    if (head.chain_no, head.hash) != (number, before) if head else number != 0:
        last = head.chain_no if head else 0
        yield (
            agency.name,
            Phrase("台账末尾不符：应止于第%(last)s条，现止于第%(number)s条。", last=last, number=number),
        )


def _place(agency: Agency, entry: Mapping[str, Any]) -> str:
    return Phrase("%(name)s 台账第%(chain_no)s条", name=agency.name, chain_no=entry["chain_no"])


def _entries(agency_id: int) -> Iterator[Any]:
    entries, connection = CaseEvent.__table__.c, db.session.connection()
    columns = [entries[name] for name in (*COVERED, "hash")]
    statement = select(*columns).where(entries.agency_id == agency_id).order_by(entries.chain_no)
    window = statement.limit(WINDOW)  # the first has no bound: a number below 1 is a flaw to be seen
    while rows := connection.execute(window).all():
        yield from rows
        window = statement.where(entries.chain_no > rows[-1].chain_no).limit(WINDOW)
