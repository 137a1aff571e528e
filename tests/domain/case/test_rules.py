"""The practice by the day: which of several rows is in force, and which value is possible."""

from datetime import date

import pytest

from tracker.domain.case import rules
from tracker.domain.case.rules import DEFAULTS, KEYS, DatedPractice, PracticeValue, Rules
from tracker.domain.errors import InvalidDetailError

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def days(*rows: PracticeValue, on: date) -> int:
    return DatedPractice(rows).on(on).delay_days


@pytest.mark.parametrize(
    ("on", "found"), [("2026-04-30", 60), ("2026-05-01", 20), ("2026-05-31", 20), ("2026-06-01", 30)]
)
def test_a_value_holds_from_its_day_on_until_the_next_one(on, found):
    rows = (PracticeValue("delay_days", 20, MAY), PracticeValue("delay_days", 30, JUNE))

    assert days(*rows, on=date.fromisoformat(on)) == found


def test_a_row_that_is_set_later_for_an_earlier_day_leaves_the_newer_day_as_it_is():
    assert days(PracticeValue("delay_days", 30, JUNE), PracticeValue("delay_days", 20, MAY), on=JUNE) == 30


def test_of_two_rows_of_one_day_the_one_set_last_counts():
    assert days(PracticeValue("delay_days", 20, MAY), PracticeValue("delay_days", 30, MAY), on=MAY) == 30


def test_what_an_agency_has_of_its_own_goes_before_the_deployments_whichever_is_newer():
    rows = (
        PracticeValue("court", "甲区人民法院", MAY, own=True),
        PracticeValue("court", "乙市中级人民法院", JUNE),
    )

    assert DatedPractice(rows).on(JUNE).court == "甲区人民法院"
    assert DatedPractice(rows).rows_on(JUNE)["court"].own


def test_before_the_first_row_the_defaults_are_in_force():
    practice = DatedPractice([PracticeValue("delay_days", 20, MAY)])

    assert practice.on(date(2026, 4, 30)) == DEFAULTS == Rules()
    assert practice.rows_on(date(2026, 4, 30)) == {}


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("late_steps_restart", "true", True),
        ("late_steps_restart", "0", False),
        ("delay_days", " 20 ", 20),
        ("year_of_result", "decided", "decided"),
        ("court", "", ""),
    ],
)
def test_a_typed_value_is_read(key, text, value):
    assert rules.read(key, text) == value


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("prot", "1", "没有“prot”这一项做法"),
        ("late_steps_restart", "maybe", "late_steps_restart 应为“是”或者“否”"),
        ("delay_days", "many", "delay_days 应为整数"),
        ("delay_days", "0", "应在 1 与 250 之间"),
        ("delay_days", "-1", "应为整数"),
        ("delay_days", "９", "应为整数"),
        ("year_of_result", "printed", "应为 served 或 decided"),
        ("main_order", "3.3 3.3 3.5 3.6", "各写一次"),
        ("fee_pages", "30:0", "的样子"),
        ("reminder_days", "five", "以空格分开的工作日数"),
        ("reminder_to", "everybody", "handler、liaison、head"),
        ("court", "法院" * 101, "至多200字"),
        ("court", "甲\n乙", "一行文字"),
    ],
)
def test_an_impossible_value_is_refused_by_its_key(key, text, words):
    with pytest.raises(InvalidDetailError, match=words):
        rules.read(key, text)


def test_the_sets_of_keys_name_keys():
    assert KEYS.keys() >= rules.OF_AGENCY | rules.OF_DATES | rules.OF_FIGURES
