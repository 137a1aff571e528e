"""Whether the office works, for a monitor: no secret, no personal data, no path."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tracker.models import migrate
from tracker.models.base import db
from tracker.services import job, mailbox

STUCK = timedelta(hours=2)  # after which mail that a server does not take is a failure
SILENT = timedelta(minutes=5)  # after which a scheduler that says nothing is taken for dead


@dataclass(slots=True)
class Health:
    """The state of each part; ``well`` is false where any of them needs a person."""

    well: bool = True
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def say(self, part: str, state: str, **more: Any) -> None:
        """Keep the state of a part: ``ok``, or a word for what is wrong."""
        self.parts[part] = {"state": state, **more}
        self.well = self.well and state == "ok"


def state(*, now: datetime) -> Health:
    """Return the state of the database, the scheduler and the mail."""
    health = Health()
    try:
        db.session.execute(text("SELECT 1"))
        health.say("database", "ok" if migrate.is_current() else "outdated")
        if health.well:
            _scheduler(health, now)
            _mail(health, now)
    except SQLAlchemyError:
        db.session.rollback()
        health.say("database", "unreachable")
    return health


def _scheduler(health: Health, now: datetime) -> None:
    seen = job.seen()
    if seen is None:
        health.say("scheduler", "never_started", last_heartbeat=None)
        return
    word = "ok" if now - seen <= SILENT else "silent"
    health.say("scheduler", word, last_heartbeat=seen.isoformat(timespec="seconds"))


def _mail(health: Health, now: datetime) -> None:
    mail = mailbox.state()
    since = mail["trying_since"]
    stuck = since is not None and now - since > STUCK
    word = "stuck" if stuck else "ok"  # what one address refuses is on the page of the mails
    oldest = since and since.isoformat(timespec="seconds")
    found = {"waiting": mail["waiting"], "failed": mail["failed"], "oldest_undelivered": oldest}
    health.say("mail", word, configured=mail["configured"], **found)
