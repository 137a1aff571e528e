"""A new office to measure, and histories to import into it."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from flask import Flask

from tracker.app import create_app
from tracker.config import load
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.services.operations import setup

NOW = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()


def make(folder: Path) -> Flask:
    """Return a new office in the folder; its clock stands."""
    app = create_app(load({"TRACKER_INSTANCE": str(folder), "TRACKER_TESTING": "true"}), now=lambda: NOW)
    with app.app_context():
        setup.initialise("测量局", fallback="x", now=NOW)
    return app


def histories(count: int, first: date, days: int, *, closed: float) -> Iterator[str]:
    """Yield lines of a history file: supplements, consultations, extensions, answers."""
    chance = Random(711)
    yield '{"format": "tracker-history/1"}'
    for number in range(count):
        day = first + timedelta(days=chance.randrange(days))
        events = [{"step": "receive", "on": day.isoformat()}]

        def add(step: str, after: int, events: list = events, **more: object) -> None:
            on = date.fromisoformat(str(events[-1]["on"])) + timedelta(days=after)
            events.append({"step": step, "on": on.isoformat(), **more})

        if chance.random() < 0.2:
            limit = (day + timedelta(days=30)).isoformat()
            add("ask_supplement", 3, deadline_on=limit, items="文件名称")
            add("receive_supplement", 6)
        if chance.random() < 0.2:
            who = {"party": "third_party", "name": "某公司"}
            add("consult", 2, **who)
            add("end_consultation", 9, opinion="agrees", **who)
        if chance.random() < 0.2:
            add("extend", 1, days=20, reason="需要检索")
        if chance.random() < closed:
            add("answer", 5, outcome=chance.choice(["disclosed", "partially_disclosed", "unable_not_held"]))
        who = {"kind": chance.choice(list(ApplicantKind)), "name": f"申请人{number}", "phone": "13900000000"}
        words = {"number": f"B-{number}", "applicant": who, "channel": chance.choice(list(Channel))}
        yield json.dumps({**words, "subject": f"事项{number}", "events": events}, ensure_ascii=False)
