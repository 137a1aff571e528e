"""信息处理费 is an 行政事业性收费: table 2（八） that leaves it out is a finding (rulebook practice)."""

import pytest

from tests.histories import line, text
from tracker.services.exchange import importing
from tracker.services.report import report

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
