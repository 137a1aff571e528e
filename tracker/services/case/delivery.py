"""Record the day on which a letter of the office was received, or is deemed to have been (rulebook L2).

The terms of 补正告知, 收费通知 and 征求意见 run from it. The program proposes no day of its own.
"""

from datetime import date, datetime

from tracker.domain.case import history
from tracker.domain.case.duty import UnreceivedLetter, unknown_receipts
from tracker.domain.case.event import Entry
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.models.base import transaction
from tracker.models.case import Case
from tracker.services.case import ledger, step
from tracker.services.office.actor import Actor


def find(case_id: int, seq: int, actor: Actor) -> tuple[Case, UnreceivedLetter]:
    """Return the case and the letter whose day of receipt is not known; raise NotFoundError."""
    case = step.find(case_id, actor)
    for letter in unknown_receipts(step.standing(case)):
        if letter.seq == seq:
            return case, letter
    raise NotFoundError("这份文书的收到日期已经记录，或者不再需要。")


def record(
    case_id: int,
    seq: int,
    received_on: date,
    *,
    proof: str,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Add the day of receipt to the entry that sent the letter, in one transaction.

    proof:   what the day was read from: a return slip, a tracking record, an agreement; kept as the reason.
    version: the version that the person saw; another one raises StaleDataError (409).

    Raises NotFoundError, InvalidDetailError, NotPermittedError; then nothing was kept.
    """
    with transaction():
        case, letter = find(case_id, seq, actor)
        step.check_version(case, version)
        tell(case, letter, received_on, proof=proof, actor=actor, today=today, now=now)
    return case


def tell(
    case: Case,
    letter: UnreceivedLetter,
    received_on: date,
    *,
    proof: str,
    actor: Actor,
    today: date,
    now: datetime,
) -> None:
    """Add the day of receipt in the caller's transaction. Raises as ``record``."""
    if received_on < letter.on:
        raise InvalidDetailError(
            "收到日期（%(received_on)s）早于发出日期（%(on)s）。",
            received_on=received_on,
            on=letter.on,
        )
    sent = next(entry for entry in history.in_force(case.entries) if entry.seq == letter.seq)
    put = {**history.flat(sent), "received_on": received_on.isoformat()}
    details = {"replaces": letter.seq, "with": put, "reason": f"补记收到日期：{proof}"}
    ledger.record(case, Entry("correct", today, details), actor=actor, today=today, now=now)
