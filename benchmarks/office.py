"""Offices to measure: 500 open cases with their ledgers among any number of closed ones."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import insert

from tracker.app import create_app
from tracker.config import load
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.outcome import FINAL
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.services.exchange import importing
from tracker.services.office.agency import default_agency
from tracker.services.operations import setup

NOW = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
OPEN = 500
BATCH = 20_000


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


def fill(total: int) -> None:
    """Fill the office: the same 500 open cases whatever the total, the rest closed in ten years."""
    lines = list(histories(OPEN, date(2026, 10, 20), 12, closed=0))
    importing.import_histories(lines, today=TODAY, now=NOW)
    agency_id = default_agency().id
    chance = Random(492)
    with transaction():
        who = Applicant(agency_id=agency_id, kind="natural_person", name="申请人")
        db.session.add(who)
        db.session.flush()
        for start in range(0, total - OPEN, BATCH):
            numbers = range(start, min(start + BATCH, total - OPEN))
            db.session.execute(insert(Case), [closed(n, agency_id, who.id, chance) for n in numbers])
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def closed(number: int, agency_id: int, applicant_id: int, chance: Random) -> dict[str, object]:
    """Return the row of a closed case of ten years."""
    received_on = date(2016, 1, 4) + timedelta(days=chance.randrange(3900))
    closed_on = received_on + timedelta(days=chance.randrange(1, 30))
    return {
        "agency_id": agency_id,
        "number": f"M-{number}",
        "applicant_id": applicant_id,
        "subject": f"事项{number}",
        "registered_at": NOW,
        "version": 1,
        "state": chance.choice(FINAL),
        "channel": "online",
        "applicant_kind": chance.choice(list(ApplicantKind)),
        "received_on": received_on,
        "due_on": closed_on,
        "due_is_provisional": False,
        "decided_on": closed_on,
        "served_on": closed_on,
        "closed_on": closed_on,
    }
