"""The same form sent twice is one act: a second click, a second process, a line that broke in between.

A form is claimed before it is looked at. Where it led to a page, it was kept, and the second is led there;
where it was refused or handed out a file, it may be sent again.
"""

from datetime import datetime, timedelta
from time import monotonic, sleep

from sqlalchemy import delete, select, update
from sqlalchemy.orm.exc import StaleDataError

from tracker.models.base import db, transaction
from tracker.models.posted_form import PostedForm

KEPT = timedelta(days=1)
WAIT_SECONDS, PAUSE = 10, 0.1
LONGEST = 2000


class StillLookedAtError(Exception):
    """The same form is being looked at, or a process was killed as it did: nobody knows what was kept."""


def claim(mark: str, *, now: datetime, wait: float = WAIT_SECONDS) -> str:
    """Claim a form; return the page that it led to where it was kept already, else empty.

    Raises StillLookedAtError where the first one was not done in time.
    """
    until = monotonic() + wait
    while True:
        led_to = db.session.scalar(select(PostedForm.led_to).where(PostedForm.mark == mark))
        db.session.rollback()
        if led_to:
            return led_to
        if led_to is None and _claimed(mark, now):
            return ""
        if monotonic() > until:
            raise StillLookedAtError
        sleep(PAUSE)


def _claimed(mark: str, now: datetime) -> bool:
    try:
        with transaction():
            db.session.add(PostedForm(mark=mark, posted_at=now))
    except StaleDataError:  # the other one was first
        return False
    return True


def settle(mark: str, led_to: str) -> None:
    """Say where a form led to; empty where nothing was kept by it, and it may be sent again."""
    mine = PostedForm.mark == mark
    with transaction():
        kept = update(PostedForm).where(mine).values(led_to=led_to[:LONGEST])
        db.session.execute(kept if led_to else delete(PostedForm).where(mine))


def sweep(*, now: datetime) -> None:
    """Forget the forms of the days before."""
    with transaction():
        db.session.execute(delete(PostedForm).where(PostedForm.posted_at < now - KEPT))
