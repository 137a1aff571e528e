"""信息处理费 is an 行政事业性收费: table 2（八） that leaves it out is a finding (rulebook practice)."""

import pytest
from sqlalchemy import select

from tests.histories import line, text
from tests.services.office.test_tampering import write as tamper
from tracker.domain.case.event import Entry
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case
from tracker.models.reads.fee import payments_counted
from tracker.services.case import step
from tracker.services.case.worklist import PAYMENTS_KEPT
from tracker.services.exchange import importing
from tracker.services.operations import inspection, setup
from tracker.services.report import report

pytestmark = pytest.mark.both  # sums in SQL

PAID = [
    {"step": "receive", "on": "2025-03-03"},
    {"step": "charge", "on": "2025-03-05", "received_on": "2025-03-06", "amount": "150.5"},
    {"step": "pay", "on": "2025-03-10", "amount": "150.5"},
]


@pytest.fixture
def found(app, clock, agency_id):
    def checks(events, year=2025) -> list[str]:
        lines = text([line("business", "A-1", events)]).splitlines()
        importing.import_histories(lines, today=clock.today, now=clock())
        made = report.current(agency_id, year, today=clock.today)
        return [f.message for f in made.findings if f.check == "processing_fees"]

    return checks


def test_a_fee_that_was_paid_and_is_not_in_the_table_is_a_finding(found):  # 条例第20条第（八）项, 第42条
    (message,) = found(PAID)

    assert "150.5元" in message
    assert "0万元" in message


def test_a_fee_of_another_year_is_none_of_this_one(found):
    assert found(PAID, 2024) == []


def test_a_fee_that_was_charged_and_not_paid_is_none(found):
    assert found(PAID[:2]) == []


def test_the_form_of_2019_has_no_row_of_amounts(found):  # 国办公开办函〔2019〕60号
    moved = [{key: value.replace("2025", "2020") for key, value in event.items()} for event in PAID]

    assert found(moved, 2020) == []


def paid(agency_id: int) -> list[tuple[int, int]]:
    return [payments_counted(agency_id, year) for year in (2025, 2026)]


def test_a_payment_that_is_corrected_or_void_counts_where_it_holds(found, agency_id, clock, actor):
    found(PAID)
    assert paid(agency_id) == [(1, 15050), (0, 0)]
    case_id = db.session.scalar(select(Case.id))

    def correct(replaces: int, put: dict | None) -> None:
        entry = Entry("correct", clock.today, {"replaces": replaces, "with": put, "reason": "录入有误"})
        step.take(case_id, entry, actor=actor(Role.HEAD), today=clock.today, now=clock())

    correct(4, {"step": "pay", "on": "2026-01-05", "amount": "80"})
    assert paid(agency_id) == [(0, 0), (1, 8000)]
    correct(4, None)
    assert paid(agency_id) == [(0, 0), (0, 0)]
    correct(4, {"step": "pay", "on": "2025-03-12", "amount": "八十"})
    assert paid(agency_id) == [(1, 0), (0, 0)]
    assert list(inspection.inspect(today=clock.today)) == []


def test_a_payment_that_is_not_its_ledger_s_is_named_and_an_older_office_gets_them_filled_in(
    found, agency_id, clock
):
    found(PAID)
    tamper("UPDATE payments SET fen = 1")

    (finding,) = inspection.inspect(today=clock.today)
    assert "缴费记录" in finding.message
    with transaction():
        db.session.delete(db.session.get_one(OfficeFact, PAYMENTS_KEPT))
    setup.recount(now=clock())
    assert paid(agency_id)[0] == (1, 15050)
    assert list(inspection.inspect(today=clock.today)) == []
