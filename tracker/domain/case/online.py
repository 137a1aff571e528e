"""The due date of an online request by the other reading of its day of receipt: shown, never counted.

Law: 条例第31条第（三）项; 指导案例26号 (a submission that the system confirmed is received that day).
"""

from dataclasses import dataclass, replace

from tracker.domain.case.channel import EARLIER_READING, Channel
from tracker.domain.case.clock import Due
from tracker.domain.case.standing import Standing
from tracker.domain.law import law


@dataclass(frozen=True, slots=True)
class EarlierReading:
    """When the answer was due had the submission been the receipt, and by which text."""

    due: Due
    law: str


def earlier_reading(standing: Standing) -> EarlierReading | None:
    """Return the earlier reading, by the law of the submission, of a request that was confirmed after it.

    None where both readings agree, where the term has started anew since, or where no term runs.
    """
    receipt = standing.receipt
    submitted_on = receipt.day("arrived_on") if receipt else None
    way = receipt.details.get("channel") if receipt else None
    if submitted_on is None or standing.received_on is None or way not in EARLIER_READING:
        return None
    if submitted_on >= standing.received_on or standing.start_on != standing.received_on:
        return None
    if standing.term is None:
        return None
    term = replace(standing.term, law=law.on(submitted_on), start_on=submitted_on)
    due = replace(standing, term=term).due()
    return EarlierReading(due, EARLIER_READING[Channel(way)]) if due else None
