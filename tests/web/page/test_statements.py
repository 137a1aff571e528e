"""No page asks the database once a row, and no list is read whole or sorted (benchmarks/growth measures both)."""

import json
import re
from datetime import date

from sqlalchemy import select, text

from tests.statements import listened, plan
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.case import CaseEvent
from tracker.models.contact import Contact
from tracker.models.reads.case import ORDERS, CaseFilter, case_parts
from tracker.models.reads.contact import contacts_matching
from tracker.models.reads.table3 import order_of_cell, parts_of_cell
from tracker.models.reads.worklist import WORKLIST_ORDER, WorklistFilter, worklist_cases
from tracker.services.exchange import importing
from tracker.services.job import job
from tracker.web.contact.contact import ORDERS as CONTACT_ORDERS

PAID = (
    {"step": "receive", "on": "2026-02-02"},
    {"step": "accept", "on": "2026-02-03"},
    {"step": "charge", "on": "2026-02-03", "amount": "100"},
    {"step": "pay", "on": "2026-02-04", "amount": "100"},
)
# The statements that a page may ask, whatever it shows.
MOST = {
    "/": 14,  # what waits for the reader, and letters with a day, are asked apart where there are any
    "/cases": 11,
    "/cases?state=open&order=due": 11,
    "/cases?overdue=1": 11,
    "/cases?text=规划": 16,
    "/contacts": 9,
    "/cases/1": 20,  # of a closed one, whether its file is archived; notes, and whether the reader follows it
    "/cases/2": 20,
    "/reports": 60,
    "/reports/2026": 90,
    "/reports/2026/cells/1/total": 20,
    "/statistics?year=2026": 30,
    "/books/request-fees?year=2026": 30,
}
FILTERS = (
    CaseFilter(), CaseFilter(state="open"), CaseFilter(state="closed"), CaseFilter(state="processing"),
    CaseFilter(state="disclosed"), CaseFilter(state="carried_forward", year=2025), CaseFilter(year=2025),
    CaseFilter(unit_id=1), CaseFilter(handler="李一"), CaseFilter(kind="business"), CaseFilter(channel="online"),
    CaseFilter(overdue_on=date(2026, 3, 16)), CaseFilter(unit_scope=1), CaseFilter(state="disclosed", kind="ngo"),
)  # fmt: skip
CONTACT_FILTERS: tuple[dict[str, str], ...] = (
    {}, {"form": "visit"}, {"triage": "petition"}, {"triage": "none"}, {"state": "open"}, {"state": "closed"},
)  # fmt: skip
# The open cases, those of two years, the open letters: few.
SMALL = ("ix_cases_open", "ix_cases_crossed", "ix_cases_due", "ix_contacts_open", "ix_contacts_next")


def add(first: int, last: int, clock) -> None:
    """Read in so many cases, each with a payment, the half of them answered."""
    lines = ['{"format": "tracker-history/1"}']
    for number in range(first, last):
        events = [*PAID, {"step": "answer", "on": "2026-02-10", "outcome": "disclosed"}][: 5 - number % 2]
        who = {"kind": "natural_person", "name": f"张{number}", "phone": "13900000000"}
        lines.append(json.dumps({
            "number": f"A-{number}", "applicant": who, "channel": "online", "subject": f"规划{number}",
            "events": events,
        }))  # fmt: skip
    importing.import_histories(lines, today=clock.today, now=clock())
    db.session.remove()


def test_a_page_asks_as_much_for_ninety_rows_as_for_thirty(app, sign_in, clock):
    app.config["PAGE_SIZE"] = 100
    head = sign_in(Role.HEAD)
    add(0, 30, clock)
    few = {page: asked(head, page) for page in MOST}
    add(30, 90, clock)
    many = {page: asked(head, page) for page in MOST}

    assert many == few
    assert {page: (number, MOST[page]) for page, number in many.items() if number > MOST[page]} == {}


def asked(browser, page: str) -> int:
    """Return how many statements a page asks when it is opened a second time."""
    assert browser.get(page).status_code == 200, page
    with listened(db.engine) as statements:
        browser.get(page)
    return len(statements.asked)


def ordered(agency_id: int):
    """Yield every list of cases in every order: its name, and each of its statements."""
    for order, columns in ORDERS.items():
        for wanted in FILTERS:
            for part in case_parts(agency_id, wanted, order):
                yield f"{wanted} by {order}", part.order_by(*columns)
    for row in ("1", "2", "3.1", "3.7", "4"):
        for part in parts_of_cell(agency_id, 2025, row, "total"):
            yield f"cell {row}", part.order_by(*order_of_cell(row))
    day = date(2026, 3, 16)
    yield "worklist", worklist_cases(agency_id, WorklistFilter(), day, day).order_by(*WORKLIST_ORDER)
    yield "ledger", select(CaseEvent).where(CaseEvent.case_id == 7).order_by(CaseEvent.seq)
    for order, columns in CONTACT_ORDERS.items():
        for wanted in CONTACT_FILTERS:
            yield f"contacts {wanted} by {order}", contacts_matching(agency_id, **wanted).order_by(*columns)


def test_what_is_asked_of_all_open_cases_is_read_from_their_indexes_alone(app, sign_in, clock):
    head = sign_in(Role.HEAD)
    add(0, 90, clock)
    job.tidy(on=clock.today, now=clock())
    with listened(db.engine) as statements:
        for page in ("/", "/?only=overdue", "/?year=2026", "/statistics?year=2026"):
            assert head.get(page).status_code == 200
    asked_of_all = [one for one in statements.selects if "(cases.closed_on IS NULL) = TRUE" in one[0]]
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # of few rows it would rather read all
            connection.execute(text("SET enable_seqscan = off"))
        lines = [line for one in asked_of_all for line in plan(connection, *one)]

    assert lines
    whole = (
        r"USING INDEX ix_cases_|Seq Scan on cases|ix_duties_name \(kind=\?\)"  # a row each, or all the duties
    )
    assert [line for line in lines if re.search(whole, line)] == []


def add_letters(agency_id: int, count: int, clock) -> None:
    """Log so many letters and visits, one in ten of them open."""
    with transaction() as session:
        session.add_all(
            Contact(
                agency_id=agency_id, number=f"LX-{n}", form=("letter", "visit")[n % 2], arrived_on=clock.today,
                summary="反映", received_by="李一", triage=("petition", None)[n % 2], recorded_at=clock(),
                closed_on=clock.today if n % 10 else None, next_action_on=None if n % 10 else clock.today,
            )
            for n in range(count)
        )  # fmt: skip


def test_no_list_of_cases_or_contacts_is_read_whole_or_sorted(app, agency_id, clock):
    add(0, 90, clock)
    add_letters(agency_id, 90, clock)
    job.tidy(on=clock.today, now=clock())
    wrong = {}
    for name, query in ordered(agency_id):
        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":  # of few rows it would rather read all
                connection.execute(text("SET enable_seqscan = off"))
                connection.execute(text("SET enable_sort = off"))
            with listened(db.engine) as statements:
                model = query.column_descriptions[0]["entity"]
                connection.execute(query.with_only_columns(model.id).limit(20)).all()
            lines = plan(connection, *statements.asked[-1])
        whole = [line for line in lines if re.search(r"SCAN (cases|contacts)$|Seq Scan on", line)]
        is_sorted = [line for line in lines if re.search(r"TEMP B-TREE|^\s*(->\s+)?Sort\s+\(", line)]
        if whole or (is_sorted and not any(small in line for line in lines for small in SMALL)):
            wrong[name] = "; ".join(lines)
    assert not wrong, "\n".join(f"{name}: {lines}" for name, lines in wrong.items())
