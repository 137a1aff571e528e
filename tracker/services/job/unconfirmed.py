"""The job that names requests still unconfirmed by their applicants (第31条): they have no day of receipt."""

from datetime import date, datetime

from sqlalchemy import select

from tracker.domain.message import Phrase
from tracker.models.base import db
from tracker.models.contact import Contact
from tracker.services.job.job import AlarmError

DUTY = "confirmation"
NAMED = 10  # numbers that the job names


def run(*, on: date, now: datetime) -> str:
    """Say which requests still wait for their confirmation (第31条第3项).

    Raises AlarmError naming those whose day has come or passed.
    """
    del now
    waiting = select(Contact.number, Contact.next_action_on).where(
        Contact.closed_on.is_(None), Contact.next_action == DUTY
    )
    rows = db.session.execute(waiting.order_by(Contact.next_action_on, Contact.id)).all()
    late = [row.number for row in rows if row.next_action_on <= on]
    if late:
        numbers = "、".join(late[:NAMED]) + ("等" if len(late) > NAMED else "")
        raise AlarmError(
            "%(count)s件申请须与申请人确认收到之日（条例第31条）：%(numbers)s",
            count=len(late),
            numbers=numbers,
        )
    return Phrase("等待确认%(count)s件，均未到期", count=len(rows))
