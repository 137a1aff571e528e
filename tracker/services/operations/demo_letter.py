"""The papers of the sample office: a letter in the post, one that waits to go, a draft to sign, a file."""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter
from sqlalchemy import select

from tracker.domain.case.state import PROCESSING, RECEIVED
from tracker.domain.letter.service import POST, Attempt
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.models.letter import Letter
from tracker.models.user import User
from tracker.services.case import file
from tracker.services.case.evidence import Upload
from tracker.services.letter import letter, service, sign_off
from tracker.services.office.actor import Actor, system

REGISTRAR, HEAD = "林静", "陈立"
ANSWER = {"given": "2025年度经费安排表", "form": "电子文档1份", "attachments": "经费安排表1份，共3页"}
MATERIALS = "申请表1份、身份证复印件1份"
SHEET = (("项目", "金额（万元）"), ("日常养护", 120), ("设备更新", 45))


def fill(agency_id: int, drafter: str, *, today: date, now: datetime) -> int:
    """Make the letters and the file; return how many papers there are. drafter: the login of a handler."""
    clerk = system(agency_id, REGISTRAR)
    when: dict[str, Any] = {"today": today, "now": now}
    user = db.session.scalars(select(User).where(User.login == drafter)).one()
    handler = Actor(user.name, user.role_set, agency_id, user.id, user.unit_id)
    _posted(_open(agency_id, CaseEvent.step == "extend"), clerk, **when)
    received = _open(agency_id, Case.state == RECEIVED)
    letter.make(received.id, _typed("receipt", today, {"materials": MATERIALS}), actor=clerk, **when)
    drafted = _open(agency_id, Case.state == PROCESSING, Case.unit_id == user.unit_id)
    file.keep(drafted, "information", [Upload("经费安排表.xlsx", _sheet())], actor=handler, now=now)
    typed = _typed("disclosed.given", today, ANSWER)
    sign_off.submit(drafted.id, typed, note="", actor=handler, **when)
    return 4


def _sheet() -> bytes:
    """Return a small workbook, as what is going to be disclosed."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(SHEET):
            sheet.write_row(place, 0, row)
    return made.getvalue()


def _open(agency_id: int, *which: Any) -> Case:
    """Return the request that came last of those that are open."""
    asked = (
        select(Case).join(Case.events).where(Case.agency_id == agency_id, Case.closed_on.is_(None), *which)
    )
    newest = asked.order_by(Case.received_on.desc(), Case.id.desc())
    return db.session.scalars(newest.limit(1)).one()


def _typed(kind: str, on: date, facts: dict[str, str]) -> letter.Typed:
    return letter.Typed(kind=kind, on=on, facts=facts, method=POST)


def _posted(case: Case, clerk: Actor, *, today: date, now: datetime) -> Letter:
    """Make the letter of the extension and post it on the day of its entry."""
    on = next(entry.on for entry in case.entries if entry.step == "extend")
    made = letter.make(
        case.id, _typed("extension", on, {"approved_by": HEAD}), actor=clerk, today=today, now=now
    )
    sent = Attempt(way=POST, handed_on=on, carrier="ems", tracking="EB123456789CS")
    by = service.Serving(actor=clerk, today=today, now=now)
    service.record(made.id, sent, service.ServiceExtras(), case_id=case.id, by=by)
    return made
