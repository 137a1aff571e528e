"""The practice of a test, as rows of the running office."""

from datetime import date

from tracker.domain.case.rules import written
from tracker.models.base import ZONE
from tracker.services.calendar import practice
from tracker.services.calendar.practice import ALWAYS, PracticeEffect
from tracker.services.office import office
from tracker.services.office.actor import system
from tracker.services.office.agency import default_agency


def set_practice(*, since: date = ALWAYS, agency: str | None = None, **values) -> PracticeEffect:
    """Set values of the running office from a day on, as the command does; return what the last one did."""
    actor, now = system(default_agency().id), office.moment()
    words = {"valid_from": since, "why": "测试", "agency": agency, "actor": actor, "now": now}
    for key, value in values.items():
        row = practice.row_of(key, written(value), **words)
        done = practice.set_to(row, actor=actor, today=now.astimezone(ZONE).date(), now=now)
    return done
