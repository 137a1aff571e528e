"""31 January and 31 March (条例第49条): from December on the worklist, with what is still open."""

from datetime import date

import pytest

from tests.histories import line
from tests.histories import text as lines_of
from tests.practice import set_practice
from tests.services.report.test_edition import OPEN, publish, write
from tracker.domain.calendar.calendar import shipped
from tracker.domain.law import term
from tracker.domain.permission import Role
from tracker.services.exchange import importing
from tracker.services.report import countdown


@pytest.fixture
def head(actor):
    return actor(Role.HEAD)


@pytest.fixture
def government(app):
    """The office is the authority that reports for a government."""
    set_practice(agency_level="government")


@pytest.mark.parametrize(
    ("today", "year"),
    [
        ("2026-11-30", None),
        ("2026-12-01", 2026),
        ("2027-01-31", 2026),
        ("2027-06-30", 2026),  # late, and still asked for
        ("2027-07-01", None),
    ],
)
def test_it_is_shown_from_december_until_it_is_nobodys_any_more(on_sqlite, head, today, year):
    found = countdown.of(head.agency_id, today=date.fromisoformat(today))

    assert (found.year if found else None) == year


@pytest.mark.parametrize(
    ("year", "level", "due_on", "publish_by"),
    [
        (2024, "department", "2025-01-31", "2025-01-27"),  # 春节 28 January to 4 February 2025
        (2025, "department", "2026-01-31", "2026-01-30"),  # a Saturday
        (2026, "department", "2027-01-31", "2027-01-29"),  # a Sunday: no roll-over
        (2023, "department", "2024-01-31", "2024-01-31"),
        (2025, "government", "2026-03-31", "2026-03-31"),
    ],
)
def test_a_rest_day_moves_nothing_back_and_the_working_day_before_is_named(year, level, due_on, publish_by):
    due = term.REPORT_TERMS[level].due_on(year)

    assert due.isoformat() == due_on
    assert countdown.last_working_day(due, shipped())[0].isoformat() == publish_by


def test_a_day_that_no_calendar_reaches_is_taken_as_it_is():
    assert countdown.last_working_day(date(2090, 1, 31), shipped()) == (date(2090, 1, 31), True)


def test_it_says_what_is_open_and_goes_with_the_publication(app, head, clock):
    clock.set("2025-12-22")
    lines = [line("business", "A-2", OPEN)]
    importing.import_histories(lines_of(lines).splitlines(), today=clock.today, now=clock())
    found = countdown.of(head.agency_id, today=clock.today)
    assert "第一、五、六部分都还没有写。" in found.open
    assert "1件申请年底前不办结将结转下年度。" in found.open
    assert (found.days_left, found.is_late, found.law[:7]) == (39, False, "条例第49条第")

    clock.set("2026-01-12")
    write(head, clock, six="没有其他事项。")
    found = countdown.of(head.agency_id, today=clock.today)
    assert any("核对发现1处" in words for words in found.open)
    assert found.open[-1] == "尚未发布。"
    write(head, clock)
    publish(head, clock)
    assert countdown.of(head.agency_id, today=clock.today) is None


def test_after_the_day_it_is_late(on_sqlite, head):
    assert countdown.of(head.agency_id, today=date(2026, 2, 1)).is_late
    assert not countdown.of(head.agency_id, today=date(2026, 1, 31)).is_late


def test_a_government_has_until_march(on_sqlite, government, head):
    assert countdown.of(head.agency_id, today=date(2026, 2, 10)).due_on == date(2026, 3, 31)


def test_the_worklist_shows_it_to_the_office(app, sign_in, clock):
    clock.set("2026-12-07")
    page = sign_in(Role.REGISTRAR).get("/").text

    assert "应于2027年1月31日（周日）前公布" in page
    assert "请在2027年1月29日（周五）前公布" in page
    clock.set("2026-11-16")
    assert "年度报告倒计时" not in sign_in(Role.HEAD).get("/").text
