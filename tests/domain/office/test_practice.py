"""What is practice is told apart from law: one table, every rule with its reason and what would settle it."""

import inspect
import re
from dataclasses import fields

import pytest

from tracker.config import KEYS, Settings
from tracker.domain.case.clock import Rules
from tracker.domain.office.practice import PARTS, PRACTICES, SETTINGS
from tracker.domain.register.counting import Counting


@pytest.mark.parametrize("rule", PRACTICES, ids=lambda rule: rule.key)
def test_a_rule_says_what_it_asks_why_and_what_would_settle_it(rule):
    assert rule.part in PARTS
    assert all((rule.asks, rule.does, rule.reason, rule.settled))
    assert bool(rule.setting) is not bool(rule.fixed), "a setting, or why there is none"


def test_no_rule_and_no_setting_stands_twice():
    keys, settings = [rule.key for rule in PRACTICES], [rule.setting for rule in PRACTICES if rule.setting]

    assert len(set(keys)) == len(keys)
    assert len(set(settings)) == len(settings)


def test_every_setting_that_the_table_names_can_be_set():
    assert set(KEYS) >= SETTINGS


def test_every_reading_that_the_clock_and_the_counts_take_is_in_the_table():
    assert {field.name for of in (Rules, Counting) for field in fields(of)} <= SETTINGS


def test_the_settings_that_are_practice_are_those_of_the_table():
    lines = inspect.getsource(Settings).splitlines()
    marked = {line.split(":")[0].strip() for line in lines if re.search(r"# .*(practice|unverified)", line)}

    assert marked - SETTINGS == set(), "give the setting its row in tracker/domain/office/practice.py"
    assert SETTINGS - marked == set(), "say (practice) beside the setting"
