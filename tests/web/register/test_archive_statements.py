"""Lists of files of closed cases, and their handing over, ask the database as much for thirty files as for three."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.jobs.test_jobs import at, load, received
from tests.statements import listened
from tracker.domain.permission import Role
from tracker.domain.register.archive import ARCHIVED
from tracker.models.archiving import Archiving
from tracker.models.base import db, transaction
from tracker.models.case import Case

ANSWERED = {"step": "answer", "on": "2014-02-20", "outcome": "disclosed"}
LISTS = [
    f"/archive{export}?part={part}" for export in ("", "/export.xlsx") for part in ("waiting", "kept", "due")
]
pytestmark = pytest.mark.both


@pytest.fixture
def head(app, sign_in):
    app.config["PAGE_SIZE"] = 100
    return sign_in(Role.HEAD)


def add(first: int, last: int) -> list[int]:
    """Archive so many files, and as many to which an entry came since; as many more wait. Return the first."""
    names = [f"{kind}-{number}" for number in range(first, last) for kind in "ABC"]
    load(*(received("2014-02-10", name, ANSWERED) for name in names))
    with transaction() as session:
        cases = session.scalars(select(Case).where(Case.number.in_(names)).order_by(Case.id)).unique().all()
        done = [case for case in cases if case.number[0] != "C"]
        for case in done:
            session.add(
                Archiving(
                    agency_id=case.agency_id, case_id=case.id, act=ARCHIVED, number=f"WS-{case.number}",
                    on=date(2014, 3, 3), retention="10", seq=99 if case.number[0] == "A" else 1,
                    recorded_by="陈立", recorded_at=at("2014-03-03"),
                )
            )  # fmt: skip
        return [case.id for case in done if case.number[0] == "A"]


def asked(what) -> int:
    """Return how many statements an act of a browser asks, with nothing left from before."""
    db.session.remove()
    with listened(db.engine) as statements:
        answer = what()
    assert answer.status_code in (200, 303), answer.text
    return len(statements.asked)


def test_lists_of_files_ask_as_much_for_thirty_archived_cases_as_for_three(head):
    def statements() -> dict[str, int]:
        return {page: asked(lambda page=page: head.get(page)) for page in LISTS}

    add(0, 3)
    statements()  # what is asked once in the life of a process
    few = statements()
    add(3, 30)
    many, shown = statements(), head.get("/archive").text

    assert many == few
    assert max(many.values()) <= 12
    assert [f"{kind}-29<" in shown for kind in "ABC"] == [False, True, True]


def test_handing_over_asks_as_much_for_thirty_files_as_for_three_but_for_what_it_writes(head):
    def hand(files) -> int:
        typed = {"on": "2026-03-16", "receiver": "测区档案馆", "case": [str(case_id) for case_id in files]}
        return asked(lambda: head.post("/archive/transfer", typed))

    few, many = add(0, 3), add(3, 33)
    hand(few[:1])
    written = 2  # the act, and what the audit log keeps of it

    assert hand(many) - hand(few[1:]) <= written * (len(many) - len(few[1:]))
