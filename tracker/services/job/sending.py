"""Send what waits in the outbox: to the office's own people, and to applicants by those who know them."""

from collections.abc import Mapping
from datetime import date, datetime

from tracker.models.outbox import SERVICE, TOLD
from tracker.services.case.agreement import PROGRESS
from tracker.services.letter.electronic import SERVED
from tracker.services.mail import outbox
from tracker.services.mail.carrier import Carrier

CARRIERS: Mapping[str, Carrier] = {SERVICE: SERVED, TOLD: PROGRESS}


def run(*, on: date, now: datetime) -> str:
    """Send what may leave now, as a job of every few minutes; say how it went."""
    return outbox.deliver(on=on, now=now, carriers=CARRIERS)
